"""Each kind of trouble, done for real: nothing is raised, nothing acknowledged is lost."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from trader.store import LOST, REPAIRED, Reader, Recorder, backup, verify
from trader.store.database import SCHEMA

ROOT = Path(__file__).parents[3]
Record = Callable[..., Recorder]

on_posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows does not let open files be deleted"
)
can_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def eventually(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def append(recorder: Recorder, count: int, *, size: int = 20) -> list[int]:
    """Append events; the seqs of those acknowledged."""
    acks = [recorder.append("a", {"n": n, "text": "x y " * (size // 4)}) for n in range(count)]
    return [ack.seq for ack in acks if ack.seq is not None]


def seqs(folder: Path) -> list[int]:
    return [event.seq for event in Reader("bot", folder=folder).read(limit=10_000)]


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program holds the database's write lock."""
    code = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "print('locked', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            other.kill()


def damage(path: Path, start: int, end: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\x55" * (end - start))


# A database locked by another program


def test_a_locked_database_does_not_delay_an_append(recorder: Recorder, database: Path) -> None:
    with locked(database):
        began = time.perf_counter()
        append(recorder, 200)
        assert time.perf_counter() - began < 1.0
        assert recorder.health.backlog > 0


def test_what_came_while_it_was_locked_is_moved_afterwards(
    recorder: Recorder, database: Path, folder: Path
) -> None:
    with locked(database):
        append(recorder, 50)
        assert not recorder.flush(timeout=0.2)
    assert recorder.flush()
    assert seqs(folder) == list(range(1, 51))


def test_a_long_lock_is_an_alarm_until_it_is_over(recorder: Recorder, database: Path) -> None:
    with locked(database):
        append(recorder, 1)
        assert eventually(lambda: any("lock" in alarm for alarm in recorder.health.alarms))
    assert recorder.flush()
    assert eventually(lambda: not recorder.health.alarms)


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Eight megabytes that can be filled."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk takes Linux and root")
    point = tmp_path / "disk"
    point.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(point)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield point
    finally:
        subprocess.run(["umount", "-l", str(point)], check=True)


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(65536)):
            pass
    with suppress(OSError), filler.open("ab", buffering=0) as file:
        while file.write(bytes(512)):
            pass
    return filler


@pytest.fixture
def on_small_disk(record: Record, small_disk: Path) -> Iterator[Recorder]:
    recorder = record(folder=small_disk / "db", segment_bytes=1 << 17)
    append(recorder, 10)
    recorder.flush()
    assert eventually(lambda: recorder._spool.room > 1 << 17)
    yield recorder
    (small_disk / "filler").unlink(missing_ok=True)


def test_a_full_disk_leaves_the_reserve_for_events(
    on_small_disk: Recorder, small_disk: Path
) -> None:
    fill(small_disk)
    assert len(append(on_small_disk, 300, size=400)) == 300


def test_a_full_disk_is_an_alarm(on_small_disk: Recorder, small_disk: Path) -> None:
    fill(small_disk)
    append(on_small_disk, 300, size=400)
    assert eventually(lambda: any("disk" in alarm for alarm in on_small_disk.health.alarms))


def test_beyond_the_reserve_events_are_refused_and_counted(
    on_small_disk: Recorder, small_disk: Path
) -> None:
    fill(small_disk)
    acknowledged = len(append(on_small_disk, 1000, size=400))
    assert on_small_disk.health.refused == 1000 - acknowledged > 0


def test_nothing_acknowledged_is_lost_on_a_full_disk(
    on_small_disk: Recorder, small_disk: Path
) -> None:
    filler = fill(small_disk)
    acknowledged = append(on_small_disk, 1000, size=400)
    filler.unlink()
    assert on_small_disk.flush()
    assert seqs(small_disk / "db") == [*range(1, 11), *acknowledged]


def test_recording_goes_on_when_there_is_room_again(
    on_small_disk: Recorder, small_disk: Path
) -> None:
    filler = fill(small_disk)
    append(on_small_disk, 1000, size=400)
    filler.unlink()
    assert on_small_disk.flush()
    assert eventually(lambda: on_small_disk.append("a", {}).stored)
    assert eventually(lambda: not on_small_disk.health.alarms)


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


# Clock, threads, signals, forks


def test_a_clock_stepping_backward_is_counted_and_seq_keeps_the_order(
    record: Record, folder: Path
) -> None:
    times = iter([3_000, 2_000, 1_000, 4_000, *[5_000] * 100])
    recorder = record(clock=lambda: next(times))
    append(recorder, 4)
    recorder.flush()
    events = Reader("bot", folder=folder).read()
    assert [event.recorded_at for event in events] == [3_000, 2_000, 1_000, 4_000]
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert recorder.health.clock_steps == 2


def test_a_clock_that_fails_refuses_and_does_not_raise(record: Record) -> None:
    def broken() -> int:
        raise RuntimeError("no time")

    assert not record(clock=broken).append("a", {}).stored


def test_a_thousand_threads_append(recorder: Recorder, folder: Path) -> None:
    taken: list[int] = []
    start = threading.Barrier(1000)

    def work() -> None:
        start.wait(30)
        taken.extend(append(recorder, 3))

    threads = [threading.Thread(target=work) for _ in range(1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.flush()
    assert sorted(taken) == seqs(folder) == list(range(1, 3001))


@on_posix
def test_a_signals_handler_may_append(record: Record, folder: Path) -> None:
    """It never waits for the append it interrupted, and its events arrive."""
    code = (
        "import signal, sys\n"
        "from trader.store import Recorder, Reader, verify\n"
        "handled = 0\n"
        "r = Recorder('bot', version='1', mode='demo', folder=sys.argv[1])\n"
        "def handle(*_):\n"
        "    global handled\n"
        "    handled += 1\n"
        "    r.append('from.signal', {})\n"
        "signal.signal(signal.SIGALRM, handle)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0002)\n"
        "for n in range(5000): r.append('a', {'n': n})\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "r.close()\n"
        "events = Reader('bot', folder=sys.argv[1]).read(limit=10000)\n"
        "print(sum(e.kind == 'a' for e in events),\n"
        "      sum(e.kind == 'from.signal' for e in events) == handled > 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["5000", "True"], done.stderr


@on_posix
def test_an_interrupted_append_loses_nothing_acknowledged(folder: Path) -> None:
    """KeyboardInterrupt comes out of append, as it must; what was acknowledged stays."""
    code = (
        "import signal, sys\n"
        "from trader.store import Recorder, Reader\n"
        "r = Recorder('bot', version='1', mode='demo', folder=sys.argv[1])\n"
        "def handle(*_):\n"
        "    global inside\n"
        "    if inside:\n"
        "        inside = False\n"
        "        raise KeyboardInterrupt\n"
        "acked, interrupts, inside = {}, 0, False\n"
        "signal.signal(signal.SIGALRM, handle)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0003)\n"
        "for n in range(4000):\n"
        "    try:\n"
        "        inside = True\n"
        "        ack = r.append('a', {'n': n})\n"
        "        inside = False\n"
        "        acked[ack.seq] = n\n"
        "    except KeyboardInterrupt: interrupts += 1\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "r.close()\n"
        "read = Reader('bot', folder=sys.argv[1]).read(0, 9999)\n"
        "events = {e.seq: e.body.get('n') for e in read}\n"
        "lost = {s: n for s, n in acked.items() if events.get(s) != n}\n"
        "print(lost, interrupts > 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["{}", "True"], done.stderr


FORK = """
import os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from trader.store import Recorder, Reader, verify
r = Recorder("bot", version="1", mode="demo", folder=sys.argv[1])
r.append("a", {})
r.flush()
child = os.fork()
if child == 0:
    ack = r.append("from.child", {})
    r.close()
    flushed = r.flush(0.1)
    sys.exit(7 if not ack.stored and r.health.refused == 1 else 8)
_, status = os.waitpid(child, 0)
r.append("a", {})
r.close()
print(os.waitstatus_to_exitcode(status), verify("bot", folder=sys.argv[1]).events)
"""


@can_fork
def test_a_forked_child_is_refused_and_harms_nothing(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["7", "2"], done.stderr


FORK_AND_DIE = """
import os, sys, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from trader.store import Recorder
r = Recorder("bot", version="1", mode="demo", folder=sys.argv[1])
r.append("a", {})
child = os.fork()
if child == 0:
    print(os.getpid(), flush=True)
    time.sleep(60)
os.kill(os.getpid(), 9)
"""


@can_fork
def test_a_living_child_does_not_hold_a_dead_parents_stream(folder: Path, record: Record) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FORK_AND_DIE, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.wait(10)
        try:
            assert record().append("a", {}).seq == 2
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_bot_that_ends_without_closing_leaves_nothing_behind(folder: Path) -> None:
    code = (
        "import sys\n"
        "from trader.store import Recorder\n"
        "r = Recorder('bot', version='1', mode='demo', folder=sys.argv[1])\n"
        "for n in range(100): r.append('a', {'n': n})\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code, str(folder)], cwd=ROOT, check=True)
    assert Reader("bot", folder=folder).head().seq == 100
