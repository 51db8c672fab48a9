"""An open exposure: what was paid, what is left at which cost, and what it has earned so far."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from trader.domain.flat import by_name, fields_of
from trader.domain.money import ZERO, plain, round_money
from trader.domain.order import Fill, Order, OrderSide, Purpose
from trader.domain.times import moment


@dataclass(slots=True)
class Position:
    """One trade from its first entry fill until flat; long, on spot.

    `quantity` is what is still held and `cost` what that part was paid with, entry fees included,
    so unrealised PnL is value less cost, and equity is cash plus value to the last digit.
    `entered_on` is the close of the candle on which the entry was decided, and names its orders.
    `bought` is what the entry orders bought, `entry_quantity` what of it the exchange's fee left.
    `mae` and `mfe` are the worst and the best unrealised money since entry, before fees.
    """

    trade_id: str
    symbol: str
    version: str
    entry_time: datetime
    stop_distance: Decimal | None
    target_distance: Decimal | None
    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    fee: Decimal = ZERO
    realised: Decimal = ZERO
    entry_quantity: Decimal = ZERO
    bought: Decimal = ZERO
    entry_notional: Decimal = ZERO
    exit_notional: Decimal = ZERO
    stop_loss_price: Decimal | None = None
    take_profit_price: Decimal | None = None
    initial_risk: Decimal | None = None
    mae: Decimal = ZERO
    mfe: Decimal = ZERO
    protections: int = 0
    exits: int = 0
    entered_on: datetime | None = None
    exit_time: datetime | None = None
    exit_reason: str = ""
    opened: bool = False
    _entry_price: Decimal | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def entered_by(cls, order: Order, fill: Fill, version: str) -> Self:
        """The position that an entry order's first fill begins, before that fill is added."""
        return cls(
            trade_id=order.trade_id,
            symbol=order.symbol,
            version=version,
            entry_time=fill.filled_at,
            stop_distance=order.stop_distance,
            target_distance=order.target_distance,
            entered_on=order.placed_at,
        )

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Self:
        """The position that `to_body` wrote, its Decimals and times read back."""
        known = {name: body[name] for name in fields_of(cls)[0] if name in body}
        known.setdefault("bought", known["entry_quantity"])
        for name in _MONEY:
            known[name] = None if known[name] is None else Decimal(known[name])
        known["entry_time"] = moment(known["entry_time"])
        if known.get("entered_on") is not None:
            known["entered_on"] = moment(known["entered_on"])
        known["exit_time"] = None if known["exit_time"] is None else moment(known["exit_time"])
        return cls(**known)

    def to_body(self, price: Decimal) -> dict[str, Any]:
        """Every field, with what a reader of a snapshot wants beside them at `price`."""
        return by_name(self) | {
            "side": "long",
            "entry_price": self.entry_price,
            "price": price,
            "unrealised": self.unrealised(price),
        }

    @property
    def entry_price(self) -> Decimal:
        """Average price of the entry fills, quote currency, rounded to 1e-8."""
        if self._entry_price is None:  # asked again and again between two fills
            self._entry_price = average_price(self.entry_notional, self.bought)
        return self._entry_price

    @property
    def exit_price(self) -> Decimal:
        """Average price of the exit fills; only after something was sold."""
        return average_price(self.exit_notional, self.sold)

    @property
    def sold(self) -> Decimal:
        """What was sold of it so far, base currency."""
        return self.entry_quantity - self.quantity

    def unrealised(self, price: Decimal) -> Decimal:
        """Value at `price` less remaining cost, quote currency."""
        return round_money(self.quantity * price) - self.cost

    def add(self, fill: Fill, order: Order) -> None:
        """Fold one fill in: a buy adds quantity at cost, a sell realises its share of the cost."""
        self.fee += fill.cost_of_fee
        paid, notional = fill.quote_fee + fill.foreign_fee, fill.notional
        if fill.side is OrderSide.BUY:
            self.quantity += fill.quantity - fill.base_fee
            self.entry_quantity += fill.quantity - fill.base_fee
            self.bought += fill.quantity
            self.entry_notional += notional
            self.cost += notional + paid
            self._entry_price = None
            return
        whole = fill.quantity == self.quantity
        share = self.cost if whole else round_money(self.cost * fill.quantity / self.quantity)
        self.quantity -= fill.quantity
        self.cost -= share
        self.exit_notional += notional
        self.realised += notional - paid - share
        self.exit_time = fill.filled_at
        self.exit_reason = order.reason or order.purpose.value
        self._excursion(fill.price)

    def protect(self, order: Order) -> None:
        """Take over the price of a protecting order; the first stop fixes the money at risk.

        Exits are counted, so that each has an id of its own.
        """
        if order.purpose is Purpose.EXIT:
            self.exits += 1
        elif order.purpose is Purpose.TAKE_PROFIT:
            self.take_profit_price = order.price
        elif order.purpose is Purpose.STOP_LOSS and order.price is not None:
            self.protections += 1
            self.stop_loss_price = order.price
            if self.initial_risk is None:
                self.initial_risk = round_money((self.entry_price - order.price) * self.quantity)

    def mark(self, low: Decimal, high: Decimal) -> None:
        """Widen the excursions by a candle through which the position was held."""
        self._excursion(low)
        self._excursion(high)

    def _excursion(self, price: Decimal) -> None:
        moved = round_money((price - self.entry_price) * self.entry_quantity)
        if moved < self.mae:
            self.mae = moved
        elif moved > self.mfe:
            self.mfe = moved


def average_price(notional: Decimal, quantity: Decimal) -> Decimal:
    """Quote currency a unit of base, to 1e-8, with no more digits than it needs."""
    return Decimal(plain(round_money(notional / quantity)))


_MONEY = (
    "stop_distance", "target_distance", "quantity", "cost", "fee", "realised", "entry_quantity",
    "bought", "entry_notional", "exit_notional", "stop_loss_price", "take_profit_price",
    "initial_risk", "mae", "mfe",
)  # fmt: skip
