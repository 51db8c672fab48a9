"""Whether a printed PnL agrees with its record's prices, quantity and fee."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .binding import Binding
from .cells import UNIT, is_inverse, to_unit
from .values import ZERO, Values

_MILLIONTH = Decimal("0.000001")


_HALF = Decimal("0.5")
_FINE = Decimal("0.001")


def gross_of(values: Values) -> Decimal | None:
    """(exit - entry) x quantity x direction, or None where one of them is not there."""
    if values.entry is None or values.exit is None or values.quantity is None or not values.side:
        return None
    return (values.exit - values.entry) * values.quantity * values.side


def tolerance(values: Values, binding: Binding) -> Decimal:
    """Quantity x printed price precision, and the last digit of the printed PnL and fee."""
    places = max(binding.price_places.get(values.symbol, 0), values.places)
    quantity = values.quantity or ZERO
    return quantity * Decimal(1).scaleb(-places) + last_digit(binding, values.pnl_places)


def last_digit(binding: Binding, places: int | None = None) -> Decimal:
    """Half the last digit of PnL and fee as the segment prints them, at least 1e-8."""
    return (
        Decimal(1).scaleb(-(binding.pnl_places if places is None else places))
        + Decimal(1).scaleb(-binding.fee_places)
    ) * _HALF + UNIT


@dataclass(slots=True)
class Check:
    """How a printed PnL compares: the state, the net PnL to record, whether to the last digit."""

    state: str
    net: Decimal | None
    exact: bool = False
    detail: str = ""
    digit: int = 0
    """Where the factors give the PnL without rounding: +1 printed just so, -1 not; else 0."""
    after_fees: bool = False
    """The row by itself tells that its PnL is net: read as gross it would not agree."""


def check(values: Values, binding: Binding, kind: str, before: Decimal | None = None) -> Check:
    """Compare a record's printed PnL, read as `kind`, with its prices, quantity and fee.

    `before` is the running total of the record before, for the kind "cumulative".
    """
    gross = gross_of(values)
    printed = values.printed
    if gross is None:
        if kind == "printed" and printed is not None:
            return Check("not_computable", to_unit(printed))
        return Check("unavailable", None)
    fee = values.fee
    if printed is None or kind == "computed":
        if fee is None:
            detail = "no PnL printed, and the fee is " + (
                f"in {', '.join(values.other_fees)}" if values.other_fees else "not printed either"
            )
            return Check("unavailable", None, detail=detail)
        if is_inverse(values.symbol):
            return Check(
                "unavailable", None, detail="no PnL printed, and the market is coin-margined"
            )
        return Check("not_computable", to_unit(gross - fee + values.funding))
    if fee is None and binding.says_fee:
        return _without_fee(values, binding, gross, printed, kind)
    if kind == "net_unstated_fee":
        return _unstated_fee(values, binding, gross, printed)
    net = gross - (fee or ZERO) + values.funding
    if kind == "net":
        difference, record = printed - net, printed
    elif kind == "gross":
        difference, record = printed - gross, printed - (fee or ZERO) + values.funding
    elif kind == "percent":
        return _percent(values, gross, net, printed, binding)
    elif kind == "cumulative":
        start = (printed - net).quantize(_MILLIONTH)
        # From 0 only the first total starts (`before`): any result of its own would follow it.
        follows = start != 0 and start in binding.running
        binding.running.add(printed.quantize(_MILLIONTH))
        room = last_digit(binding, values.pnl_places)
        if before and not follows and abs(before) > 3 * room >= 3 * abs(printed - net):
            return _contradicted(printed, before + net)  # its own result, no total
        if before is None and not follows:
            return Check("not_computable", to_unit(net))
        difference = ZERO if follows or before is None else printed - before - net
        record = net
    else:
        return Check("unavailable", None)
    size = abs(difference)
    expected = net if kind == "net" else gross
    digit = 0
    if kind in ("net", "gross") and -int(expected.normalize().as_tuple().exponent) <= max(
        binding.pnl_places, values.pnl_places
    ):
        digit = -1 if difference else 1
        if difference and binding.to_the_digit:
            return _contradicted(printed, expected)
    near = last_digit(binding, values.pnl_places)
    if kind == "cumulative":  # two totals, each rounded
        near += Decimal(1).scaleb(-binding.pnl_places) * _HALF
    if size <= near:
        after_fees = kind == "net" and (net == gross or abs(printed - gross) > near)
        return Check("confirmed", to_unit(record), True, digit=digit, after_fees=after_fees)
    if not binding.exact and size <= tolerance(values, binding):
        base = (values.entry or ZERO) * (values.quantity or ZERO)
        other = gross if kind == "net" else net
        if kind in ("net", "gross") and (
            may_be_percent(printed, values.pnl_places, base, expected)
            or is_nearer(abs(printed - other), size, near)
        ):
            return _contradicted(printed, expected)
        return Check("confirmed", to_unit(record), digit=digit)
    return _contradicted(printed, expected)


def is_nearer(other: Decimal, size: Decimal, near: Decimal) -> bool:
    """Whether a result agrees as the other of net and gross to its last digit, and as this one
    a hundred times worse."""
    return other <= near and size > 100 * near


def may_be_percent(printed: Decimal, places: int, base: Decimal, expected: Decimal) -> bool:
    """A result that is only near what is expected, and the percentage of it to its last digit.

    Not where the base is about a hundred, and a percentage about the same number as the money.
    """
    if 75 <= base <= 133:
        return False
    return abs(expected / base * 100 - printed) <= Decimal(1).scaleb(-places)


def _contradicted(printed: Decimal, expected: Decimal) -> Check:
    detail = f"printed {printed}, prices, quantity and fee give {to_unit(expected)}"
    return Check("contradicted", None, detail=detail)


def _without_fee(
    values: Values, binding: Binding, gross: Decimal, printed: Decimal, kind: str
) -> Check:
    turnover = turnover_of(values)
    low, high = binding.fee_band if binding.fee_steady else (ZERO, Decimal("0.01"))
    slack = last_digit(binding, values.pnl_places)
    if kind == "net" and low * turnover - slack <= gross - printed <= high * turnover + slack:
        return Check("not_computable", to_unit(printed))
    return Check("unavailable", None, detail="the fee is not printed")


def turnover_of(values: Values) -> Decimal:
    """Money moved by the round trip: (entry + exit) x quantity."""
    return ((values.entry or ZERO) + (values.exit or ZERO)) * (values.quantity or ZERO)


def _unstated_fee(values: Values, binding: Binding, gross: Decimal, printed: Decimal) -> Check:
    low, high = binding.fee_share
    slack = tolerance(values, binding)
    turnover = turnover_of(values)
    if low * turnover - slack <= gross - printed <= high * turnover + slack:
        return Check("not_computable", to_unit(printed))
    return Check(
        "contradicted", None, detail=f"printed {printed}, prices and quantity give {to_unit(gross)}"
    )


def _percent(
    values: Values, gross: Decimal, net: Decimal, printed: Decimal, binding: Binding
) -> Check:
    base = (values.entry or ZERO) * (values.quantity or ZERO)
    places = Decimal(1).scaleb(-binding.pnl_places)
    # Nobody prints shares of one to the hundredth.
    scales = (Decimal(100), Decimal(1)) if places <= _FINE else (Decimal(100),)
    shares = [result / base * scale for result in (gross, net) for scale in scales]
    if any(abs(share - printed) <= places for share in shares):
        if abs(printed) >= 3 * places:
            return Check("confirmed", to_unit(net), exact=True)
        return Check("not_computable", to_unit(net))
    return Check(
        "contradicted", None, detail=f"printed {printed} %, prices give {gross / base * 100:.4f}"
    )
