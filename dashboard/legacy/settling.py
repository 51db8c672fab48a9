"""Deciding how a segment is written, from its own rows: numbers, times, units, kind of PnL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

from .against import is_move_in_percent, is_planned
from .aliases import normalise
from .binding import NUMBER_ROLES, PNL_ROLES, TIME_ROLES, Binding, looks_numeric
from .cells import (
    Grammar,
    column_unit,
    decide_grammar,
    decimals,
    is_null,
    may_be_either,
    without_asset,
)
from .columns import settle_columns, swap_time_words
from .doubled import settle_doubled
from .doubts import (
    are_sums_of_days,
    is_shortened,
    is_told_twice,
    pays_to_open,
    results_elsewhere,
    stops_adding_up,
    swapped_lines,
)
from .fill_rows import settle_amounts
from .fit import Fit
from .moneys import prices_apart, settle_venues
from .pnl_kinds import KINDS, settle_pnl
from .records import Record
from .serials import serial_form
from .sides import SIGNS, says_one_way, side_of
from .statuses import aside_kind
from .structure import is_reason
from .times import ISO, SHORT, decide_form, is_clock_only, with_clock
from .values import Context, Values, read_values

SAMPLE = 1_500
_IN_QUOTE = ("entry_price", "exit_price", "price", *PNL_ROLES)

_WITHOUT_CENTS = frozenset(("원", "₩", "KRW", "JPY"))
_SIGNED = 3
"""So many shorts with a quantity below zero are a way of writing, and no damage."""


def settle(binding: Binding, records: list[Record], context: Context) -> Fit:
    """Fill in how these rows are written under this binding, and say how well they fit."""
    rows = [r for r in records if len(r.fields) == binding.width and not r.trouble]
    every = len(rows)
    rows = [r for r in rows if not aside_kind(r, binding)]
    sample = rows if len(rows) <= SAMPLE else rows[:: len(rows) // SAMPLE + 1]
    fit = Fit(rows=len(sample), aside=every - len(rows))
    if not sample:
        return fit

    def column(at: int) -> list[str]:
        return [row.fields[at] for row in sample]

    swap_time_words(binding, column)
    settle_columns(binding, sample, real=context.real)
    _settle_cells(binding, column)
    settle_venues(binding, sample)
    _settle_times(binding, rows, context.order)
    _settle_side(binding, column)
    _settle_signs(binding, column)
    _settle_ends(binding, column)
    if binding.shape == "fills":
        settle_doubled(binding, sample)
        settle_amounts(binding, sample)
    read = _read(binding, sample, context)
    fit.read = sum(values is not None for values in read)
    if binding.shape == "trades":
        if stops_adding_up(binding, sample, read):
            binding.pnl_role = "cum_pnl"
            del binding.roles["pnl_pct"]
            read = _read(binding, sample, context)
        settle_pnl(binding, read, fit)
        if binding.pnl_kind in ("computed", "percent", "cumulative"):
            binding.results_elsewhere = results_elsewhere(binding, sample, read)
        if binding.pnl_kind == "printed" and (
            is_move_in_percent(binding, rows) or is_planned(binding, rows)
        ):
            binding.pnl_kind = "unknown"
        if binding.pnl_kind == "printed":
            if is_told_twice(binding, rows) or are_sums_of_days(binding, rows):
                binding.pnl_kind = "unknown"
            binding.swapped_lines = swapped_lines(binding, rows)
        if "fee_rate" in binding.roles and not binding.says_fee and binding.pnl_kind in KINDS:
            binding.uncertain = "the result is before fees, of which a rate alone is told"
        if binding.two_fees and binding.pnl_kind not in ("net", "printed"):
            binding.uncertain = (
                binding.uncertain or "the result is before fees, of which two differ"
            )
        if binding.pnl_kind == "printed" and pays_to_open(binding, rows):
            binding.pnl_kind = "unknown"
    plain = sample if binding.shape == "fills" else [
        row for row, values in zip(sample, read, strict=True) if values is not None
    ]  # fmt: skip
    binding.uncertain = prices_apart(binding, plain) or binding.uncertain
    if is_shortened(binding, sample):
        binding.uncertain = binding.uncertain or (
            "no PnL printed, and a spreadsheet has shortened prices or quantities to three digits"
        )
    place = binding.roles.get("version")
    if place is not None:
        tags = [cell.strip() for cell in column(place) if cell.strip()]
        common = Counter(tags).most_common(8)
        binding.versions_seen = frozenset(
            tag for tag, times in common if times * 8 >= len(tags) and not is_reason(tag)
        )
        if len(tags) >= 8 and not binding.versions_seen:
            # Another value on every row, or reasons: no version, whatever the column is called.
            del binding.roles["version"]
    binding.text_columns = tuple(
        at
        for role in ("exit_reason", "symbol")
        if (at := binding.roles.get(role)) is not None
        and sum(map(looks_numeric, column(at))) * 2 < len(sample)
    )
    binding.last_cells = frozenset([row.fields[-1] for row in sample if row.ended][:500])
    return fit


def _settle_cells(binding: Binding, column: object) -> None:
    assert callable(column)
    cells: list[str] = []
    for role in NUMBER_ROLES:
        at = binding.roles.get(role)
        if at is None:
            continue
        texts = column(at)
        unit = column_unit(texts)
        if binding.shape == "fills" and role in ("price", "quantity", "fee"):
            unit = None  # read with the asset behind them; see fill_rows
        if role == "quantity" and unit is not None and unit[0].strip().isalpha():
            unit = None  # or with the market's own, which differs from row to row
            texts = [without_asset(text) for text in texts]
        if unit is not None:
            name, take_off = unit
            binding.units[at] = take_off
            texts = [take_off(text) for text in texts]
            binding.unit_names[at] = name
            if name.isalpha() and name.isupper() and role in _IN_QUOTE:
                binding.currency = binding.currency or name
        cells += [without_asset(text) for text in texts] if binding.shape == "fills" else texts
    binding.grammar = decide_grammar(cells)
    if binding.pnl_role and binding.grammar.thousands:
        printed = column(binding.roles[binding.pnl_role])
        if may_be_either(_bare_cells(binding, printed, binding.pnl_role), binding.grammar):
            binding.grammar = Grammar(binding.grammar.decimal)
    mark = binding.grammar.decimal
    for at, take_off in binding.units.items():
        whole = binding.unit_names[at] in _WITHOUT_CENTS
        binding.units[at] = _ungrouped(column(at), take_off, binding.grammar, whole=whole)
    if binding.pnl_role:
        printed = _bare_cells(binding, column(binding.roles[binding.pnl_role]), binding.pnl_role)
        binding.pnl_places = _places(printed, mark)
        told = [cell for cell in printed if cell.strip(" 0.,+-") and _sane(cell)]
        forms = Counter(decimals(cell, mark) for cell in told)
        binding.fixed_places = _is_fixed(printed, binding.pnl_places, mark)
        binding.pnl_forms = frozenset(n for n, times in forms.items() if times * 6 >= len(printed))
    if "fee" in binding.roles:
        fees = _bare_cells(binding, column(binding.roles["fee"]), "fee")
        binding.fee_places = 8 if binding.constant_fee else _places(fees, mark)
        signed = [cell.strip()[0] in "-−" for cell in fees if cell.strip(" 0.,-−")]
        needed = 2 / 3 if binding.shape == "fills" and binding.known is not None else 1
        binding.fee_sign = -1 if signed and sum(signed) >= len(signed) * needed else 1
    else:
        binding.fee_places = 12


def _bare_cells(binding: Binding, cells: list[str], role: str) -> list[str]:
    """A column's cells without their unit."""
    take_off = binding.units.get(binding.roles[role])
    return [take_off(cell) for cell in cells] if take_off else cells


def _ungrouped(
    cells: list[str], take_off: Callable[[str], str], grammar: Grammar, *, whole: bool
) -> Callable[[str], str]:
    """Money formatted with its unit ("$1,984.45") may group thousands where prices do not.

    No cents of a won are written: the comma of "39,081원" stands before thousands.
    """
    texts = [take_off(cell) for cell in cells if not is_null(cell)]
    own = Grammar(".", ",") if whole and grammar.decimal == "." else decide_grammar(texts)
    if not own.thousands or grammar.thousands or own.decimal != grammar.decimal:
        return take_off
    if may_be_either(texts, own):
        return take_off

    def plain(cell: str) -> str:
        text = take_off(cell)
        return text.replace(own.thousands[0], "") if own.number(text) is not None else ""

    return plain


def _places(cells: list[str], mark: str) -> int:
    """The precision a column is printed with: the most decimals any but a stray cell has."""
    found = Counter(
        min(decimals(cell, mark), 12)
        for cell in cells
        if cell.strip().lstrip("+-−")[:1].isdigit() and len(cell) < 40 and _sane(cell)
    )
    if not found:
        return 8
    total = sum(found.values())
    return max(places for places, times in found.items() if times * 50 >= total)


def _is_fixed(cells: list[str], places: int, mark: str) -> bool:
    """Whether a column is printed to so many places, the zeros at their end as well."""
    told = [cell.strip() for cell in cells if cell.strip(" 0.,+-\u2212") and _sane(cell)]
    alike = [cell for cell in told if decimals(cell, mark) == places and "e" not in cell.lower()]
    zeros = sum(cell.endswith("0") for cell in alike)
    return places >= 2 and zeros >= 2 and len(alike) * 10 >= len(told) * 8


def _sane(cell: str) -> bool:
    exponent = cell.strip().lower().partition("e")[2]
    return not exponent or exponent.lstrip("+-").isdigit()


def _settle_times(binding: Binding, rows: list[Record], order: str) -> None:
    # Month first is written in English alone: no decimal comma, no header in other letters.
    continental = binding.grammar.decimal == "," or any(
        not each.name.isascii() for each in binding.headings
    )
    for role in TIME_ROLES:
        at = binding.roles.get(role)
        if at is None:
            continue
        cells = [row.fields[at] for row in rows]
        if role in binding.clocks:
            clock = binding.clocks[role]
            cells = [with_clock(row.fields[at].strip(), row.fields, clock) for row in rows]
        form = decide_form(cells, day_first=continental, share=0.15, order=order)
        if form is None and sum(map(is_clock_only, cells)) * 2 > len(cells):
            form = ISO
        if binding.known is not None and binding.known.time_form == "short" and form is not None:
            short = sum(SHORT.read(cell.strip()) is not None for cell in cells)
            form = SHORT if short * 2 > len(cells) else form
        if form is None and not binding.proposed:
            form = serial_form(cells)
        if form is None:
            continue
        binding.forms[role] = form
        if role not in binding.zones and not binding.naive_times:
            for cell in cells:
                read = form.read(cell.strip())
                if read is not None and not read[1]:
                    binding.naive_times = cell.strip()
                    break
    # Two columns written alike are read alike: one that is decided decides for the other.
    decided = [binding.forms[role] for role in TIME_ROLES if role in binding.forms]
    for role in TIME_ROLES:
        if role in binding.roles and role not in binding.forms and decided:
            binding.forms[role] = decided[0]


def _settle_side(binding: Binding, column: object) -> None:
    assert callable(column)
    at = binding.roles.get("side")
    if at is None:
        return
    told = [cell.strip() for cell in column(at) if not is_null(cell)]
    binding.numeric_side = any(cell[0] == "-" for cell in told) and SIGNS.keys() >= set(told)
    words = [cell for cell in told if side_of(cell) is not None]
    closing = binding.known is not None and binding.known.side == "closing"
    if binding.headings and binding.known is None:
        closing = normalise(binding.headings[at].name).startswith(("clos", "exit", "청산"))
    binding.side_sign = -1 if closing and words and all(map(says_one_way, words)) else 1


def _settle_signs(binding: Binding, column: Callable[[int], list[str]]) -> None:
    """A sign before quantities that repeats the side, on all rows but a damaged one or two."""
    at, side = binding.roles.get("quantity"), binding.roles.get("side")
    if at is None:
        return
    if side is None:
        binding.signed_sides = _are_sides(binding, column)
        return
    take_off = binding.units.get(at)
    agreed = short = told = 0
    for cell, word in zip(column(at), column(side), strict=True):
        quantity = binding.grammar.number(take_off(cell) if take_off else cell)
        way = side_of(word)
        if quantity and way is not None:
            told += 1
            short += quantity < 0 and way < 0
            agreed += (quantity < 0) == (way < 0)
    few = _SIGNED if binding.known is None else 1
    signed = short >= few and agreed * 20 >= told * 19
    if binding.shape == "trades":
        binding.signed_shorts = signed
    else:
        binding.signed_quantity = signed


_BOUGHT = (
    "buy",
    "bought",
    "매수",
    "kauf",
    "compra",
    "preçocompra",
    "买入",
    "買",
    "prixdachat",
    "alış",
)


def _settle_ends(binding: Binding, column: Callable[[int], list[str]]) -> None:
    """Prices called those of buying and selling are a short's exit and entry, in some logs."""
    roles, result = binding.roles, binding.pnl_role
    needed = ("entry_price", "exit_price", "side")
    if binding.known is not None or not binding.headings or not roles.keys() >= {*needed}:
        return
    name = normalise(binding.headings[roles["entry_price"]].name)
    if result not in ("pnl", "net_pnl", "gross_pnl") or not any(w in name for w in _BOUGHT):
        return
    shorts = swapped = 0
    for cells in zip(*(column(roles[role]) for role in (*needed, result)), strict=True):
        bought, sold, printed = (binding.grammar.number(cells[at]) for at in (0, 1, 3))
        if bought and sold and printed and side_of(cells[2]) == -1:
            shorts += 1
            swapped += (sold > bought) == (printed > 0)
    binding.swapped_prices = shorts >= 2 and swapped * 10 >= shorts * 8


def _are_sides(binding: Binding, column: Callable[[int], list[str]]) -> bool:
    """Whether quantities have the sign of the position: their results go with it, nearly all."""
    roles, result = binding.roles, binding.pnl_role
    needed = ("entry_price", "exit_price", "quantity")
    if binding.shape != "trades" or "is_short" in roles or not roles.keys() >= {*needed}:
        return False
    if result not in ("pnl", "net_pnl", "gross_pnl"):
        return False
    shorts = told = agreed = 0
    for cells in zip(*(column(roles[role]) for role in (*needed, result)), strict=True):
        entry, left, quantity, printed = map(binding.grammar.number, cells)
        if entry and left and quantity and printed:
            told += 1
            shorts += quantity < 0
            agreed += ((left - entry) * quantity > 0) == (printed > 0)
    return shorts > 0 and agreed * 10 >= told * 8


def _read(binding: Binding, sample: list[Record], context: Context) -> list[Values | None]:
    provisional = context if context.zone else replace(context, zone=UTC)
    made: list[Values | None] = []
    for row in sample:
        values = read_values(row.fields, binding, provisional)
        made.append(values if isinstance(values, Values) else None)
    return made
