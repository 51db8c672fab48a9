"""The engine: one candle in, orders out, every step recorded before and after it is taken.

The book (folded from the bot's own events) says what is; `_settle` looks at it and does whatever
is missing: announce a position, protect it, close a trade. Running and recovering after a crash
are the same steps, so neither has a path of its own.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from trader.domain import bodies, events
from trader.domain.book import Book
from trader.domain.candle import Candle
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
from trader.domain.position import Position
from trader.domain.signal import Action, Signal
from trader.ports import EventLog, Exchange, OrderRefused, Strategy
from trader.risk import RiskLimits, size_entry
from trader.risk_gate import HaltLimits, RiskGate

log = logging.getLogger(__name__)


class Engine:
    """Drives one strategy on one symbol through one exchange, appending to one event log.

    `durable` says whether order intents and fills must survive a power cut (real time), or only
    the death of the process (a replay can be run again). `fresh(candle)` says whether a candle
    closed just now: an old one moves stops and targets, and begins nothing.
    """

    def __init__(
        self,
        market: Market,
        *,
        book: Book,
        event_log: EventLog,
        exchange: Exchange,
        strategy: Strategy,
        limits: RiskLimits,
        durable: bool,
        fresh: Callable[[Candle], bool],
        gate: RiskGate | None = None,
    ) -> None:
        self.book = book
        self._market = market
        self._log = event_log
        self._exchange = exchange
        self._strategy = strategy
        self._limits = limits
        self._durable = durable
        self._fresh = fresh
        self._gate = gate or RiskGate(HaltLimits(), account=market.account)

    def recover(self) -> None:
        """Bring the exchange and the book together and finish what a crash left half done."""
        for update in self._exchange.recover(self.book):
            self._take(update)
        if self.book.last_candle is not None:
            self._settle(self.book.last_candle)

    def on_candle(self, candle: Candle) -> None:
        """Work one closed candle through: fills, protection, decision, snapshot.

        After a crash within a candle the same candle is given again: what is recorded of it
        already is known to the book and neither done nor recorded twice.
        """
        for update in self._exchange.updates(candle):
            self._take(update)
            self._settle(candle.open_time)
        self._settle(candle.open_time)
        self._gate.review(self.book, self._record_change, candle)
        holding = bool(self.book.positions)
        signal = self._strategy.decide(candle, holding=holding)
        if refusal := self._refusal(candle, signal):
            signal = replace(signal, action=Action.HOLD, reason=refusal)
        if signal.action is Action.ENTER and not holding and not self.book.orders:
            self._enter(candle, signal)
        elif signal.action is Action.EXIT:
            for position in list(self.book.positions.values()):
                self._exit(candle, position, signal)
        self._snapshot(candle, signal)

    def attend(self, at: datetime) -> None:
        """Between candles: carry out what the operator ordered."""
        self._gate.attend(self.book, self._record_change, at)

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

    def _record_change(self, kind: str, body: Mapping[str, Any], at: datetime) -> None:
        """A change of mode, which must outlive a power cut where time is real."""
        self.record(kind, body, at, durable=self._durable)

    def _refusal(self, candle: Candle, signal: Signal) -> str | None:
        """Why the signal is not acted on; None where it may be."""
        if signal.action is Action.ENTER:
            if not self._fresh(candle):
                return "missed while away: no entry"
            return self._gate.entry_refusal(self.book, candle)
        if signal.action is Action.EXIT:
            return self._gate.exit_refusal(self.book)
        return None

    def _take(self, update: OrderUpdate) -> None:
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

    def _settle(self, candle_time: datetime) -> None:
        """Do what the book shows to be missing; nothing where nothing is."""
        for position in list(self.book.positions.values()):
            trade_id = position.trade_id
            if self.book.live(trade_id, Purpose.ENTRY):
                continue
            if position.quantity == 0:
                # The other leg's cancellation comes as an update of its own, before the close.
                if not self.book.live(trade_id, *_PROTECTION):
                    self._close(position)
                continue
            if not position.opened:
                self._open(position)
            if not self.book.live(trade_id, Purpose.EXIT):
                self._protect(position, candle_time)

    def _open(self, position: Position) -> None:
        body = bodies.position_opened(self._market, position, self._protection_prices(position))
        self.record(events.POSITION_OPENED, body, position.entry_time, ref=position.trade_id)

    def _close(self, position: Position) -> None:
        assert position.exit_time is not None
        body = bodies.trade_closed(self._market, position, self._strategy.name)
        self.record(events.TRADE_CLOSED, body, position.exit_time, ref=position.trade_id)

    def _protection_prices(self, position: Position) -> dict[Purpose, Decimal]:
        """Where the planned stop and target belong, each where the entry planned one."""
        rules, entry = self._exchange.rules, position.entry_price
        prices = {}
        if position.stop_distance is not None:
            prices[Purpose.STOP_LOSS] = rules.price_down(entry - position.stop_distance)
        if position.target_distance is not None:
            prices[Purpose.TAKE_PROFIT] = rules.price_up(entry + position.target_distance)
        return prices

    def _protect(self, position: Position, candle_time: datetime) -> None:
        """Send what is missing of stop and target; a crash can have come between the two."""
        standing = {order.purpose for order in self.book.live(position.trade_id, *_PROTECTION)}
        attempt = position.protections + (Purpose.STOP_LOSS not in standing)
        orders = [
            self._order(
                position.trade_id,
                candle_time,
                OrderSide.SELL,
                OrderType(purpose.value),
                purpose,
                position.quantity,
                attempt=attempt,
                price=price,
            )
            for purpose, price in self._protection_prices(position).items()
            if purpose not in standing
        ]
        if orders:
            self._send(*orders, at=candle_time)

    def _enter(self, candle: Candle, signal: Signal) -> None:
        trade_id = f"{self._market.bot}-{self._market.symbol}-{candle.close_time:%Y%m%dT%H%M%S}"
        self._record_signal(candle, signal, trade_id)
        assert signal.stop_distance is not None
        sizing = size_entry(
            self._limits,
            self._exchange.rules,
            equity=self.book.equity(candle.close),
            balance=self.book.cash,
            price=candle.close,
            stop_distance=signal.stop_distance,
        )
        if sizing.quantity is None:
            log.warning("No entry at %s: %s", candle.close_time, sizing.refusal)
            return
        order = self._order(
            trade_id,
            candle.close_time,
            OrderSide.BUY,
            OrderType.MARKET,
            Purpose.ENTRY,
            sizing.quantity,
            stop_distance=signal.stop_distance,
            target_distance=signal.target_distance,
        )
        self._send(order, at=candle.close_time)

    def _exit(self, candle: Candle, position: Position, signal: Signal) -> None:
        if self.book.live(position.trade_id, Purpose.EXIT):
            return
        self._record_signal(candle, signal, position.trade_id)
        for order in self.book.live(position.trade_id, *_PROTECTION):
            self._take(self._exchange.cancel(order.order_id, candle.close_time))
        order = self._order(
            position.trade_id,
            candle.close_time,
            OrderSide.SELL,
            OrderType.MARKET,
            Purpose.EXIT,
            position.quantity,
            reason=signal.reason,
        )
        self._send(order, at=candle.close_time)

    def _order(
        self,
        trade_id: str,
        at: datetime,
        side: OrderSide,
        kind: OrderType,
        purpose: Purpose,
        quantity: Decimal,
        *,
        attempt: int = 1,
        **planned: Any,
    ) -> Order:
        return Order(
            order_id=client_order_id(self._market, at, purpose, attempt),
            trade_id=trade_id,
            symbol=self._market.symbol,
            side=side,
            type=kind,
            purpose=purpose,
            quantity=quantity,
            placed_at=at,
            **planned,
        )

    def _send(self, *orders: Order, at: datetime) -> None:
        """Record the intent, then send. An entry whose intent is not on the disk is not sent."""
        synced = True
        for order in orders:
            body = events.order_body(order)
            if self.book.knows(events.ORDER_SUBMITTED, body):
                return
            synced &= self.record(
                events.ORDER_SUBMITTED, body, at, ref=order.trade_id, durable=self._durable
            )
        if orders[0].purpose is Purpose.ENTRY and not synced:
            self._refused(orders, "its intent could not be recorded durably", at)
            return
        try:
            self._exchange.submit(*orders)
        except OrderRefused as refusal:
            self._refused(orders, str(refusal), at)
            return
        for order in orders:
            body = bodies.order_note(order, "")
            self.record(events.ORDER_ACCEPTED, body, at, ref=order.trade_id)

    def _refused(self, orders: tuple[Order, ...], reason: str, at: datetime) -> None:
        for order in orders:
            log.warning("Order %s was not placed: %s", order.order_id, reason)
            body = bodies.order_note(order, reason)
            self.record(events.ORDER_REJECTED, body, at, ref=order.trade_id)

    def _record_signal(self, candle: Candle, signal: Signal, trade_id: str) -> None:
        body = bodies.signal_raised(self._market, candle, signal, trade_id)
        self.record(events.SIGNAL_RAISED, body, candle.close_time, ref=trade_id)

    def _snapshot(self, candle: Candle, signal: Signal) -> None:
        self.book.mark(candle.low, candle.high)
        body = bodies.state_snapshot(self._market, self.book, candle, signal)
        self.record(events.STATE_SNAPSHOT, body, candle.close_time)


_PROTECTION = (Purpose.STOP_LOSS, Purpose.TAKE_PROFIT)
_LEGS = {Purpose.ENTRY: "E", Purpose.EXIT: "X", Purpose.STOP_LOSS: "S", Purpose.TAKE_PROFIT: "T"}


def client_order_id(market: Market, at: datetime, purpose: Purpose, attempt: int) -> str:
    """An order id that a restart within the same candle arrives at again; at most 36 characters.

    Binance takes letters, digits and ``.:/_-``.
    """
    whose = hashlib.sha256(f"{market.bot}/{market.symbol}".encode()).hexdigest()[:10]
    seconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return f"{whose}-{seconds}-{_LEGS[purpose]}{attempt}"
