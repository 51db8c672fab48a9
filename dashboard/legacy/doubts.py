"""Doubts about results that nothing computes: another column, another row, another meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from decimal import Decimal

from .binding import Binding
from .cells import column_unit, decimals
from .checking import gross_of
from .records import Record
from .sides import action_of
from .statuses import OPENING
from .values import Values, number

_SHORTENED = re.compile(r"[+-]?\d\.\d\dE[+-]\d{1,2}")
_FEW = 3
_CENT = Decimal("0.01")
_CLEAR = 100
_OF_A_TRADE = frozenset(
    ("side", "is_short", "entry_time", "entry_price", "exit_price", "price", "quantity",
     "bot_trade_id", "exchange_trade_id", "exit_reason")
)  # fmt: skip


def stops_adding_up(
    binding: Binding, rows: Sequence[Record], read: Sequence[Values | None]
) -> bool:
    """Whether a running total beside a percentage becomes each trade's own result.

    Rows of two layouts then stand under one header, and a percentage that holds for all of them
    would hide it: the money has to tell them apart.
    """
    if binding.pnl_role != "pnl_pct" or "cum_pnl" not in binding.roles:
        return False
    own, before = 0, Decimal(0)
    for row, values in zip(rows, read, strict=True):
        total = number(row.fields, "cum_pnl", binding)
        if not isinstance(total, Decimal):
            continue
        gross = None if values is None else gross_of(values)
        if values is not None and gross is not None:
            net = gross - (values.fee or 0)
            own += abs(total - net) <= _CENT < abs(total - before - net)
        before = total
    return own >= _FEW


def results_elsewhere(
    binding: Binding, rows: Sequence[Record], read: Sequence[Values | None]
) -> tuple[int, ...]:
    """Columns that hold the result on some rows, and something else on others; see holds_result.

    No header calls them a result: rows of another layout, as wide as this one, stand below it.
    """
    free = {"equity", "notional", "cum_pnl"} - {binding.pnl_role}
    named = {at for role, at in binding.roles.items() if role not in free}
    told = [(row, values) for row, values in zip(rows, read, strict=True) if values is not None]
    found = []
    for at in set(range(binding.width)) - named:
        hits = sum(
            holds_result(row.fields[at], values, binding, least=_CLEAR) for row, values in told
        )
        if hits >= _FEW and (hits * 10 < len(told) * 8 or at in binding.roles.values()):
            found.append(at)
    return tuple(found)


def holds_result(cell: str, values: Values, binding: Binding, least: int = 0) -> bool:
    """Whether a cell is the result that prices and quantity give, with or without the fee.

    Of fewer than `least` of its last digits it is none: so few agree by chance.
    """
    gross = gross_of(values)
    if gross is None or not any(map(str.isdigit, cell)):
        return False
    unit = column_unit([cell])
    text = unit[1](cell) if unit else cell
    value = binding.grammar.number(text)
    if value is None:
        return False
    digit = Decimal(1).scaleb(-decimals(text, binding.grammar.decimal))
    if abs(value) < least * digit:
        return False
    return any(abs(value - each) <= digit / 2 for each in (gross, gross - (values.fee or 0)))


def is_told_twice(binding: Binding, rows: Sequence[Record]) -> bool:
    """Whether another column called a result as well says something else, and none names money."""
    others = binding.also.get(binding.pnl_role, ())
    if not others:
        return False
    first = binding.roles[binding.pnl_role]
    named = [bool(binding.headings[at].currency) for at in (first, *others)]
    if named[0] and not any(named[1:]):
        return False
    differing = sum(row.fields[first].strip() != row.fields[at].strip()
                    for row in rows for at in others)  # fmt: skip
    return differing * 10 > len(rows)


def swapped_lines(binding: Binding, rows: Sequence[Record]) -> tuple[int, int]:
    """Between which lines a result and a quantity or fee stand for each other; (0, 0) nowhere.

    Where some quantities or fees are below zero they are results; rows beside those are not
    told apart by their sign, up to the next whose result is below zero.
    """
    odd: list[int] = []
    sure: list[int] = []
    for row in rows:
        printed = number(row.fields, binding.pnl_role, binding)
        amounts = (number(row.fields, role, binding) for role in ("quantity", "fee"))
        signs = (binding.fee_sign if role else 1 for role in (0, 1))
        if any(isinstance(a, Decimal) and a * s < 0 for a, s in zip(amounts, signs, strict=True)):
            odd.append(row.line)
        elif isinstance(printed, Decimal) and printed < 0:
            sure.append(row.line)
    if len(odd) < _FEW or binding.signed_shorts:
        return 0, 0
    before = max((line for line in sure if line < odd[0]), default=0)
    after = min((line for line in sure if line > odd[-1]), default=1 << 62)
    return before, after


def are_sums_of_days(binding: Binding, rows: Sequence[Record]) -> bool:
    """One result a date and market at most, and nothing else of a trade: sums, by their looks."""
    if binding.known is not None or binding.roles.keys() & _OF_A_TRADE or len(rows) < _FEW:
        return False
    form = binding.forms.get("exit_time")
    if form is None or form.name == "epoch" or "exit_time" in binding.clocks:
        return False
    places = [binding.roles[role] for role in ("exit_time", "symbol") if role in binding.roles]
    told = {tuple(row.fields[at].strip() for at in places) for row in rows}
    moments = [form.read(row.fields[places[0]].strip()) for row in rows]
    return len(told) == len(rows) and all(
        read is None or read[0].time() == time() for read in moments
    )


def pays_to_open(binding: Binding, rows: Sequence[Record]) -> bool:
    """Whether rows that open positions pay fees: no result that stands on others includes them."""
    fee = binding.roles.get("fee")
    places = [binding.roles[role] for role in ("side", "type", "action") if role in binding.roles]
    if fee is None:
        return False
    paying = [row for row in rows if row.fields[fee].strip("0.,-+ ")]
    return sum(any(_opens(row.fields[at]) for at in places) for row in paying) >= _FEW


def _opens(cell: str) -> bool:
    action = action_of(cell)
    return action[0] > 0 if action else OPENING.get(cell.strip().casefold()) == 1


def is_shortened(binding: Binding, rows: Sequence[Record]) -> bool:
    """Whether a spreadsheet has left three digits of prices or quantities: "4.21E+04"."""
    places = [binding.roles[role] for role in ("entry_price", "exit_price", "price", "quantity")
              if role in binding.roles]  # fmt: skip
    short = sum(_SHORTENED.fullmatch(row.fields[at].strip()) is not None
                for row in rows for at in places)  # fmt: skip
    return short >= _FEW
