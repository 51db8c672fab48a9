"""Files and folders that only their owner may read: secrets, and orders to the running bot."""

import os
import stat
import sys
from pathlib import Path


def permission_fault(path: Path) -> str | None:
    """Why `path` is not private enough for a secret, and the cure; None where it is.

    On Windows a file's access list is that of its folder: the user's own profile is closed to
    others, everything outside of it may be open.
    """
    if sys.platform == "win32":
        home = Path.home().resolve()
        if home in path.resolve().parents:
            return None
        return f"{path} holds secrets outside of your own folder: move it into {home}."
    found = path.stat()
    if found.st_uid != os.getuid():
        return f"{path} holds secrets and belongs to another user: make it your own."
    others = stat.S_IMODE(found.st_mode) & 0o077
    if others:
        mode = stat.S_IMODE(found.st_mode)
        return f"{path} holds secrets and others may use it (mode {mode:04o}): chmod 600 {path}."
    return None


def private_folder(path: Path) -> None:
    """Make a folder that only its owner enters, or tighten the one that is there.

    Raises PermissionError where it is another user's, or a link.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform == "win32":
        return
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise PermissionError(f"{path} is a link or another user's folder: remove it")
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Write a whole file that only its owner reads; others see all of it or none."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
