"""The bot's book: its own account, folded from its own events and from nothing else.

The engine applies each event as it appends it; a starting bot applies those it recorded before.
Start-up and running are therefore one path. Every event has an identity of its own (an order's
id, a fill's id, a trade's id, a signal's candle), and `knows` says whether the book has it, so a
candle that was cut off half way is simply worked through again and adds what was missing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, Self

from trader.domain import events
from trader.domain.events import Body
from trader.domain.money import ZERO, round_money
from trader.domain.order import Fill, Order, OrderSide, Purpose
from trader.domain.position import Position
from trader.domain.standing import Standing
from trader.domain.times import moment

_ALL = tuple(Purpose)


class Recorded(Protocol):
    """What the book needs of an event that was read back."""

    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> Body: ...
    @property
    def version(self) -> str: ...


@dataclass(slots=True)
class LiveOrder:
    """An order that is neither filled whole, nor rejected, nor cancelled."""

    order: Order
    filled: Decimal = ZERO


class Book:
    """Cash, positions and live orders of one account in one quote currency.

    `deposits` is cash moved in less cash moved out, `realised` the net PnL of everything sold,
    both in quote currency. `dust` is what trades left that was too small to sell, base currency,
    at its cost. A fee that a third asset paid counts as money paid in at that moment. `changes`
    counts the events that were folded in. The law:
    equity(price) == deposits + realised + unrealised(price).
    """

    def __init__(self) -> None:
        self.cash = ZERO
        self.deposits = ZERO
        self.realised = ZERO
        self.dust = ZERO
        self.dust_cost = ZERO
        self.positions: dict[str, Position] = {}
        self.orders: dict[str, LiveOrder] = {}
        self.standing = Standing()
        self.last_candle: datetime | None = None
        self.last_price = ZERO
        self.changes = 0
        self._tail: set[tuple[str, str]] = set()
        self._handlers: dict[str, Callable[[Body, str], None]] = {
            events.CASH_DEPOSITED: self._deposited,
            events.CASH_WITHDRAWN: self._withdrawn,
            events.ORDER_SUBMITTED: self._submitted,
            events.ORDER_FILLED: self._filled,
            events.ORDER_REJECTED: self._order_ended,
            events.ORDER_CANCELLED: self._order_ended,
            events.POSITION_OPENED: self._opened,
            events.POSITION_CHANGED: self._closed,
            events.TRADE_CLOSED: self._closed,
            events.STATE_SNAPSHOT: self._snapshot,
        }

    @classmethod
    def from_snapshot(cls, body: Body) -> Self:
        """The book as it stood when a `state.snapshot` was recorded."""
        book = cls()
        book.cash = Decimal(body["balance"])
        book.deposits = Decimal(body["deposits"])
        book.realised = Decimal(body["realised"])
        book.dust = Decimal(body.get("dust", 0))
        book.dust_cost = Decimal(body.get("dust_cost", 0))
        for position in body["positions"]:
            book.positions[position["trade_id"]] = Position.from_body(position)
        for order in body["orders"]:
            live = LiveOrder(events.order_from(order), Decimal(order["filled"]))
            book.orders[live.order.order_id] = live
        book.standing = Standing.from_body(body.get("risk"))
        book.standing.apply(events.STATE_SNAPSHOT, body)
        book._set_candle(body)
        return book

    def apply_all(self, recorded: Iterable[Recorded]) -> None:
        """Fold events that were read back, in the order of their seq."""
        for event in recorded:
            self.apply(event.kind, event.body, event.version)

    def apply(self, kind: str, body: Body, version: str) -> None:
        """Fold one event; kinds that do not touch the account only leave their identity."""
        self.changes += 1
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(body, version)
        self.standing.apply(kind, body)
        if (mark := identity(kind, body)) is not None:
            self._tail.add((kind, mark))

    def knows(self, kind: str, body: Body) -> bool:
        """Whether this very event is already recorded since the last snapshot."""
        mark = identity(kind, body)
        return mark is not None and (kind, mark) in self._tail

    @property
    def held(self) -> Decimal:
        """All that the account should hold of the base currency, dust included."""
        return sum((p.quantity for p in self.positions.values()), self.dust)

    def value(self, price: Decimal) -> Decimal:
        """Of all that is held, at `price`; quote currency."""
        value = round_money(self.dust * price)
        for position in self.positions.values():
            value += round_money(position.quantity * price)
        return value

    def unrealised(self, price: Decimal) -> Decimal:
        """What is held at `price` less what it cost."""
        return self.value(price) - self._cost()

    def equity(self, price: Decimal) -> Decimal:
        """Cash plus what is held at `price`, quote currency."""
        return self.cash + self.value(price)

    def _cost(self) -> Decimal:
        return sum((p.cost for p in self.positions.values()), self.dust_cost)

    def left_by_signal(self) -> bool:
        """Whether a signal to leave was raised since the last snapshot."""
        return any(k == events.SIGNAL_RAISED and m.startswith("exit ") for k, m in self._tail)

    def live(self, trade_id: str, purposes: Sequence[Purpose] = _ALL) -> list[Order]:
        """The live orders of a trade, of these purposes."""
        return [
            order
            for live in self.orders.values()
            if (order := live.order).trade_id == trade_id and order.purpose in purposes
        ]

    def state(self, price: Decimal) -> dict[str, Any]:
        """What a snapshot carries of the book, marked at `price`; `from_snapshot` reads it."""
        value = self.value(price)
        return {
            "balance": self.cash,
            "equity": self.cash + value,
            "realised": self.realised,
            "unrealised": value - self._cost(),
            "deposits": self.deposits,
            "dust": self.dust,
            "dust_cost": self.dust_cost,
            "positions": [position.to_body(price) for position in self.positions.values()],
            "orders": [
                {**events.order_body(live.order), "filled": live.filled}
                for live in self.orders.values()
            ],
            "risk": self.standing.to_body(),
        }

    def mark(self, low: Decimal, high: Decimal, closed: datetime) -> None:
        """Widen the excursions by a candle's range, of what was open before it `closed`."""
        for position in self.positions.values():
            if position.entry_time < closed:
                position.mark(low, high)

    def _deposited(self, body: Body, _version: str) -> None:
        self.cash += Decimal(body["amount"])
        self.deposits += Decimal(body["amount"])

    def _withdrawn(self, body: Body, _version: str) -> None:
        self.cash -= Decimal(body["amount"])
        self.deposits -= Decimal(body["amount"])

    def _submitted(self, body: Body, _version: str) -> None:
        order = events.order_from(body)
        self.orders[order.order_id] = LiveOrder(order)
        if order.trade_id in self.positions:
            self.positions[order.trade_id].protect(order)

    def _filled(self, body: Body, version: str) -> None:
        fill = events.fill_from(body)
        live = self.orders[fill.order_id]
        position = self.positions.get(fill.trade_id)
        if position is None:
            position = Position.entered_by(live.order, fill, version)
            self.positions[fill.trade_id] = position
        before = position.realised
        position.add(fill, live.order)
        self.realised += position.realised - before
        self.cash += _cash_moved(fill)
        self.deposits += fill.foreign_fee
        live.filled += fill.quantity
        if live.filled == live.order.quantity:
            del self.orders[fill.order_id]

    def _order_ended(self, body: Body, _version: str) -> None:
        self.orders.pop(body["order_id"], None)

    def _opened(self, body: Body, _version: str) -> None:
        self.positions[body["trade_id"]].opened = True

    def _closed(self, body: Body, _version: str) -> None:
        position = self.positions.pop(body["trade_id"])
        self.dust += position.quantity
        self.dust_cost += position.cost

    def _snapshot(self, body: Body, _version: str) -> None:
        candle = body["candle"]
        self.mark(Decimal(candle["low"]), Decimal(candle["high"]), moment(candle["close_time"]))
        self._set_candle(body)

    def _set_candle(self, body: Body) -> None:
        self.last_candle = moment(body["candle"]["open_time"])
        self.last_price = Decimal(body["candle"]["close"])
        self._tail.clear()


def identity(kind: str, body: Body) -> str | None:
    """What makes an event this one and no other within its kind; None where each stands alone."""
    if (name := _IDENTITIES.get(kind)) is not None:
        return str(body[name])
    return f"{body['action']} {body['trade_id']}" if kind == events.SIGNAL_RAISED else None


_IDENTITIES = {
    events.ORDER_SUBMITTED: "order_id",
    events.ORDER_ACCEPTED: "order_id",
    events.ORDER_FILLED: "fill_id",
    events.ORDER_REJECTED: "order_id",
    events.ORDER_CANCELLED: "order_id",
    events.ORDER_UNKNOWN: "order_id",
    events.POSITION_OPENED: "trade_id",
    events.POSITION_CHANGED: "trade_id",
    events.TRADE_CLOSED: "trade_id",
}


def _cash_moved(fill: Fill) -> Decimal:
    moved = -fill.notional if fill.side is OrderSide.BUY else fill.notional
    return moved - fill.quote_fee
