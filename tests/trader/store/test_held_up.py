"""A database that is locked, a disk that is full: nothing raised, nothing acknowledged lost."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.trader.store.trouble import (
    Record,
    append,
    eventually,
    locked,
    seqs,
)
from trader.store import Recorder

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
