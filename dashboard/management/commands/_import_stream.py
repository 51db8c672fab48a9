"""Wiring between imports and the event store: what is recorded already, and writing a batch."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from dashboard.legacy.recording import (
    STREAM,
    Kept,
    Recorded,
    finished_body,
    started_body,
)
from dashboard.legacy.versions import UNKNOWN
from trader.store import Event, Reader, Recorder, streams

PAGE = 5_000
KINDS = ("trade.closed", "trade.voided", "import.started", "import.finished", "import.undone")
BACKLOG = 20_000
PATIENCE = 600.0


class NotRecorded(Exception):
    """The store refused events or did not take them in time; the batch does not count."""


def recorded_trades(folder: Path, mode: str) -> Recorded:
    """What every stream of the data folder has recorded, so that nothing is imported twice."""
    recorded = Recorded(mode)
    for stream in streams(folder):
        recorded.take(_events(folder, stream))
    return recorded


def _events(folder: Path, stream: str) -> Iterator[Event]:
    reader = Reader(stream, folder=folder)
    for kind in KINDS:
        if kind.startswith("import") and stream != STREAM:
            continue
        before: int | None = None
        while page := reader.newest(before=before, limit=PAGE, kind=kind):
            yield from page
            before = page[-1].seq


class ImportStream:
    """Writes batches to the stream of imports, a recorder for each version in turn.

    Raises what Recorder raises: StreamLocked while another import runs, StreamUnusable.
    """

    def __init__(self, folder: Path, *, bot: str, mode: str) -> None:
        self._folder, self._bot, self._mode = folder, bot, mode
        self._recorder: Recorder | None = None
        self._since_flush = 0

    def __enter__(self) -> "ImportStream":
        self.as_version(UNKNOWN)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._recorder is not None:
            self._recorder.close()

    def as_version(self, version: str) -> None:
        """From here on events carry this version."""
        if self._recorder is not None:
            if self._recorder.version == version:
                return
            self.settle()
            self._recorder.close()
        self._recorder = Recorder(
            self._bot, version=version, mode=self._mode, folder=self._folder, stream=STREAM
        )

    def append(
        self, kind: str, body: dict[str, object], ref: str, occurred_at: int | None = None
    ) -> None:
        """Append one event. Raises NotRecorded where the recorder refuses it."""
        assert self._recorder is not None
        ack = self._recorder.append(kind, body, ref=ref, occurred_at=occurred_at)
        if not ack.stored:
            raise NotRecorded(f"{kind} was refused: {self._recorder.health.last_error}")
        self._since_flush += 1
        if self._since_flush >= BACKLOG:
            self.settle()

    def settle(self) -> None:
        """Wait until everything appended is in the stream's file."""
        assert self._recorder is not None
        self._since_flush = 0
        if not self._recorder.flush(PATIENCE):
            raise NotRecorded("the stream of imports does not take events; see `doctor`")

    def write(self, kept: Kept, digest: str, advance: Callable[[int], None]) -> None:
        """One file's batch. Its trades count once import.finished, the last event, is there."""
        report = kept.report
        batch = report.batch
        self.append("import.started", started_body(report, batch), batch)
        for version in kept.versions():
            self.as_version(version)
            for trade in kept.trades(version, batch):
                self.append("trade.closed", trade.body, trade.ref, trade.occurred_at)
                advance(1)
        for body in kept.quarantine(batch):
            self.append("import.quarantined", body, batch)
        self.settle()
        self.append("import.finished", finished_body(report, batch, digest), batch)
        self.settle()
