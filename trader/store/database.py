"""The SQLite file of a stream: its schema, and how it is opened for writing and reading."""

import os
import sqlite3
import urllib.parse  # noqa: F401  (Path.as_uri imports it only when called, as may be too late)
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from .files import BINARY
from .model import GENESIS, Head

APPLICATION_ID = 0x424C4F54  # "BLOT"
FORMAT = 1
BUSY_TIMEOUT = 0.1

#: Primary result codes that say the file is damaged.
CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

SCHEMA: dict[str, str] = {
    "event": """CREATE TABLE event (
  seq         INTEGER PRIMARY KEY,
  occurred_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  schema      INTEGER NOT NULL,
  bot         TEXT NOT NULL,
  version     TEXT NOT NULL,
  mode        TEXT NOT NULL,
  ref         TEXT,
  body        TEXT NOT NULL CHECK (json_valid(body)),
  hash        BLOB NOT NULL
) STRICT""",
    "event_ref": "CREATE INDEX event_ref ON event (ref) WHERE ref IS NOT NULL",
    "event_never_changes": """CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'events are never changed: append a correction'); END""",
    "event_never_goes": """CREATE TRIGGER event_never_goes BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'events are never deleted: append a correction'); END""",
    # Without this one INSERT OR REPLACE would rewrite history: it fires no DELETE trigger.
    "event_follows": """CREATE TRIGGER event_follows BEFORE INSERT ON event
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, 'an event takes the next seq'); END""",
}

INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

#: So many rows go into SQLite by one statement, during which the interpreter is free.
CHUNK = 8
INSERT_CHUNK = INSERT + ", (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" * (CHUNK - 1)


def open_writer(path: Path) -> sqlite3.Connection:
    """The one read-write connection; makes the file where there is none.

    Used by one thread at a time. Raises sqlite3.Error or OSError.
    """
    _create_private(path)
    connection = sqlite3.connect(
        _uri(path, "rw"),
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _configure(connection)
        _install(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create_private(path: Path) -> None:
    """Only its owner may read it; SQLite gives -wal and -shm the same permissions."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | BINARY, 0o600))


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 1000")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    connection.execute("PRAGMA mmap_size = 0")


def _install(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == FORMAT:
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in SCHEMA.values():
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute("COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection for a moment: read a bounded batch, and leave.

    A read-only user cannot make the -shm file that WAL needs; where no -wal exists there
    is nothing but the file itself, which is then read as immutable.
    """
    with closing(_connect_readonly(path)) as connection:
        yield connection


def _connect_readonly(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(_uri(path, "ro"), uri=True, timeout=5, isolation_level=None)
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        damaged = not isinstance(error, sqlite3.OperationalError)
        if damaged or not path.exists() or path.with_name(path.name + "-wal").exists():
            raise
        return sqlite3.connect(
            _uri(path, "ro") + "&immutable=1", uri=True, timeout=5, isolation_level=None
        )
    return connection


def begun(connection: sqlite3.Connection) -> bool:
    """Whether the writer has made its table yet: the file is there a moment before it."""
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'event'").fetchone()
    return found is not None


def read_head(connection: sqlite3.Connection) -> Head:
    """The newest event's seq and hash."""
    row = connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(*row) if row else Head(0, GENESIS)


def _uri(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"
