"""What the engine needs of the world; adapters are in `exchange/`, `feed/` and `store/`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.order import Order, OrderUpdate
from trader.domain.signal import Signal
from trader.domain.symbol import SymbolRules


class Feed(Protocol):
    """Closed candles of one symbol and interval, oldest first, without gaps."""

    def history(self, until: datetime | None, limit: int) -> Sequence[Candle]:
        """The last `limit` candles up to and with the one opened at `until`; none for None."""
        ...

    def fresh(self, candle: Candle) -> bool:
        """Whether it closed just now; what was missed while away is not entered on."""
        ...

    def candles(self, after: datetime | None) -> Iterator[Candle]:
        """Each candle opened after `after`, as it closes; ends when the feed is at its end."""
        ...


class Exchange(Protocol):
    """Takes orders, tells what became of them."""

    @property
    def rules(self) -> SymbolRules: ...

    def recover(self, book: Book) -> Sequence[OrderUpdate]:
        """Agree with the bot's own book at start-up; answers what the book does not know yet."""
        ...

    def submit(self, *orders: Order) -> None:
        """Place orders; of a trade's stop and target the fill of one cancels the other.

        Raises OrderRefused where the exchange says no at once.
        """
        ...

    def cancel(self, order_id: str, at: datetime) -> OrderUpdate:
        """Withdraw a live order and say what became of it."""
        ...

    def updates(self, candle: Candle) -> Iterator[OrderUpdate]:
        """What became of the live orders up to this candle's close, one by one as it happened.

        The engine may submit and cancel between two of them.
        """
        ...


class Unreachable(Exception):
    """The exchange did not answer what a starting bot must know; the text says what was asked."""


class OrderRefused(Exception):
    """The exchange refused an order before taking it; the text is its reason."""


class Strategy(Protocol):
    """Pure: candles and whether a position is open in, a signal out."""

    @property
    def name(self) -> str: ...
    @property
    def window(self) -> int:
        """How many candles it looks at."""
        ...

    def settings(self) -> Mapping[str, Any]: ...
    def see(self, candle: Candle) -> None:
        """Take in a candle of the past, without deciding."""
        ...

    def decide(self, candle: Candle, *, holding: bool) -> Signal:
        """Take in a candle that has just closed and say what to do now."""
        ...


class Receipt(Protocol):
    """What an event log answers to an append."""

    @property
    def synced(self) -> bool: ...


class RecordedEvent(Protocol):
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def version(self) -> str: ...


class EventLog(Protocol):
    """The recorder, seen from the engine. `append` never raises and never blocks."""

    @property
    def version(self) -> str: ...

    def append(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Receipt: ...


class History(Protocol):
    """The bot's own past, read back at start-up."""

    def newest(
        self, *, before: int | None = None, limit: int = 100, kind: str | None = None
    ) -> Sequence[RecordedEvent]: ...

    def read(self, after: int = 0, limit: int = 1000) -> Sequence[RecordedEvent]: ...
