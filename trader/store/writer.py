"""The read-write side of the SQLite file: inserts batches, knows the head."""

import os
import shutil
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from .database import CHUNK, INSERT, INSERT_CHUNK, open_writer, read_head
from .files import BINARY, sync_data, write_at
from .headfile import HeadFile
from .model import GENESIS, Head
from .paths import StreamPaths

# What a thousand pages take, after which SQLite begins the -wal anew, and a batch more.
_WAL_BYTES = 5 << 20
_WAL_LIMIT = 64 << 20
_BLOCK = 1 << 18
_PLENTY = 1 << 30


class Writer:
    """The one read-write connection of a stream. Raises sqlite3.Error and OSError."""

    def __init__(self, paths: StreamPaths) -> None:
        self.paths = paths
        self.connection = open_writer(paths.database)
        self._wal_bytes = 0
        try:
            self._identity = paths.database.stat()
            self.head: Head = read_head(self.connection)
            self._headfile = HeadFile(paths.head)
        except BaseException:
            self.connection.close()
            raise

    def insert(self, rows: Iterable[tuple[object, ...]], *, one_by_one: bool = False) -> None:
        """Insert rows, all or none of them, and sync."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            if one_by_one:
                connection.executemany(INSERT, rows)
            else:
                self._insert_chunks(iter(rows))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _insert_chunks(self, rows: Iterator[tuple[object, ...]]) -> None:
        """A few rows a statement: fewer turns at the interpreter, which callers need too."""
        while chunk := list(islice(rows, CHUNK)):
            if len(chunk) == CHUNK:
                self.connection.execute(INSERT_CHUNK, tuple(chain.from_iterable(chunk)))
            else:
                self.connection.executemany(INSERT, chunk)

    def fill_wal(self) -> None:
        """Give the -wal a few megabytes in advance, where the disk has plenty of room.

        A file that grows makes each sync write the file system's journal, and an append to
        the spool that comes just then waits for it: milliseconds instead of microseconds.
        SQLite reads no further than the last frame whose checksum fits. Raises OSError.
        """
        path = self.paths.database.with_name(self.paths.database.name + "-wal")
        size = path.stat().st_size
        if self._wal_bytes and size <= self._wal_bytes:
            return
        self._wal_bytes = size + _WAL_BYTES  # readers kept SQLite from beginning it anew
        if shutil.disk_usage(path.parent).free < _PLENTY or size > _WAL_LIMIT:
            return
        # Closing it drops no lock: SQLite locks the database and the -shm, never the -wal.
        descriptor = os.open(path, os.O_RDWR | BINARY)
        try:
            for offset in range(size, self._wal_bytes, _BLOCK):
                write_at(descriptor, bytes(min(_BLOCK, self._wal_bytes - offset)), offset)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync(self) -> None:
        """Bring what was committed to the disk, where COMMIT does not. Raises OSError."""
        path = self.paths.database.with_name(self.paths.database.name + "-wal")
        # Closing it drops no lock: SQLite locks the database and the -shm, never the -wal.
        descriptor = os.open(path, os.O_RDWR | BINARY)
        try:
            sync_data(descriptor)
        finally:
            os.close(descriptor)

    def note(self, head: Head) -> None:
        """What was committed is the head now."""
        self.head = head
        self._headfile.write(head)

    def hashes(self, after: int, limit: int) -> dict[int, bytes]:
        """Hashes of the events behind `after`, by seq; genesis is that of 0."""
        rows = self.connection.execute(
            "SELECT seq, hash FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
        )
        return {0: GENESIS, **dict(rows.fetchall())}

    def in_place(self) -> bool:
        """Whether the path still names the file that is open."""
        try:
            return os.path.samestat(self._identity, self.paths.database.stat())
        except OSError:
            return False

    def close(self) -> None:
        self.connection.close()
        self._headfile.close()
