"""Reading files that somebody else is writing: opened, read and closed, never in the way.

A file is known by what the system calls it (device and inode; on Windows the file's index) and
by its bytes: the first ones, and those before the place read up to. So a renamed file is found
again, and one that was cut off, replaced or written anew is noticed.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
HEAD = 1024
TAIL = 1024

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _READ, _SHARE_ALL, _EXISTING, _NORMAL = 0x80000000, 0x7, 3, 0x80
    _INVALID = ctypes.c_void_p(-1).value
    _create = ctypes.WinDLL("kernel32", use_last_error=True).CreateFileW
    _create.restype = wintypes.HANDLE
    _create.argtypes = (
        wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID,
        wintypes.DWORD, wintypes.DWORD, wintypes.HANDLE,
    )  # fmt: skip

    def open_shared(path: Path) -> BinaryIO:
        """Open for reading so that others may meanwhile write, rename, replace and delete.

        Python's own open() shares neither: a bot's os.replace() would fail on us.
        """
        handle = _create(str(path), _READ, _SHARE_ALL, None, _EXISTING, _NORMAL, None)
        if handle in (None, _INVALID):
            raise ctypes.WinError(ctypes.get_last_error())
        return os.fdopen(msvcrt.open_osfhandle(handle, os.O_RDONLY | os.O_BINARY), "rb")

else:

    def open_shared(path: Path) -> BinaryIO:
        """Open for reading; here nothing an open file does hinders others."""
        return path.open("rb")


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """A file open for as long as it takes to read from it."""
    stream = open_shared(path)
    try:
        yield stream
    finally:
        stream.close()


class Unsteady(Exception):
    """A file changed under the reader; it is read again at the next step."""


@dataclass(slots=True)
class Place:
    """Up to where a file is read, and what tells this file from another.

    device and inode are 0 where the system gives none.
    """

    device: int = 0
    inode: int = 0
    offset: int = 0
    head: bytes = b""
    tail: bytes = b""
    size: int = -1
    changed: int = 0
    told: str = ""
    """The hash of the bytes read, as an earlier run noted it."""
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def fingerprint(self) -> str:
        """The sha256 of every byte read, hex."""
        return self.told or self.digest.hexdigest()

    def take(self, data: bytes) -> None:
        """These bytes are read, too."""
        self.digest.update(data)
        self.offset += len(data)
        if len(self.head) < HEAD:
            self.head = (self.head + data)[:HEAD]
        self.tail = (self.tail + data)[-TAIL:]

    def seen(self, stat: os.stat_result) -> None:
        """The file as it was when everything in it was read."""
        self.device, self.inode = stat.st_dev, stat.st_ino
        self.size, self.changed = stat.st_size, stat.st_mtime_ns

    def unchanged(self, stat: os.stat_result) -> bool:
        """Whether a look into the file can be spared."""
        return (self.inode, self.size, self.changed) == (
            stat.st_ino, stat.st_size, stat.st_mtime_ns,
        ) and self.device == stat.st_dev  # fmt: skip

    def is_file(self, stat: os.stat_result) -> bool:
        """Whether the system calls this one the same."""
        return bool(self.inode) and (self.device, self.inode) == (stat.st_dev, stat.st_ino)

    def goes_on(self, stream: BinaryIO) -> bool:
        """Whether what stands before the place is what was read there."""
        stream.seek(0)
        if stream.read(len(self.head)) != self.head:
            return False
        stream.seek(self.offset - len(self.tail))
        return stream.read(len(self.tail)) == self.tail

    def begins(self, stream: BinaryIO) -> bool:
        """Whether the file starts with every byte that was read: a copy, or written anew."""
        stream.seek(0)
        if stream.read(len(self.head)) != self.head:
            return False
        stream.seek(0)
        digest, left = hashlib.sha256(), self.offset
        while left and (data := stream.read(min(left, CHUNK))):
            digest.update(data)
            left -= len(data)
        return not left and digest.hexdigest() == self.fingerprint()


def new_bytes(path: Path, place: Place) -> Iterator[bytes]:
    """What stands behind the place, a chunk at a time; the place moves along.

    Raises Unsteady where the file is not the one that was read so far, and OSError.
    """
    while True:
        with reading(path) as stream:
            if place.offset and not place.goes_on(stream):
                raise Unsteady(f"{path} was written anew")
            before = os.fstat(stream.fileno())
            stream.seek(place.offset)
            data = stream.read(CHUNK)
            after = os.fstat(stream.fileno())
            if data and _moved(before, after):
                # Appended to, or written over while we read? Then these bytes say it.
                stream.seek(place.offset)
                if stream.read(len(data)) != data:
                    raise Unsteady(f"{path} is being written anew")
        place.take(data)
        if len(data) < CHUNK:
            place.seen(before)
            if data:
                yield data
            return
        yield data


def _moved(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns)


def renamed(place: Place, others: Iterable[Path]) -> Path | None:
    """Which of these files the system calls the one that was read."""
    for other in others:
        try:
            if place.is_file(other.stat()):
                with reading(other) as stream:
                    if place.goes_on(stream):
                        return other
        except OSError:
            continue
    return None


def copied(place: Place, others: Iterable[Path]) -> Path | None:
    """Which of these files begins with every byte that was read."""
    if place.offset == 0:
        return None
    for other in others:
        try:
            if other.stat().st_size >= place.offset:
                with reading(other) as stream:
                    if place.begins(stream):
                        return other
        except OSError:
            continue
    return None
