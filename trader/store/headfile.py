"""The head (seq and hash) in a small file beside the database.

A hash chain does not see that its tail is gone: this does. Two slots are written by turns,
each with a checksum, so that one whole slot is there whenever the writing was cut short.
It is not synced: after a loss of power it is at worst older than the database.
"""

import os
import struct
import zlib
from pathlib import Path

from .files import BINARY, write_at
from .model import Head

_SLOT = struct.Struct(">Q32sI")


class HeadFile:
    """The writer's side; raises OSError."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | BINARY, 0o600)
        self._turn = 0

    def write(self, head: Head) -> None:
        """Note a head, in the slot that does not hold the newest."""
        self._turn = 1 - self._turn
        body = struct.pack(">Q32s", head.seq, head.hash)
        slot = body + struct.pack(">I", zlib.crc32(body))
        write_at(self._descriptor, slot, self._turn * _SLOT.size)

    def close(self) -> None:
        os.close(self._descriptor)


def read_headfile(path: Path) -> Head | None:
    """The newest head noted, None where there is none to read."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    heads = [_slot(data, offset) for offset in (0, _SLOT.size)]
    return max((head for head in heads if head), key=lambda head: head.seq, default=None)


def _slot(data: bytes, offset: int) -> Head | None:
    if len(data) < offset + _SLOT.size:
        return None
    seq, digest, checksum = _SLOT.unpack_from(data, offset)
    if zlib.crc32(data[offset : offset + _SLOT.size - 4]) != checksum:
        return None
    return Head(seq, digest)
