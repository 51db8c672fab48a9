"""What is sent to an exchange (order) and what comes back (fill, rejection, cancellation)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from trader.domain.money import ZERO, round_money


class OrderSide(StrEnum):
    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    MARKET = "market"
    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"


class Purpose(StrEnum):
    """Why an order was sent; for one that closes a position it is the trade's exit reason."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"


PROTECTION = (Purpose.STOP_LOSS, Purpose.TAKE_PROFIT)


@dataclass(frozen=True, slots=True)
class Order:
    """`quantity` in base currency; `price` is the trigger of a stop or target, None at market.

    What is placed at a candle's close cannot be filled in that candle: `placed_at` says so, even
    where the candle is worked through a second time after a crash. An entry carries the
    protection planned for it: `stop_distance` and `target_distance` from its fill, in quote
    currency; so a bot that dies after the fill still knows where its stop belongs.
    """

    order_id: str
    trade_id: str
    symbol: str
    side: OrderSide
    type: OrderType
    purpose: Purpose
    quantity: Decimal
    placed_at: datetime
    price: Decimal | None = None
    stop_distance: Decimal | None = None
    target_distance: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution. `fee` is in `fee_asset`; `filled_at` UTC, to the candle's grain in paper.

    A fee in another asset than the quote currency has its worth there in `fee_value`, and what
    was kept back of the base currency bought stands in `base_fee` too.
    """

    fill_id: str
    order_id: str
    trade_id: str
    symbol: str
    side: OrderSide
    price: Decimal
    quantity: Decimal
    fee: Decimal
    fee_asset: str
    filled_at: datetime
    fee_value: Decimal | None = None
    base_fee: Decimal = ZERO

    @property
    def cost_of_fee(self) -> Decimal:
        """What the fee was worth in quote currency, whatever it was paid in."""
        return self.fee if self.fee_value is None else self.fee_value

    @property
    def quote_fee(self) -> Decimal:
        """The part of the fee that was taken from the quote balance: all of it or nothing."""
        return self.fee if self.fee_value is None else ZERO

    @property
    def foreign_fee(self) -> Decimal:
        """The worth of a fee that a third asset paid, such as BNB; quote currency."""
        return ZERO if self.base_fee or self.fee_value is None else self.fee_value

    @property
    def notional(self) -> Decimal:
        """Price times quantity in quote currency, rounded to 1e-8: what the fill moves."""
        return round_money(self.price * self.quantity)


@dataclass(frozen=True, slots=True)
class OrderRejected:
    """The exchange took the order and could not carry it out."""

    order_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """The exchange withdrew the order, such as the other leg of a filled pair."""

    order_id: str
    reason: str
    at: datetime


OrderUpdate = Fill | OrderRejected | OrderCancelled
