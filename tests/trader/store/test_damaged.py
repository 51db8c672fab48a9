"""Damaged pages and foreign histories: to quarantine, rebuilt, the gap reported."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.trader.store.trouble import Record, append, damage, eventually
from trader.store import REPAIRED, Reader, Recorder, backup, verify

# Damage


def test_a_damaged_page_is_noticed_at_a_start_and_rebuilt(
    record: Record, database: Path, folder: Path
) -> None:
    first = record()
    append(first, 500)
    first.close()
    damage(database, 8 * 4096, 10 * 4096)
    assert not verify("bot", folder=folder).ok
    recorder = record()
    recorder.flush()
    found = verify("bot", folder=folder)
    assert (found.ok, found.lost, found.events) == (True, 0, 501)
    assert any((folder / "events").glob("quarantine/*/bot.sqlite3"))


def test_a_damaged_page_under_a_running_recorder_is_rebuilt(
    record: Record, database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trader.store.keeper.SCRUB_PAUSE", 0.1)
    recorder = record()
    append(recorder, 500)
    recorder.flush()
    # A checkpoint, so that the pages are in the file; then all but the first are damaged.
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    subprocess.run(
        [sys.executable, "-c", DAMAGE, str(database)],
        check=True,
    )
    append(recorder, 3000, size=200)
    assert eventually(lambda: recorder.flush(1) and verify("bot", folder=folder).ok, 20)
    assert verify("bot", folder=folder).lost == 0


DAMAGE = """
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(0, 2)
    end = file.tell()
    file.seek(4096)
    file.write(b"U" * (end - 4096))
"""


def test_a_backup_fills_what_spool_and_file_lost(
    record: Record, database: Path, folder: Path, spool: Path
) -> None:
    first = record()
    append(first, 500)
    first.flush()
    backup("bot", folder=folder)
    first.close()
    shutil.rmtree(spool)
    damage(database, 8 * 4096, 10 * 4096)
    recorder = record()
    recorder.flush()
    assert verify("bot", folder=folder).lost == 0


def test_without_any_source_the_gap_is_in_the_stream(
    record: Record, database: Path, folder: Path, spool: Path
) -> None:
    first = record()
    append(first, 500)
    first.close()
    shutil.rmtree(spool)
    damage(database, 8 * 4096, 9 * 4096)
    recorder = record()
    recorder.flush()
    found = verify("bot", folder=folder)
    assert found.ok
    assert 0 < found.lost < 200
    report = Reader("bot", folder=folder).newest(kind=REPAIRED)[0].body
    assert sum(last - first + 1 for first, last in report["lost"]) == found.lost


def test_events_that_another_program_wrote_into_the_file_go_to_quarantine(
    recorder: Recorder, database: Path, folder: Path
) -> None:
    append(recorder, 5)
    recorder.flush()
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute(
            "INSERT INTO event VALUES (6, 1, 1, 'forged', 1, 'b', 'v', 'live', NULL, '{}', x'00')"
        )
    append(recorder, 5)
    assert eventually(lambda: recorder.flush(1) and verify("bot", folder=folder).ok)
    assert "forged" not in {event.kind for event in Reader("bot", folder=folder).read()}


def test_a_spool_of_another_history_is_set_aside(
    record: Record, database: Path, folder: Path, tmp_path: Path
) -> None:
    other = record(folder=tmp_path / "other")
    append(other, 10)
    other.close()
    first = record()
    append(first, 10)
    first.close()
    (folder / "events" / "bot.spool").rename(tmp_path / "old")
    shutil.copytree(tmp_path / "other" / "events" / "bot.spool", folder / "events" / "bot.spool")
    recorder = record()
    recorder.flush()
    assert any((folder / "events").glob("quarantine/*/bot.spool"))
    assert verify("bot", folder=folder).events == 11


def test_an_event_altered_under_a_running_recorder_is_an_alarm(
    record: Record, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trader.store.keeper.SCRUB_PAUSE", 0.1)
    recorder = record()
    append(recorder, 50)
    recorder.flush()
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("DROP TRIGGER event_never_changes")
        other.execute("UPDATE event SET body = '{}' WHERE seq = 17")
    assert eventually(lambda: any("event 17 " in alarm for alarm in recorder.health.alarms))
