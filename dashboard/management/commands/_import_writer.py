"""Writing the stream of imports: in this process, or in one of its own beside the reading.

    python -m dashboard.management.commands._import_writer   (by Apart alone)

A process of its own takes pickled calls from its standard input, which only its parent has,
and answers on its standard output. It needs nothing of Django.
"""

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Queue
from typing import Any, Protocol

from dashboard.low_priority import give_way
from trader.store import BadEvent, BulkWriter, Form, NotStored, StreamLocked, StreamUnusable

ROOT = Path(__file__).resolve().parents[3]
MODULE = "dashboard.management.commands._import_writer"
# Calls read ahead, each of some hundred kilobytes at most: so many that reading goes on while
# SQLite moves its -wal into the file.
AHEAD = 8
# Bytes of the pipe where that can be said (Linux): a call fits into it and waits for nobody.
_PIPE = 1 << 20
_PATIENCE = 60.0


class Abandoned(Exception):
    """Whoever gave the events is gone; what is not committed is dropped."""


class StreamWriter(Protocol):
    """What both ways of writing can do. All raise NotStored and BadEvent, the second way late."""

    def append(
        self, kind: str, body: dict[str, object], ref: str, occurred_at: int | None, version: str
    ) -> None:
        """Append one event."""

    def form(self, number: int, kind: str, body: dict[str, object], version: str) -> None:
        """Make the form that `extend` knows by this number."""

    def extend(self, number: int, times: Sequence[int], columns: list[str]) -> None:
        """Append an event for each of these times, see BulkWriter.extend."""

    def commit(self) -> None:
        """Store what was appended so far."""

    def close(self, *, whole: bool) -> None:
        """Store what was appended so far if that is whole, and give the stream up."""


class Here:
    """Writes in this process. Raises what BulkWriter raises."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._bulk = BulkWriter(**options)
        self._forms: dict[int, Form] = {}

    def append(
        self, kind: str, body: dict[str, object], ref: str, occurred_at: int | None, version: str
    ) -> None:
        self._bulk.append(kind, body, ref=ref, occurred_at=occurred_at, version=version)

    def form(self, number: int, kind: str, body: dict[str, object], version: str) -> None:
        self._forms[number] = self._bulk.form(kind, body, ref="trade_id", version=version)

    def extend(self, number: int, times: Sequence[int], columns: list[str]) -> None:
        self._bulk.extend(self._forms[number], times, columns)

    def commit(self) -> None:
        self._bulk.commit()

    def close(self, *, whole: bool) -> None:
        if whole:
            self._bulk.close()
        else:
            self._bulk.__exit__(Abandoned, Abandoned(), None)


class Apart:
    """Writes in a process of its own, at low priority; raises OSError where none can be made.

    The stream is opened by the first call. Trouble of the other process, StreamLocked and
    StreamUnusable among it, is raised by a later one.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=_PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._unopened: dict[str, Any] | None = options

    def append(
        self, kind: str, body: dict[str, object], ref: str, occurred_at: int | None, version: str
    ) -> None:
        self._call("append", kind, body, ref, occurred_at, version)

    def form(self, number: int, kind: str, body: dict[str, object], version: str) -> None:
        self._call("form", number, kind, body, version)

    def extend(self, number: int, times: Sequence[int], columns: list[str]) -> None:
        self._call("extend", number, times, columns)

    def commit(self) -> None:
        self._call("commit")
        self._answer()

    def close(self, *, whole: bool) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if whole:
                self._call("close")
                self._answer()
        finally:
            with suppress(OSError):  # it may be gone already
                process.stdin.close()
            process.wait(_PATIENCE)
            process.stdout.close()

    def _call(self, *call: object) -> None:
        if self._unopened is not None:
            options, self._unopened = self._unopened, None
            self._call("open", options)
        assert self._process.stdin is not None
        try:
            pickle.dump(call, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError:
            self._answer()
            raise NotStored("the process that writes the imports has ended") from None

    def _answer(self) -> None:
        """Wait for what it says; raises what it could not do."""
        assert self._process.stdout is not None
        try:
            # From the process this one has made, and nobody else.
            name, text, pid = pickle.load(self._process.stdout)  # noqa: S301
        except EOFError:
            raise NotStored("the process that writes the imports has ended") from None
        if name == "StreamLocked":
            raise StreamLocked(text, pid)
        if name == "StreamUnusable":
            raise StreamUnusable(text)
        if name:
            raise NotStored(text)


def main() -> int:
    """Do what the parent asks until it is done or gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    give_way()
    calls = _calls()
    try:
        _, options = next(calls)
        writer = Here(options)
        try:
            _serve(writer, calls)
        except BaseException:
            writer.close(whole=False)
            raise
    except Abandoned:
        return 1
    except (StreamUnusable, NotStored, BadEvent) as error:
        _say(type(error).__name__, str(error), getattr(error, "pid", None))
        return 1
    return 0


def _serve(writer: Here, calls: Iterator[tuple[Any, ...]]) -> None:
    for name, *arguments in calls:
        if name == "close":
            writer.close(whole=True)
            _say("", "", None)
            return
        getattr(writer, name)(*arguments)
        if name == "commit":
            _say("", "", None)


def _calls() -> Iterator[tuple[Any, ...]]:
    """The parent's calls, read ahead by a thread: SQLite leaves the interpreter to it."""
    waiting: Queue[tuple[Any, ...] | None] = Queue(AHEAD)

    def read() -> None:
        try:
            while True:
                waiting.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - from the parent alone
        except (EOFError, OSError, pickle.UnpicklingError):
            waiting.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (call := waiting.get()) is not None:
        yield call
    raise Abandoned


def _say(name: str, text: str, pid: int | None) -> None:
    pickle.dump((name, text, pid), sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    # Without waiting for the thread, which may be reading still; all is closed by now.
    os._exit(main())
