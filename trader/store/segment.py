"""One file of the spool: preallocated, written from the front, frame after frame.

A frame is a mark that no UTF-8 holds, a checksum, a length and a payload (see codec):

    4 bytes F5 E7 42 4C | 4 bytes CRC-32 of what follows | 4 bytes length | payload

all integers big-endian. Behind the last frame the file is zeros. The file begins with
eight bytes that name this format.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from .files import BINARY, allocate, read_at, sync_data, sync_folder, write_at

HEADER = b"BLOTSPL1"
MARK = b"\xf5\xe7BL"
SUFFIX = ".seg"

_FRAME = struct.Struct(">4sII")
_CHUNK = 1 << 16


def frame(payload: bytes) -> bytes:
    """The bytes of a frame."""
    rest = len(payload).to_bytes(4, "big") + payload
    return MARK + zlib.crc32(rest).to_bytes(4, "big") + rest


class Segment:
    """An open segment: one descriptor for its writer, one for its reader."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = int(path.stem)
        self._writer = os.open(path, os.O_RDWR | BINARY)
        try:
            self._reader = os.open(path, os.O_RDONLY | BINARY)
            self.size = os.fstat(self._reader).st_size
        except OSError:
            os.close(self._writer)
            raise

    @classmethod
    def create(cls, folder: Path, number: int, size: int) -> "Segment":
        """Make an empty segment whose place on the disk is taken and whose name is synced."""
        path = folder / f"{number:08d}{SUFFIX}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | BINARY, 0o600)
        made = False
        try:
            allocate(descriptor, size)
            write_at(descriptor, HEADER, 0)
            os.fsync(descriptor)
            made = True
        finally:
            os.close(descriptor)
            if not made:
                path.unlink()
        # Its name must last before an event in it can: a power cut forgets unsynced names.
        sync_folder(folder)
        return cls(path)

    def write(self, data: bytes, offset: int) -> None:
        """Write all of it, or raise OSError."""
        if (written := write_at(self._writer, data, offset)) != len(data):
            raise OSError(f"only {written} of {len(data)} bytes were written: the disk is full")

    def sync(self) -> None:
        sync_data(self._writer)

    def in_place(self) -> bool:
        """Whether the path still names this file."""
        try:
            return os.path.samestat(os.fstat(self._reader), self.path.stat())
        except OSError:
            return False

    def close(self) -> None:
        os.close(self._writer)
        os.close(self._reader)

    def frames(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """(offset behind it, payload) of each frame from start, up to what is none."""
        want = _CHUNK
        while start < end:
            size = min(want, end - start)
            chunk = read_at(self._reader, size, start)
            if len(chunk) < size:
                end = start + len(chunk)  # the file is shorter than it was
            taken = missing = 0
            while len(chunk) - taken >= _FRAME.size:
                mark, checksum, length = _FRAME.unpack_from(chunk, taken)
                stop = taken + _FRAME.size + length
                if mark != MARK or start + stop > end:
                    return
                if stop > len(chunk):
                    missing = stop - taken
                    break
                if zlib.crc32(chunk[taken + 8 : stop]) != checksum:
                    return
                yield start + stop, chunk[taken + _FRAME.size : stop]
                taken = stop
            if not taken and not missing:
                return
            start += taken
            want = max(_CHUNK, missing)

    def next_frame(self, start: int, end: int) -> int | None:
        """Where behind `start` the next whole frame begins, behind damage; None without one."""
        rest = read_at(self._reader, end - start, start)
        at = rest.find(MARK, 1)
        while at >= 0:
            if next(self.frames(start + at, end), None):
                return start + at
            at = rest.find(MARK, at + 1)
        return None

    def wipe(self, start: int) -> None:
        """Zero what is behind `start`: the rest of a frame that was cut short."""
        for offset in range(start, self.size, _CHUNK):
            rest = read_at(self._reader, min(_CHUNK, self.size - offset), offset)
            if rest.strip(b"\0"):
                self.write(bytes(len(rest)), offset)
