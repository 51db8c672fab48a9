"""Verifying names the first bad event, and finds a history rewritten as a whole."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from trader.store import GENESIS, Head, Reader, Recorder, Verification, verify
from trader.store.codec import chain, parse, payload_of
from trader.store.database import INSERT, SCHEMA

COLUMNS = "seq, occurred_at, recorded_at, kind, schema, bot, version, mode, ref, body"


@pytest.fixture
def stream(record: Callable[..., Recorder], folder: Path) -> Path:
    recorder = record()
    for number in range(1, 31):
        recorder.append("a", {"n": number}, ref="1" if number % 2 else None)
    recorder.close()
    return folder


def alter(database: Path, *statements: str) -> None:
    """Change the file by force, and put the guards back."""
    guards = ["event_never_changes", "event_never_goes", "event_follows"]
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for guard in guards:
            connection.execute(f"DROP TRIGGER {guard}")
        for statement in statements:
            connection.execute(statement)
        for guard in guards:
            connection.execute(SCHEMA[guard])


def rewrite(database: Path) -> None:
    """Write another history with a chain of its own."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        rows = connection.execute(f"SELECT {COLUMNS} FROM event ORDER BY seq").fetchall()
    alter(database, "DELETE FROM event")
    previous = GENESIS
    with closing(sqlite3.connect(database)) as connection:
        for row in rows:
            payload = payload_of(row).replace(b'"n":12', b'"n":99')
            previous = chain(previous, payload)
            connection.execute(INSERT, (*parse(payload), previous))
        connection.commit()


def test_what_was_recorded_is_right(stream: Path) -> None:
    found = verify("bot", folder=stream)
    assert (found.ok, found.events, found.lost, found.first_bad) == (True, 30, 0, None)
    assert found.head == Reader("bot", folder=stream).head()


@pytest.mark.parametrize(
    "change",
    [
        "body = '{\"n\":13}'",
        "occurred_at = occurred_at + 1",
        "recorded_at = 0",
        "kind = 'b'",
        "schema = 2",
        "bot = 'x'",
        "version = 'x'",
        "mode = 'live'",
        "ref = '2'",
        "ref = ''",
        "ref = '='",
        "hash = x'00'",
    ],
)
def test_any_column_changed_is_the_first_bad_event(
    stream: Path, database: Path, change: str
) -> None:
    alter(database, f"UPDATE event SET {change} WHERE seq = 12")
    assert verify("bot", folder=stream).first_bad == 12


def test_a_missing_event_is_named(stream: Path, database: Path) -> None:
    alter(database, "DELETE FROM event WHERE seq = 12")
    found = verify("bot", folder=stream)
    assert (found.first_bad, found.problem) == (12, "event 12 is missing: 13 follows 11")


def test_events_swapped_are_seen(stream: Path, database: Path) -> None:
    alter(
        database,
        "UPDATE event SET seq = -1 WHERE seq = 12",
        "UPDATE event SET seq = 12 WHERE seq = 13",
        "UPDATE event SET seq = 13 WHERE seq = -1",
    )
    assert verify("bot", folder=stream).first_bad == 12


def test_a_guard_taken_away_is_seen(stream: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("DROP TRIGGER event_follows")
    assert "event_follows" in str(verify("bot", folder=stream).problem)


def test_a_history_rewritten_as_a_whole_has_a_chain_of_its_own(
    stream: Path, database: Path
) -> None:
    rewrite(database)
    assert verify("bot", folder=stream).ok


@pytest.mark.parametrize("as_text", [True, False])
def test_a_pinned_head_finds_a_rewritten_history(
    stream: Path, database: Path, as_text: bool
) -> None:
    pinned = Reader("bot", folder=stream).head()
    rewrite(database)
    found = verify("bot", folder=stream, pinned=str(pinned) if as_text else pinned)
    assert found.first_bad == 30
    assert "rewritten" in str(found.problem)


def test_a_pinned_head_that_still_stands_is_right(
    stream: Path, record: Callable[..., Recorder]
) -> None:
    pinned = str(Reader("bot", folder=stream).head())
    recorder = record()
    recorder.append("a", {})
    recorder.close()
    assert verify("bot", folder=stream, pinned=pinned).ok


def test_a_pinned_head_beyond_the_end_is_a_lost_tail(stream: Path) -> None:
    assert verify("bot", folder=stream, pinned=Head(31, bytes(32))).first_bad == 31


@pytest.mark.parametrize("text", ["", "12", "12:abc", "x:" + "0" * 64, "-1:" + "0" * 64])
def test_what_is_no_head_cannot_be_pinned(stream: Path, text: str) -> None:
    with pytest.raises(ValueError, match="SEQ:HASH"):
        verify("bot", folder=stream, pinned=text)


def test_a_stream_that_is_not_there_is_a_problem(folder: Path) -> None:
    assert not verify("none", folder=folder).ok


def test_progress_is_told(stream: Path) -> None:
    told: list[tuple[int, int]] = []
    verify("bot", folder=stream, progress=lambda done, total: told.append((done, total)))
    assert told == [(30, 30)]


def test_a_file_that_is_no_database_is_a_problem(stream: Path, database: Path) -> None:
    database.write_bytes(b"no database at all" * 500)
    found: Verification = verify("bot", folder=stream)
    assert not found.ok
