"""Matches orders against candles: the one place that decides what fills, when and at which price.

A candle tells four prices and not their order. Where that leaves a choice, the worse one for the
account is taken: a market order fills at the next candle's open, a stop before a target in the
same candle, a stop that the open has jumped over at the open, a target at its own price even
where the open was better.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from trader.domain.candle import Candle
from trader.domain.money import ZERO
from trader.domain.order import (
    Fill,
    Order,
    OrderCancelled,
    OrderRejected,
    OrderSide,
    OrderType,
    OrderUpdate,
)
from trader.domain.symbol import SymbolRules
from trader.exchange.simulated.fees import Costs, fill_of
from trader.ports import OrderRefused

PAIR_FILLED = "the other order of the pair was filled"
NO_LIQUIDITY = "what was left found no buyer or seller"

# How much of an order's remaining quantity finds another side: (order, remaining) -> quantity.
Liquidity = Callable[[Order, Decimal], Decimal]


@dataclass(frozen=True, slots=True)
class Execution:
    """An order that a candle or the present price reaches."""

    order: Order
    price: Decimal
    at: datetime


class MatchingEngine:
    """One account on one spot symbol: `cash` in quote currency, `held` in base currency, `bnb`
    for fees where those are paid in it.
    """

    def __init__(
        self, rules: SymbolRules, costs: Costs, liquidity: Liquidity | None = None
    ) -> None:
        self.rules = rules
        self.cash = ZERO
        self.held = ZERO
        self.bnb = ZERO
        self.costs = costs
        self.liquidity = liquidity
        self.orders: dict[str, Order] = {}
        self.filled: dict[str, Decimal] = {}
        self._pairs: dict[str, str] = {}
        self._limits: dict[str, Decimal] = {}
        self._fills: dict[str, int] = {}

    def place(self, *orders: Order, limits: dict[str, Decimal] | None = None) -> None:
        """Take orders; a stop and a target of one trade become a pair, of which one cancels
        the other. `limits` gives a stop, by its order id, the worst price it may fill at.

        Raises OrderRefused for an id in use, a quantity or price the symbol's filters forbid.
        """
        for order in orders:
            if order.order_id in self.orders:
                raise OrderRefused(f"order id {order.order_id} is in use")
            # What is held must always be sellable, however small: minimums bind entries alone.
            price = order.price or self.rules.tick_size
            if order.side is OrderSide.BUY and (why := self._filtered(order, price)):
                raise OrderRefused(why)
        for order in orders:
            self.orders[order.order_id] = order
            if (mate := self._mate(order)) is not None:
                self._pairs |= {order.order_id: mate, mate: order.order_id}
        self._limits |= limits or {}

    def cancel(self, order_id: str) -> None:
        """Withdraw an order and unpair its sibling; KeyError where there is none such."""
        del self.orders[order_id]
        self._limits.pop(order_id, None)
        self.filled.pop(order_id, None)
        sibling = self._pairs.pop(order_id, None)
        if sibling is not None:
            self._pairs.pop(sibling, None)

    def sibling(self, order_id: str) -> str | None:
        """The other order of a pair."""
        return self._pairs.get(order_id)

    def remaining(self, order: Order) -> Decimal:
        """What of a live order is not yet filled, base currency."""
        return order.quantity - self.filled.get(order.order_id, ZERO)

    def play(self, candle: Candle) -> Iterator[OrderUpdate]:
        """What the candle does to the live orders, one update at a time.

        Between two updates the caller may place and cancel; the orders are looked at anew.
        """
        at_market = [
            order
            for order in self.orders.values()
            if order.type is OrderType.MARKET and order.placed_at <= candle.open_time
        ]
        for order in at_market:
            yield from self.execute(Execution(order, candle.open, candle.open_time))
        tried: set[str] = set()
        while (hit := self._next_hit(candle, tried)) is not None:
            # One that liquidity left standing has had its share of this candle.
            tried.add(hit.order.order_id)
            yield from self.execute(hit)

    def execute(self, execution: Execution) -> Iterator[OrderUpdate]:
        """Fill an order as far as there is liquidity; what follows from it for its pair."""
        order, price, at = execution.order, execution.price, execution.at
        if order.type is not OrderType.TAKE_PROFIT:
            price = self.slipped(order.side, price)
        limit = self._limits.get(order.order_id)
        if limit is not None and not _within(order.side, price, limit):
            self._rest_at(order, limit)
            return
        quantity = remaining = self.remaining(order)
        if self.liquidity is not None:
            quantity = min(self.liquidity(order, remaining), remaining)
        rests = quantity < remaining and (order.type is OrderType.TAKE_PROFIT or limit is not None)
        sibling = self._pairs.get(order.order_id)
        fill: Fill | str | None = None
        if quantity > 0:
            fill = self._fill(order, price, quantity, at)
        if rests:
            self.filled[order.order_id] = order.quantity - remaining + quantity
        else:
            self.cancel(order.order_id)
        if isinstance(fill, str):
            self.orders.pop(order.order_id, None)
            yield OrderRejected(order.order_id, fill, at)
            return
        if fill is None:
            if not rests:
                yield OrderCancelled(order.order_id, NO_LIQUIDITY, at)
            return
        if sibling is not None:
            # The smallest part of one leg takes the other away.
            self.cancel(sibling)
        yield fill
        if quantity < remaining and not rests:
            yield OrderCancelled(order.order_id, NO_LIQUIDITY, at)
        if sibling is not None:
            yield OrderCancelled(sibling, PAIR_FILLED, at)

    def _mate(self, order: Order) -> str | None:
        wanted = _MATES.get(order.type)
        for other in self.orders.values():
            if other.type is wanted and other.trade_id == order.trade_id:
                return other.order_id
        return None

    def _filtered(self, order: Order, price: Decimal) -> str | None:
        if order.type is OrderType.MARKET:
            if order.quantity < self.rules.min_quantity:
                return f"quantity {order.quantity} is under {self.rules.min_quantity}"
            return None
        return self.rules.refusal(order.quantity, price)

    def _next_hit(self, candle: Candle, tried: set[str]) -> Execution | None:
        """The stop, else the target, that the candle's range reaches first."""
        for kind in (OrderType.STOP_LOSS, OrderType.TAKE_PROFIT):
            for order in self.orders.values():
                if order.type is not kind or order.placed_at >= candle.close_time:
                    continue
                if order.order_id in tried:
                    continue
                if (price := _reached(order, candle)) is not None:
                    return Execution(order, price, candle.close_time)
        return None

    def _rest_at(self, order: Order, limit: Decimal) -> None:
        """A triggered stop whose price the market has jumped over waits at its limit."""
        resting = replace(order, type=OrderType.TAKE_PROFIT, price=limit)
        self.orders[order.order_id] = resting
        self._limits.pop(order.order_id)
        if (sibling := self._pairs.pop(order.order_id, None)) is not None:
            self._pairs.pop(sibling, None)

    def slipped(self, side: OrderSide, price: Decimal) -> Decimal:
        """What a market order is filled at where the symbol trades at `price`."""
        slip = price * self.costs.slippage
        if side is OrderSide.BUY:
            return self.rules.price_up(price + slip)
        return self.rules.price_down(price - slip)

    def _fill(self, order: Order, price: Decimal, quantity: Decimal, at: datetime) -> Fill | str:
        number = self._fills.get(order.order_id, 0) + 1
        fill = fill_of(order, price, quantity, at, number, self.rules, self.costs, self.bnb)
        if order.side is OrderSide.SELL:
            if quantity > self.held:
                return f"selling {quantity} where {self.held} is held"
            self.held -= quantity
            self.cash += fill.notional - fill.quote_fee
        else:
            if fill.notional < self.rules.min_notional and quantity == order.quantity:
                return f"worth {fill.notional}, under the minimum of {self.rules.min_notional}"
            if fill.notional + fill.quote_fee > self.cash:
                return f"costs {fill.notional + fill.quote_fee} where {self.cash} is free"
            self.held += quantity - fill.base_fee
            self.cash -= fill.notional + fill.quote_fee
        if fill.foreign_fee:
            self.bnb -= fill.fee
        if number > 1 or quantity < order.quantity:
            self._fills[order.order_id] = number
        return fill


_MATES = {
    OrderType.STOP_LOSS: OrderType.TAKE_PROFIT,
    OrderType.TAKE_PROFIT: OrderType.STOP_LOSS,
}


def _within(side: OrderSide, price: Decimal, limit: Decimal) -> bool:
    return price <= limit if side is OrderSide.BUY else price >= limit


def _reached(order: Order, candle: Candle) -> Decimal | None:
    """The price at which the candle's range triggers a stop or target, or None."""
    assert order.price is not None
    selling = order.side is OrderSide.SELL
    if order.type is OrderType.STOP_LOSS:
        if selling:
            return min(order.price, candle.open) if candle.low <= order.price else None
        return max(order.price, candle.open) if candle.high >= order.price else None
    if selling:
        return order.price if candle.high >= order.price else None
    return order.price if candle.low <= order.price else None
