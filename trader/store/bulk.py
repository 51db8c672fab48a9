"""Many events at once, straight into a stream's file: for imports and backfills.

The spool is there so that a bot never waits. Whoever brings in history may wait, and can begin
again: so a bulk goes into SQLite without it, thousands of events a transaction, under the
same lock, the same triggers and the same chain. An event is stored once it is committed; what
is not when the process dies was never there.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import TracebackType

from .codec import BodyEncoder, Row, lost_row, microseconds
from .database import INSERT
from .errors import NotStored, StreamUnusable
from .form import Form
from .lock import WriterLock
from .model import REPAIRED, Clock, Head
from .opening import Opened, catch_up, open_stream
from .paths import private_folder
from .recorder import now, paths_named
from .redact import Redactor
from .spool import Spool
from .surroundings import refuse_unsafe_folder
from .upcast import current_schema

#: So many events are one transaction, unless `commit` is called before: what fits into the cache,
#: or SQLite writes pages more than once.
BATCH = 4_000
# Rows of one statement. What tells them apart are 6 values each; the other 5 are given once, by
# number, since binding a value costs as much as storing it. SQLite may take 999 at most.
_ROWS = 128
_NAMES, _WIDTH = 5, 6
_FULL = _ROWS * _WIDTH
_COLUMNS = (0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0)
"""Of the table's columns those that are given once, by their numbers; 0 for each row's own."""
_INTO = INSERT[: INSERT.index("(")]


def _insert(rows: int) -> str:
    """The statement that inserts so many rows; its values are those given once, then each row's."""
    own = count(_NAMES + 1)
    return _INTO + ", ".join(
        f"({', '.join(f'?{number or next(own)}' for number in _COLUMNS)})" for _ in range(rows)
    )


_INSERT_ONE, _INSERT = _insert(1), _insert(_ROWS)
# Another program may look into the file for so long, in milliseconds.
_PATIENCE = 30_000
# Pages of the -wal, 64 MiB, after which SQLite moves them into the file.
_CHECKPOINT = 16_384
# KiB of pages at hand: where refs come in no order they touch the whole of their index.
_CACHE = 4_096


class BulkWriter:
    """The one writer of a stream while history is brought in; a Recorder is refused meanwhile.

    Unlike a Recorder it raises, and it waits for the disk. Use it from one thread, in a
    `with`: leaving that commits, leaving it by an exception drops what is not committed yet.

    Args: as those of Recorder.

    Raises:
        StreamLocked: another writer has the stream; the text names its process.
        StreamUnusable: the folder cannot be used; the text says why and what to do.
    """

    def __init__(
        self,
        bot: str,
        *,
        version: str,
        mode: str,
        folder: str | Path | None = None,
        stream: str | None = None,
        clock: Clock = now,
        safe_settings: Iterable[str] = (),
        secrets: Iterable[str] = (),
    ) -> None:
        self._redactor = Redactor(safe_settings, secrets)
        self._encoder = BodyEncoder(self._redactor)
        paths = paths_named(self._encoder, bot, version, mode, stream, folder)
        self.stream = paths.stream
        self.bot, self.version, self.mode = bot, version, mode
        self._clock = clock
        self._pending: list[object] = []
        self._names: tuple[object, ...] = ()
        """What is given once for all that is pending."""
        self._unsynced = False
        self._columns: dict[tuple[str, str], str] = {}
        refuse_unsafe_folder(paths.events)
        private_folder(paths.events)
        self._lock = WriterLock(paths.lock, self.stream)
        try:
            opened = open_stream(paths, Spool(paths.spool), self._stand_in)
            self._opened: Opened | None = catch_up(paths, opened, self._stand_in)
        except (OSError, sqlite3.Error) as error:
            self._lock.release()
            raise StreamUnusable(
                f"the stream {self.stream!r} in {paths.events} cannot be opened: {error}"
            ) from error
        except BaseException:
            self._lock.release()
            raise
        self._writer = self._opened.writer
        self._writer.connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        self._writer.connection.execute(f"PRAGMA cache_size = {-_CACHE}")
        # Each sync makes every writer on the disk wait, a live bot among them. A power cut may
        # take a tail of what is not synced: events that `commit` has not acknowledged.
        self._writer.connection.execute("PRAGMA synchronous = NORMAL")
        self._writer.connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        # Every body here comes out of the encoder: for SQLite to read each once more, to see that
        # it is JSON, is an eighth of the writing.
        self._writer.connection.execute("PRAGMA ignore_check_constraints = ON")
        self._seq, self._digest = self._writer.head.seq, self._writer.head.hash
        if self._opened.repair is not None:
            self.append(REPAIRED, self._opened.repair.body())

    @property
    def head(self) -> Head:
        """The newest event that is stored."""
        return self._writer.head

    def append(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        version: str | None = None,
    ) -> int:
        """Append an event, and say its seq. It is stored with the next commit.

        Args: as those of Recorder.append; `version` where it is not the writer's.

        Raises BadEvent for an event that cannot be written, NotStored.
        """
        version = self.version if version is None else version
        columns = self._columns.get((kind, version)) or self._new_columns(kind, version)
        text = self._encoder.encode(kind, body)
        recorded = microseconds(self._clock())
        happened = recorded if occurred_at is None else microseconds(occurred_at)
        about = None if ref is None else self._encoder.column("ref", ref)
        self._take(happened, recorded, kind, current_schema(kind), version, about, columns, text)
        return self._seq

    def form(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None = None,
        version: str | None = None,
    ) -> Form:
        """A form for many events whose bodies differ in the values that are a Slot in `body`.

        Args:
            ref: the name of the value that is also the event's ref.
            version: where it is not the writer's.

        Raises BadEvent.
        """
        version = self.version if version is None else version
        self._encoder.column("version", version)
        names = (self.bot, version, self.mode)
        return Form(self._encoder, kind, body, ref=ref, names=names)

    def extend(self, form: Form, times: Sequence[int], columns: Sequence[str]) -> None:
        """Append an event for each of these times, to the same bytes as `append` would.

        Args:
            times: when each happened, in microseconds since the epoch.
            columns: the values of each slot in the order of the body, those of all events
                joined by line breaks; a value that may hold one goes by `append`.

        Raises BadEvent, NotStored.
        """
        if not times:
            return
        microseconds(min(times)), microseconds(max(times))
        cells = form.cells(columns, len(times))
        texts, odd = form.texts(cells), form.misfits(columns, cells)
        if self._redactor.knows_any and self._redactor.holds_known("".join(texts)):
            odd.update(at for at, text in enumerate(texts) if self._redactor.holds_known(text))
        refs: Sequence[str | None] = [None] * len(times)
        if form.ref_at >= 0:
            refs = cells[form.ref_at]
            if not all(refs):
                odd.update(at for at, ref in enumerate(refs) if not ref)
        start = 0
        for at in sorted(odd):
            self._take_alike(form, times[start:at], refs[start:at], texts[start:at])
            body = form.body([column[at] for column in cells])
            version, moment = form.version, times[at]
            self.append(form.kind, body, ref=refs[at], occurred_at=moment, version=version)
            start = at + 1
        self._take_alike(form, times[start:], refs[start:], texts[start:])

    def _take_alike(
        self, form: Form, times: Sequence[int], refs: Sequence[str | None], texts: Sequence[str]
    ) -> None:
        recorded = microseconds(self._clock())
        kind, schema, bot, version, mode = form.kind, form.schema, self.bot, form.version, self.mode
        lines = f"{recorded}\n{form.columns}\n"
        self._name((kind, schema, bot, version, mode))
        pending = self._pending
        seq, digest = self._seq, self._digest
        for happened, ref, text in zip(times, refs, texts, strict=True):
            seq += 1
            about = "" if ref is None else f"={ref}"
            payload = f"{seq}\n{happened}\n{lines}{about}\n{text}".encode()
            digest = sha256(digest + payload).digest()
            pending += (seq, happened, recorded, ref, text, digest)
            if len(pending) >= _FULL:
                self._seq, self._digest = seq, digest
                self._flush()
        self._seq, self._digest = seq, digest

    def commit(self) -> Head:
        """Store everything appended so far, synced; the head. Raises NotStored."""
        self._flush()
        writer = self._writer
        try:
            self._end_batch()
            if self._unsynced:
                writer.sync()
                writer.note(writer.head)
                self._unsynced = False
        except (sqlite3.Error, OSError) as error:
            raise self._failed(error) from error
        return writer.head

    def _end_batch(self) -> None:
        """The head file waits for the sync: it must never be ahead of what the disk has."""
        if self._writer.connection.in_transaction:
            self._writer.connection.execute("COMMIT")
            self._writer.head = Head(self._seq, self._digest)
            self._unsynced = True

    def close(self) -> None:
        """Commit, and give the stream up. Raises NotStored; it is given up all the same."""
        try:
            if self._opened is not None:
                self.commit()
        finally:
            self._give_up()

    def __enter__(self) -> "BulkWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self._give_up()

    def _give_up(self) -> None:
        if self._opened is None:
            return
        opened, self._opened = self._opened, None
        self._drop()
        opened.writer.close()
        opened.spool.close()
        self._lock.release()

    def _take(
        self,
        happened: int,
        recorded: int,
        kind: str,
        schema: int,
        version: str,
        ref: str | None,
        columns: str,
        text: str,
    ) -> None:
        self._name((kind, schema, self.bot, version, self.mode))
        seq = self._seq + 1
        about = "" if ref is None else f"={ref}"
        payload = f"{seq}\n{happened}\n{recorded}\n{columns}\n{about}\n{text}".encode()
        self._digest = digest = sha256(self._digest + payload).digest()
        self._seq = seq
        pending = self._pending
        pending += (seq, happened, recorded, ref, text, digest)
        if len(pending) >= _FULL:
            self._flush()

    def _name(self, names: tuple[object, ...]) -> None:
        """What follows has these for kind, schema, bot, version and mode."""
        if names != self._names:
            self._flush()
            self._names = names

    def _flush(self) -> None:
        """Give SQLite the rows that wait; a full batch is committed."""
        pending, connection = self._pending, self._writer.connection
        if not pending:
            return
        if self._opened is None:
            raise NotStored(f"the writer of {self.stream!r} is closed")
        try:
            if not connection.in_transaction:
                connection.execute("BEGIN IMMEDIATE")
            if len(pending) == _FULL:
                connection.execute(_INSERT, (*self._names, *pending))
            else:
                rows = range(0, len(pending), _WIDTH)
                connection.executemany(
                    _INSERT_ONE, [(*self._names, *pending[at : at + _WIDTH]) for at in rows]
                )
            pending.clear()
            if self._seq - self._writer.head.seq >= BATCH:
                self._end_batch()
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error | OSError) -> NotStored:
        """Forget what is not stored, and say how far it came."""
        self._drop()
        why = "the disk is full: make room" if _is_full(error) else str(error)
        return NotStored(
            f"the events file of {self.stream!r} takes no more events ({why});"
            f" it ends with event {self._writer.head.seq}"
        )

    def _drop(self) -> None:
        self._pending.clear()
        with suppress(sqlite3.Error):
            if self._writer.connection.in_transaction:
                self._writer.connection.execute("ROLLBACK")
        self._seq, self._digest = self._writer.head.seq, self._writer.head.hash

    def _new_columns(self, kind: str, version: str) -> str:
        columns = (
            f"{self._encoder.column('kind', kind)}\n{current_schema(kind)}\n{self.bot}\n"
            f"{self._encoder.column('version', version)}\n{self.mode}"
        )
        self._columns[kind, version] = columns
        return columns

    def _stand_in(self, seq: int, reason: str) -> Row:
        return lost_row(seq, self._clock(), self.bot, self.version, self.mode, reason)


def _is_full(error: sqlite3.Error | OSError) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.Error) and code & 0xFF == sqlite3.SQLITE_FULL
