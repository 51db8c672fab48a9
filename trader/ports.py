"""What the engine needs of the world; adapters are in `exchange/`, `feed/` and `store/`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.money import ZERO
from trader.domain.order import Order, OrderUpdate, Purpose
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


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`trouble` says why the bot must not trade ("": they agree); `cash_moved` is quote currency
    that came to the account, or left it, without an order of the bot.
    """

    trouble: str = ""
    cash_moved: Decimal = ZERO


class Exchange(Protocol):
    """Takes orders, tells what became of them. Every method may raise Unreachable."""

    @property
    def rules(self) -> SymbolRules: ...

    def time(self, at: datetime) -> datetime:
        """When what is done at the candle time `at` happens: that time itself on paper, else now
        by the exchange's clock.
        """
        ...

    def recover(self, book: Book) -> Sequence[OrderUpdate]:
        """Take over what the bot's own book says at start-up; answers what that settles at once.

        What else became of the live orders meanwhile comes from `updates`.
        """
        ...

    def submit(self, *orders: Order) -> Sequence[OrderUpdate]:
        """Place orders; of a trade's stop and target the fill of one cancels the other. Answers
        what came of them at once.

        Raises OrderRefused where the exchange says no, OutcomeUnknown where nobody knows yet:
        the orders then count as live, and `updates` tells once it is known. Unreachable means
        that they were not sent.
        """
        ...

    def cancel(self, *orders: Order, at: datetime) -> Sequence[OrderUpdate]:
        """Withdraw live orders and say what became of each, fills first."""
        ...

    def updates(self, candle: Candle | None) -> Iterator[OrderUpdate]:
        """What became of the live orders up to this candle's close (None: until now), one by one
        as it happened.

        The engine may submit and cancel between two of them.
        """
        ...

    def free(self, quantity: Decimal) -> Decimal:
        """What of `quantity`, base currency, the account can sell at this moment."""
        ...

    def reconcile(self, book: Book) -> Reconciliation:
        """Compare the account on the exchange with the bot's own book."""
        ...


class Unreachable(Exception):
    """The exchange did not answer, or was not asked; the text says what was wanted of it."""


class OutcomeUnknown(Exception):
    """Whether the exchange has taken an order is not known yet."""


class OrderRefused(Exception):
    """The exchange did not take an order; the text is its reason.

    `reached`: the price was past this order's trigger already. `lost`: it never arrived.
    """

    def __init__(self, reason: str, *, reached: Purpose | None = None, lost: bool = False) -> None:
        super().__init__(reason)
        self.reached = reached
        self.lost = lost


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
    """The recorder, seen from the engine. It never raises and never blocks."""

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

    def append_all(
        self,
        kind: str,
        bodies: Sequence[Mapping[str, object]],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Receipt:
        """Events of one kind that happened at once, in one write; answers for all of them."""
        ...


class History(Protocol):
    """The bot's own past, read back at start-up."""

    def newest(
        self, *, before: int | None = None, limit: int = 100, kind: str | None = None
    ) -> Sequence[RecordedEvent]: ...

    def read(self, after: int = 0, limit: int = 1000) -> Sequence[RecordedEvent]: ...
