"""The bot's orders on Binance spot: placed, asked after, withdrawn, compared with the book.

An order is known by its client id alone, which is the bot's own. What became of one is read from
the exchange's state of it, and its fills from the account's trades; nothing is concluded from a
request that got no clear answer.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from trader.domain.book import Book
from trader.domain.candle import Candle, from_milliseconds
from trader.domain.money import ZERO, plain
from trader.domain.order import (
    Fill,
    Order,
    OrderCancelled,
    OrderRejected,
    OrderSide,
    OrderType,
    OrderUpdate,
    Purpose,
)
from trader.domain.symbol import SymbolRules
from trader.exchange.binance.client import RECEIVE_WINDOW, Client
from trader.exchange.binance.connection import Connection, Refused, Uncertain
from trader.exchange.binance.reading import fill_of, requests_of
from trader.ports import OrderRefused, OutcomeUnknown, Reconciliation, Unreachable

log = logging.getLogger(__name__)

State = dict[str, Any]
_ENDED = ("FILLED", "CANCELED", "EXPIRED", "REJECTED", "EXPIRED_IN_MATCH")
_NO_SUCH_ORDER = -2013
_UNKNOWN_ORDER = -2011
_NOT_TAKEN = -2010
# Until then a request that was sent may still arrive; what is unknown after it never will.
_ARRIVAL = RECEIVE_WINDOW / 1000 + 10  # seconds
_GIVE_UP = 60.0
_BREATH = 2.0
_TRIES = 8


@dataclass(slots=True)
class Tracked:
    """A live order: what of it the bot has been told, and until when, on this machine's clock,
    it may still arrive (None: the exchange has it).
    """

    order: Order
    filled: Decimal = ZERO
    arrives_by: float | None = None


class BinanceExchange:
    """The Exchange port on a real account, or on what speaks as one."""

    def __init__(self, rules: SymbolRules, connection: Connection, prefix: str) -> None:
        """`prefix` is what this bot's order ids begin with."""
        self.rules = rules
        self._connection = connection
        self._prefix = prefix
        self._tracked: dict[str, Tracked] = {}
        self._untold: list[OrderUpdate] = []

    def time(self, at: datetime) -> datetime:  # noqa: ARG002  (a candle's time is the past here)
        return self._connection.now()

    def recover(self, book: Book) -> list[OrderUpdate]:
        """Whatever the book has live is asked after in `updates`.

        A request of the process before this one may still be on its way until its window is over.
        """
        deadline = self._connection.local() + _ARRIVAL
        self._tracked = {
            order_id: Tracked(live.order, live.filled, deadline)
            for order_id, live in book.orders.items()
        }
        return []

    def submit(self, *orders: Order) -> list[OrderUpdate]:
        method, parameters = requests_of(self.rules, orders)
        for order in orders:
            arrives_by = self._connection.local() + _ARRIVAL
            self._tracked[order.order_id] = Tracked(order, ZERO, arrives_by)
        try:
            self._connection.send("an order", lambda client: getattr(client, method)(**parameters))
        except Refused as refused:
            if "duplicate" not in refused.message.lower():
                self._forget(orders)
                raise OrderRefused(str(refused), reached=_reached(refused, orders)) from refused
        except Uncertain as trouble:
            log.warning("Order %s: %s; asking what became of it", orders[0].order_id, trouble)
            self._find_out(orders)
        except Unreachable:
            self._forget(orders)
            raise
        updates: list[OrderUpdate] = []
        try:
            self._gather(orders, updates)
        except Unreachable as silence:
            raise OutcomeUnknown(str(silence)) from silence
        return updates

    def cancel(self, *orders: Order, at: datetime) -> list[OrderUpdate]:  # noqa: ARG002
        """Withdraw until each order has ended; asking twice to cancel is harmless."""
        updates: list[OrderUpdate] = []
        for _ in range(_TRIES):
            self._gather(orders, updates)
            standing = [order for order in orders if order.order_id in self._tracked]
            if not standing:
                return updates
            known = [o for o in standing if self._tracked[o.order_id].arrives_by is None]
            try:
                if known:
                    self._withdraw(known[0])
                else:
                    self._connection.pause(_BREATH)
            except Unreachable:
                self._untold += updates
                raise
        self._untold += updates
        raise Unreachable(f"orders {', '.join(o.order_id for o in orders)} could not be withdrawn")

    def _gather(self, orders: Sequence[Order], updates: list[OrderUpdate]) -> None:
        """Add what is new of these orders; should asking fail, `updates` are told later instead."""
        try:
            for update in self._changes(orders):
                updates.append(update)  # noqa: PERF402  (what came before a failure counts)
        except Unreachable:
            self._untold += updates
            updates.clear()
            raise

    def updates(self, candle: Candle | None) -> Iterator[OrderUpdate]:  # noqa: ARG002
        while self._untold:
            yield self._untold.pop(0)
        yield from self._changes([tracked.order for tracked in self._tracked.values()])
        yield from self._free_stuck_stop()

    def free(self, quantity: Decimal) -> Decimal:
        return min(quantity, self._balances()[self.rules.base_asset][0])

    def opening_balance(self) -> Decimal:
        """Quote currency that the account can spend; what a bot begins with."""
        return self._balances()[self.rules.quote_asset][0]

    def reconcile(self, book: Book) -> Reconciliation:
        """Orders that nobody knows and coins that are missing are trouble; quote currency that
        moved without an order is cash paid in or out, once a second look confirms it.
        """
        if self._untold or set(self._tracked) != set(book.orders):
            return Reconciliation("orders of the book are not those followed on the exchange")
        if any(tracked.arrives_by for tracked in self._tracked.values()):
            return Reconciliation("what became of an order is not known yet")
        if strange := self._strangers(book):
            return Reconciliation(f"orders stand that the record does not know: {strange}")
        moved = self._difference(book)
        if isinstance(moved, str):
            return Reconciliation(moved)
        if moved == 0:
            return Reconciliation()
        states = [self._state(each.order) for each in self._tracked.values()]
        still = all(
            state is not None and Decimal(state["executedQty"]) == tracked.filled
            for state, tracked in zip(states, self._tracked.values(), strict=True)
        )
        if not still or self._difference(book) != moved:
            return Reconciliation("the account changes while it is looked at")
        return Reconciliation(cash_moved=moved)

    def _difference(self, book: Book) -> Decimal | str:
        """Quote currency on the exchange less the book's; or what is missing of the base."""
        balances = self._balances()
        held = sum(balances[self.rules.base_asset], ZERO)
        if held < book.held:
            return (
                f"the account holds {plain(held)} {self.rules.base_asset} where the book has "
                f"{plain(book.held)}: were coins moved or sold by hand?"
            )
        return sum(balances[self.rules.quote_asset], ZERO) - book.cash

    def _strangers(self, book: Book) -> str:
        """Orders with this bot's own prefix that its record does not hold."""
        known = set(book.orders)
        found = [
            state["clientOrderId"]
            for state in self._open_orders()
            if state["clientOrderId"].startswith(f"{self._prefix}-")
        ]
        return ", ".join(each for each in found if each not in known)

    def _balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Free and locked of both assets of the symbol."""
        account = self._ask("the balance", lambda client: client.get_account())
        found = {self.rules.base_asset: (ZERO, ZERO), self.rules.quote_asset: (ZERO, ZERO)}
        for each in account["balances"]:
            if each["asset"] in found:
                found[each["asset"]] = Decimal(each["free"]), Decimal(each["locked"])
        return found

    def _open_orders(self) -> list[State]:
        symbol = self.rules.symbol
        found: list[State] = self._ask(
            "the open orders", lambda client: client.get_open_orders(symbol=symbol)
        )
        return found

    def _ask(self, what: str, call: Callable[[Client], Any]) -> Any:
        """An answer that the account's own key must get; a refusal is trouble like silence."""
        try:
            return self._connection.ask(what, call)
        except Refused as refused:
            raise Unreachable(f"Binance refuses to tell {what}: {refused}") from refused

    def _state(self, order: Order) -> State | None:
        """How an order stands on the exchange; None where it knows of none."""
        given = {"symbol": order.symbol, "origClientOrderId": order.order_id}
        try:
            state: State = self._connection.ask(
                f"order {order.order_id}", lambda client: client.get_order(**given)
            )
        except Refused as refused:
            if refused.code == _NO_SUCH_ORDER:
                return None
            raise Unreachable(f"order {order.order_id} cannot be asked for: {refused}") from refused
        return state

    def _find_out(self, orders: Sequence[Order]) -> None:
        """Ask after orders until the exchange has them or they can no longer arrive.

        Raises OrderRefused (lost) or OutcomeUnknown.
        """
        began = self._connection.local()
        deadline = max(self._tracked[order.order_id].arrives_by or 0 for order in orders)
        while True:
            try:
                arrived = [self._state(order) is not None for order in orders]
            except Unreachable as silence:
                raise OutcomeUnknown(str(silence)) from silence
            if any(arrived):
                return
            if self._connection.local() >= deadline:
                self._forget(orders)
                raise OrderRefused("it never reached the exchange", lost=True)
            if self._connection.local() - began > _GIVE_UP:
                raise OutcomeUnknown("the exchange does not know it yet")
            try:
                self._connection.pause(_BREATH)
            except Unreachable as stopped:
                raise OutcomeUnknown(str(stopped)) from stopped

    def _forget(self, orders: Sequence[Order]) -> None:
        for order in orders:
            self._tracked.pop(order.order_id, None)

    def _changes(self, orders: Sequence[Order]) -> Iterator[OrderUpdate]:
        """What the bot does not know yet of these orders: all fills, then what ended unfilled."""
        if not orders:
            return
        standing = {state["clientOrderId"]: state for state in self._open_orders()}
        found = [
            (tracked, standing.get(order.order_id) or self._state(order))
            for order in orders
            if (tracked := self._tracked.get(order.order_id))
        ]
        for tracked, state in found:
            # Between two updates the engine may have withdrawn it.
            if state is not None and tracked.order.order_id in self._tracked:
                tracked.arrives_by = None
                yield from self._fills(tracked, state)
        for tracked, state in found:
            if tracked.order.order_id in self._tracked:
                yield from self._ending(tracked, state)

    def _ending(self, tracked: Tracked, state: State | None) -> Iterator[OrderUpdate]:
        order_id = tracked.order.order_id
        if state is None:
            if tracked.arrives_by is None or self._connection.local() >= tracked.arrives_by:
                self._forget([tracked.order])
                now, reason = self._connection.now(), "it never reached the exchange"
                yield OrderRejected(order_id, reason, now)
        elif state["status"] in _ENDED:
            self._forget([tracked.order])
            if tracked.filled < tracked.order.quantity:
                at, reason = from_milliseconds(state["updateTime"]), state["status"].lower()
                yield OrderCancelled(order_id, f"{reason} on the exchange", at)

    def _fills(self, tracked: Tracked, state: State) -> Iterator[OrderUpdate]:
        """The fills that the bot was not told of; each counts as told when it is given."""
        executed = Decimal(state["executedQty"])
        if executed <= tracked.filled:
            return
        given = {"symbol": tracked.order.symbol, "orderId": state["orderId"]}
        for _ in range(_TRIES):
            trades = self._ask("fills", lambda client: client.get_my_trades(**given))
            if sum((Decimal(each["qty"]) for each in trades), ZERO) >= executed:
                break
            self._connection.pause(_BREATH)
        else:
            raise Unreachable(f"the fills of {tracked.order.order_id} are not told yet")
        told = ZERO
        fills: list[Fill] = []
        for trade in sorted(trades, key=lambda each: each["id"]):
            if told >= tracked.filled:
                fills.append(fill_of(trade, tracked.order, self.rules, self._price_of))
            told += Decimal(trade["qty"])
        for fill in fills:
            tracked.filled += fill.quantity
            yield fill

    def _price_of(self, asset: str) -> Decimal:
        """One unit of an asset in quote currency, now."""
        return self._ticker(asset + self.rules.quote_asset)

    def _ticker(self, symbol: str) -> Decimal:
        told = self._ask(
            f"the price of {symbol}", lambda client: client.get_symbol_ticker(symbol=symbol)
        )
        return Decimal(told["price"])

    def _withdraw(self, order: Order) -> None:
        given = {"symbol": order.symbol, "origClientOrderId": order.order_id}
        try:
            self._connection.send("a withdrawal", lambda client: client.cancel_order(**given))
        except Uncertain as trouble:
            log.warning("Withdrawing %s: %s", order.order_id, trouble)
        except Refused as refused:
            # It may have been filled a moment ago; what is so is asked next.
            if refused.code != _UNKNOWN_ORDER:
                raise Unreachable(f"{order.order_id} is not withdrawn: {refused}") from refused

    def _free_stuck_stop(self) -> Iterator[OrderUpdate]:
        """A stop with a limit that the price has jumped over would wait for ever: it is withdrawn,
        and the engine then finds the price past the stop and leaves at market.
        """
        if self.rules.stop_at_market:
            return
        stops = [t.order for t in self._tracked.values() if t.order.type is OrderType.STOP_LOSS]
        for stop in stops:
            assert stop.price is not None
            if self._ticker(stop.symbol) < stop.price:
                log.error("The price jumped over the stop %s: leaving by hand", stop.order_id)
                live = [t.order for t in self._tracked.values()]
                pair = [order for order in live if order.trade_id == stop.trade_id]
                yield from self.cancel(*pair, at=self._connection.now())


def _reached(refused: Refused, orders: Sequence[Order]) -> Purpose | None:
    """Which trigger the price was past already, where that is why an order was not taken."""
    if refused.code != _NOT_TAKEN:
        return None
    message = refused.message.lower()
    if "trigger immediately" in message:
        return Purpose.STOP_LOSS
    if "immediately match" in message and orders[0].side is OrderSide.SELL:
        return Purpose.TAKE_PROFIT
    return None
