"""Money and quantities are Decimals; what moves cash is rounded once, at each fill, to 1e-8."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

MONEY_STEP = Decimal("0.00000001")
ZERO = Decimal(0)


def round_money(amount: Decimal) -> Decimal:
    """`amount` rounded half-even to 1e-8, the grain of every account here."""
    return amount.quantize(MONEY_STEP, ROUND_HALF_EVEN)


def floor_to(value: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` that is not above `value`."""
    return (value / step).to_integral_value(rounding=ROUND_FLOOR) * step


def ceil_to(value: Decimal, step: Decimal) -> Decimal:
    """The smallest multiple of `step` that is not below `value`."""
    return (value / step).to_integral_value(rounding=ROUND_CEILING) * step


def plain(value: Decimal) -> str:
    """`value` in plain digits without an exponent or trailing zeros, as it stands in events."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
