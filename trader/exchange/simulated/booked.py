"""Orders, order lists and trades as the simulated exchange keeps and tells them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from trader.domain.candle import to_milliseconds
from trader.domain.money import ZERO
from trader.domain.order import Fill, Order

OPEN = ("NEW", "PARTIALLY_FILLED", "PENDING_NEW")


@dataclass(slots=True)
class BookedOrder:
    """One order from its acceptance on; `order` is what the matching engine knows of it."""

    number: int
    client_id: str
    kind: str
    order: Order
    limit: Decimal | None
    stop: Decimal | None
    placed_at: datetime
    list_number: int = -1
    status: str = "NEW"
    executed: Decimal = ZERO
    quote: Decimal = ZERO
    updated_at: datetime | None = None
    fills: list["BookedTrade"] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.status in OPEN

    def told(self) -> dict[str, Any]:
        """As GET /api/v3/order answers it."""
        updated = to_milliseconds(self.updated_at or self.placed_at)
        return {
            "symbol": self.order.symbol,
            "orderId": self.number,
            "orderListId": self.list_number,
            "clientOrderId": self.client_id,
            "price": amount(self.limit or ZERO),
            "origQty": amount(self.order.quantity),
            "executedQty": amount(self.executed),
            "cummulativeQuoteQty": amount(self.quote),
            "status": self.status,
            "timeInForce": "GTC",
            "type": self.kind,
            "side": self.order.side.upper(),
            "stopPrice": amount(self.stop or ZERO),
            "icebergQty": "0.00000000",
            "time": to_milliseconds(self.placed_at),
            "updateTime": updated,
            "isWorking": self.stop is None
            or (self.kind == "STOP_LOSS_LIMIT" and self.executed > 0),
            "workingTime": updated,
            "origQuoteOrderQty": "0.00000000",
            "selfTradePreventionMode": "NONE",
        }

    def answer(self) -> dict[str, Any]:
        """As POST /api/v3/order answers it, in full."""
        told = self.told()
        del told["time"], told["updateTime"], told["isWorking"]
        return told | {
            "transactTime": to_milliseconds(self.updated_at or self.placed_at),
            "fills": [trade.as_fill() for trade in self.fills],
        }


@dataclass(slots=True)
class OrderList:
    """An OCO or OTOCO; `pending` are the legs that wait for the working order's fill."""

    number: int
    client_id: str
    kind: str
    symbol: str
    made_at: datetime
    legs: list[BookedOrder]
    pending: list[BookedOrder] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return any(leg.open for leg in self.legs)

    def told(self) -> dict[str, Any]:
        return {
            "orderListId": self.number,
            "contingencyType": self.kind,
            "listStatusType": "EXEC_STARTED" if self.open else "ALL_DONE",
            "listOrderStatus": "EXECUTING" if self.open else "ALL_DONE",
            "listClientOrderId": self.client_id,
            "transactionTime": to_milliseconds(self.made_at),
            "symbol": self.symbol,
            "orders": [
                {"symbol": self.symbol, "orderId": leg.number, "clientOrderId": leg.client_id}
                for leg in self.legs
            ],
        }

    def answer(self) -> dict[str, Any]:
        return self.told() | {"orderReports": [leg.answer() for leg in self.legs]}


@dataclass(frozen=True, slots=True)
class BookedTrade:
    """One execution, numbered through the whole exchange."""

    number: int
    order_number: int
    list_number: int
    fill: Fill
    maker: bool

    def told(self) -> dict[str, Any]:
        """As GET /api/v3/myTrades answers it."""
        fill = self.fill
        return {
            "symbol": fill.symbol,
            "id": self.number,
            "orderId": self.order_number,
            "orderListId": self.list_number,
            "price": amount(fill.price),
            "qty": amount(fill.quantity),
            "quoteQty": amount(fill.notional),
            "commission": amount(fill.fee),
            "commissionAsset": fill.fee_asset,
            "time": to_milliseconds(fill.filled_at),
            "isBuyer": fill.side == "buy",
            "isMaker": self.maker,
            "isBestMatch": True,
        }

    def as_fill(self) -> dict[str, Any]:
        told = self.told()
        names = ("price", "qty", "commission", "commissionAsset")
        return {name: told[name] for name in names} | {"tradeId": self.number}


def amount(value: Decimal) -> str:
    """Eight digits after the point, as Binance writes every amount."""
    return format(value.quantize(Decimal("0.00000001")), "f")
