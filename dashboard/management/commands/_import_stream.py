"""Wiring between imports and the event store: what is recorded already, and writing a batch."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from dashboard.legacy.bodies import finished_body, started_body
from dashboard.legacy.recording import (
    STREAM,
    VARYING,
    Alike,
    Kept,
    Recorded,
)
from dashboard.legacy.versions import UNKNOWN
from dashboard.management.commands._import_writer import Apart, Here, StreamWriter
from trader.store import BadEvent, Event, NotStored, Reader, Slot, streams

PAGE = 5_000
KINDS = ("trade.voided", "import.started", "import.finished", "import.undone", "trade.closed")
"""In the order in which Recorded takes them."""
HELD = 20_000
"""So many trades wait in memory before an import begins to write."""
READY = 1_000
"""So many, and the process that will write them is started: it takes a while to be there."""
STEP = 1_000
"""So many once it has: few at a time keep the process that writes busy, and the memory small."""


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
    """Writes batches to the stream of imports.

    Raises StreamLocked while another import runs, StreamUnusable, NotRecorded. Where `apart`
    is asked for, a process of its own writes, so that reading goes on meanwhile.
    """

    def __init__(self, folder: Path, *, bot: str, mode: str, apart: bool = False) -> None:
        options = {
            "bot": bot, "version": UNKNOWN, "mode": mode, "folder": str(folder), "stream": STREAM,
        }  # fmt: skip
        self._version = UNKNOWN
        self._forms: dict[tuple[object, ...], int] = {}
        self._writer = _writer(options, apart=apart)

    def __enter__(self) -> "ImportStream":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _told():
            self._writer.close(whole=error is None)

    def as_version(self, version: str) -> None:
        """From here on events appended carry this version."""
        self._version = version

    def append(
        self, kind: str, body: dict[str, object], ref: str, occurred_at: int | None = None
    ) -> None:
        """Append one event. Raises NotRecorded where it is refused."""
        with _told():
            self._writer.append(kind, body, ref, occurred_at, self._version)

    def settle(self) -> None:
        """Wait until everything appended is in the stream's file."""
        with _told():
            self._writer.commit()

    def begin(self, kept: Kept) -> None:
        """The first event of a file's batch."""
        self.as_version(UNKNOWN)
        batch = kept.report.batch
        self.append("import.started", started_body(kept.report, batch), batch)

    def write(self, kept: Kept) -> None:
        """The trades of a batch that are held."""
        for each in kept.take():
            if isinstance(each, Alike):
                self._write_alike(each)
            else:
                self.as_version(each.version)
                self.append("trade.closed", each.body, each.ref, each.occurred_at)

    def finish(self, kept: Kept, digest: str) -> None:
        """The rest of a batch. Its trades count once import.finished, the last event, is there."""
        self.write(kept)
        self.as_version(UNKNOWN)
        report, batch = kept.report, kept.report.batch
        for body in kept.quarantine(batch):
            self.append("import.quarantined", body, batch)
        self.settle()
        self.append("import.finished", finished_body(report, batch, digest), batch)
        self.settle()

    def _write_alike(self, trades: Alike) -> None:
        with _told():
            number = self._forms.get(trades.key)
            if number is None:
                number = self._forms[trades.key] = len(self._forms)
                body = _with_slots(trades.body)
                self._writer.form(number, "trade.closed", body, trades.version)
            self._writer.extend(number, trades.times, trades.columns)


class Batches:
    """The files of one import on their way to the store.

    Few trades wait until every file is judged, so that a refused import has written nothing.
    Beyond HELD they are written as they come, batches that do not count until they are finished.
    """

    def __init__(self, open_stream: Callable[[], ImportStream]) -> None:
        self._open_stream = open_stream
        self._stream: ImportStream | None = None
        self._kept: list[Kept] = []
        self._begun: set[str] = set()
        self._held = 0

    @property
    def begun(self) -> bool:
        """Whether something is written already."""
        return bool(self._begun)

    def add(self, kept: Kept) -> None:
        """One more file."""
        self._kept.append(kept)

    def held(self, count: int) -> None:
        """So many more trades are held."""
        self._held += count
        if self._held >= READY:
            self._opened()
        if self._held < (STEP if self._begun else HELD):
            return
        for kept in self._kept:
            # Each event names its file's hash: a small file waits until it is read.
            if kept.report.sha256:
                self._write(kept)
        self._held = 0

    def finish(self, wanted: list[Kept], digest: str) -> None:
        """Every file is judged: these count from now on."""
        for kept in wanted:
            self._write(kept)
            self._opened().finish(kept, digest)

    def leave(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the stream up, as at the end of a `with`."""
        for kept in self._kept:
            kept.close()
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.__exit__(kind, error, trace)

    def _opened(self) -> ImportStream:
        if self._stream is None:
            self._stream = self._open_stream()
        return self._stream

    def _write(self, kept: Kept) -> None:
        if kept.report.batch not in self._begun:
            self._opened().begin(kept)
            self._begun.add(kept.report.batch)
        self._opened().write(kept)


def _writer(options: dict[str, str], *, apart: bool) -> StreamWriter:
    if apart:
        try:
            return Apart(options)
        except OSError:  # no process can be made here
            pass
    return Here(options)


@contextmanager
def _told() -> Iterator[None]:
    """The store's refusals as those of an import."""
    try:
        yield
    except (BadEvent, NotStored) as error:
        raise NotRecorded(str(error)) from error


def _with_slots(body: Mapping[str, object]) -> dict[str, object]:
    """The body as a form takes it."""
    made: dict[str, object] = {}
    for name, value in body.items():
        if isinstance(value, Mapping):
            made[name] = _with_slots(value)
        elif name in VARYING and value is not None:
            made[name] = Slot(VARYING[name])
        else:
            made[name] = value
    return made
