"""The file itself refuses what would change history."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from trader.store.database import INSERT, SCHEMA, open_writer

ROW = (1, 1, "kind", 1, "bot", "version", "paper", None, "{}", b"hash")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_writer(tmp_path / "a.sqlite3")) as connection:
        connection.execute(INSERT, (1, *ROW))
        yield connection


@pytest.mark.parametrize("seq", [1, 3, 0, -1, None])
@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"])
def test_only_the_next_seq_is_taken(
    connection: sqlite3.Connection, verb: str, seq: int | None
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="next seq"):
        connection.execute(INSERT.replace("INSERT", verb), (seq, *ROW))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'x'",
        "UPDATE OR REPLACE event SET seq = 9",
        "DELETE FROM event",
        INSERT + " ON CONFLICT DO UPDATE SET kind = 'x'",
    ],
)
def test_nothing_is_changed_or_deleted(connection: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement, (1, *ROW) if "?" in statement else ())


@pytest.mark.parametrize(
    ("column", "value"), [(0, None), (2, None), (3, "one"), (8, "no json"), (9, None), (9, "text")]
)
def test_a_row_of_other_types_is_refused(
    connection: sqlite3.Connection, column: int, value: object
) -> None:
    row = [2, *ROW]
    row[column + 1] = value  # type: ignore[call-overload]
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(INSERT, row)


def test_the_writer_is_wal_and_synced_at_each_commit(connection: sqlite3.Connection) -> None:
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_the_schema_is_the_designs(connection: sqlite3.Connection) -> None:
    found = dict(connection.execute("SELECT name, sql FROM sqlite_schema").fetchall())
    assert found == SCHEMA
