"""What kind of number a segment's PnL column holds, decided by its own rows."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from decimal import Decimal

from .against import leverage_in
from .binding import Binding
from .checking import Check, check, gross_of, last_digit, tolerance
from .fees import recurring, settle_computed_fees, settle_contracts, settle_fee_band
from .fit import Fit
from .values import Values

_FEW_FUNDED = 3
_ENOUGH = 3
KINDS = ("net", "gross", "percent", "cumulative")


def settle_pnl(binding: Binding, read: list[Values | None], fit: Fit) -> None:
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
        settle_computed_fees(binding, values, fit)
        settle_contracts(binding, values)
        if binding.constant_fee:
            binding.uncertain = "no PnL printed, and the fee is a rate by its looks"
        if binding.known is None and any(each.funding for each in values):
            binding.uncertain = (
                "no PnL printed, and whether funding was paid or received is not said"
            )
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
    elif binding.says_fee and sum(bool(each.fee) for each in values) * 5 < len(values):
        # Without fees a result is before and after them; a stray number must not decide it.
        kinds = ("net", "percent", "cumulative")
    else:
        kinds = KINDS
    if binding.says_side:
        sides: tuple[int, ...] = (0,)
    else:
        sides = (1, -1, 0)
    _settle_funding(binding, read, sides[0])
    best: tuple[int, str, int, list[Check]] | None = None
    for fixed in sides:
        for kind in kinds:
            if kind == "cumulative" and len(kinds) > 1 and _start_alike(values):
                continue
            checks = _checks(binding, read, kind, fixed)
            confirmed = [c for c in checks if c.state == "confirmed"]
            exact = sum(c.exact for c in confirmed)
            # To the last digit tells more than to the precision of prices.
            score = len(confirmed) + exact
            if best is None or score > best[0]:
                best = (score, kind, fixed, checks)
        if best is not None and _confirmed(best[3]) * 10 >= len(values) * 6:
            break
    assert best is not None
    _, kind, fixed, checks = best
    binding.pnl_kind, binding.fixed_side = kind, fixed
    if not binding.says_side and fixed:
        for each in values:
            each.side = fixed
    if _try_reversed_sides(binding, read, _confirmed(checks)):
        checks = _checks(binding, read, binding.pnl_kind, 0)
    if binding.pnl_role in ("pnl", "net_pnl") and _fee_unstated(binding, values, checks):
        checks = _checks(binding, read, binding.pnl_kind, fixed)
    _count(binding, read, checks, fit)
    if binding.pnl_kind == "percent":
        # It agrees with the prices alone: of the quantity it proves nothing.
        settle_contracts(binding, values)
        if not binding.says_fee:
            binding.uncertain = "the result is a percentage, and no fee is printed"
    if binding.constant_fee and (binding.pnl_kind != "net" or fit.confirmed * 2 < fit.read):
        binding.uncertain = "the fee is one number on all rows, a rate by its looks"
    if fit.confirmed == 0 and binding.pnl_role in ("cum_pnl", "pnl_pct") and fit.contradicted == 0:
        binding.pnl_kind = "computed"
        if binding.pnl_role == "cum_pnl":
            binding.uncertain = "one running total alone, and what it was before is not said"


def _start_alike(values: list[Values]) -> bool:
    """Results all short of their prices by one amount: a fee nobody printed, and no totals."""
    starts = Counter(
        round(each.printed - gross + (each.fee or 0), 6)
        for each in values
        if each.printed is not None and (gross := gross_of(each)) is not None
    )
    return bool(starts) and max(starts.values()) * 3 >= len(values)


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
        if not binding.says_side:
            values.side = fixed
        if kind == "cumulative" and not started:
            before, started = Decimal(0), True
        if not binding.says_side and fixed == 0:
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


def _settle_funding(binding: Binding, read: list[Values | None], fixed: int) -> None:
    """Funding that was paid is printed above zero in some logs: the results tell."""
    funded = [each for each in read if each is not None and each.funding]
    if len(funded) < _FEW_FUNDED or binding.known is not None:
        return
    received = _confirmed(_checks(binding, [*funded], "net", fixed))
    for each in funded:
        each.funding = -each.funding
    paid = _confirmed(_checks(binding, [*funded], "net", fixed))
    if paid > received and paid * 10 >= len(funded) * 6:
        binding.funding_sign = -binding.funding_sign
        return
    for each in funded:
        each.funding = -each.funding


def _confirmed(checks: list[Check]) -> int:
    return sum(each.state == "confirmed" for each in checks)


def _try_reversed_sides(binding: Binding, read: list[Values | None], agreed: int) -> bool:
    """Buy and sell may name the closing order: taken so only where arithmetic says it for all."""
    at = binding.roles.get("side")
    present = [values for values in read if values is not None]
    if at is None or agreed * 2 > len(present) or (binding.known and binding.known.ordered):
        return False
    if not binding.headings or binding.proposed:
        return False
    for values in present:
        values.side = -values.side
    for kind in ("net", "gross"):
        confirmed = _confirmed(_checks(binding, read, kind, 0))
        if confirmed >= _ENOUGH and confirmed > agreed and confirmed * 10 >= len(present) * 6:
            binding.pnl_kind, binding.side_sign = kind, -binding.side_sign
            return True
    for values in present:
        values.side = -values.side
    return False


def _fee_unstated(binding: Binding, values: list[Values], checks: list[Check]) -> bool:
    """No fee column, and the printed PnL short of price x quantity by a small, steady share."""
    if binding.says_fee:
        return False
    if _confirmed(checks) * 10 >= len(values) * 6 or len(values) < 3:
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
    near = recurring([share for share in shares if middle / 4 <= share <= middle * 4])
    if len(near) * 10 < len(shares) * 6:
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
        elif result.state == "not_computable" and values.other_fees:
            fit.aside_fees += 1
    fit.confirmed = confirmed
    binding.confirmed, binding.contradicted = confirmed, fit.contradicted
    settle_fee_band(binding, read, checks, fit)
    binding.exact = (exact >= 10 and exact * 100 >= confirmed * 95) or (
        exact >= _FEW_EXACT and confirmed <= exact + 1
    )
    told = [c.digit for v, c in zip(read, checks, strict=True) if v is not None and c.digit]
    binding.to_the_digit = told.count(1) >= 10 and told.count(-1) * 20 <= len(told)


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


_FEW_EXACT = 5
_SOME = 8
_FEW_MOVES, _MOVES, _ONE_WAY_MOVES = 0.7, 1.0, 1.5
"""How much a column moves from row to row, against its spread, that is no running total: few rows
tell little, and a column that never changes sign is suspect."""


def _kind_by_looks(binding: Binding, values: list[Values]) -> str:
    """The kind of a PnL column that no arithmetic reaches: "printed", or "unknown" to refuse it.

    A running total moves less from row to row than it spreads; a price never changes sign
    and hardly its size; a percentage says so in its name. None of them is a PnL per trade.
    """
    if binding.pnl_role in ("pnl_pct", "cum_pnl"):
        return "unknown"
    if binding.unit_names.get(binding.roles[binding.pnl_role]) == "%":
        return "unknown"
    if _follows_prices(values) or _is_multiplied(values):
        return "unknown"
    printed = [float(each.printed) for each in values if each.printed is not None]
    if len(printed) < 3:
        return "printed" if binding.known else "unknown"
    if len(printed) >= 6:
        mean = sum(printed) / len(printed)
        spread = sum((x - mean) ** 2 for x in printed) / len(printed)
        steps = [b - a for a, b in itertools.pairwise(printed)]
        movement = sum(step**2 for step in steps) / len(steps)
        # Results that follow one another by chance move twice as much as they spread.
        least = _FEW_MOVES if len(printed) < _SOME else _MOVES
        if min(printed) > 0 or max(printed) < 0:
            least = _ONE_WAY_MOVES
        if spread > 0 and movement < least * spread:
            return "unknown"
        if _are_prices(values):
            return "unknown"
    return "printed"


def _are_prices(values: list[Values]) -> bool:
    """Market by market the column never changes sign and hardly its size: prices, no results."""
    by_market: dict[str, list[float]] = {}
    for each in values:
        if each.printed is not None:
            by_market.setdefault(each.symbol, []).append(float(each.printed))
    steady = 0
    for numbers in by_market.values():
        mean = sum(numbers) / len(numbers)
        spread = sum((x - mean) ** 2 for x in numbers) / len(numbers)
        if len(numbers) >= 2 and min(numbers) > 0 and spread**0.5 < 0.25 * mean:
            steady += len(numbers)
    return steady * 10 >= sum(map(len, by_market.values())) * 7


def _follows_prices(values: list[Values]) -> bool:
    """Prices without a quantity: a result that is their difference, or its share, is no money."""
    moves = [
        ((each.exit - each.entry) * each.side, each.entry, each.printed)
        for each in values
        if each.entry and each.exit and each.side and each.printed is not None
    ]
    if len(moves) < 3:
        return False
    points = sum(abs(printed - move) <= abs(move) / 100 for move, _, printed in moves)
    ratio = sum(abs(p - move / entry) <= Decimal("0.003") for move, entry, p in moves)
    percent = sum(abs(p - move / entry * 100) <= Decimal("0.3") for move, entry, p in moves)
    return max(points, ratio, percent) * 10 >= len(moves) * 8


def _is_multiplied(values: list[Values]) -> bool:
    """Prices without a quantity, and a result that is the move in percent times whole numbers.

    Leverage, and the column the percentage of a margin; or money, where each trade was worth so
    many hundreds: the numbers are the same, and nothing in the file tells which.
    """
    told = agreed = 0
    for each in values:
        if not (each.entry and each.exit and each.side and each.printed):
            continue
        percent = (each.exit - each.entry) / each.entry * 100 * each.side
        times = leverage_in(each.printed, percent, each.pnl_places)
        told += times is not None
        agreed += (times or 0) > 1
    return told >= 3 and agreed * 10 >= told * 8


_FAR, _BEYOND = 20, 3


def _price_band(values: list[Values]) -> tuple[Decimal, Decimal]:
    """What PnL values are prices by their looks, where some of the column's are.

    Two values of one market far beyond all others that lie close together, or four far ones
    without a loss among them. One wild value alone is left in peace: a true row can look wild.
    """
    nothing = Decimal(0), Decimal(0)
    told = [(each.symbol, each.printed) for each in values if each.printed is not None]
    if len(told) < 10:
        return nothing
    sizes = sorted(abs(printed) for _, printed in told)
    usual = sizes[len(sizes) * 3 // 4]
    far = [(symbol, value) for symbol, value in told if usual and abs(value) > _FAR * usual]
    if len(far) < 2 or min(value for _, value in far) <= 0:
        return nothing
    alike = any(
        max(same) <= 2 * min(same)
        for symbol in {symbol for symbol, _ in far}
        if len(same := [value for market, value in far if market == symbol]) >= 2
    )
    near = [size for size in sizes if size <= _FAR * usual]
    limit = _BEYOND * near[len(near) * 3 // 4]
    return (limit, Decimal("1e15")) if alike or len(far) >= 4 else nothing
