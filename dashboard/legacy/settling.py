"""Deciding how a segment is written, from its own rows: numbers, times, units, kind of PnL."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC
from decimal import Decimal

from .binding import NUMBER_ROLES, PNL_ROLES, TIME_ROLES, Binding, looks_numeric, swap_time_words
from .cells import column_unit, decide_grammar, decimals, is_null, says_one_way, side_of
from .judging import (
    Check,
    Context,
    Values,
    aside_kind,
    check,
    gross_of,
    last_digit,
    read_values,
    tolerance,
    turnover_of,
)
from .records import Record
from .times import ISO, SHORT, decide_form, is_clock_only

SAMPLE = 1_500
_IN_QUOTE = ("entry_price", "exit_price", "price", *PNL_ROLES)
KINDS = ("net", "gross", "percent", "cumulative")
MINIMUM_DIGITS = 8.0
"""Decimal digits of agreement a segment must show in all before its arithmetic counts as proof."""


@dataclass(slots=True)
class Fit:
    """How well a binding suits a run of rows."""

    read: int = 0
    rows: int = 0
    confirmed: int = 0
    contradicted: int = 0
    digits: float = 0.0
    ambiguous: bool = False
    """Either of fee and PnL could be the other: no row loses, and both are steady."""
    swapped: bool = False
    """The columns called fee and PnL stand for each other."""

    @property
    def proven(self) -> bool:
        """Arithmetic alone proves the columns: three rows and enough digits agree."""
        return self.confirmed >= 3 and self.digits >= MINIMUM_DIGITS


def settle(binding: Binding, records: list[Record], context: Context) -> Fit:
    """Fill in how these rows are written under this binding, and say how well they fit."""
    rows = [r for r in records if len(r.fields) == binding.width and not r.trouble]
    rows = [r for r in rows if not aside_kind(r, binding)]
    sample = rows if len(rows) <= SAMPLE else rows[:: len(rows) // SAMPLE + 1]
    fit = Fit(rows=len(sample))
    if not sample:
        return fit

    def column(at: int) -> list[str]:
        return [row.fields[at] for row in sample]

    swap_time_words(binding, column)
    _settle_cells(binding, column)
    _settle_times(binding, rows, context.order)
    _settle_side(binding, column)
    read = _read(binding, sample, context)
    fit.read = sum(values is not None for values in read)
    if binding.shape == "trades":
        _settle_pnl(binding, read, fit)
    place = binding.roles.get("version")
    if place is not None:
        tags = [cell.strip() for cell in column(place) if cell.strip()]
        common = Counter(tags).most_common(8)
        binding.versions_seen = frozenset(tag for tag, times in common if times * 8 >= len(tags))
        if len(tags) >= 8 and not binding.versions_seen:
            # Another value on every row: no version, whatever the column is called.
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
        if unit is not None:
            name, take_off = unit
            binding.units[at] = take_off
            texts = [take_off(text) for text in texts]
            if name.isalpha() and name.isupper() and role in _IN_QUOTE:
                binding.currency = binding.currency or name
        cells += texts
    binding.grammar = decide_grammar(cells)
    mark = binding.grammar.decimal
    if binding.pnl_role:
        printed = column(binding.roles[binding.pnl_role])
        binding.pnl_places = _places(printed, mark)
        forms = Counter(decimals(cell, mark) for cell in printed if _sane(cell))
        binding.pnl_forms = frozenset(n for n, times in forms.items() if times * 6 >= len(printed))
    if "fee" in binding.roles:
        fees = column(binding.roles["fee"])
        binding.fee_places = _places(fees, mark)
        signed = [cell.strip()[0] in "-−" for cell in fees if cell.strip(" 0.,-−")]
        binding.fee_sign = -1 if signed and all(signed) else 1
    else:
        binding.fee_places = 12


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
        form = decide_form(cells, day_first=continental, share=0.15, order=order)
        if form is None and sum(map(is_clock_only, cells)) * 2 > len(cells):
            form = ISO
        if binding.known is not None and binding.known.time_form == "short" and form is not None:
            short = sum(SHORT.read(cell.strip()) is not None for cell in cells)
            form = SHORT if short * 2 > len(cells) else form
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
    words = [cell for cell in column(at) if side_of(cell) is not None]
    closing = binding.known is not None and binding.known.side == "closing"
    binding.side_sign = -1 if closing and words and all(map(says_one_way, words)) else 1


def _read(binding: Binding, sample: list[Record], context: Context) -> list[Values | None]:
    provisional = context if context.zone else replace(context, zone=UTC)
    made: list[Values | None] = []
    for row in sample:
        values = read_values(row.fields, binding, provisional)
        made.append(values if isinstance(values, Values) else None)
    return made


def _settle_pnl(binding: Binding, read: list[Values | None], fit: Fit) -> None:
    values = [each for each in read if each is not None]
    _price_places(binding, values)
    if not values:
        return
    computable = (
        "entry_price" in binding.roles
        and "exit_price" in binding.roles
        and ("quantity" in binding.roles)
    )
    if not binding.pnl_role:
        binding.pnl_kind = "computed"
        _settle_computed_fees(binding, values, fit)
        return
    if not computable:
        binding.pnl_kind = _kind_by_looks(binding, values)
        binding.price_like = _price_band(values)
        return
    if binding.pnl_role == "cum_pnl":
        kinds: tuple[str, ...] = ("cumulative",)
    elif binding.pnl_role == "pnl_pct":
        kinds = ("percent",)
    elif binding.pnl_role == "gross_pnl":
        kinds = ("gross", "net")
    else:
        kinds = KINDS
    if "side" in binding.roles:
        sides: tuple[int, ...] = (0,)
    else:
        sides = (1, -1, 0)
    best: tuple[int, float, str, int, list[Check]] | None = None
    for fixed in sides:
        for kind in kinds:
            checks = _checks(binding, read, kind, fixed)
            confirmed = [c for c in checks if c.state == "confirmed"]
            score = (len(confirmed), float(sum(c.exact for c in confirmed)))
            if best is None or score > best[:2]:
                best = (*score, kind, fixed, checks)
        if best is not None and best[0] * 10 >= len(values) * 6:
            break
    assert best is not None
    _, _, kind, fixed, checks = best
    binding.pnl_kind, binding.fixed_side = kind, fixed
    if _try_reversed_sides(binding, read, best):
        checks = _checks(binding, read, binding.pnl_kind, 0)
    if binding.pnl_kind == "net" and _fee_unstated(binding, values, checks):
        checks = _checks(binding, read, binding.pnl_kind, fixed)
    _count(binding, read, checks, fit)
    if fit.confirmed == 0 and binding.pnl_role in ("cum_pnl", "pnl_pct") and fit.contradicted == 0:
        binding.pnl_kind = "computed"


def _checks(binding: Binding, read: list[Values | None], kind: str, fixed: int) -> list[Check]:
    made: list[Check] = []
    before: Decimal | None = None
    started = False
    binding.running = {Decimal(0)}
    for values in read:
        if values is None:
            made.append(Check("unread", None))
            before = None
            continue
        if "side" not in binding.roles:
            values.side = fixed
        if kind == "cumulative" and not started:
            before, started = Decimal(0), True
        if "side" not in binding.roles and fixed == 0:
            made.append(_either_side(values, binding, kind, before))
        else:
            made.append(check(values, binding, kind, before))
        before = values.printed
    if kind == "cumulative" and made and made[0].state == "contradicted":
        made[0] = Check("not_computable", None)
    return made


def _either_side(values: Values, binding: Binding, kind: str, before: Decimal | None) -> Check:
    results = []
    for side in (1, -1):
        values.side = side
        result = check(values, binding, kind, before)
        if result.exact:
            results.append(result)
    values.side = 0
    return results[0] if len(results) == 1 else Check("contradicted", None)


def _try_reversed_sides(
    binding: Binding, read: list[Values | None], best: tuple[int, float, str, int, list[Check]]
) -> bool:
    """Buy and sell may name the closing order: taken so only where arithmetic says it for all."""
    at = binding.roles.get("side")
    present = [values for values in read if values is not None]
    if at is None or best[0] * 2 > len(present) or (binding.known and binding.known.ordered):
        return False
    if not binding.headings or binding.proposed:
        return False
    for values in present:
        values.side = -values.side
    for kind in ("net", "gross"):
        checks = _checks(binding, read, kind, 0)
        confirmed = sum(c.state == "confirmed" for c in checks)
        if confirmed > best[0] and confirmed * 10 >= len(present) * 6:
            binding.pnl_kind, binding.side_sign = kind, -binding.side_sign
            return True
    for values in present:
        values.side = -values.side
    return False


def _fee_unstated(binding: Binding, values: list[Values], checks: list[Check]) -> bool:
    """No fee column, and the printed PnL short of price x quantity by a small, steady share."""
    if {"fee", "entry_fee"} & binding.roles.keys():
        return False
    if sum(c.state == "confirmed" for c in checks) * 10 >= len(values) * 6 or len(values) < 3:
        return False
    shares = []
    for each in values:
        gross = gross_of(each)
        if (
            gross is None
            or each.printed is None
            or not each.entry
            or not each.exit
            or not each.quantity
        ):
            continue
        shares.append((gross - each.printed) / ((each.entry + each.exit) * each.quantity))
    if len(shares) < 3:
        return False
    shares.sort()
    middle = shares[len(shares) // 2]
    near = [share for share in shares if middle * 3 / 4 <= share <= middle * 4 / 3]
    if middle <= 0 or middle > Decimal("0.005") or len(near) * 10 < len(shares) * 6:
        return False
    binding.pnl_kind, binding.fee_share = "net_unstated_fee", (near[0], near[-1])
    return True


def _price_places(binding: Binding, values: list[Values]) -> None:
    for each in values:
        if each.places > binding.price_places.get(each.symbol, 0):
            binding.price_places[each.symbol] = min(each.places, 12)


def _count(binding: Binding, read: list[Values | None], checks: list[Check], fit: Fit) -> None:
    confirmed = exact = 0
    for values, result in zip(read, checks, strict=True):
        if values is None:
            continue
        if result.state == "confirmed":
            confirmed += 1
            exact += result.exact
            fit.digits += _digits(values, binding, exact=result.exact)
        elif result.state == "contradicted":
            fit.contradicted += 1
        elif result.state == "not_computable" and binding.pnl_kind == "net_unstated_fee":
            confirmed += 1
            fit.digits += 2
    fit.confirmed = confirmed
    binding.confirmed, binding.contradicted = confirmed, fit.contradicted
    _settle_fee_band(binding, read, checks, fit)
    binding.exact = exact >= 10 and exact * 100 >= confirmed * 98


def _settle_computed_fees(binding: Binding, values: list[Values], fit: Fit) -> None:
    """Without a printed PnL only the fee's steady share tells that columns hold what they say."""
    shares = [
        each.fee / turnover
        for each in values
        if each.fee and each.entry and each.exit and (turnover := turnover_of(each))
    ]
    if not shares:
        return
    shares.sort()
    middle = shares[len(shares) // 2]
    near = [share for share in shares if middle / 4 <= share <= middle * 4]
    fit.swapped = len(near) * 10 < len(shares) * 5 or middle > Decimal("0.01")
    binding.fee_steady = len(near) >= 3
    binding.fee_band = (near[0] * Decimal("0.97"), near[-1] * Decimal("1.03"))


def _settle_fee_band(
    binding: Binding, read: list[Values | None], checks: list[Check], fit: Fit
) -> None:
    """What share of the turnover fees are, from the rows where nothing can stand for them.

    Fee and PnL add up to the same whichever is which; but a fee is never negative and a small,
    steady share of the turnover. A losing row shows which of the two the fee is.
    """
    if not {"fee", "entry_fee"} & binding.roles.keys():
        return
    certain, fees, results = [], [], []
    for values, result in zip(read, checks, strict=True):
        if (
            values is None
            or result.state != "confirmed"
            or not values.fee
            or values.printed is None
        ):
            continue
        turnover = turnover_of(values)
        if not turnover:
            continue
        fees.append(values.fee / turnover)
        results.append(values.printed / turnover)
        if values.printed < 0:
            certain.append(values.fee / turnover)
    if not fees:
        return
    if binding.pnl_kind == "net":
        fit.swapped = not steady(fees) and steady(results)
        fit.ambiguous = not certain and steady(fees) and steady(results)
    else:
        # The printed PnL agrees without the fee, so nothing but its share says that it is one.
        fit.swapped = not steady(fees)
        certain = fees
    shares = sorted(certain if len(certain) >= 3 else fees)
    low, high = shares[len(shares) // 20], shares[-1 - len(shares) // 20]
    binding.fee_steady = steady(shares)
    binding.fee_band = (low * Decimal("0.97"), high * Decimal("1.03"))


def steady(shares: list[Decimal]) -> bool:
    """True where shares of the turnover are those of a fee: small, and all about alike."""
    values = sorted(shares)
    cut = len(values) // 12
    values = values[cut : len(values) - cut] or values
    return (
        bool(values)
        and values[0] > 0
        and values[-1] <= Decimal("0.01")
        and (values[-1] <= values[0] * 6)
    )


def _digits(values: Values, binding: Binding, *, exact: bool) -> float:
    """How many digits of a row's money agree: its scale against the tolerance it passed."""
    gross = gross_of(values)
    if gross is None:
        return 0.0
    scale = max(abs(gross), abs(values.fee or Decimal(0)))
    allowed = last_digit(binding) if exact else tolerance(values, binding)
    if scale <= allowed:
        return 0.0
    return math.log10(scale / allowed)


def _kind_by_looks(binding: Binding, values: list[Values]) -> str:
    """The kind of a PnL column that no arithmetic reaches: "printed", or "unknown" to refuse it.

    A running total moves less from row to row than it spreads; a price never changes sign
    and hardly its size; a percentage says so in its name. None of them is a PnL per trade.
    """
    if binding.pnl_role in ("pnl_pct", "cum_pnl"):
        return "unknown"
    if (
        binding.pnl_role in ("pnl", "gross_pnl")
        and binding.units.get(binding.roles[binding.pnl_role])
        and binding.currency == ""
    ):
        return "unknown"
    printed = [float(each.printed) for each in values if each.printed is not None]
    if len(printed) < 3:
        return "printed" if binding.known else "unknown"
    if len(printed) >= 6:
        mean = sum(printed) / len(printed)
        spread = sum((x - mean) ** 2 for x in printed) / len(printed)
        steps = [b - a for a, b in itertools.pairwise(printed)]
        movement = sum(step**2 for step in steps) / len(steps)
        if spread > 0 and movement < 0.7 * spread:
            return "unknown"
        if min(printed) > 0 and spread**0.5 < 0.25 * mean:
            return "unknown"
    return "printed"


def _price_band(values: list[Values]) -> tuple[Decimal, Decimal]:
    """Where two or more PnL values far beyond all others lie close together, as prices do.

    One wild value alone is left in peace: a true row can look wild.
    """
    printed = sorted((v.printed for v in values if v.printed is not None), key=abs)
    if len(printed) < 10:
        return Decimal(0), Decimal(0)
    usual = abs(printed[len(printed) * 3 // 4])
    far = [value for value in printed if usual and abs(value) > 20 * usual]
    if len(far) < 2 or min(far) <= 0 or max(far) > 2 * min(far):
        return Decimal(0), Decimal(0)
    return min(far), max(far)


def share_null(cells: list[str]) -> float:
    """The share of a column's cells that say nothing."""
    return sum(map(is_null, cells)) / max(1, len(cells))
