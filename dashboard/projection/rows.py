"""What a batch of one stream's events comes to: the rows to write. Touches no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dashboard.events import Event
from dashboard.projection.facts import FACT_COLUMNS, BookKey, book_key

State = dict[str, Any]


# What is to be known of a `trade.closed` to insert it.
TRADE = (
    "trade_id",
    "book",
    "seq",
    "recorded_at",
    "bot",
    "version",
    "source",
    "batch",
    "regime",
    "match_key",
    "exchange_key",
    *FACT_COLUMNS,
)


class Refused(NamedTuple):
    """An `import.quarantined` to insert."""

    batch: str
    seq: int
    line: int
    offset: int | None
    reason: str
    detail: str
    raw: bytes
    whole: bool


class Measured(NamedTuple):
    """A `trade.measured` to keep, and to apply to the trade it is about."""

    stream: str
    trade_id: str
    match_key: int
    interval: str
    mae: int | None
    mfe: int | None
    regime: str


class Change(NamedTuple):
    """A `trade.voided` or `trade.corrected`, to apply in seq order after the inserts."""

    seq: int
    kind: str
    trade_id: str
    body: Mapping[str, Any]
    recorded_at: int


class Point(NamedTuple):
    """One equity point."""

    time: int
    seq: int
    recorded_at: int
    version: str
    equity: int
    realised: int | None
    unrealised: int | None
    deposits: int | None


class Snapshot(NamedTuple):
    """What a `state.snapshot` tells of the account at its candle's close."""

    book: BookKey
    balance: int | None
    time: int
    equity: int | None
    realised: int | None
    unrealised: int | None
    deposits: int | None
    superseded: bool  # the next word about the bot is another of these


@dataclass(slots=True)
class DayOfEquity:
    """A UTC day's last point with its extremes, so far as this batch knows."""

    opening: int
    low: Point
    high: Point
    last: Point


@dataclass(slots=True)
class Rows:
    """What a batch of events comes to. `bot` and `positions` start as the tables have them."""

    stream: str
    bot: State = field(default_factory=dict)
    positions: dict[str, State] = field(default_factory=dict)
    # By columns, those of TRADE: all that is done with them is done with all of them.
    trades: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in TRADE})
    taken: int = 0  # the last event whose trade is among them
    changes: list[Change] = field(default_factory=list)
    points: dict[tuple[BookKey, int], Point] = field(default_factory=dict)
    days: dict[tuple[BookKey, int], DayOfEquity] = field(default_factory=dict)
    batches: dict[str, State] = field(default_factory=dict)
    words: list[tuple[int, int, int]] = field(default_factory=list)  # as BotWord's columns
    finished: list[str] = field(default_factory=list)
    quarantined: list[Refused] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    books: dict[BookKey, int] = field(default_factory=dict)  # newest recorded_at of each
    # Of the part being folded, by seq, where they were read beforehand.
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    bot_changed: bool = False
    positions_changed: bool = False
    equity_restarted: bool = False
    _named: dict[tuple[object, object, object], BookKey] = field(default_factory=dict)
    repeated: int = 0
    contradicted: int = 0
    unreadable: int = 0
    last_problem: str = ""

    def followed(self) -> "Rows":
        """An empty batch that starts where this one ends: what `load` gives once it is written."""
        return Rows(self.stream, bot=dict(self.bot), positions=dict(self.positions))

    def take(self, told: Mapping[str, Sequence[Any]]) -> None:
        """Add trades, a column each of TRADE; they come after those that are here."""
        for name, column in self.trades.items():
            column += told[name]
        self.taken = told["seq"][-1]
        for key, recorded_at in dict(zip(told["book"], told["recorded_at"], strict=True)).items():
            self.note(key, recorded_at)

    def seen(self, event: Event) -> BookKey:
        """The event's book, noting when it was last heard of."""
        get = event.body.get
        said = (event.mode, get("quote_asset"), get("account"))
        try:
            key = self._named.get(said)
        except TypeError:  # a list or an object where a word should be
            return self.note(book_key(event), event.recorded_at)
        if key is None:
            key = self._named[said] = book_key(event)
        return self.note(key, event.recorded_at)

    def note(self, key: BookKey, recorded_at: int) -> BookKey:
        """The book was heard of."""
        if recorded_at > self.books.get(key, -1):
            self.books[key] = recorded_at
        return key
