"""Files deleted, replaced or closed to writing: noticed, made again, reported."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.trader.store.trouble import (
    ROOT,
    Record,
    append,
    eventually,
    on_posix,
    seqs,
)
from trader.store import LOST, REPAIRED, Reader, Recorder, verify
from trader.store.database import SCHEMA

# Files deleted or replaced


@on_posix
def test_a_deleted_database_is_rescued_from_the_open_file(
    recorder: Recorder, database: Path, folder: Path
) -> None:
    append(recorder, 50)
    recorder.flush()
    database.unlink()
    append(recorder, 50)
    # A hundred, and the report.
    assert eventually(lambda: recorder.flush() and verify("bot", folder=folder).events == 101)
    assert verify("bot", folder=folder).lost == 0


@on_posix
def test_a_rescue_is_reported_in_the_stream(
    recorder: Recorder, database: Path, folder: Path
) -> None:
    append(recorder, 5)
    recorder.flush()
    database.unlink()
    reader = Reader("bot", folder=folder)
    assert eventually(lambda: any(event.kind == REPAIRED for event in reader.read()))


@on_posix
def test_a_database_put_in_place_of_the_open_one_goes_to_quarantine(
    recorder: Recorder, database: Path, folder: Path
) -> None:
    append(recorder, 50)
    recorder.flush()
    other = folder / "other.sqlite3"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE foreign_table (x)")
    other.replace(database)
    assert eventually(lambda: any((folder / "events").glob("quarantine/*/bot.sqlite3")))
    assert eventually(lambda: recorder.flush() and verify("bot", folder=folder).events == 51)


@on_posix
def test_the_whole_folder_deleted_is_made_again(recorder: Recorder, folder: Path) -> None:
    append(recorder, 50)
    recorder.flush()
    shutil.rmtree(folder)
    assert eventually(lambda: (folder / "events" / "bot.sqlite3").exists())
    append(recorder, 5)
    recorder.close()
    assert verify("bot", folder=folder).ok
    assert Reader("bot", folder=folder).newest(limit=1)[0].body["n"] == 4


@on_posix
def test_a_deleted_spool_goes_on_in_a_new_file(
    recorder: Recorder, spool: Path, folder: Path
) -> None:
    append(recorder, 5)
    shutil.rmtree(spool)
    assert eventually(lambda: spool.exists() and any(spool.iterdir()))
    append(recorder, 5)
    recorder.flush()
    assert seqs(folder) == list(range(1, 11))


@on_posix
def test_a_deleted_lock_is_taken_again(recorder: Recorder, folder: Path, record: Record) -> None:
    lock = folder / "events" / "bot.lock"
    lock.unlink()
    assert eventually(lock.exists)
    with pytest.raises(Exception, match="already being written"):
        record()


def test_a_database_deleted_between_two_runs_is_rebuilt_from_the_spool(
    record: Record, database: Path, folder: Path
) -> None:
    first = record()
    append(first, 50)
    first.close()
    database.unlink()
    record()
    assert seqs(folder) == list(range(1, 51))


def test_a_lost_tail_is_filled_from_the_spool(
    record: Record, database: Path, folder: Path, tmp_path: Path
) -> None:
    first = record()
    append(first, 20)
    first.close()
    shutil.copy(database, tmp_path / "old")
    second = record()
    append(second, 20)
    second.close()
    shutil.copy(tmp_path / "old", database)
    record()
    assert verify("bot", folder=folder).events == 40


def test_a_lost_tail_that_the_spool_has_not_is_reported_as_lost(
    record: Record, database: Path, folder: Path, spool: Path, tmp_path: Path
) -> None:
    first = record()
    append(first, 20)
    first.close()
    shutil.copy(database, tmp_path / "old")
    second = record()
    append(second, 20)
    second.close()
    shutil.copy(tmp_path / "old", database)
    shutil.rmtree(spool)
    recorder = record()
    recorder.flush()
    kinds = [event.kind for event in Reader("bot", folder=folder).read()]
    assert kinds == ["a"] * 20 + [LOST] * 20 + [REPAIRED]


def test_verify_sees_a_lost_tail(record: Record, database: Path, folder: Path) -> None:
    first = record()
    append(first, 20)
    first.close()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER event_never_goes")
        connection.execute("DELETE FROM event WHERE seq > 15")
        connection.execute(SCHEMA["event_never_goes"])
    found = verify("bot", folder=folder)
    assert (found.first_bad, found.events) == (16, 15)


# A read-only folder


@on_posix
def test_a_read_only_folder_is_refused_at_the_start(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "from trader.store import Recorder, StreamUnusable\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "try: Recorder('bot', version='1', mode='demo', folder=sys.argv[1])\n"
        "except StreamUnusable as error: print('refused:', error)\n"
    )
    tmp_path.chmod(0o555)
    done = run_open(code, str(tmp_path / "db"))
    assert done.startswith("refused:")


@on_posix
def test_a_folder_that_becomes_read_only_does_not_stop_events(tmp_path: Path) -> None:
    """Run as a user without privileges: root could write anyway."""
    code = (
        "import os, sys, time\n"
        "from trader.store import Recorder, verify\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "r = Recorder('bot', version='1', mode='demo', folder=sys.argv[1], segment_bytes=65536)\n"
        "while r._spool.room < 70000: time.sleep(0.01)\n"
        "os.chmod(sys.argv[1] + '/events/bot.spool', 0o500)\n"
        "acks = [r.append('a', {'text': 'x y ' * 100}) for _ in range(400)]\n"
        "deadline = time.monotonic() + 5\n"
        "while not r.health.alarms and time.monotonic() < deadline: time.sleep(0.01)\n"
        "taken = sum(ack.stored for ack in acks)\n"
        "print(100 < taken < 400, r.health.refused == 400 - taken, len(r.health.alarms))\n"
        "os.chmod(sys.argv[1] + '/events/bot.spool', 0o700)\n"
        "r.close()\n"
        "print(verify('bot', folder=sys.argv[1]).events == taken)\n"
    )
    tmp_path.chmod(0o777)
    assert run_open(code, str(tmp_path / "db")).split() == ["True", "True", "1", "True"]


def run_open(code: str, *arguments: str) -> str:
    """Run as another user, so the path to the folder has to be open to all."""
    for parent in Path(arguments[0]).parent.parents:
        if os.geteuid() == 0 and parent.stat().st_uid == 0 and len(parent.parts) > 2:
            parent.chmod(parent.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
