"""Does a stream still say what was recorded? Chain, contiguity and head."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from .codec import PAYLOAD_SQL
from .database import SCHEMA, read_head, reading
from .headfile import read_headfile
from .model import GENESIS, LOST, Head
from .paths import stream_paths

_BATCH = 5000

#: Called with how many events are verified and how many there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying found.

    Attributes:
        stream: its name, or the file's path.
        events: how many events were found right, from the first on.
        head: of those, the newest.
        lost: how many of them stand in for one that was lost, as the stream itself says.
        first_bad: seq of the first event that is not what was recorded, None if there is none.
        problem: what is wrong, in a sentence; None if nothing is.
    """

    stream: str
    events: int
    head: Head
    lost: int
    first_bad: int | None
    problem: str | None

    @property
    def ok(self) -> bool:
        return self.problem is None


def verify(
    stream: str,
    *,
    folder: str | Path | None = None,
    pinned: Head | str | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Verify a stream, while it is being written or not.

    Args:
        pinned: a head noted elsewhere (a Head, or "SEQ:HASH"): a history rewritten as a
            whole has a chain of its own, but not this hash at this seq.
        progress: called now and then with (events verified, events there are).

    Raises ValueError for a name no stream can have or a pinned head that is none.
    """
    paths = stream_paths(stream, folder)
    noted = read_headfile(paths.head)
    pins = [_pin(pinned)] if pinned is not None else []
    if not paths.database.exists():
        if noted is None:
            return _missing(stream, f"there is no stream {stream!r} in {paths.events}")
        return _missing(stream, f"{paths.database} is gone; its last known head is {noted}")
    return verify_file(paths.database, stream, noted=noted, pins=pins, progress=progress)


def verify_file(
    path: Path,
    name: str,
    *,
    noted: Head | None = None,
    pins: list[Head] | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Verify an events file, a backup among them."""
    walk = _Walk(path, name)
    try:
        return walk.run(noted, pins or [], progress)
    except sqlite3.DatabaseError as error:
        return walk.bad(walk.head.seq + 1, f"SQLite cannot read on: {error}")


class _Walk:
    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name
        self.head = Head(0, GENESIS)
        self.lost = 0

    def run(self, noted: Head | None, pins: list[Head], progress: Progress | None) -> Verification:
        with reading(self.path) as connection:
            changed = _changed_schema(connection)
            total = read_head(connection).seq if not changed else 0
        if changed:
            return self.bad(None, changed)
        marks = {pin.seq: pin.hash for pin in pins}
        while True:
            with reading(self.path) as connection:
                rows = connection.execute(
                    f"SELECT seq, {PAYLOAD_SQL}, hash, kind = '{LOST}' FROM event"  # noqa: S608
                    f" WHERE seq > ? ORDER BY seq LIMIT {_BATCH}",
                    (self.head.seq,),
                ).fetchall()
            if not rows:
                break
            problem = self._follow(rows, marks)
            if problem:
                return self.bad(self.head.seq + 1, problem)
            if progress:
                progress(self.head.seq, max(total, self.head.seq))
        return self._end(noted, pins)

    def _follow(self, rows: list[tuple[int, bytes, bytes, int]], marks: dict[int, bytes]) -> str:
        """Take the events that are right; say what is wrong with the first that is not."""
        seq, previous = self.head.seq, self.head.hash
        problem = ""
        for found, payload, digest, lost in rows:
            if found != seq + 1:
                problem = f"event {seq + 1} is missing: {found} follows {seq}"
                break
            if sha256(previous + payload).digest() != digest:
                problem = f"event {found} is not what was recorded: its hash does not fit"
                break
            if marks and marks.get(found, digest) != digest:
                problem = (
                    f"history was rewritten: event {found} has the hash {digest.hex()},"
                    f" pinned was {marks[found].hex()}"
                )
                break
            seq, previous = found, digest
            self.lost += lost
        self.head = Head(seq, previous)
        return problem

    def _end(self, noted: Head | None, pins: list[Head]) -> Verification:
        for pin in pins:
            if pin.seq > self.head.seq:
                return self.bad(
                    self.head.seq + 1,
                    f"the tail is lost: events to {pin.seq} were pinned as {pin}",
                )
        if noted is not None and noted.seq > self.head.seq:
            return self.bad(
                self.head.seq + 1,
                f"the tail is lost: events {self.head.seq + 1} to {noted.seq} were stored once",
            )
        return Verification(self.name, self.head.seq, self.head, self.lost, None, None)

    def bad(self, seq: int | None, problem: str) -> Verification:
        return Verification(self.name, self.head.seq, self.head, self.lost, seq, problem)


def _changed_schema(connection: sqlite3.Connection) -> str | None:
    found = dict(
        connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    )
    for name, statement in SCHEMA.items():
        if found.get(name) != statement:
            state = "is missing" if name not in found else "was changed"
            return f"the table's guard {name!r} {state}: the file was altered by other means"
    return None


def _pin(pinned: Head | str) -> Head:
    return pinned if isinstance(pinned, Head) else Head.parse(pinned)


def _missing(stream: str, problem: str) -> Verification:
    return Verification(stream, 0, Head(0, GENESIS), 0, None, problem)
