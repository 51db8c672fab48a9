"""A layout nobody registered, proposed from the values and taken only when arithmetic proves it.

The proof: pnl + fee = (exit - entry) x quantity x direction, on the rows themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from .against import has_no_end, has_other_clock, is_before_fees, tells_of_one
from .aliases import Heading
from .binding import Binding
from .looks import Columns, look_at
from .records import Record
from .settling import settle
from .sides import side_of
from .statuses import STATUS_WORDS, says_it_is_none
from .structure import is_reason
from .times import EPOCH, place
from .values import Context

_PROBE = 10
NO_FACTORS = frozenset(
    ("unrealised", "mark_price", "planned", "stop_loss_price", "take_profit_price", "mae", "mfe",
     "count")
)  # fmt: skip
"""Columns a header names that arithmetic may agree with and that are no trade's result."""
_FEES, _COINS = ("fee", "entry_fee", "exit_fee"), ("BNB", "BTC", "ETH", "XBT")
_VERSION = re.compile(r"[vV]?(\d{1,2})\.(\d{1,3})(?:\.\d{1,3})?")
_COIN = re.compile(r"[A-Z][A-Z0-9]{1,7}")


def propose(
    rows: Sequence[Record], context: Context, headings: Sequence[Heading] = ()
) -> Binding | None:
    """The one layout arithmetic proves for rows of one width; None where none or two do."""
    rows = [row for row in rows if not says_it_is_none(row)] or rows
    width = len(rows[0].fields)
    if width < 5 or width > 60 or len(rows) < 2:
        return None
    seen = look_at(rows, width, context.order)
    if len(headings) == width:
        for at, each in enumerate(headings):
            if each.role in NO_FACTORS or (each.role in _FEES and each.currency in _COINS):
                seen.numbers.pop(at, None)
    if not seen.times or not seen.sides:
        return None
    symbol = _symbol_column(rows, seen, context)
    if symbol is None and not context.symbol:
        return None
    times = _time_roles(rows, seen)
    if not times or has_other_clock(rows, seen.times):
        return None
    for side in seen.sides[:2]:
        found = list(_solutions(rows, seen, side))
        binding = _choose(rows, found, seen)
        if binding is None:
            continue
        binding.roles.update(times)
        if len(headings) == width and (
            has_no_end(binding, headings) or is_before_fees(binding, headings)
        ):
            continue
        binding.roles["side"] = side
        if symbol is not None:
            binding.roles["symbol"] = symbol
        _add_texts(rows, binding, seen, context, headings)
        fit = settle(binding, list(rows), context)
        if binding.pnl_kind not in ("net", "gross") or _is_constant(rows, binding):
            continue
        if binding.pnl_kind == "gross" and not fit.few_rates:
            continue
        enough = fit.proven or (len(rows) == 2 and fit.confirmed == 2 and fit.digits >= 9)
        if enough and fit.confirmed * 10 >= fit.read * 5 and not tells_of_one(rows, binding):
            return binding
    return None


def _is_constant(rows: Sequence[Record], binding: Binding) -> bool:
    """A fee of one amount on all rows, and results that agree without it: no proof of a fee."""
    at = binding.roles.get("fee")
    if at is None or binding.pnl_kind != "gross" or len(rows) < 3:
        return False
    return len({row.fields[at].strip() for row in rows}) == 1


def _symbol_column(rows: Sequence[Record], seen: Columns, context: Context) -> int | None:
    if seen.symbols:
        return seen.symbols[0]
    if context.symbol:
        return None
    taken = {*seen.numbers, *seen.times, *seen.sides}
    coins = [
        at
        for at in range(len(rows[0].fields))
        if at not in taken
        and all(_COIN.fullmatch(row.fields[at].strip()) for row in rows)
        and not any(_is_word(row.fields[at]) for row in rows)
    ]
    return coins[0] if len(coins) == 1 else None


def _is_word(cell: str) -> bool:
    word = cell.strip().casefold()
    return is_reason(cell) or word in STATUS_WORDS or side_of(cell) is not None


def _time_roles(rows: Sequence[Record], seen: Columns) -> dict[str, int]:
    """entry_time and exit_time by which comes first on every row; {} where that is not clear."""
    at = list(seen.times)
    if len(at) == 1:
        return {"exit_time": at[0]}
    instants: dict[int, list[float]] = {}
    for column in at:
        form = seen.times[column]
        instants[column] = []
        for row in rows:
            read = form.read(row.fields[column].strip())
            moment = None if read is None else place(read[0], EPOCH.tzinfo)
            instants[column].append(moment.timestamp() if moment else float("nan"))
    kept: list[int] = []
    for column in at:
        close = [
            other
            for other in kept
            if all(
                not abs(a - b) > 120 for a, b in zip(instants[column], instants[other], strict=True)
            )
        ]
        if not close:
            kept.append(column)
    if len(kept) == 1:
        return {"exit_time": kept[0]}
    if len(kept) != 2:
        return {}
    first, second = kept
    pairs = list(zip(instants[first], instants[second], strict=True))
    ahead = sum(a <= b for a, b in pairs)
    behind = sum(a >= b for a, b in pairs)
    if ahead * 10 >= len(pairs) * 8 and behind * 10 < len(pairs) * 5:
        return {"entry_time": first, "exit_time": second}
    if behind * 10 >= len(pairs) * 8 and ahead * 10 < len(pairs) * 5:
        return {"entry_time": second, "exit_time": first}
    return {}


_Solution = tuple[int, int, int, int, int | None]
"""entry, exit, quantity, pnl, fee (None: the PnL equals price x quantity alone)."""


def _solutions(rows: Sequence[Record], seen: Columns, side: int) -> Iterator[_Solution]:
    directions = [side_of(row.fields[side]) for row in rows]
    usable = [
        at
        for at, d in enumerate(directions)
        if d is not None and sum(values[at] is None for values in seen.numbers.values()) <= 1
    ]
    step = max(1, len(usable) // _PROBE)
    probe = usable[::step][: _PROBE + 2]
    if len(probe) < 2:
        return
    columns = {at: [values[i] for i in probe] for at, values in seen.numbers.items()}
    signs = [float(directions[i] or 0) for i in probe]
    needed = max(2, (len(probe) * 6 + 9) // 10)
    positive = {at for at, values in columns.items() if all(v is None or v > 0 for v in values)}
    for entry, exit_ in permutations(positive, 2):
        if not _alike(columns[entry], columns[exit_]):
            continue
        precision = 10.0 ** -max(seen.places[entry], seen.places[exit_])
        for quantity in positive - {entry, exit_}:
            gross = _gross(columns, signs, entry, exit_, quantity)
            slack = [abs(q or 0.0) * precision for q in columns[quantity]]
            none = [0.0] * len(slack)
            others = [at for at in columns if at not in (entry, exit_, quantity)]
            for pnl in others:
                digit = 0.5 * 10.0 ** -seen.places[pnl]
                rest = [
                    None if g is None or p is None else g - p
                    for g, p in zip(gross, columns[pnl], strict=True)
                ]
                if _zero(rest, slack, digit) >= needed and any(columns[pnl]):
                    yield entry, exit_, quantity, pnl, None
                # A result before fees that agrees to its last digit is no net one that is near.
                told = _zero(rest, none, digit) >= needed
                for fee in others:
                    if fee != pnl and any(columns[fee]):
                        left = [
                            None if r is None or f is None else r - f
                            for r, f in zip(rest, columns[fee], strict=True)
                        ]
                        finest = digit + 0.5 * 10.0 ** -seen.places[fee]
                        near = _zero(left, none, finest) if told else _zero(left, slack, digit)
                        if near >= needed:
                            yield entry, exit_, quantity, pnl, fee


def _alike(first: list[float | None], second: list[float | None]) -> bool:
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a and b]
    near = sum(0.2 < a / b < 5 for a, b in pairs)
    return len(pairs) >= 2 and near * 10 >= len(pairs) * 8 and any(a != b for a, b in pairs)


def _gross(
    columns: dict[int, list[float | None]],
    signs: list[float],
    entry: int,
    exit_: int,
    quantity: int,
) -> list[float | None]:
    return [
        None if e is None or x is None or q is None else (x - e) * q * s
        for e, x, q, s in zip(columns[entry], columns[exit_], columns[quantity], signs, strict=True)
    ]


def _zero(rest: list[float | None], slack: list[float], digit: float) -> int:
    found = 0
    for at, value in enumerate(rest):
        if value is not None and abs(value) <= slack[at] + digit + 2e-8:
            found += 1
        elif at >= 4 and found * 2 < at:
            return 0
    return found


def _choose(rows: Sequence[Record], found: list[_Solution], seen: Columns) -> Binding | None:
    """The binding the solutions agree on; None where they would book different trades."""
    with_fee = [s for s in found if s[4] is not None and _is_fee(seen, s)]
    bare = [s for s in found if s[4] is None]
    # Rows that lost their fee read like rows without one: only a long run of them is a layout.
    together = len(rows) >= 8 and rows[-1].line - rows[0].line < 2 * len(rows)
    kept = with_fee or [s for s in bare if together and not _hidden_fee(seen, s)]
    if not with_fee and bare and not kept:
        kept = [(*s[:4], fee) for s in bare if (fee := _only_fee(seen, s)) is not None]
    if not kept:
        return None
    first = kept[0]
    for other in kept[1:]:
        if not _same_trades(seen, first, other):
            return None
    entry, exit_, quantity, pnl, fee = first
    roles = {"entry_price": entry, "exit_price": exit_, "quantity": quantity, "pnl": pnl}
    if fee is not None:
        roles["fee"] = fee
    return Binding("proposed", len(rows[0].fields), roles, proposed=True, pnl_role="pnl")


def _same_trades(seen: Columns, first: _Solution, second: _Solution) -> bool:
    for one, other in zip(first, second, strict=True):
        if one == other:
            continue
        if one is None or other is None:
            return False
        if seen.numbers[one] != seen.numbers[other]:
            return False
    return True


def _shares(seen: Columns, solution: _Solution, column: int) -> list[float]:
    entry, exit_, quantity = solution[:3]
    return [
        f / ((e + x) * q)
        for e, x, q, f in zip(
            seen.numbers[entry], seen.numbers[exit_], seen.numbers[quantity], seen.numbers[column],
            strict=True,
        )
        if e and x and q and f is not None
    ]  # fmt: skip


def _is_fee(seen: Columns, solution: _Solution) -> bool:
    """The fee column is one: never negative, a small and steady share of the turnover.

    And the PnL column is none, else the two could stand for each other.
    """
    assert solution[4] is not None
    return _steady(_shares(seen, solution, solution[4]), 6.0) and not _steady(
        _shares(seen, solution, solution[3]), 6.0
    )


def _steady(shares: list[float], most: float) -> bool:
    values = sorted(shares)
    cut = len(values) // 12
    values = values[cut : len(values) - cut] or values
    return bool(values) and values[0] > 0 and values[-1] <= 0.01 and values[-1] <= values[0] * most


def _hidden_fee(seen: Columns, solution: _Solution) -> bool:
    """Some other column looks like a fee, as a cost or below zero: the PnL is before it."""
    return any(
        _steady(shares, 3.0) or _steady([-share for share in shares], 3.0)
        for at in seen.numbers
        if at not in solution and (shares := _shares(seen, solution, at))
    ) or any(_is_rounded_fee(seen, solution, at) for at in seen.numbers if at not in solution)


def _is_rounded_fee(seen: Columns, solution: _Solution, at: int) -> bool:
    """A column that is one share of the turnover on all rows, as near as its digits tell."""
    entry, exit_, quantity = solution[:3]
    pairs = [
        (fee, (e + x) * q)
        for e, x, q, fee in zip(
            seen.numbers[entry], seen.numbers[exit_], seen.numbers[quantity], seen.numbers[at],
            strict=True,
        )
        if e and x and q and fee is not None
    ]  # fmt: skip
    total = sum(turnover for _, turnover in pairs)
    share = sum(fee for fee, _ in pairs) / total if total else 0.0
    digit = 10.0 ** -seen.places[at]
    return 0 < share <= 0.01 and all(
        share * turnover / 3 - digit <= fee <= share * turnover * 3 + digit
        for fee, turnover in pairs
    )


def _only_fee(seen: Columns, solution: _Solution) -> int | None:
    fees = [
        at
        for at in seen.numbers
        if at not in solution and _steady(_shares(seen, solution, at), 1.05)
    ]
    return fees[0] if len(fees) == 1 else None


def _add_texts(
    rows: Sequence[Record],
    binding: Binding,
    seen: Columns,
    context: Context,
    headings: Sequence[Heading],
) -> None:
    taken = set(binding.roles.values())
    width = len(rows[0].fields)
    if len(headings) == width:
        for at, each in enumerate(headings):
            if each.role == "version" and not _is_version(
                [row.fields[at].strip() for row in rows], context
            ):
                continue
            if (
                each.role in ("version", "exit_reason", "bot_trade_id", "status", "fee_asset")
                and at not in taken
            ):
                binding.roles.setdefault(each.role, at)
    for at in range(width):
        if at in taken or at in binding.roles.values():
            continue
        cells = [row.fields[at].strip() for row in rows]
        if "version" not in binding.roles and _is_version(cells, context):
            binding.roles["version"] = at
            binding.version_by_values = True
        elif at not in seen.numbers and "exit_reason" not in binding.roles:
            known = sum(map(is_reason, cells))
            if known * 2 >= len(cells):
                binding.roles["exit_reason"] = at
        elif at in seen.counters and "bot_trade_id" not in binding.roles:
            binding.roles["bot_trade_id"] = at


def _is_version(cells: list[str], context: Context) -> bool:
    """Version tags: few values, each written like one, of a major the file is about."""
    found = [_VERSION.fullmatch(cell) for cell in cells]
    if not all(found) or len(set(cells)) > 4 or len(cells) < 3:
        return False
    if all(cell[0] in "vV" for cell in cells):
        return True
    majors = context.versions.majors()
    return all(match is not None and int(match[1]) in majors for match in found)
