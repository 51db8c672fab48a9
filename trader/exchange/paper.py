"""Paper trading: the bot's own orders, matched on candles by the simulated exchange."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.order import PROTECTION, Order, OrderCancelled, OrderUpdate, Purpose
from trader.domain.symbol import SymbolRules
from trader.exchange.simulated.fees import Costs
from trader.exchange.simulated.matching import PAIR_FILLED, MatchingEngine
from trader.ports import Reconciliation


class PaperExchange:
    """The simulated exchange inside the bot's process; its whole state follows from the book."""

    def __init__(self, rules: SymbolRules, costs: Costs) -> None:
        self.rules = rules
        self._matching = MatchingEngine(rules, costs)

    def time(self, at: datetime) -> datetime:
        return at

    def recover(self, book: Book) -> list[OrderUpdate]:
        """Take over cash, holdings and live orders; a stop and a target of one trade pair up.

        What a flat trade still has standing was cancelled when its other order was filled.
        """
        self._matching.cash = book.cash
        self._matching.held = book.held
        for live in book.orders.values():
            if live.order.purpose in _SINGLE:
                self._matching.place(live.order)
        updates: list[OrderUpdate] = []
        for position in book.positions.values():
            protection = book.live(position.trade_id, PROTECTION)
            if position.quantity > 0:
                self._matching.place(*protection)
            elif position.exit_time is not None:
                at = position.exit_time
                updates += [OrderCancelled(o.order_id, PAIR_FILLED, at) for o in protection]
        return updates

    def submit(self, *orders: Order) -> list[OrderUpdate]:
        self._matching.place(*orders)
        return []

    def cancel(self, *orders: Order, at: datetime) -> list[OrderUpdate]:
        for order in orders:
            self._matching.cancel(order.order_id)
        return [OrderCancelled(each.order_id, "withdrawn by the bot", at) for each in orders]

    def updates(self, candle: Candle | None) -> Iterator[OrderUpdate]:
        return iter(()) if candle is None else self._matching.play(candle)

    def free(self, quantity: Decimal) -> Decimal:
        return min(quantity, self._matching.held)

    def reconcile(self, book: Book) -> Reconciliation:
        matching = self._matching
        if (matching.cash, matching.held) == (book.cash, book.held):
            return _AGREED
        return Reconciliation(
            f"the paper account holds {matching.cash} and {matching.held}, "
            f"the book {book.cash} and {book.held}"
        )


_AGREED = Reconciliation()
_SINGLE = (Purpose.ENTRY, Purpose.EXIT)
