"""A position of fills, and what its prices, fees and printed results say it came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from .binding import Binding
from .cells import quote_of
from .verdicts import Fill

_A_TENTH = 10
ZERO = Decimal(0)
Shares = tuple[Decimal, Decimal]
"""The least and the most of a share of the turnover."""


@dataclass(slots=True)
class Position:
    """A position being built and taken down. Sums in quote; quantities in base."""

    direction: int
    opened: Decimal = ZERO
    cost: Decimal = ZERO
    lost: Decimal = ZERO
    """Base asset taken as fee on the way in: bought, never sold."""
    closed: Decimal = ZERO
    proceeds: Decimal = ZERO
    fee: Decimal = ZERO
    fee_known: bool = True
    other: dict[str, Decimal] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    opening: list[Fill] = field(default_factory=list)
    closing: list[Fill] = field(default_factory=list)

    @property
    def held(self) -> Decimal:
        return self.opened - self.lost - self.closed


def gross_of(position: Position) -> Decimal:
    average = position.cost / position.opened
    return (position.proceeds - average * position.closed) * position.direction


def printed_of(position: Position) -> Decimal | None:
    """The PnL the file prints for the round trip: on its closing fills, or on both legs alike."""
    closing = [fill.printed for fill in position.closing if fill.printed is not None]
    if not closing:
        return None
    opening = [fill for fill in position.opening if fill not in position.closing]
    if opening and all(f.printed and f.fee and f.printed == -f.fee for f in opening):
        # Some exchanges book the entry's fee as a result of its own.
        closing += [f.printed for f in opening if f.printed is not None]
    return sum(closing, ZERO)


def is_net(positions: list[Position]) -> bool:
    """True where printed PnL agrees with prices less fees more often than with prices alone.

    Where it agrees with both as often, rounded as it is, the nearer one decides.
    """
    net = gross = 0
    off_net = off_gross = ZERO
    for position in positions:
        printed = printed_of(position)
        if printed is None:
            continue
        value, slack = gross_of(position), slack_of(position)
        before, after = abs(value - printed), abs(value - position.fee - printed)
        net += after <= slack
        gross += before <= slack
        off_net += min(after, slack)
        off_gross += min(before, slack)
    return (net, -off_net) > (gross, -off_gross)


def unstated_fees(positions: list[Position]) -> Shares | None:
    """What shares of the turnover the results are short of, where the file prints no fees.

    As with round trips (pnl_kinds): a small, steady share on most of at least three, where the
    prices alone do not give the results.
    """
    told = [p for p in positions if printed_of(p) is not None]
    if len(told) < 3 or any(fill.fee is not None for p in positions for fill in p.fills):
        return None
    gross = sum(abs(gross_of(p) - (printed_of(p) or ZERO)) <= slack_of(p) for p in told)
    shares = sorted(_short_of(p) for p in told)
    middle = shares[len(shares) // 2]
    near = [share for share in shares if middle * 3 / 4 <= share <= middle * 4 / 3]
    steady = ZERO < middle <= Decimal("0.005") and len(near) * 10 >= len(shares) * 6
    return (near[0], near[-1]) if steady and gross * 10 < len(told) * 6 else None


def is_within(position: Position, shares: Shares) -> bool:
    """Whether the position's result is short of its prices by such a share."""
    low, high = shares
    turnover, slack = position.cost + position.proceeds, slack_of(position)
    short = gross_of(position) - (printed_of(position) or ZERO)
    return low * turnover - slack <= short <= high * turnover + slack


def _short_of(position: Position) -> Decimal:
    printed = printed_of(position) or ZERO
    return (gross_of(position) - printed) / (position.cost + position.proceeds)


def slack_of(position: Position) -> Decimal:
    """Quantity x printed price precision, and half the last digit of each result printed."""
    places = max(-int(f.price.as_tuple().exponent) for f in position.fills)
    return (
        position.closed * Decimal(1).scaleb(-places)
        + sum((_half_digit(f) for f in position.closing if f.printed is not None), ZERO)
        + Decimal("0.0001")
        + Decimal("0.00000001") * len(position.fills)
    )


def closings(fills: list[Fill], binding: Binding) -> Callable[[Fill], bool]:
    """What tells of a fill that would open a position that it closes one from before the file."""
    if binding.known is not None:
        realizes = binding.layout == "binance-futures-trades"
        return lambda fill: realizes and fill.printed is not None and fill.printed != 0
    silent = sum(fill.printed is None for fill in fills)
    if silent * _A_TENTH >= len(fills):  # what opens a position has no result
        return lambda fill: fill.printed is not None
    nought = sum(not fill.printed for fill in fills)
    if nought * _A_TENTH >= len(fills):  # or a result of nought, or its own fee as one
        return lambda fill: bool(fill.printed) and fill.printed != -(fill.fee or ZERO)
    return lambda _: False


def _half_digit(fill: Fill) -> Decimal:
    """At most that of cents: a result printed whole may have lost more than its rounding.

    Of a won it has not, there is nothing smaller.
    """
    least = 0 if (fill.quote_asset or quote_of(fill.symbol)) in ("KRW", "JPY") else -2
    printed = fill.printed or ZERO
    return Decimal(1).scaleb(min(least, int(printed.as_tuple().exponent))) / 2
