"""The engine: one candle in, orders out, every step recorded before and after it is taken.

The book (folded from the bot's own events) says what is; `_settle` looks at it and does whatever
is missing: announce a position, protect it, close a trade. Running and recovering after a crash
are the same steps, so neither has a path of its own.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from trader.domain import bodies, events
from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.market import Market
from trader.domain.order import PROTECTION, Order, OrderSide, OrderType, Purpose
from trader.domain.position import Position
from trader.domain.signal import Action, Signal
from trader.order_desk import OrderDesk
from trader.ports import (
    EventLog,
    Exchange,
    OrderRefused,
    Strategy,
    Unreachable,
)
from trader.risk import RiskLimits, size_entry
from trader.risk_gate import HaltLimits, RiskGate

log = logging.getLogger(__name__)


class Engine:
    """Drives one strategy on one symbol through one exchange, appending to one event log.

    `durable` says whether order intents and fills must survive a power cut (real time), or only
    the death of the process (a replay can be run again). `fresh(candle)` says whether a candle
    closed just now: an old one moves stops and targets, and begins nothing. `trouble` says why
    exchange and book may not agree; while it stands, no position is opened, and what is held is
    protected and left as ever.
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
        self._desk = OrderDesk(market, book, event_log, exchange, durable=durable)
        self.record = self._desk.record
        self._market = market
        self._exchange = exchange
        self._strategy = strategy
        self._limits = limits
        self._fresh = fresh
        self.gate = gate or RiskGate(HaltLimits(), account=market.account)
        self._stop_alone: set[str] = set()
        # The book as it was when nothing was missing, by its `changes`; None: look again.
        self._settled: int | None = None
        self._unprotected = False
        self._watched_at: datetime | None = None
        self._despite_silence = _DespiteSilence(self._in_trouble)
        self.trouble = "not compared with the exchange yet"

    def recover(self) -> None:
        """Bring the exchange and the book together and finish what a crash left half done."""
        for update in self._exchange.recover(self.book):
            self._desk.take(update)
        with self._despite_silence:
            self._follow(None, self._candle_time())
            self._reconcile()

    def on_candle(self, candle: Candle) -> None:
        """Work one closed candle through: fills, protection, decision, snapshot.

        After a crash within a candle the same candle is given again: what is recorded of it
        already is known to the book and neither done nor recorded twice.
        """
        with self._despite_silence:
            self._follow(candle, candle.open_time)
            self._reconcile()
        self.gate.review(self.book, self._desk.record_change, candle)
        # What was entered or left after the close was decided on this candle before a crash.
        before = [p for p in self.book.positions.values() if p.entry_time < candle.close_time]
        signal = self._strategy.decide(candle, holding=bool(before))
        if refusal := self._refusal(candle, signal):
            signal = replace(signal, action=Action.HOLD, reason=refusal)
        with self._despite_silence:
            if signal.action is Action.ENTER and not (self.book.positions or self.book.orders):
                self._enter(candle, signal)
            elif signal.action is Action.EXIT:
                for position in before:
                    self._exit(candle, position, signal)
            self._settle(candle.open_time)
        self._snapshot(candle, signal)

    def attend(self, at: datetime) -> None:
        """Between candles: carry out what the operator ordered, look after what stands."""
        self.gate.attend(self.book, self._desk.record_change, at)
        if self._watched_at is None or not timedelta(0) <= at - self._watched_at < WATCH:
            self._watched_at = at
            self.watch()

    def watch(self) -> None:
        """Look after the live orders, and after what did not agree."""
        if self.book.positions or self.book.orders or self.trouble:
            with self._despite_silence:
                self._follow(None, self._candle_time())
                if self.trouble:
                    self._reconcile()

    def _candle_time(self) -> datetime:
        """The candle that what is done between two candles belongs to."""
        if self.book.last_candle is not None:
            return self.book.last_candle
        times = [position.entry_time for position in self.book.positions.values()]
        return min(times, default=datetime(1970, 1, 1, tzinfo=UTC))

    def _in_trouble(self, trouble: str) -> None:
        if trouble and trouble != self.trouble:
            log.error("No new position: %s", trouble)
        elif self.trouble and not trouble:
            log.info("Exchange and book agree.")
        self.trouble = trouble

    def _follow(self, candle: Candle | None, candle_time: datetime) -> None:
        """Take over what became of the live orders, and do what follows from it."""
        self._settled = None  # what can be sold may be more than it was
        for update in self._exchange.updates(candle):
            self._desk.take(update)
            self._settle(candle_time)
        self._settle(candle_time)

    def _reconcile(self) -> None:
        found = self._exchange.reconcile(self.book)
        if found.cash_moved:
            kind = events.CASH_DEPOSITED if found.cash_moved > 0 else events.CASH_WITHDRAWN
            body = bodies.cash_found(self._market, found.cash_moved)
            log.warning("%s of %s %s", kind, abs(found.cash_moved), self._market.quote_asset)
            self._desk.record(kind, body, self._exchange.time(self._candle_time()), durable=True)
        self._in_trouble(found.trouble)

    def _refusal(self, candle: Candle, signal: Signal) -> str | None:
        """Why the signal is not acted on; None where it may be."""
        if signal.action is Action.EXIT:
            return self.gate.exit_refusal(self.book)
        if signal.action is not Action.ENTER:
            return None
        if not self._fresh(candle):
            return "missed while away: no entry"
        if self.book.left_by_signal():
            return "no entry: this candle was left on already"
        if self.trouble:
            return f"no entry: {self.trouble}"
        return self.gate.entry_refusal(self.book, candle)

    def _settle(self, candle_time: datetime) -> None:
        """Do what the book shows to be missing; nothing where nothing is, or it was just seen."""
        if self._settled == self.book.changes:
            return
        for _ in range(_ROUNDS):
            more = self._unprotected = False
            for position in list(self.book.positions.values()):
                more |= self._step(position, candle_time)
            if not more:
                self._settled = None if self._unprotected else self.book.changes
                return

    def _step(self, position: Position, candle_time: datetime) -> bool:
        """The next step of one position; whether there may be more to do at once."""
        live = self.book.live(position.trade_id)
        standing = [order for order in live if order.purpose in PROTECTION]
        if len(standing) < len(live):
            entering = any(order.purpose is Purpose.ENTRY for order in live)
            if position.quantity and not position.opened and not entering:
                self._open(position, self._protection_prices(position))
            return False
        price = self.book.last_price or position.entry_price
        if not standing and not self._exchange.rules.sellable(position.quantity, price):
            self._close(position, candle_time)
            return False
        if position.quantity == 0:
            # The other leg's cancellation comes as an update of its own, before the close.
            return False
        purposes = [order.purpose for order in standing]
        protected = all(purpose in purposes for purpose in self._planned(position))
        if protected and position.opened:
            return False
        prices = self._protection_prices(position)
        if not position.opened:
            self._open(position, prices)
        return not protected and self._protect(position, standing, prices, candle_time)

    def _open(self, position: Position, prices: Mapping[Purpose, Decimal]) -> None:
        body = bodies.position_opened(self._market, position, prices)
        self._desk.record(events.POSITION_OPENED, body, position.entry_time, ref=position.trade_id)

    def _close(self, position: Position, candle_time: datetime) -> None:
        """Close a trade that is flat, but for dust; what was never sold is dust altogether."""
        if position.exit_time is None:
            log.warning("%s of %s is too little to sell", position.quantity, position.symbol)
            body = bodies.left_as_dust(self._market, position)
            at = self._exchange.time(candle_time)
            self._desk.record(events.POSITION_CHANGED, body, at, ref=position.trade_id)
            return
        body = bodies.trade_closed(self._market, position, self._strategy.name)
        self._desk.record(events.TRADE_CLOSED, body, position.exit_time, ref=position.trade_id)

    def _planned(self, position: Position) -> list[Purpose]:
        """What is to stand for it: a stop and a target, each where the entry planned one."""
        planned = []
        if position.stop_distance is not None:
            planned.append(Purpose.STOP_LOSS)
        if position.target_distance is not None and position.trade_id not in self._stop_alone:
            planned.append(Purpose.TAKE_PROFIT)
        return planned

    def _protection_prices(self, position: Position) -> dict[Purpose, Decimal]:
        """Where the planned stop and target belong, each where the entry planned one."""
        rules, entry = self._exchange.rules, position.entry_price
        prices = {}
        if position.stop_distance is not None:
            prices[Purpose.STOP_LOSS] = rules.price_down(entry - position.stop_distance)
        if position.target_distance is not None:
            prices[Purpose.TAKE_PROFIT] = rules.price_up(entry + position.target_distance)
        return prices

    def _protect(
        self,
        position: Position,
        standing: Sequence[Order],
        prices: Mapping[Purpose, Decimal],
        candle_time: datetime,
    ) -> bool:
        """Stand the stop and the target of which one is missing; whether something was done.

        They stand as a pair, so where one alone is left (a crash came between the two, or the
        target was filled in part) it gives way to a new pair.
        """
        if standing:
            self._desk.withdraw(standing, candle_time)
            return True
        quantity = self._to_sell(position)
        if quantity == 0:
            self._unprotected = True
            return False
        orders = [
            self._desk.order(
                position.trade_id,
                candle_time,
                OrderSide.SELL,
                OrderType(purpose.value),
                purpose,
                quantity,
                attempt=position.protections + 1,
                named_by=position.entered_on or position.entry_time,
                price=prices[purpose],
            )
            for purpose in self._planned(position)
        ]
        refusal = self._desk.send(*orders, at=candle_time)
        if refusal is not None and not refusal.lost:
            self._unprotectable(position, candle_time, refusal, pair=len(orders) > 1)
        return True

    def _unprotectable(
        self, position: Position, candle_time: datetime, refusal: OrderRefused, *, pair: bool
    ) -> None:
        """The exchange will not stand the orders: try the stop alone, else leave at once."""
        if refusal.reached is not None:
            log.warning("%s is past its %s: leaving", position.trade_id, refusal.reached)
            self._leave(position, candle_time, refusal.reached.value)
        elif pair:
            self._stop_alone.add(position.trade_id)
        else:
            log.error("%s cannot be protected: leaving at market", position.trade_id)
            self._leave(position, candle_time, "protection_impossible")

    def _to_sell(self, position: Position) -> Decimal:
        """What of a position the account can sell now; zero, and an alarm, where it is nothing."""
        free = self._exchange.free(position.quantity)
        price = self.book.last_price or position.entry_price
        quantity = self._exchange.rules.sellable(free, price)
        if quantity == 0:
            log.error("%s: only %s of %s is free to sell", position.trade_id, free, position.symbol)
        return quantity

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
        order = self._desk.order(
            trade_id,
            candle.close_time,
            OrderSide.BUY,
            OrderType.MARKET,
            Purpose.ENTRY,
            sizing.quantity,
            stop_distance=signal.stop_distance,
            target_distance=signal.target_distance,
        )
        self._desk.send(order, at=candle.close_time)

    def _exit(self, candle: Candle, position: Position, signal: Signal) -> None:
        if self.book.live(position.trade_id, (Purpose.EXIT,)):
            return
        self._record_signal(candle, signal, position.trade_id)
        self._leave(position, candle.close_time, signal.reason)

    def _leave(self, position: Position, at: datetime, reason: str) -> None:
        """Withdraw what protects a position and sell it at market."""
        if standing := self.book.live(position.trade_id, PROTECTION):
            self._desk.withdraw(standing, at)
        for _ in range(_ROUNDS):
            # A stop may have sold it meanwhile.
            if position.quantity == 0 or not (quantity := self._to_sell(position)):
                return
            order = self._desk.order(
                position.trade_id,
                at,
                OrderSide.SELL,
                OrderType.MARKET,
                Purpose.EXIT,
                quantity,
                attempt=position.exits + 1,
                named_by=position.entered_on or position.entry_time,
                reason=reason,
            )
            refusal = self._desk.send(order, at=at)
            if refusal is None or not refusal.lost:
                return

    def _record_signal(self, candle: Candle, signal: Signal, trade_id: str) -> None:
        body = bodies.signal_raised(self._market, candle, signal, trade_id)
        self._desk.record(events.SIGNAL_RAISED, body, candle.close_time, ref=trade_id)

    def _snapshot(self, candle: Candle, signal: Signal) -> None:
        self.book.mark(candle.low, candle.high, candle.close_time)
        body = bodies.state_snapshot(self._market, self.book, candle, signal)
        self._desk.record(events.STATE_SNAPSHOT, body, candle.close_time)


class _DespiteSilence:
    """What could not be asked or done now is asked and done again at the next look."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        if isinstance(error, Unreachable):
            self._tell(str(error))
            return True
        return False


WATCH = timedelta(seconds=10)
_ROUNDS = 4  # of steps at once; what then still is to be done waits for the next look
