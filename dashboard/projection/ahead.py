"""Reading and folding in a process beside the one that writes, where a stream has much to tell.

    python -m dashboard.projection.ahead   (by Ahead alone)

The process gets what a stream's bot was so far on its standard input and gives batches on its
standard output, both pickled, until the stream's head; it reads the stream and nothing else. It
is one batch ahead at most: the next one waits in it until it is asked for.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings

from dashboard import events
from dashboard.low_priority import give_way
from dashboard.projection.batches import Batch, HistoryChanged, fold_batch, uncollected
from dashboard.projection.rows import Rows

ROOT = Path(__file__).resolve().parents[2]
MODULE = "dashboard.projection.ahead"
# Ctrl-C in a terminal goes to a whole group: it would strike this one while it still starts.
APART: dict[str, Any] = {"start_new_session": True}
if sys.platform == "win32":
    APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}


class Ended(Exception):
    """The other process has ended before its work was done; the text says how."""


def is_worthwhile() -> bool:
    """Whether there is a second processor to do it on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) > 1
    return (os.cpu_count() or 1) > 1


class Ahead:
    """The batches of a stream after a checkpoint, folded in another process.

    Raises OSError where none can be made.
    """

    def __init__(self, rows: Rows, *, after: int, hash_: bytes, limit: int) -> None:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            **APART,
        )
        self._order = (str(settings.DATA_FOLDER), rows, after, hash_, limit)

    def __enter__(self) -> "Ahead":
        assert self._process.stdin is not None
        try:
            with self._process.stdin as pipe:
                pickle.dump(self._order, pipe, pickle.HIGHEST_PROTOCOL)
        except OSError:
            pass  # it has ended: the first batch asked for says so
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdout is not None
        self._process.kill()  # it has nothing that could be left half done
        self._process.wait()
        self._process.stdout.close()

    def batch(self) -> Batch | None:
        """The next one; None at the head, and where the stream cannot be read any further.

        Raises Ended.
        """
        assert self._process.stdout is not None
        try:
            # From the process this one has made, and nobody else.
            found: Batch | None = pickle.load(self._process.stdout)  # noqa: S301
        except (EOFError, pickle.UnpicklingError) as error:
            raise Ended(f"it ended with status {self._process.wait()}") from error
        return found


def main() -> None:
    """Fold what the parent asks for until the head, or until the parent is gone."""
    give_way()
    try:
        folder, rows, after, hash_, limit = pickle.load(sys.stdin.buffer)  # noqa: S301 - the parent
    except (EOFError, pickle.UnpicklingError):
        return  # the parent has gone before it said what to do
    settings.configure(DATA_FOLDER=Path(folder))
    try:
        while (batch := _folded(rows, after, hash_, limit)) is not None:
            _give(batch)
            rows, after, hash_ = batch.rows.followed(), batch.seq, batch.hash
        _give(None)
    except BrokenPipeError:
        # The parent is gone, or wants no more; what waits in the buffer is for nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _folded(rows: Rows, after: int, hash_: bytes, limit: int) -> Batch | None:
    """None, too, where the parent will find the same trouble, and knows what to do about it."""
    try:
        with uncollected():
            return fold_batch(rows, after=after, hash_=hash_, limit=limit)
    except (HistoryChanged, events.StreamUnreadable):
        return None


def _give(batch: Batch | None) -> None:
    with uncollected():
        pickle.dump(batch, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
