"""What goes on around the caller.

Eight readers that follow the stream, as a projector does, each looking ten times a second;
or another program that locks the databases one second of every two.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

READERS = 8
LOCK_SECONDS = 1.0

_READ = """
import sys, time
from trader.store import Reader
reader = Reader("recorder", folder=sys.argv[1])
after = reader.head().seq
print("ready", flush=True)
while True:
    events = reader.read(after)
    after = events[-1].seq if events else after
    time.sleep(0.1)
"""

_LOCK = """
import sqlite3, sys, time
files = [sqlite3.connect(path, isolation_level=None, timeout=30) for path in sys.argv[1:]]
print("ready", flush=True)
while True:
    for file in files:
        file.execute("BEGIN IMMEDIATE")
    time.sleep(1.0)
    for file in files:
        file.execute("ROLLBACK")
    time.sleep(1.0)
"""

_ROOT = Path(__file__).parents[2]


@contextmanager
def condition(name: str, folder: Path, databases: list[Path]) -> Iterator[None]:
    """Run what the condition asks for until its block ends."""
    commands: list[list[str]] = []
    if name == "readers":
        commands = [[_READ, str(folder / "db")]] * READERS
    if name == "locked":
        commands = [[_LOCK, *map(str, databases)]]
    with ExitStack() as stack:
        for given in commands:
            process = stack.enter_context(
                subprocess.Popen([sys.executable, "-c", *given], cwd=_ROOT, stdout=subprocess.PIPE)
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            process.stdout.readline()
        yield
