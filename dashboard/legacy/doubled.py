"""Which of two prices, or of two quantities, of an order is that of its execution.

Order histories print what was asked for beside what was dealt, under names that both say "price"
or "amount". The names and the rows tell; where they do not, nothing is computed from either.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .aliases import is_of_execution
from .binding import Binding
from .fill_rows import amount_of
from .records import Record
from .sides import side_of

_WHOLE, _ALL = Decimal("0.001"), Decimal("0.95")


def settle_doubled(binding: Binding, rows: Sequence[Record]) -> None:
    """Choose the columns of price and quantity; binding.uncertain where rows leave it open."""
    if binding.known is not None or not binding.headings:
        return
    for role in ("price", "quantity"):
        others = binding.also.get(role, ())
        if role in binding.roles and others:
            _choose(binding, rows, role, (binding.roles[role], *others))


def _choose(binding: Binding, rows: Sequence[Record], role: str, places: Sequence[int]) -> None:
    done = [at for at in places if is_of_execution(binding.headings[at].name)]
    chosen = done[0] if done else places[0]
    binding.roles[role] = chosen
    for other in places:
        if other == chosen:
            continue
        pairs = _pairs(binding, rows, (chosen, other))
        differing = [pair for pair in pairs if pair[1] != pair[2]]
        if len(differing) < len(rows) * (1 - _ALL):
            continue
        if role == "quantity" and _is_turnover(binding, rows, chosen, other):
            binding.roles[role] = chosen = other
        elif role == "quantity" and _is_turnover(binding, rows, other, chosen):
            continue
        elif chosen not in done or not _is_no_worse(role, differing):
            names = (binding.headings[at].name for at in (chosen, other))
            binding.uncertain = "no PnL printed, and which was dealt is not said: " + ", ".join(
                map(repr, names)
            )


_Pair = tuple[int, Decimal, Decimal]


def _pairs(binding: Binding, rows: Sequence[Record], places: tuple[int, int]) -> list[_Pair]:
    """The order's side, what was dealt and what was asked for, where all are there."""
    side = binding.roles.get("side")
    found: list[_Pair] = []
    for row in rows:
        dealt, asked = (amount_of(row.fields[at], binding.grammar) for at in places)
        way = side_of(row.fields[side]) if side is not None else None
        if dealt and asked and way:
            found.append((way, dealt, asked))
    return found


def _is_no_worse(role: str, pairs: Sequence[_Pair]) -> bool:
    """A limit is never passed to the worse, and no more is dealt than was asked for."""
    if role == "price":
        kept = sum((dealt - asked) * way <= 0 for way, dealt, asked in pairs)
        return len({way for way, _, _ in pairs}) == 2 and kept >= len(pairs) * _ALL
    return sum(dealt <= asked for _, dealt, asked in pairs) >= len(pairs) * _ALL


def _is_turnover(binding: Binding, rows: Sequence[Record], at: int, quantity: int) -> bool:
    """Whether a column called a quantity is price x quantity."""
    told = agreed = 0
    for row in rows:
        price, size, turnover = (
            amount_of(row.fields[place], binding.grammar)
            for place in (binding.roles["price"], quantity, at)
        )
        if price and size and turnover:
            told += 1
            agreed += abs(turnover / (price * size) - 1) <= _WHOLE
    return told >= 3 and agreed >= told * _ALL
