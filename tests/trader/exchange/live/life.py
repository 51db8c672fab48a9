"""A bot's life on an exchange of its own: the real engine, the real python-binance client, the
simulated exchange. Nothing of any of them is patched.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.faults.exchange_life import START, STEP, Clock, NearLever, faults_found, to_the_end
from tests.trader.fakes import MemoryLog
from trader.domain import events
from trader.domain.book import Book
from trader.domain.order import Order, OrderSide, OrderType, Purpose
from trader.domain.signal import Action
from trader.exchange.simulated.server import SimulatedExchange
from trader.runner import read_book

Script = Mapping[int, Action]
ENTER_ONCE: Script = {1: Action.ENTER}
CALM = ("100", "100.5", "99.5", "100")


class Life:
    """A bot on an exchange of its own; `live` runs it until that candle opens."""

    def __init__(self, exchange: SimulatedExchange, root: str, folder: Path) -> None:
        self.exchange = exchange
        self.root = root
        self.pause_file = folder / "pause.json"
        self.log = MemoryLog()
        self.clock = Clock(NearLever(exchange), START)
        self.timeout = 10.0  # real seconds; a busy machine shall not look like a fault

    def live(self, candles: int, wants: Script = ENTER_ONCE) -> Book:
        self.clock.until = START + candles * STEP
        to_the_end(
            self.root,
            self.clock,
            lambda _version: self.log,
            lambda: self.log,
            wants=wants,
            pause_file=self.pause_file,
            timeout=self.timeout,
        )
        return read_book(self.log)

    def wrong(self) -> list[str]:
        return faults_found(self.exchange, read_book(self.log), self.log.events)

    def bodies(self, kind: str) -> list[Mapping[str, Any]]:
        return [event.body for event in self.log.of_kind(kind)]

    def sent(self, method: str, path: str) -> int:
        return self.exchange.requests.count((method, f"/api/v3/{path}"))

    def reasons(self) -> list[str]:
        """Of the candles: why nothing was done, or what was."""
        return [body["reason"] for body in self.bodies(events.STATE_SNAPSHOT)]


Start = Callable[..., Life]


def an_order(kind: OrderType, quantity: Decimal, price: Decimal | None = None) -> Order:
    purpose = Purpose.ENTRY if kind is OrderType.MARKET else Purpose(kind.value)
    side = OrderSide.BUY if kind is OrderType.MARKET else OrderSide.SELL
    return Order("id-1", "t", "BTCUSDT", side, kind, purpose, quantity, START, price)
