"""What speaks against a layout that arithmetic proves: rows of no closed trade agree as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from .aliases import Heading
from .binding import Binding
from .records import Record
from .times import is_clock_only
from .values import number

_AGAIN = 3
"""So many rows with one entry are no trades closed in two parts, but a position looked at."""


def has_no_end(binding: Binding, headings: Sequence[Heading]) -> bool:
    """The one time there is, is the entry's: when it ended stands in a column nobody can read.

    So says the header, where it is still about these rows: their entry price is under its name.
    """
    named = {role: headings[at].role for role, at in binding.roles.items()}
    ends = named["exit_time"] == "entry_time" and "entry_time" not in named
    return ends and named["entry_price"] == "entry_price"


def is_before_fees(binding: Binding, headings: Sequence[Heading]) -> bool:
    """The result agrees without a fee, and the header says that it is before fees."""
    return "fee" not in binding.roles and headings[binding.roles["pnl"]].role == "gross_pnl"


def has_other_clock(rows: Sequence[Record], times: Iterable[int]) -> bool:
    """Dates alone beside times of day in a column of their own: when it ended is not known."""
    dates = all(":" not in row.fields[at] for row in rows for at in times)
    return dates and any(
        sum(is_clock_only(row.fields[at]) for row in rows) * 10 >= len(rows) * 6
        for at in range(len(rows[0].fields))
    )


def tells_of_one(rows: Sequence[Record], binding: Binding) -> bool:
    """Most rows tell of a position again and again, how it stands: its entry stays the same."""
    entries = [
        binding.roles[role]
        for role in ("symbol", "side", "entry_time", "entry_price", "quantity")
        if role in binding.roles
    ]
    seen = Counter(tuple(row.fields[at].strip() for at in entries) for row in rows)
    again = sum(times for times in seen.values() if times >= _AGAIN)
    return again * 2 > len(rows)


def is_planned(binding: Binding, rows: Sequence[Record]) -> bool:
    """An entry, a target and no exit: a result that never loses, or is the target's, is a plan."""
    roles = binding.roles
    if not {"entry_price", "take_profit_price"} <= roles.keys() or not binding.headings:
        return False
    ends = binding.headings[roles["exit_time"]].role == "exit_time" if "exit_time" in roles else 0
    if ends or roles.keys() & {"exit_price", "exit_reason"}:
        return False
    told = lost = agreed = 0
    for row in rows:
        entry, target, size, printed = (
            number(row.fields, role, binding)
            for role in ("entry_price", "take_profit_price", "quantity", binding.pnl_role)
        )
        if not all(isinstance(each, Decimal) for each in (entry, target, printed)):
            continue
        assert isinstance(entry, Decimal)
        assert isinstance(target, Decimal)
        assert isinstance(printed, Decimal)
        told += 1
        lost += printed < 0
        if isinstance(size, Decimal):
            move = abs(target - entry) * abs(size)
            agreed += abs(abs(printed) - move) <= move / 100
    return told >= 3 and (not lost or agreed * 10 >= told * 8)


_MOST_LEVERAGE = 125


def leverage_in(printed: Decimal, percent: Decimal, places: int) -> int | None:
    """Which whole number times the move in percent a result is, below 0 against the move.

    0 where it is none, None where the move is too small to tell by the digits printed.
    """
    half = Decimal(1).scaleb(-places) / 2
    if abs(percent) < 20 * half:
        return None
    times = round(printed / percent)
    near = abs(printed - times * percent) <= half and abs(times) <= _MOST_LEVERAGE
    return times if near else 0


def is_move_in_percent(binding: Binding, rows: Sequence[Record]) -> bool:
    """A price a row and no quantity, and a result that is the move since the entry in percent.

    Or a whole number of times that, of a margin: see pnl_kinds for round trips.
    """
    if "price" not in binding.roles or "quantity" in binding.roles or not binding.pnl_role:
        return False
    market = binding.roles.get("symbol")
    entries: dict[str, Decimal] = {}
    told = agreed = 0
    for row in rows:
        price = number(row.fields, "price", binding)
        printed = number(row.fields, binding.pnl_role, binding)
        name = row.fields[market] if market is not None else ""
        if not isinstance(price, Decimal) or price <= 0:
            continue
        if not isinstance(printed, Decimal) or not printed:
            entries[name] = price
        elif name in entries:
            percent = (price - entries[name]) / entries[name] * 100
            times = leverage_in(printed, percent, binding.pnl_places)
            told += times is not None
            agreed += bool(times)
    return told >= 3 and agreed * 10 >= told * 8
