"""Wiring between `follow` and the event store: its own stream, and what all others recorded."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from dashboard.follow.follower import UNDOING, Planned, Recorded
from dashboard.follow.known import KINDS, KnownElsewhere, StreamTrades
from dashboard.legacy.versions import UNKNOWN
from trader.store import Event, Reader, Recorder, streams

PAGE = 5_000
BACKLOG = 20_000
PATIENCE = 60.0
OWN_KINDS = (
    *UNDOING, "trade.closed", "import.started", "import.quarantined", "follow.advanced",
    "bot.started", "settings.changed", "state.snapshot",
)  # fmt: skip
NEWEST_ONLY = {"settings.changed", "state.snapshot"}
PREFIX = "follow-"


class NotRecorded(Exception):
    """The store refused an event or does not take them in time."""


class FollowStream:
    """The stream that is written, by a recorder for each version in turn.

    Raises what Recorder raises: StreamLocked while another follower of this bot runs.
    """

    def __init__(self, folder: Path, *, bot: str, mode: str) -> None:
        self._folder, self._bot, self._mode = folder, bot, mode
        self.name = f"{PREFIX}{bot}"
        self._recorder: Recorder | None = None
        self._version = UNKNOWN
        self._since_flush = 0

    def __enter__(self) -> "FollowStream":
        self._as(self._version)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    def recorded(self) -> Recorded:
        """What the stream tells by now."""
        found = Recorded()
        reader = Reader(self.name, folder=self._folder)
        for kind in OWN_KINDS:
            events = _of_kind(reader, kind)
            if kind in NEWEST_ONLY:
                events = iter([event for event, _ in zip(events, range(1), strict=False)])
            elif kind == "follow.advanced":
                events = _newest_of_each_file(events, found.undone)
            elif kind == "bot.started":
                events = reversed(list(events))
            for event in events:
                found.take(event.kind, event.body, event.occurred_at, event.version)
        return found

    def append(self, events: list[Planned]) -> None:
        """Append these events; the last one synced, and all before it with it."""
        for at, event in enumerate(events):
            self._as(event.version or self._version)
            assert self._recorder is not None
            ack = self._recorder.append(
                event.kind, event.body, ref=event.ref, occurred_at=event.occurred_at,
                durable=at == len(events) - 1,
            )  # fmt: skip
            if not ack.stored:
                raise NotRecorded(f"{event.kind} was refused: {self._recorder.health.last_error}")
            self._since_flush += 1
            if self._since_flush >= BACKLOG:
                self._settle()

    def _as(self, version: str) -> None:
        self._version = version
        if self._recorder is not None:
            if self._recorder.version == version:
                return
            self._settle()
            self._recorder.close()
            self._recorder = None
        self._recorder = Recorder(
            self._bot, version=version, mode=self._mode, folder=self._folder, stream=self.name
        )

    def _settle(self) -> None:
        assert self._recorder is not None
        self._since_flush = 0
        if not self._recorder.flush(PATIENCE):
            raise NotRecorded(f"the stream {self.name} does not take events; see `doctor`")


class OtherStreams(KnownElsewhere):
    """The trades of every stream but one, read on from where they were read to."""

    def __init__(self, folder: Path, own: str, mode: str) -> None:
        super().__init__()
        self._folder, self._own, self._mode = folder, own, mode
        self._heads: dict[str, int] = {}

    def refresh(self) -> None:
        """Take what the streams have recorded since."""
        for stream in streams(self._folder):
            if stream == self._own:
                continue
            reader = Reader(stream, folder=self._folder)
            if stream not in self.streams:
                self._begin(stream, reader)
            while page := reader.read(self._heads[stream], PAGE):
                for event in page:
                    self.streams[stream].take(event)
                self._heads[stream] = page[-1].seq

    def _begin(self, stream: str, reader: Reader) -> None:
        """By kind at first: a bot's stream is mostly snapshots, which say nothing of trades."""
        trades = StreamTrades(self._mode, reader.about)
        head = reader.head().seq
        for kind in KINDS:
            for event in _of_kind(reader, kind, before=head + 1):
                trades.take(event)
        self.streams[stream], self._heads[stream] = trades, head


def _of_kind(reader: Reader, kind: str, before: int | None = None) -> Iterator[Event]:
    """Newest first."""
    while page := reader.newest(before=before, limit=PAGE, kind=kind):
        yield from page
        before = page[-1].seq


def _newest_of_each_file(events: Iterator[Event], undone: set[str]) -> Iterator[Event]:
    seen: set[str] = set()
    for event in events:
        path = str(event.body.get("path"))
        if path not in seen and str(event.body.get("batch")) not in undone:
            seen.add(path)
            yield event
