"""An account's fills on one spot market as round trips, flat to flat."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

ZERO = Decimal(0)
GRAIN = Decimal("1e-8")
DUST = Decimal("0.002")  # of a position whose fees were taken in the asset bought

Worth = Callable[[str, int], Decimal | None]
"""What one of an asset was worth in the quote asset at a time (microseconds), if that is known."""


class Fill(NamedTuple):
    """One execution; `time` in microseconds, money in quote, quantity in base."""

    fill_id: int
    time: int
    is_buyer: bool
    price: Decimal
    quantity: Decimal
    commission: Decimal
    commission_asset: str


@dataclass(slots=True)
class Trip:
    """A position from its first buy; closed once `is_flat`."""

    fills: list[Fill] = field(default_factory=list)
    bought: Decimal = ZERO
    cost: Decimal = ZERO
    lost: Decimal = ZERO  # base asset taken as commission
    sold: Decimal = ZERO
    proceeds: Decimal = ZERO
    fee: Decimal = ZERO
    other_fees: dict[str, Decimal] = field(default_factory=dict)
    valued: dict[str, Decimal] = field(default_factory=dict)

    @property
    def held(self) -> Decimal:
        return self.bought - self.lost - self.sold

    @property
    def is_flat(self) -> bool:
        rest = DUST * self.bought if self.lost else ZERO
        return self.sold > 0 and self.held <= rest

    @property
    def entry_price(self) -> Decimal:
        """The average, to 1e-8 as the bot has it."""
        return _rounded(self.cost / self.bought)

    @property
    def exit_price(self) -> Decimal:
        return _rounded(self.proceeds / self.sold)

    @property
    def net_pnl(self) -> Decimal:
        """After the fees that are known in quote; `other_fees` are not in it."""
        return _rounded(self.proceeds - self.cost * self.sold / self.bought - self.fee)


class Paired(NamedTuple):
    """Round trips, the position that is open, and sells of what was never bought here."""

    trips: list[Trip]
    open: Trip | None
    unmatched: list[Fill]


def round_trips(fills: Iterable[Fill], base: str, quote: str, worth: Worth) -> Paired:
    """Fills in their order (by id) as round trips. What came before the first buy is unmatched."""
    trips: list[Trip] = []
    unmatched: list[Fill] = []
    trip: Trip | None = None
    dust = ZERO
    for fill in fills:
        if fill.is_buyer:
            trip = trip or Trip()
            trip.bought += fill.quantity
            trip.cost += fill.quantity * fill.price
        elif trip is None or fill.quantity > trip.held + max(dust, DUST * trip.lost):
            unmatched.append(fill)
            continue
        else:
            # Dust that an earlier trip left is sold along; its cost went with that trip.
            sold = min(fill.quantity, trip.held)
            trip.sold += sold
            trip.proceeds += sold * fill.price
        trip.fills.append(fill)
        _charge(trip, fill, base, quote, worth)
        if trip.is_flat:
            dust = max(trip.held, ZERO)
            trips.append(trip)
            trip = None
    return Paired(trips, trip, unmatched)


def _charge(trip: Trip, fill: Fill, base: str, quote: str, worth: Worth) -> None:
    asset, amount = fill.commission_asset, fill.commission
    if not amount:
        return
    if asset == quote:
        trip.fee += amount
    elif asset == base:
        trip.fee += amount * fill.price
        trip.lost += amount if fill.is_buyer else ZERO
    elif (price := worth(asset, fill.time)) is not None:
        trip.fee += amount * price
        trip.valued[asset] = trip.valued.get(asset, ZERO) + amount
    else:
        trip.other_fees[asset] = trip.other_fees.get(asset, ZERO) + amount


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(GRAIN, ROUND_HALF_EVEN)
