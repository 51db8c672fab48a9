"""The few file operations that differ between systems."""

import os
import sys
from pathlib import Path

BINARY: int = getattr(os, "O_BINARY", 0)

if sys.platform == "win32":

    def write_at(descriptor: int, data: bytes, offset: int) -> int:
        """Write at an offset; the caller is the only user of this descriptor."""
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.write(descriptor, data)

    def read_at(descriptor: int, size: int, offset: int) -> bytes:
        """Read at an offset; the caller is the only user of this descriptor."""
        os.lseek(descriptor, offset, os.SEEK_SET)
        return os.read(descriptor, size)

    def sync_folder(path: Path) -> None:
        """Windows has no such call; NTFS journals its folders."""

    sync_data = os.fsync

else:
    write_at = os.pwrite
    read_at = os.pread

    def sync_folder(path: Path) -> None:
        """Bring a folder's entries to the disk."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    # macOS has no fdatasync, and its fsync leaves the drive's cache alone.
    if sys.platform == "darwin":
        import fcntl

        def sync_data(descriptor: int) -> None:
            """Bring a file's content to the disk."""
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        sync_data = os.fdatasync


def allocate(descriptor: int, size: int) -> None:
    """Give a new file `size` zero bytes that really have their place on the disk."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    block = bytes(min(size, 1 << 20))
    for offset in range(0, size, len(block)):
        write_at(descriptor, block[: size - offset], offset)


def replace_file(path: Path, data: bytes) -> None:
    """Put a small file in place whole and synced, or leave the old one."""
    scratch = path.with_name(path.name + ".new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | BINARY, 0o600)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    scratch.replace(path)
    sync_folder(path.parent)
