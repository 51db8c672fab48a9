"""Copies of a stream that are proven good, and making a stream from one.

A backup is an events file of its own, written by SQLite's VACUUM INTO while the bot runs
(never by copying the live file), then verified event by event before it gets its name.
"""

import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .covered import note_covered
from .database import INSERT, open_writer, reading
from .files import BINARY, sync_folder
from .headfile import read_headfile
from .lock import WriterLock
from .model import Head
from .paths import StreamPaths, private_folder, stream_paths
from .surroundings import refuse_unsafe_folder
from .verify import Progress, Verification, verify_file

_SCRATCH = ".partial"
_BATCH = 5000


class BackupFailed(Exception):
    """A backup or restore was not done; the text says why, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written or restored, and verified.

    Attributes:
        path: the backup's file; for a restore the events file made from it.
        head: the newest event in it.
        bytes: its size.
        seconds: how long writing and verifying took.
    """

    stream: str
    path: Path
    head: Head
    bytes: int
    seconds: float


def backup(
    stream: str,
    target: str | Path | None = None,
    *,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Backup:
    """Write a verified backup of a stream, while it is being recorded or not.

    Args:
        target: the file to write, which must not exist; or a folder. The folder `backups`
            of the data folder if not given: backups there are also used for repairs, and
            the spool forgets what they cover.
        progress: called with (events verified, events there are).

    Raises BackupFailed, and ValueError for a name no stream can have.
    """
    began = time.monotonic()
    paths = stream_paths(stream, folder)
    if not paths.database.exists():
        raise BackupFailed(f"there is no stream {stream!r} in {paths.events}")
    own = target is None or Path(target).is_dir()
    where = Path(paths.backups if target is None else target).absolute()
    if not own and where.exists():
        raise BackupFailed(f"{where} exists: a backup never overwrites; name another file")
    parent = where if own else where.parent
    try:
        if target is None:
            private_folder(parent)
        scratch = parent / f".{stream}-{os.getpid()}{_SCRATCH}"
        try:
            checked = _copy(paths.database, scratch, stream, progress)
            path = where
            if own:
                stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
                path = where / f"{stream}-{checked.head.seq}-{stamp}.sqlite3"
            _put(scratch, path)
        finally:
            scratch.unlink(missing_ok=True)
        note_covered(paths, checked.head.seq, path)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"the backup of {stream!r} in {parent} failed: {error}") from error
    size = path.stat().st_size
    return Backup(stream, path, checked.head, size, time.monotonic() - began)


def restore(
    source: str | Path,
    stream: str,
    *,
    folder: str | Path | None = None,
    until: int | None = None,
    progress: Progress | None = None,
) -> Backup:
    """Make a stream from a backup; it must not exist in the data folder.

    What a spool in the folder holds beyond the backup is added when a bot starts, unless
    a point in time is asked for.

    Args:
        source: the backup's file.
        stream: the name of the stream to make.
        until: the last event to take, a seq: the stream as it stood then.
        progress: called with (events verified, events there are).

    Raises BackupFailed, StreamLocked while a bot records the stream, and ValueError for a
    name no stream can have.
    """
    began = time.monotonic()
    paths = stream_paths(stream, folder)
    source = Path(source).absolute()
    if not source.is_file():
        raise BackupFailed(f"{source} is no file to restore from")
    _refuse_overwriting(paths, until)
    found = verify_file(source, str(source))
    if not found.ok:
        raise BackupFailed(f"{source} is no good backup: {found.problem}")
    if until is not None and not 0 < until <= found.head.seq:
        raise BackupFailed(f"{source} holds events 1 to {found.head.seq}, not {until}")
    refuse_unsafe_folder(paths.events)
    private_folder(paths.events)
    lock = WriterLock(paths.lock, stream)
    try:
        checked = _make(source, paths, until, progress)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"restoring {stream!r} from {source} failed: {error}") from error
    finally:
        lock.release()
    size = paths.database.stat().st_size
    return Backup(stream, paths.database, checked.head, size, time.monotonic() - began)


def _refuse_overwriting(paths: StreamPaths, until: int | None) -> None:
    if paths.database.exists() or paths.database.with_name(paths.database.name + "-wal").exists():
        raise BackupFailed(
            f"{paths.database} exists: restore never overwrites;"
            " restore under another name or into another data folder, or move it away first"
        )
    if until is not None and (any(paths.spool.glob("*")) or read_headfile(paths.head)):
        raise BackupFailed(
            f"{paths.spool} holds later events, which the next start would add again:"
            " restore a point in time under another name or into another data folder"
        )


def _make(
    source: Path, paths: StreamPaths, until: int | None, progress: Progress | None
) -> Verification:
    _refuse_overwriting(paths, until)  # once more, now that nobody else can make it
    scratch = paths.database.with_name(paths.database.name + _SCRATCH)
    scratch.unlink(missing_ok=True)
    try:
        if until is None:
            checked = _copy(source, scratch, paths.stream, progress)
        else:
            checked = _copy_until(source, scratch, paths.stream, until, progress)
        _put(scratch, paths.database)
    finally:
        scratch.unlink(missing_ok=True)
    return checked


def _copy(source: Path, scratch: Path, name: str, progress: Progress | None) -> Verification:
    # SQLite accepts an empty file, and only this way is it its owner's alone from the start.
    os.close(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_RDWR | BINARY, 0o600))
    with reading(source) as connection:
        connection.execute("VACUUM INTO ?", (str(scratch),))
    return _checked(scratch, name, progress)


def _copy_until(
    source: Path, scratch: Path, name: str, until: int, progress: Progress | None
) -> Verification:
    with closing(open_writer(scratch)) as connection, reading(source) as old:
        for after in range(0, until, _BATCH):
            rows = old.execute(
                "SELECT * FROM event WHERE seq > ? AND seq <= ? ORDER BY seq",
                (after, min(after + _BATCH, until)),
            ).fetchall()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(INSERT, rows)
            connection.execute("COMMIT")
    return _checked(scratch, name, progress)


def _checked(scratch: Path, name: str, progress: Progress | None) -> Verification:
    found = verify_file(scratch, name, progress=progress)
    if not found.ok:
        raise BackupFailed(f"the copy of {name!r} is not good, nothing was kept: {found.problem}")
    return found


def _put(scratch: Path, path: Path) -> None:
    """Sync a finished file and give it its name, which must be free."""
    descriptor = os.open(scratch, os.O_RDWR | BINARY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(scratch, path)  # fails where the name is taken, which rename would not
        scratch.unlink()
    except FileExistsError as error:
        raise BackupFailed(f"{path} exists: it is never overwritten") from error
    except OSError:
        if path.exists():
            raise
        scratch.rename(path)  # a file system without hard links
    sync_folder(path.parent)
