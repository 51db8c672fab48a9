"""The order desk: an order is recorded before it is sent, and so is whatever becomes of it."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from trader.domain import bodies, events
from trader.domain.book import Book
from trader.domain.market import Market
from trader.domain.order import (
    Fill,
    Order,
    OrderRejected,
    OrderSide,
    OrderType,
    OrderUpdate,
    Purpose,
)
from trader.ports import EventLog, Exchange, OrderRefused, OutcomeUnknown, Unreachable

log = logging.getLogger(__name__)


class OrderDesk:
    """Between the engine and the exchange: everything that is sent or comes back is appended to
    the event log and folded into the book.

    `durable` says whether intents, fills and changes of mode must survive a power cut.
    """

    def __init__(
        self, market: Market, book: Book, event_log: EventLog, exchange: Exchange, *, durable: bool
    ) -> None:
        self.book = book
        self._market = market
        self._log = event_log
        self._exchange = exchange
        self._durable = durable

    def record(
        self,
        kind: str,
        body: Mapping[str, Any],
        at: datetime,
        *,
        ref: str | None = None,
        durable: bool = False,
    ) -> bool:
        """Append an event unless the book knows it, then fold it.

        Answers False only where a durable event could not be synced to the disk.
        """
        if self.book.knows(kind, body):
            return True
        receipt = self._log.append(kind, body, ref=ref, occurred_at=at, durable=durable)
        self.book.apply(kind, body, self._log.version)
        return receipt.synced or not durable

    def _record_all(
        self,
        kind: str,
        bodies: Sequence[Mapping[str, Any]],
        at: datetime,
        *,
        ref: str,
        durable: bool = False,
    ) -> bool:
        """As `record`, of what happens to several orders at once: in one write, and one sync."""
        fresh = [body for body in bodies if not self.book.knows(kind, body)]
        if not fresh:
            return True
        receipt = self._log.append_all(kind, fresh, ref=ref, occurred_at=at, durable=durable)
        for body in fresh:
            self.book.apply(kind, body, self._log.version)
        return receipt.synced or not durable

    def record_change(self, kind: str, body: Mapping[str, Any], at: datetime) -> None:
        """A change of mode, which must outlive a power cut where time is real."""
        self.record(kind, body, at, durable=self._durable)

    def take(self, update: OrderUpdate) -> None:
        """Note what became of an order."""
        order = self.book.orders[update.order_id].order
        if isinstance(update, Fill):
            body = events.fill_body(update)
            self.record(
                events.ORDER_FILLED,
                body,
                update.filled_at,
                ref=update.trade_id,
                durable=self._durable,
            )
            return
        rejected = isinstance(update, OrderRejected)
        kind = events.ORDER_REJECTED if rejected else events.ORDER_CANCELLED
        body = bodies.order_note(order, update.reason)
        self.record(kind, body, update.at, ref=order.trade_id)

    def withdraw(self, orders: Sequence[Order], at: datetime) -> None:
        for update in self._exchange.cancel(*orders, at=at):
            self.take(update)

    def order(
        self,
        trade_id: str,
        at: datetime,
        side: OrderSide,
        kind: OrderType,
        purpose: Purpose,
        quantity: Decimal,
        *,
        attempt: int = 1,
        named_by: datetime | None = None,
        **planned: Any,
    ) -> Order:
        """An order of this market, placed at the candle time `at`.

        Its id comes from `attempt` and the candle of its trade's entry (`named_by`, else `at`):
        the present candle is not the same before and after a crash within it.
        """
        return Order(
            order_id=client_order_id(self._market, named_by or at, purpose, attempt),
            trade_id=trade_id,
            symbol=self._market.symbol,
            side=side,
            type=kind,
            purpose=purpose,
            quantity=quantity,
            placed_at=at,
            **planned,
        )

    def send(self, *orders: Order, at: datetime) -> OrderRefused | None:
        """Record the intents of one trade's orders, then send them; answers the exchange's
        refusal, where it refused.

        An entry whose intent is not on the disk is not sent.
        """
        now, intents = self._exchange.time(at), [events.order_body(order) for order in orders]
        if any(self.book.knows(events.ORDER_SUBMITTED, body) for body in intents):
            return None
        synced = self._record_all(
            events.ORDER_SUBMITTED, intents, now, ref=orders[0].trade_id, durable=self._durable
        )
        if orders[0].purpose is Purpose.ENTRY and not synced:
            self._note(
                events.ORDER_REJECTED, orders, "its intent could not be recorded durably", at
            )
            return None
        try:
            updates = self._exchange.submit(*orders)
        except OrderRefused as refusal:
            self._note(events.ORDER_REJECTED, orders, str(refusal), at)
            return refusal
        except OutcomeUnknown as unknown:
            self._note(events.ORDER_UNKNOWN, orders, str(unknown), at)
            return None
        except Unreachable as silence:
            self._note(events.ORDER_REJECTED, orders, f"not sent: {silence}", at)
            raise
        self._note(events.ORDER_ACCEPTED, orders, "", at)
        for update in updates:
            self.take(update)
        return None

    def _note(self, kind: str, orders: tuple[Order, ...], reason: str, at: datetime) -> None:
        """Record what the exchange said to orders that were to be placed."""
        now = self._exchange.time(at)
        for order in orders:
            if reason:
                log.warning("%s %s: %s", kind, order.order_id, reason)
        notes = [bodies.order_note(order, reason) for order in orders]
        self._record_all(kind, notes, now, ref=orders[0].trade_id)


_EPOCH, _SECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=1)
_LEGS = {Purpose.ENTRY: "E", Purpose.EXIT: "X", Purpose.STOP_LOSS: "S", Purpose.TAKE_PROFIT: "T"}


def client_order_id(market: Market, at: datetime, purpose: Purpose, attempt: int) -> str:
    """An order id that a restart within the same candle arrives at again; at most 36 characters.

    Binance takes letters, digits and ``.:/_-``.
    """
    seconds = (at - _EPOCH) // _SECOND
    return f"{id_prefix(market)}-{seconds}-{_LEGS[purpose]}{attempt}"


@cache
def id_prefix(market: Market) -> str:
    """What the ids of all orders of this bot on this symbol begin with."""
    return hashlib.sha256(f"{market.bot}/{market.symbol}".encode()).hexdigest()[:10]
