"""Reading: bounded batches, read-only, old bodies in the newest schema."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from trader.store import Reader, Recorder, current_schema, register, streams
from trader.store.database import reading
from trader.store.reader import MAX_LIMIT

Record = Callable[..., Recorder]


@pytest.fixture
def reader(recorder: Recorder, folder: Path) -> Reader:
    for number in range(1, 21):
        kind = "even" if number % 2 == 0 else "odd"
        recorder.append(kind, {"n": number}, ref=f"trade-{number % 3}")
    recorder.flush()
    return Reader("bot", folder=folder)


def test_read_is_ascending_behind_a_seq(reader: Reader) -> None:
    assert [event.seq for event in reader.read(after=5, limit=3)] == [6, 7, 8]


def test_a_batch_is_bounded_whatever_is_asked_for(recorder: Recorder, folder: Path) -> None:
    for _ in range(MAX_LIMIT + 5):
        recorder.append("a", {})
    recorder.flush()
    assert len(Reader("bot", folder=folder).read(limit=10**9)) == MAX_LIMIT


def test_newest_is_descending(reader: Reader) -> None:
    assert [event.seq for event in reader.newest(limit=3)] == [20, 19, 18]


def test_newest_goes_on_before_a_seq(reader: Reader) -> None:
    assert [event.seq for event in reader.newest(before=18, limit=2)] == [17, 16]


def test_newest_of_a_kind(reader: Reader) -> None:
    assert [event.seq for event in reader.newest(kind="odd", before=18, limit=2)] == [17, 15]


def test_about_a_trade(reader: Reader) -> None:
    assert [event.seq for event in reader.about("trade-2")] == [2, 5, 8, 11, 14, 17, 20]


def test_at_gives_the_events_with_these_seqs(reader: Reader) -> None:
    assert [event.seq for event in reader.at([8, 2, 999, 2])] == [2, 8]


def test_head_is_the_newest_event(reader: Reader) -> None:
    newest = reader.newest(limit=1)[0]
    assert (reader.head().seq, reader.head().hash) == (newest.seq, newest.hash)


def test_a_stream_that_is_not_there_is_empty(folder: Path) -> None:
    reader = Reader("none", folder=folder)
    assert (reader.head().seq, reader.read(), reader.newest(), reader.about("1")) == (0, [], [], [])


def test_streams_are_named(record: Record, folder: Path) -> None:
    record(bot="b")
    record(bot="a", stream="a.2")
    assert streams(folder) == ["a.2", "b"]


def test_a_folder_without_streams_has_none(folder: Path) -> None:
    assert streams(folder) == []


def test_reading_cannot_write(reader: Reader, database: Path) -> None:
    with reading(database) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("CREATE TABLE x (y)")


def test_a_reader_leaves_no_transaction_behind(reader: Reader, database: Path) -> None:
    reader.read()
    with closing(sqlite3.connect(database)) as other:
        busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_user_who_may_only_read_can_read_a_closed_stream(
    recorder: Recorder, folder: Path, tmp_path: Path
) -> None:
    recorder.append("a", {})
    recorder.close()
    copy = tmp_path / "copy" / "events"
    copy.mkdir(parents=True)
    shutil.copy(folder / "events" / "bot.sqlite3", copy)
    (copy / "bot.sqlite3").chmod(0o444)
    code = (
        "import os, sys\n"
        "from trader.store import Reader\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "print(Reader('bot', folder=sys.argv[1]).head().seq)\n"
    )
    copy.chmod(0o555)
    for parent in tmp_path.parents:
        if len(parent.parts) > 2:
            parent.chmod(parent.stat().st_mode | 0o055)
    tmp_path.chmod(0o755)
    copy.parent.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(tmp_path / "copy")],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "1", done.stderr


def test_old_bodies_are_read_in_the_newest_schema(record: Record, folder: Path) -> None:
    recorder = record()
    recorder.append("test.upcast", {"pl": "1"})
    recorder.close()
    register("test.upcast", 1, lambda body: {"net_pnl": body["pl"]})
    again = record()
    again.append("test.upcast", {"net_pnl": "2"})
    again.flush()
    events = Reader("bot", folder=folder).read()
    assert [(event.schema, event.body) for event in events] == [
        (2, {"net_pnl": "1"}),
        (2, {"net_pnl": "2"}),
    ]
    assert current_schema("test.upcast") == 2


def test_upcasters_are_registered_in_order() -> None:
    with pytest.raises(ValueError, match="schema 1, not 2"):
        register("test.order", 2, dict)
