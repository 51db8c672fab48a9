"""Putting a file in place whole, also where somebody is just reading it."""

import os
import time
from contextlib import suppress
from pathlib import Path

TRIES = 20
PAUSE = 0.05  # seconds; Windows refuses a rename while another program has the file open


def replace_whole(path: Path, data: bytes) -> None:
    """Readers see the old file or the new one, never a part. Raises OSError."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with scratch.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        rename(scratch, path)
    except BaseException:
        with suppress(OSError):
            scratch.unlink()
        raise


def rename(one: Path, other: Path) -> None:
    """Rename over what is there; waits a second for whoever has it open. Raises OSError."""
    for attempt in range(TRIES):
        try:
            one.replace(other)
        except PermissionError:
            if attempt == TRIES - 1:
                raise
            time.sleep(PAUSE)
        else:
            return
