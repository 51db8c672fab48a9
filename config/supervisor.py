"""Keeps the processes of one installation together: start, restart, stop in order.

A child holds the other end of a pipe as its stdin and ends when that closes, so that none is left
behind even where this process is killed; the same pipe, closed on purpose, is the order to stop.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What a child answers with when it cannot work as it was asked to: trying again is no use.
CANNOT_START = 2
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_STEADY = 60.0


@dataclass
class Child:
    """One process to keep running. `ends` says that it may finish its work and leave with 0."""

    name: str
    command: Sequence[str]
    folder: Path
    ends: bool = False
    process: subprocess.Popen[bytes] | None = None
    done: bool = False
    _pause: float = field(default=_FIRST_PAUSE, repr=False)
    _started: float = field(default=0.0, repr=False)
    _next_start: float = field(default=0.0, repr=False)

    def start(self) -> None:
        isolated = _isolation()
        self.process = subprocess.Popen(
            list(self.command), cwd=self.folder, stdin=subprocess.PIPE, **isolated
        )
        self._started = time.monotonic()

    def tend(self, say: Callable[[str], None]) -> int | None:
        """Restart it where it fell; the exit status where it can never start."""
        if self.done:
            return None
        if self.process is None:
            if time.monotonic() >= self._next_start:
                self.start()
            return None
        status = self.process.poll()
        if status is None:
            return None
        self._forget()
        if status == 0 and self.ends:
            self.done = True
            return None
        if status == CANNOT_START:
            return status
        if time.monotonic() - self._started > _STEADY:
            self._pause = _FIRST_PAUSE
        say(f"The {self.name} ended with status {status}; starting it again in {self._pause:.0f} s")
        self._next_start = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return None

    def stop(self, patience: float) -> None:
        """Close its stdin, wait for it to finish, and end it where it does not."""
        if self.process is None:
            return
        self._close_pipe()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def _forget(self) -> None:
        self._close_pipe()
        self.process = None

    def _close_pipe(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()


def _isolation() -> dict[str, Any]:
    """A terminal sends Ctrl-C to the whole group; a child in a group of its own hears us alone."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


class Supervisor:
    """Children in the order in which they are to be stopped."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None]) -> None:
        self._children = children
        self._say = say

    def start(self) -> None:
        for child in self._children:
            child.start()

    def watch(self, stopping: Callable[[float], bool]) -> int:
        """Tend the children until `stopping(seconds)`, which waits so long, says so.

        Answers 0, or the status of a child that cannot start.
        """
        while not stopping(0.2):
            for child in self._children:
                status = child.tend(self._say)
                if status is not None:
                    return status
        return 0

    def stop(self, patience: float = 15.0) -> None:
        for child in self._children:
            child.stop(patience)
