"""Reading a stream: a bounded batch at a time, read-only, never a long transaction."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

from .codec import decode_bodies
from .database import begun, read_head, reading
from .model import GENESIS, Event, Head
from .paths import stream_paths
from .upcast import upcast_all

_COLUMNS = (
    "seq, occurred_at, recorded_at, kind, schema, bot, version, mode, ref, body, hash FROM event"
)

_KIND, _SCHEMA, _BODY = 3, 4, 9  # their places among them

#: No batch is longer than this, whatever is asked for: a reader's transaction stays short.
MAX_LIMIT = 10_000

#: So many events are decoded at a time where a batch is read in parts: they fit in a processor's
#: cache, and take two thirds of the time that a whole batch of them takes at once.
PART = 250

# Below the number of parameters that any SQLite takes in one statement.
_IN_ONE_QUERY = 900


class Reader:
    """Reads one stream; may be used from any thread or process, while it is written.

    Every call opens the file, reads at most `limit` events (10,000 at the most) and closes
    it. A stream that is not there yet is empty. Raises sqlite3.Error for a file that
    cannot be read, and ValueError for a name that no stream can have.
    """

    def __init__(self, stream: str, *, folder: str | Path | None = None) -> None:
        self.stream = stream
        self._path = stream_paths(stream, folder).database

    def head(self) -> Head:
        """The newest event's seq and hash; seq 0 while the stream is empty."""
        if not self._path.exists():
            return Head(0, GENESIS)
        with reading(self._path) as connection:
            return read_head(connection) if begun(connection) else Head(0, GENESIS)

    def read(self, after: int = 0, limit: int = 1000) -> list[Event]:
        """Events with a seq over `after`, ascending."""
        return self._select("WHERE seq > ? ORDER BY seq LIMIT ?", (after, _bounded(limit)))

    def read_parts(self, after: int, limit: int) -> Iterator[list[Event]]:
        """What `read` answers, in parts: read at once, decoded part by part when asked for."""
        rows = self._rows("WHERE seq > ? ORDER BY seq LIMIT ?", (after, _bounded(limit)))
        return (_events(self.stream, rows[at : at + PART]) for at in range(0, len(rows), PART))

    def newest(
        self, *, before: int | None = None, limit: int = 100, kind: str | None = None
    ) -> list[Event]:
        """The newest events (of a kind; with a seq under `before`), descending."""
        conditions: list[str] = []
        values: list[object] = []
        if before is not None:
            conditions.append("seq < ?")
            values.append(before)
        if kind is not None:
            conditions.append("kind = ?")
            values.append(kind)
        where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        return self._select(f"{where}ORDER BY seq DESC LIMIT ?", (*values, _bounded(limit)))

    def about(self, ref: str, limit: int = 1000) -> list[Event]:
        """Events about one trade or batch, ascending."""
        return self._select("WHERE ref = ? ORDER BY seq LIMIT ?", (ref, _bounded(limit)))

    def at(self, seqs: Sequence[int]) -> list[Event]:
        """The events with these seqs (10,000 at the most), ascending; unknown ones are left out."""
        wanted = sorted(set(seqs))[:MAX_LIMIT]
        found: list[Event] = []
        for first in range(0, len(wanted), _IN_ONE_QUERY):
            part = wanted[first : first + _IN_ONE_QUERY]
            marks = ",".join("?" * len(part))
            found += self._select(f"WHERE seq IN ({marks}) ORDER BY seq", part)
        return found

    def _select(self, clause: str, values: Sequence[object]) -> list[Event]:
        rows = self._rows(clause, values)
        return _events(self.stream, rows) if rows else []

    def _rows(self, clause: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        if not self._path.exists():
            return []
        with reading(self._path) as connection:
            if not begun(connection):
                return []
            # Fetched whole: a half-consumed cursor would pin the WAL.
            return connection.execute(f"SELECT {_COLUMNS} {clause}", values).fetchall()


def _bounded(limit: int) -> int:
    return max(0, min(limit, MAX_LIMIT))


def _events(stream: str, rows: Sequence[tuple[Any, ...]]) -> list[Event]:
    """By columns, half of the time that going row by row takes."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    bodies = decode_bodies(columns[_BODY])
    columns[_SCHEMA], columns[_BODY] = upcast_all(columns[_KIND], columns[_SCHEMA], bodies)
    return list(map(Event._make, zip(repeat(stream), *columns, strict=False)))
