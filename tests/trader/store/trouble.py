"""What the tests of trouble share: another program's lock, damage, waiting for what must come."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from trader.store import Reader, Recorder

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
