"""The simulated exchange itself: one account on one symbol, a virtual clock, Binance's rules.

What fills is decided by the matching engine that paper mode has. The present price is the open
of the candle in which the clock stands; when the clock passes a candle's close, its whole range
has happened.
"""

import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from trader.domain.candle import Candle, from_milliseconds
from trader.domain.money import ZERO
from trader.domain.order import (
    Fill,
    Order,
    OrderCancelled,
    OrderSide,
    OrderType,
    OrderUpdate,
    Purpose,
)
from trader.exchange.simulated.booked import BookedOrder, BookedTrade, OrderList
from trader.exchange.simulated.fees import Costs
from trader.exchange.simulated.listing import Listing, Refusal
from trader.exchange.simulated.matching import Execution, Liquidity, MatchingEngine

Parameters = Mapping[str, str]
_KINDS = {
    "MARKET": OrderType.MARKET,
    "LIMIT": OrderType.TAKE_PROFIT,
    "LIMIT_MAKER": OrderType.TAKE_PROFIT,
    "STOP_LOSS": OrderType.STOP_LOSS,
    "STOP_LOSS_LIMIT": OrderType.STOP_LOSS,
}
_STOPS = ("STOP_LOSS", "STOP_LOSS_LIMIT")


class Venue:
    """Orders, trades and balances; every method that changes or reads them holds one lock."""

    def __init__(
        self,
        listing: Listing,
        interval: str,
        candles: Sequence[Candle],
        costs: Costs,
        liquidity: Liquidity | None = None,
    ) -> None:
        self.listing = listing
        self.interval = interval
        self.candles = candles
        self.matching = MatchingEngine(listing.rules, costs, liquidity)
        self.orders: list[BookedOrder] = []
        self.lists: list[OrderList] = []
        self.trades: list[BookedTrade] = []
        self.lock = threading.RLock()
        self.moved_price: Decimal | None = None
        self._opens = [candle.open_time for candle in candles]
        self._live: dict[str, BookedOrder] = {}
        self._now = candles[-1].close_time
        self._played = len(candles)

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, moment: datetime) -> None:
        """Set the clock; what it passes happens, candle by candle. Back, nothing is undone."""
        with self.lock:
            if moment < self._now:
                self._played = bisect_right(self._opens, moment) - 1
                self._now = moment
                return
            while self._played < len(self.candles):
                candle = self.candles[self._played]
                if candle.close_time > moment:
                    break
                self._now = max(self._now, candle.close_time)
                self._played += 1
                self.moved_price = None
                for update in self.matching.play(candle):
                    self._book(update, maker=True)
                self._activate()
            self._now = moment

    def advance(self, by: timedelta) -> None:
        self.now = self._now + by

    @property
    def price(self) -> Decimal:
        """What the symbol trades at now; `moved_price` overrides it until the next close."""
        if self.moved_price is not None:
            return self.moved_price
        if self._played < len(self.candles):
            candle = self.candles[self._played]
            if candle.open_time <= self._now:
                return candle.open
        return self.candles[self._played - 1].close

    def balances(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Free and locked by asset."""
        rules, matching = self.listing.rules, self.matching
        quote_locked, base_locked = self._locked()
        return {
            rules.quote_asset: (matching.cash - quote_locked, quote_locked),
            rules.base_asset: (matching.held - base_locked, base_locked),
            "BNB": (matching.bnb, ZERO),
        }

    def shown(self, first: int | None, last: int | None, most: int) -> list[Candle]:
        """Candles opened by now from `first` to `last` (milliseconds); the newest without a
        `first`. The one that is open stands there too, as it will close.
        """
        begin = 0 if first is None else bisect_left(self._opens, from_milliseconds(first))
        end = bisect_right(self._opens, self._now)
        if last is not None:
            end = min(end, bisect_right(self._opens, from_milliseconds(last)))
        if first is None:
            return list(self.candles[max(0, end - most) : end])
        return list(self.candles[begin : min(end, begin + most)])

    def place(self, parameters: Parameters) -> BookedOrder:
        """POST order. Raises Refusal."""
        with self.lock:
            self._only_this_symbol(parameters)
            leg = self._leg(parameters, "", _one(parameters, "side"))
            self._check(leg)
            self._can_pay([leg])
            self._take([leg])
            return leg

    def place_oco(self, parameters: Parameters) -> OrderList:
        """POST orderList/oco. Raises Refusal."""
        with self.lock:
            self._only_this_symbol(parameters)
            side = _one(parameters, "side")
            legs = [self._leg(parameters, prefix, side) for prefix in ("above", "below")]
            for leg in legs:
                self._check(leg)
            self._can_pay(legs[:1])
            made = self._list("OCO", parameters, legs)
            self._pair(made.number, legs)
            self._take(legs)
            return made

    def place_otoco(self, parameters: Parameters) -> OrderList:
        """POST orderList/otoco: the legs stand once the working order is filled whole."""
        with self.lock:
            self._only_this_symbol(parameters)
            if _one(parameters, "workingType") not in ("LIMIT", "LIMIT_MAKER"):
                raise Refusal(-1106, "Parameter 'workingType' must be LIMIT or LIMIT_MAKER.")
            working = self._leg(parameters, "working", _one(parameters, "workingSide"))
            side = _one(parameters, "pendingSide")
            legs = [self._leg(parameters, f"pending{each}", side) for each in ("Above", "Below")]
            for leg in (working, *legs):
                self._check(leg, pending=leg is not working)
            self._can_pay([working])
            made = self._list("OTOCO", parameters, [working, *legs])
            made.pending = legs
            for leg in legs:
                leg.status = "PENDING_NEW"
                self.orders.append(leg)
            self._take([working])
            return made

    def cancel(self, parameters: Parameters) -> BookedOrder | OrderList:
        """DELETE order; a leg takes its whole list with it. Raises Refusal."""
        with self.lock:
            self._only_this_symbol(parameters)
            found = self._find(parameters, -2011, "Unknown order sent.")
            if not found.open:
                raise Refusal(-2011, "Unknown order sent.")
            made = next((each for each in self.lists if each.number == found.list_number), None)
            for leg in made.legs if made else [found]:
                self._withdraw(leg)
            return made or found

    def cancel_list(self, parameters: Parameters) -> OrderList:
        """DELETE orderList. Raises Refusal."""
        with self.lock:
            found = self.find_list(parameters, "listClientOrderId")
            if not found.open:
                raise Refusal(-2011, "Unknown order sent.")
            for leg in found.legs:
                self._withdraw(leg)
            return found

    def find(self, parameters: Parameters) -> BookedOrder:
        """GET order. Raises Refusal."""
        with self.lock:
            self._only_this_symbol(parameters)
            return self._find(parameters, -2013, "Order does not exist.")

    def find_list(self, parameters: Parameters, name: str = "origClientOrderId") -> OrderList:
        with self.lock:
            for each in reversed(self.lists):
                wanted = {str(each.number): "orderListId", each.client_id: name}
                if any(parameters.get(key) == value for value, key in wanted.items()):
                    return each
            raise Refusal(-2018, "Order list does not exist.")

    def _find(self, parameters: Parameters, code: int, message: str) -> BookedOrder:
        number, client_id = parameters.get("orderId"), parameters.get("origClientOrderId")
        if number is None and client_id is None:
            raise Refusal(-1102, "Param 'origClientOrderId' or 'orderId' must be sent.")
        for booked in reversed(self.orders):
            if str(booked.number) == number or booked.client_id == client_id:
                return booked
        raise Refusal(code, message)

    def _only_this_symbol(self, parameters: Parameters) -> None:
        if parameters.get("symbol") != self.listing.rules.symbol:
            raise Refusal(-1121, "Invalid symbol.")

    def _leg(self, parameters: Parameters, prefix: str, side: str) -> BookedOrder:
        """One order as a request describes it; `prefix` is that of a list's parameters."""

        def named(name: str) -> str:
            return prefix + name if prefix else name[0].lower() + name[1:]

        if side not in ("BUY", "SELL"):
            raise Refusal(-1117, "Invalid side.")
        kind = _one(parameters, named("Type"))
        if kind not in _KINDS:
            raise Refusal(-1116, "Invalid orderType.")
        limit = stop = None
        if kind in ("LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT"):
            limit = _decimal(parameters, named("Price"))
        if kind in ("LIMIT", "STOP_LOSS_LIMIT"):
            _one(parameters, named("TimeInForce"))
        if kind in _STOPS:
            stop = _decimal(parameters, named("StopPrice"))
        quantity = "quantity"
        if prefix.startswith(("working", "pending")):
            quantity = prefix.removesuffix("Above").removesuffix("Below") + "Quantity"
        number = len(self.orders) + 1
        id_name = f"{prefix}ClientOrderId" if prefix else "newClientOrderId"
        order = Order(
            order_id=str(number),
            trade_id=str(number),
            symbol=self.listing.rules.symbol,
            side=OrderSide(side.lower()),
            type=_KINDS[kind],
            purpose=Purpose.ENTRY,
            quantity=_decimal(parameters, quantity),
            placed_at=self._now,
            price=stop if stop is not None else limit,
        )
        client_id = parameters.get(id_name) or f"made-here-{number}"
        return BookedOrder(number, client_id, kind, order, limit, stop, self._now)

    def _check(self, leg: BookedOrder, *, pending: bool = False) -> None:
        if not re.fullmatch(r"[A-Za-z0-9.:/_-]{1,36}", leg.client_id):
            raise Refusal(-1100, "Illegal characters found in parameter 'newClientOrderId'.")
        prices = [each for each in (leg.limit, leg.stop) if each is not None]
        self.listing.check(leg.kind, leg.order.quantity, prices, self.price)
        if any(leg.client_id == each.client_id for each in self.orders if each.open):
            raise Refusal(-2010, "Duplicate order sent.")
        if pending:
            return
        buying = leg.order.side is OrderSide.BUY
        if leg.stop is not None and (self.price >= leg.stop if buying else self.price <= leg.stop):
            raise Refusal(-2010, "Stop price would trigger immediately.")
        if leg.kind == "LIMIT_MAKER" and self._matches_at_once(leg):
            raise Refusal(-2010, "Order would immediately match and take.")

    def _matches_at_once(self, leg: BookedOrder) -> bool:
        assert leg.limit is not None
        if leg.order.side is OrderSide.BUY:
            return self.price <= leg.limit
        return self.price >= leg.limit

    def _can_pay(self, legs: Sequence[BookedOrder]) -> None:
        quote_locked, base_locked = self._locked()
        for leg in legs:
            quantity = leg.order.quantity
            if leg.order.side is OrderSide.SELL:
                enough = quantity <= self.matching.held - base_locked
            else:
                price = leg.limit or self.matching.slipped(OrderSide.BUY, self.price)
                enough = quantity * price <= self.matching.cash - quote_locked
            if not enough:
                raise Refusal(-2010, "Account has insufficient balance for requested action.")

    def _locked(self) -> tuple[Decimal, Decimal]:
        """Quote and base currency that live orders hold; a pair holds the base only once."""
        quote, base, counted = ZERO, ZERO, set[int]()
        for booked in self._live.values():
            left = booked.order.quantity - booked.executed
            if booked.order.side is OrderSide.BUY:
                quote += left * (booked.limit or booked.stop or ZERO)
            elif booked.list_number not in counted:
                base += left
                counted |= {booked.list_number} - {-1}
        return quote, base

    def _list(self, kind: str, parameters: Parameters, legs: list[BookedOrder]) -> OrderList:
        number = len(self.lists) + 1
        client_id = parameters.get("listClientOrderId") or f"list-made-here-{number}"
        if any(each.client_id == client_id and each.open for each in self.lists):
            raise Refusal(-2010, "Duplicate order sent.")
        first = len(self.orders) + 1
        for offset, leg in enumerate(legs):
            leg.number, leg.list_number = first + offset, number
            leg.order = replace(leg.order, order_id=str(leg.number))
        made = OrderList(number, client_id, kind, self.listing.rules.symbol, self._now, legs)
        self.lists.append(made)
        return made

    def _pair(self, number: int, legs: list[BookedOrder]) -> None:
        """The matching engine pairs the stop and the target of one trade."""
        for leg in legs:
            leg.order = replace(leg.order, trade_id=f"list-{number}")

    def _take(self, legs: Sequence[BookedOrder]) -> None:
        """Stand the orders; what meets the present price is filled at once."""
        for leg in legs:
            leg.status = "NEW"
            if leg not in self.orders:
                self.orders.append(leg)
            self._live[leg.order.order_id] = leg
        limits = {
            leg.order.order_id: leg.limit
            for leg in legs
            if leg.kind == "STOP_LOSS_LIMIT" and leg.limit is not None
        }
        self.matching.place(*(leg.order for leg in legs), limits=limits)
        for leg in legs:
            at_once = leg.kind == "MARKET" or (leg.kind == "LIMIT" and self._matches_at_once(leg))
            if at_once:
                for update in self.matching.execute(Execution(leg.order, self.price, self._now)):
                    self._book(update, maker=False)
        self._activate()

    def _withdraw(self, leg: BookedOrder) -> None:
        if leg.open:
            if self._live.pop(leg.order.order_id, None) is not None:
                self.matching.cancel(leg.order.order_id)
            leg.status, leg.updated_at = "CANCELED", self._now

    def _book(self, update: OrderUpdate, *, maker: bool) -> None:
        """Note what the matching engine did."""
        booked = self._live[update.order_id]
        booked.updated_at = self._now
        if not isinstance(update, Fill):
            booked.status = "EXPIRED" if isinstance(update, OrderCancelled) else "REJECTED"
            del self._live[update.order_id]
            return
        booked.executed += update.quantity
        booked.quote += update.notional
        trade = BookedTrade(len(self.trades) + 1, booked.number, booked.list_number, update, maker)
        self.trades.append(trade)
        booked.fills.append(trade)
        whole = booked.executed == booked.order.quantity
        booked.status = "FILLED" if whole else "PARTIALLY_FILLED"
        if whole:
            del self._live[update.order_id]

    def _activate(self) -> None:
        """Stand the pending legs of lists whose working order is filled."""
        for each in self.lists:
            if not each.pending or each.legs[0].status != "FILLED":
                continue
            legs, each.pending = each.pending, []
            self._pair(each.number, legs)
            for leg in legs:
                leg.order = replace(leg.order, placed_at=self._now)
            self._take(legs)


def _one(parameters: Parameters, name: str) -> str:
    if not parameters.get(name):
        raise Refusal(
            -1102,
            f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.",
        )
    return parameters[name]


def _decimal(parameters: Parameters, name: str) -> Decimal:
    text = _one(parameters, name)
    if not all(c in "0123456789." for c in text):
        # 1e-05 is what a float or a Decimal turns into on its own.
        raise Refusal(-1100, f"Illegal characters found in parameter '{name}'.")
    try:
        return Decimal(text)
    except InvalidOperation as wrong:
        raise Refusal(-1100, f"Illegal characters found in parameter '{name}'.") from wrong
