"""Matches orders against candles: the one place that decides what fills, when and at which price.

A candle tells four prices and not their order. Where that leaves a choice, the worse one for the
account is taken: a market order fills at the next candle's open, a stop before a target in the
same candle, a stop that the open has jumped over at the open, a target at its own price even
where the open was better.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from trader.domain.candle import Candle
from trader.domain.money import ZERO, round_money
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
from trader.ports import OrderRefused

PAIR_FILLED = "the other order of the pair was filled"


@dataclass(frozen=True, slots=True)
class Costs:
    """`fee_rate` is a fraction of the notional, `slippage` a fraction of the price, at market."""

    fee_rate: Decimal
    slippage: Decimal


class MatchingEngine:
    """One account on one spot symbol: `cash` in quote currency, `held` in base currency."""

    def __init__(self, rules: SymbolRules, costs: Costs) -> None:
        self.rules = rules
        self.cash = ZERO
        self.held = ZERO
        self.orders: dict[str, Order] = {}
        self._costs = costs
        self._pairs: dict[str, str] = {}

    def place(self, *orders: Order) -> None:
        """Take orders; a stop and a target of one trade become a pair, of which one cancels
        the other.

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

    def cancel(self, order_id: str) -> None:
        """Withdraw an order and unpair its sibling; KeyError where there is none such."""
        del self.orders[order_id]
        sibling = self._pairs.pop(order_id, None)
        if sibling is not None:
            self._pairs.pop(sibling, None)

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
            yield from self._execute(order, candle.open, candle, at_open=True)
        while (hit := self._next_hit(candle)) is not None:
            order, price = hit
            yield from self._execute(order, price, candle, at_open=False)

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

    def _next_hit(self, candle: Candle) -> tuple[Order, Decimal] | None:
        """The stop, else the target, that the candle's range reaches first."""
        for kind in (OrderType.STOP_LOSS, OrderType.TAKE_PROFIT):
            for order in self.orders.values():
                if order.type is not kind or order.placed_at >= candle.close_time:
                    continue
                if (price := _reached(order, candle)) is not None:
                    return order, price
        return None

    def _execute(
        self, order: Order, price: Decimal, candle: Candle, *, at_open: bool
    ) -> Iterator[OrderUpdate]:
        at = candle.open_time if at_open else candle.close_time
        sibling = self._pairs.get(order.order_id)
        self.cancel(order.order_id)
        if order.type is not OrderType.TAKE_PROFIT:
            price = self._slipped(order.side, price)
        fill = self._fill(order, price, at_open=at_open, candle=candle)
        if isinstance(fill, str):
            yield OrderRejected(order.order_id, fill, at)
            return
        if sibling is not None:
            self.cancel(sibling)
        yield fill
        if sibling is not None:
            yield OrderCancelled(sibling, PAIR_FILLED, at)

    def _slipped(self, side: OrderSide, price: Decimal) -> Decimal:
        slip = price * self._costs.slippage
        if side is OrderSide.BUY:
            return self.rules.price_up(price + slip)
        return self.rules.price_down(price - slip)

    def _fill(self, order: Order, price: Decimal, *, at_open: bool, candle: Candle) -> Fill | str:
        fee = round_money(round_money(price * order.quantity) * self._costs.fee_rate)
        fill = Fill(
            fill_id=f"{order.order_id}-1",
            order_id=order.order_id,
            trade_id=order.trade_id,
            symbol=order.symbol,
            side=order.side,
            price=price,
            quantity=order.quantity,
            fee=fee,
            fee_asset=self.rules.quote_asset,
            filled_at=candle.open_time if at_open else candle.close_time,
        )
        if order.side is OrderSide.SELL:
            if order.quantity > self.held:
                return f"selling {order.quantity} where {self.held} is held"
            self.held -= order.quantity
            self.cash += fill.notional - fee
            return fill
        if fill.notional < self.rules.min_notional:
            return f"worth {fill.notional}, under the minimum of {self.rules.min_notional}"
        if fill.notional + fee > self.cash:
            return f"costs {fill.notional + fee} where {self.cash} is free"
        self.held += order.quantity
        self.cash -= fill.notional + fee
        return fill


_MATES = {
    OrderType.STOP_LOSS: OrderType.TAKE_PROFIT,
    OrderType.TAKE_PROFIT: OrderType.STOP_LOSS,
}


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
