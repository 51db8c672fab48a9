"""The read-write side of the SQLite file: inserts batches, knows the head."""

import os
from collections.abc import Iterable

from .database import INSERT, open_writer, read_head
from .headfile import HeadFile
from .model import GENESIS, Head
from .paths import StreamPaths


class Writer:
    """The one read-write connection of a stream. Raises sqlite3.Error and OSError."""

    def __init__(self, paths: StreamPaths) -> None:
        self.paths = paths
        self.connection = open_writer(paths.database)
        try:
            self._identity = paths.database.stat()
            self.head: Head = read_head(self.connection)
            self._headfile = HeadFile(paths.head)
        except BaseException:
            self.connection.close()
            raise

    def insert(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Insert rows, all or none of them, and sync."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(INSERT, rows)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

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
