"""Making a stream's SQLite file again, from all there is: itself, the spool, backups.

Each event is taken from the first source that has it and can show that it is the one that
was recorded: the spool by its checksum, a file by its chain. What no source has is filled
with a `recorder.lost` event, so every event keeps its seq, and the gap is in the stream for
all to see. The damaged file is never removed: it goes to the folder `quarantine`.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from .codec import PAYLOAD_SQL, chain, parse, payload_of
from .database import INSERT, open_writer, reading
from .files import sync_folder
from .model import GENESIS, Head
from .mover import StandIn
from .paths import StreamPaths, private_folder
from .spool import Spool, seq_of

_WINDOW = 1000
_BUILDING = ".building"
_BUILT = ".built"

Found = dict[int, tuple[bytes, bytes | None]]


@dataclass
class Repair:
    """What a rebuild did.

    Attributes:
        reason: why it was done.
        quarantined: where the old file is now, None if there was none.
        events: how many events the new file holds, lost ones included.
        lost: the gaps, as (first, last).
        rechained: the first event whose hash had to change since one before it is lost.
    """

    reason: str
    quarantined: str | None = None
    events: int = 0
    lost: list[tuple[int, int]] = field(default_factory=list)
    rechained: int | None = None

    def body(self) -> dict[str, object]:
        """As the body of the event that reports it."""
        return {
            "reason": self.reason,
            "quarantined": self.quarantined,
            "events": self.events,
            "lost": [list(gap) for gap in self.lost],
            "rechained": self.rechained,
        }

    def __str__(self) -> str:
        gaps = ", ".join(f"{first} to {last}" for first, last in self.lost)
        return (
            f"{self.reason}; the events file was rebuilt with {self.events} events,"
            f" {'lost: ' + gaps if gaps else 'none lost'};"
            f" the old file is in {self.quarantined or 'no quarantine: there was none'}"
        )


class Source(Protocol):
    def window(self, after: int, last: int) -> Found:
        """Payloads and stored hashes of the events after..last that it has, by seq."""


class SpoolSource:
    """The spool's payloads, read once from the oldest on."""

    def __init__(self, spool: Spool) -> None:
        self._payloads = self._all(spool)
        self._next = next(self._payloads, None)

    @staticmethod
    def _all(spool: Spool) -> Iterator[bytes]:
        for number in list(spool.numbers):
            if spool.first_seq(number) is not None:
                yield from spool.payloads(number)
                return

    def window(self, after: int, last: int) -> Found:
        found: Found = {}
        while self._next is not None and seq_of(self._next) <= last:
            seq = seq_of(self._next)
            if seq > after:
                found[seq] = (self._next, None)
            self._next = next(self._payloads, None)
        return found


class FileSource:
    """Rows of an events file, as many as SQLite can still read."""

    _QUERY = f"SELECT seq, {PAYLOAD_SQL}, hash FROM event WHERE seq > ? AND seq <= ? ORDER BY seq"  # noqa: S608

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def last(self) -> int:
        """The newest seq; 0 where that cannot be read."""
        try:
            row = self._connection.execute("SELECT max(seq) FROM event").fetchone()
        except sqlite3.DatabaseError:
            return 0
        return row[0] or 0

    def window(self, after: int, last: int) -> Found:
        try:
            rows = self._connection.execute(self._QUERY, (after, last)).fetchall()
        except sqlite3.DatabaseError:
            return self._halves(after, last)
        return {seq: (payload, digest) for seq, payload, digest in rows if isinstance(seq, int)}

    def _halves(self, after: int, last: int) -> Found:
        """Around the damage: what can be read of either half."""
        if last - after <= 1:
            return {}
        middle = (after + last) // 2
        return {**self.window(after, middle), **self.window(middle, last)}


def rebuild(
    paths: StreamPaths,
    *,
    spool: Spool,
    stand_in: StandIn,
    reason: str,
    noted: Head | None,
    live: sqlite3.Connection | None = None,
) -> Repair:
    """Write a new events file beside the old one; `adopt` puts it in place.

    Args:
        noted: the head noted beside the file: up to there, what is missing is a gap.
        live: the open connection of a file that is no longer under its name.

    Raises sqlite3.Error and OSError, and has changed nothing then.
    """
    repair = Repair(reason)
    with ExitStack() as stack:
        files = [FileSource(live)] if live is not None else []
        if live is None:
            files += _readable(stack, [paths.database])
        files += _readable(stack, backups_of(paths))
        upto = max(
            spool.tail.seq, noted.seq if noted else 0, *(source.last() for source in files), 0
        )
        building = paths.database.with_name(paths.database.name + _BUILDING)
        for leftover in _with_companions(building):
            leftover.unlink(missing_ok=True)
        connection = open_writer(building)
        stack.callback(connection.close)
        _Rebuild([SpoolSource(spool), *files], stand_in, repair).run(connection, upto)
    building.rename(paths.database.with_name(paths.database.name + _BUILT))
    sync_folder(paths.events)
    return repair


class _Rebuild:
    def __init__(self, sources: list[Source], stand_in: StandIn, repair: Repair) -> None:
        self._sources = sources
        self._stand_in = stand_in
        self._repair = repair
        self._head = Head(0, GENESIS)

    def run(self, connection: sqlite3.Connection, upto: int) -> None:
        while self._head.seq < upto:
            last = min(self._head.seq + _WINDOW, upto)
            windows = [source.window(self._head.seq - 1, last) for source in self._sources]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(INSERT, self._rows(windows, last))
            connection.execute("COMMIT")
        self._repair.events = self._head.seq

    def _rows(self, windows: list[Found], last: int) -> Iterator[tuple[object, ...]]:
        for seq in range(self._head.seq + 1, last + 1):
            payload, stored = self._choose(windows, seq)
            if payload is None:
                self._note_lost(seq)
                payload = payload_of(self._stand_in(seq, self._repair.reason))
            digest = chain(self._head.hash, payload)
            if stored not in (None, digest) and self._repair.rechained is None:
                self._repair.rechained = seq
            self._head = Head(seq, digest)
            yield (*parse(payload), digest)

    def _choose(self, windows: list[Found], seq: int) -> tuple[bytes | None, bytes | None]:
        for window in windows:
            payload, digest = window.get(seq, (None, None))
            if payload is not None and self._right(window, seq, payload, digest):
                return payload, digest
        return None, None

    def _right(self, window: Found, seq: int, payload: bytes, digest: bytes | None) -> bool:
        try:
            if parse(payload)[0] != seq or not isinstance(json.loads(parse(payload)[9]), dict):
                return False
        except ValueError:
            return False
        if digest is None or chain(self._head.hash, payload) == digest:
            return True
        # Behind a gap this file's own hashes are the measure; the first one has none.
        before = GENESIS if seq == 1 else window.get(seq - 1, (b"", None))[1]
        return before is None or chain(before, payload) == digest

    def _note_lost(self, seq: int) -> None:
        lost = self._repair.lost
        if lost and lost[-1][1] == seq - 1:
            lost[-1] = (lost[-1][0], seq)
        else:
            lost.append((seq, seq))


def adopt(paths: StreamPaths, repair: Repair | None = None) -> bool:
    """Put a file that was built in the old one's place; the old one goes to quarantine.

    Nobody may have the old file open any more. Returns whether there was a file to adopt:
    one left by a repair that was cut short is adopted at the next start.
    """
    built = paths.database.with_name(paths.database.name + _BUILT)
    if not built.exists():
        return False
    aside = quarantine(paths, *_with_companions(paths.database))
    if repair is not None and aside is not None:
        repair.quarantined = str(aside)
    built.rename(paths.database)
    sync_folder(paths.events)
    return True


def quarantine(paths: StreamPaths, *files: Path) -> Path | None:
    """Move files of a stream aside; where the first of them is now, None if none is there."""
    there = [file for file in files if file.exists()]
    if not there:
        return None
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    folder = paths.quarantine / f"{paths.stream}-{stamp}"
    count = 1
    while folder.exists():
        count += 1
        folder = paths.quarantine / f"{paths.stream}-{stamp}-{count}"
    private_folder(folder)
    for file in there:
        file.rename(folder / file.name)
    sync_folder(folder)
    sync_folder(paths.events)
    return folder / there[0].name


def backups_of(paths: StreamPaths) -> list[Path]:
    """The backups of a stream in the data folder, the newest event first."""
    found = paths.backups.glob(f"{paths.stream}-*.sqlite3")
    named = [(path.stem.removeprefix(f"{paths.stream}-").split("-")[0], path) for path in found]
    return [
        path for _, path in sorted(((int(s), p) for s, p in named if s.isdigit()), reverse=True)
    ]


def _readable(stack: ExitStack, files: list[Path]) -> list[FileSource]:
    sources = []
    for file in files:
        if file.exists():
            with suppress(sqlite3.DatabaseError):
                sources.append(FileSource(stack.enter_context(reading(file))))
    return sources


def _with_companions(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")]
