"""Backups are whole and proven; restoring never overwrites."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from trader.store import BackupFailed, Reader, Recorder, StreamLocked, backup, restore, verify

Record = Callable[..., Recorder]


@pytest.fixture
def recorder(record: Record) -> Recorder:
    recorder = record()
    for number in range(1, 101):
        recorder.append("a", {"n": number})
    recorder.flush()
    return recorder


def test_a_backup_while_the_bot_runs_is_whole(recorder: Recorder, folder: Path) -> None:
    stop = threading.Event()

    def record_on() -> None:
        while not stop.is_set():
            recorder.append("a", {})

    thread = threading.Thread(target=record_on)
    thread.start()
    try:
        made = backup("bot", folder=folder)
    finally:
        stop.set()
        thread.join()
    restore(made.path, "copy", folder=folder)
    found = verify("copy", folder=folder, pinned=made.head)
    assert found.ok
    assert found.head == made.head
    assert made.head.seq >= 100


def test_a_backup_goes_where_it_is_told(recorder: Recorder, folder: Path, tmp_path: Path) -> None:
    made = backup("bot", tmp_path / "mine.sqlite3", folder=folder)
    assert made.path == tmp_path / "mine.sqlite3"
    assert made.bytes == made.path.stat().st_size


def test_a_backup_never_overwrites(recorder: Recorder, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine.sqlite3"
    target.write_text("mine")
    with pytest.raises(BackupFailed, match="never overwrites"):
        backup("bot", target, folder=folder)
    assert target.read_text() == "mine"


def test_a_backup_of_a_damaged_stream_is_refused_and_leaves_nothing(
    recorder: Recorder, folder: Path, database: Path
) -> None:
    recorder.close()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER event_never_changes")
        connection.execute("UPDATE event SET body = '{}' WHERE seq = 7")
    with pytest.raises(BackupFailed):
        backup("bot", folder=folder)
    assert list((folder / "backups").iterdir()) == []


def test_a_stream_that_is_not_there_has_no_backup(folder: Path) -> None:
    with pytest.raises(BackupFailed, match="no stream"):
        backup("none", folder=folder)


def test_restore_refuses_to_overwrite(recorder: Recorder, folder: Path) -> None:
    made = backup("bot", folder=folder)
    recorder.close()
    with pytest.raises(BackupFailed, match="never overwrites"):
        restore(made.path, "bot", folder=folder)


def test_restore_refuses_while_a_bot_records(
    recorder: Recorder, folder: Path, tmp_path: Path, record: Record
) -> None:
    made = backup("bot", folder=folder)
    other = record(folder=tmp_path / "other")
    (tmp_path / "other" / "events" / "bot.sqlite3").rename(tmp_path / "away")
    (tmp_path / "other" / "events" / "bot.sqlite3-wal").rename(tmp_path / "away-wal")
    try:
        with pytest.raises((StreamLocked, BackupFailed)):
            restore(made.path, "bot", folder=tmp_path / "other")
    finally:
        other.close()


def test_a_point_in_time_is_restored(recorder: Recorder, folder: Path) -> None:
    made = backup("bot", folder=folder)
    restored = restore(made.path, "then", folder=folder, until=42)
    assert (restored.head.seq, verify("then", folder=folder).events) == (42, 42)


@pytest.mark.parametrize("until", [0, -1, 101])
def test_a_point_outside_the_backup_is_refused(
    recorder: Recorder, folder: Path, until: int
) -> None:
    made = backup("bot", folder=folder)
    with pytest.raises(BackupFailed, match="1 to 100"):
        restore(made.path, "then", folder=folder, until=until)


def test_a_restored_stream_is_recorded_on(
    recorder: Recorder, folder: Path, tmp_path: Path, record: Record
) -> None:
    made = backup("bot", folder=folder)
    restore(made.path, "bot", folder=tmp_path / "new")
    assert record(folder=tmp_path / "new").append("a", {}).seq == 101


def test_what_the_spool_has_beyond_a_backup_comes_back_with_the_next_start(
    recorder: Recorder, folder: Path, database: Path, record: Record
) -> None:
    made = backup("bot", folder=folder)
    recorder.append("a", {"n": 101})
    recorder.close()
    database.unlink()
    restore(made.path, "bot", folder=folder)
    record()
    assert Reader("bot", folder=folder).newest(limit=1)[0].body == {"n": 101}


def test_a_point_in_time_is_refused_where_the_spool_would_undo_it(
    recorder: Recorder, folder: Path, database: Path
) -> None:
    made = backup("bot", folder=folder)
    recorder.close()
    database.unlink()
    with pytest.raises(BackupFailed, match="later events"):
        restore(made.path, "bot", folder=folder, until=42)


def test_a_bad_backup_is_not_restored(recorder: Recorder, folder: Path) -> None:
    made = backup("bot", folder=folder)
    with made.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"U" * 4096)
    with pytest.raises(BackupFailed, match="no good backup"):
        restore(made.path, "copy", folder=folder)


def test_a_missing_file_is_not_restored(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="no file"):
        restore(tmp_path / "none", "copy", folder=folder)
