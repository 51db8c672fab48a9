"""Opening the SQLite side of a stream at a start: start-up is the recovery path."""

import sqlite3
import time
from dataclasses import dataclass, replace

from .database import CORRUPT
from .headfile import read_headfile
from .model import Head
from .mover import Mover, StandIn
from .paths import StreamPaths
from .rebuild import Repair, adopt, quarantine, rebuild
from .spool import Spool
from .writer import Writer

# A check of the whole file may take this long, in seconds: a large one is left to
# `verify`, and what is damaged under the writer's own hands shows when it is touched.
_CHECK_BUDGET = 0.5


@dataclass
class Opened:
    """The SQLite side of a stream, consistent with its spool.

    Attributes:
        repair: what had to be rebuilt for that, None if nothing.
    """

    spool: Spool
    writer: Writer
    mover: Mover
    repair: Repair | None


def open_stream(paths: StreamPaths, spool: Spool, stand_in: StandIn) -> Opened:
    """Open the database, repaired from spool and backups where that is needed.

    Raises sqlite3.Error and OSError where it can be neither opened nor rebuilt.
    """
    adopt(paths)
    noted = read_headfile(paths.head)
    reason = _why_rebuild(paths, spool, noted)
    repair = None
    if reason is not None:
        repair = rebuild(paths, spool=spool, stand_in=stand_in, reason=reason, noted=noted)
        adopt(paths, repair)
    writer = Writer(paths)
    try:
        mover = Mover(spool, writer, stand_in)
        differs = mover.first_conflict()
    except BaseException:
        writer.close()
        raise
    if differs is None:
        return Opened(spool, writer, mover, repair)
    writer.close()
    return _resolve(paths, spool, stand_in, differs, noted)


def catch_up(paths: StreamPaths, opened: Opened, stand_in: StandIn) -> Opened:
    """Move what an earlier writer left on the spool, and let the spool go on behind the head.

    The head is ahead of the spool where events went into SQLite without it (a BulkWriter),
    or where a power cut took events from the spool that SQLite had synced.
    """
    while opened.mover.move():
        pass
    if opened.writer.head.seq <= opened.spool.tail.seq:
        return opened
    opened.spool.restart(opened.writer.head.seq)
    opened.writer.close()
    again = open_stream(paths, opened.spool, stand_in)
    return replace(again, repair=opened.repair or again.repair)


def _why_rebuild(paths: StreamPaths, spool: Spool, noted: Head | None) -> str | None:
    """Why the events file cannot be used as it is; None if it can."""
    last = max(spool.tail.seq, noted.seq if noted else 0)
    if not paths.database.exists():
        return "the events file was gone" if last and _spool_lacks(spool, 1, last) else None
    try:
        writer = Writer(paths)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in CORRUPT:
            raise
        return f"the events file could not be read ({error})"
    try:
        damage = _damage(writer.connection)
        head = writer.head.seq
    finally:
        writer.close()
    if damage is not None:
        return f"the events file was damaged ({damage})"
    if head < last and _spool_lacks(spool, head + 1, last):
        return f"events {head + 1} to {last} were stored once and gone from the events file"
    return None


def _spool_lacks(spool: Spool, first: int, last: int) -> bool:
    """Whether some of these events are not on the spool."""
    oldest = next((seq for n in spool.numbers if (seq := spool.first_seq(n)) is not None), None)
    return oldest is None or oldest > first or spool.tail.seq < last


def _damage(connection: sqlite3.Connection) -> str | None:
    """The first damage SQLite's own check finds within its budget."""
    deadline = time.monotonic() + _CHECK_BUDGET
    connection.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in CORRUPT:
            return None  # interrupted: the budget is spent
        return str(error)
    finally:
        connection.set_progress_handler(None, 0)
    return None if found == "ok" else str(found)


def _resolve(
    paths: StreamPaths, spool: Spool, stand_in: StandIn, differs: int, noted: Head | None
) -> Opened:
    """SQLite and spool tell different stories from event `differs` on.

    Where the difference lies behind the head noted, someone else has written into the
    file: the spool is right, it holds what was acknowledged. Else the spool is not of this
    file, and goes to quarantine.
    """
    if differs > (noted.seq if noted else 0):
        reason = f"the events file held other events than were recorded, from {differs} on"
        repair = rebuild(paths, spool=spool, stand_in=stand_in, reason=reason, noted=noted)
        adopt(paths, repair)
    else:
        spool.close()
        aside = quarantine(paths, paths.spool)
        repair = Repair(
            f"the spool held other events than the events file, from {differs} on,"
            " and was set aside",
            quarantined=str(aside),
        )
        spool = Spool(paths.spool, spool.segment_bytes)
    writer = Writer(paths)
    return Opened(spool, writer, Mover(spool, writer, stand_in), repair)
