"""The operating system's lock that makes a stream's writer the only one.

The lock is held on a file of its own, never on the database: closing any handle of a
database file would drop SQLite's own locks in this process. It is released by the system
when the process ends, however it ends, and the file is left: removing it would race.
"""

import os
import sys
from pathlib import Path

from .errors import StreamLocked, StreamUnusable

# The locked byte lies far beyond the pid, so that Windows lets others read that.
_LOCKED_BYTE = 1 << 30

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        # flock and not lockf: it belongs to this opening of the file, so that a second
        # Recorder in the same process is refused too.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """Held from making to `release`. Raises StreamLocked when another writer holds it."""

    def __init__(self, path: Path, stream: str) -> None:
        self.path = path
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _binary(), 0o600)
        except OSError as error:
            raise StreamUnusable(
                f"{path} cannot be opened for writing ({error.strerror}):"
                " correct the folder's owner and permissions or name another data folder"
            ) from error
        try:
            _try_lock(self._descriptor)
        except OSError as error:
            pid = _holder(self._descriptor)
            os.close(self._descriptor)
            raise StreamLocked(
                f"the stream {stream!r} is already being written by process {pid or 'unknown'}"
                f" ({path}): stop that one first, or give this recorder a stream of its own",
                pid,
            ) from error
        self._sign()

    def _sign(self) -> None:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, f"{os.getpid():<20}\n".encode())

    def in_place(self) -> bool:
        """Whether the path still names the file that is locked."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Give the stream up; also right in a forked child, where the parent keeps its lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _holder(descriptor: int) -> int | None:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        text = os.read(descriptor, 20).strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _binary() -> int:
    return getattr(os, "O_BINARY", 0)
