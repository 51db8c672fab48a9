"""The recorder's thread: moves events, keeps the reserve, and puts right what goes wrong."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from . import forks
from .alarms import Alarms
from .covered import covered
from .database import CORRUPT
from .errors import StreamLocked, StreamUnusable
from .lock import WriterLock
from .model import Head
from .mover import Conflict, StandIn
from .opening import Opened, catch_up, open_stream
from .paths import StreamPaths, private_folder
from .rebuild import Repair, adopt, rebuild
from .scrub import Scrub
from .spool import Spool

#: Seconds between two looks at a few events that were stored long ago.
SCRUB_PAUSE = 10.0
#: Seconds between two looks at the spool.
POLL = 0.4
# A lock held this long by another program is worth an alarm, in seconds.
_LOCKED_LONG = 2.0
_PAUSE_AFTER_FAILED_REPAIR = 30.0

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Keeper:
    """Owns lock and SQLite file of a stream; its thread begins with `start`.

    Args:
        append_lock: held while the spool is made to go on in another file.
        report: called, in the thread, with each repair that was done.
    """

    def __init__(
        self,
        paths: StreamPaths,
        *,
        lock: WriterLock,
        spool: Spool,
        stand_in: StandIn,
        append_lock: AbstractContextManager[bool],
        report: Callable[[Repair], None],
        keep_bytes: int,
    ) -> None:
        self.alarms = Alarms(paths.stream)
        self._paths = paths
        self._lock = lock
        self._stand_in = stand_in
        self._append_lock = append_lock
        self._report = report
        self._keep_bytes = keep_bytes
        opened = catch_up(paths, open_stream(paths, spool, stand_in), stand_in)
        self._opened: Opened | None = opened
        self.first_repair = opened.repair
        self.spool = opened.spool
        self.head: Head = opened.writer.head
        self._segments = 0
        self._locked_since: float | None = None
        self._repair_after = 0.0
        self._caught_up = time.monotonic()
        self._scrub = Scrub(paths.database)
        self._scrub_after = self._caught_up + SCRUB_PAUSE
        self._wake = threading.Event()
        self._stopping = False
        self._progress = threading.Condition()
        self._thread = threading.Thread(
            target=self._run, name=f"recorder {paths.stream}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    @property
    def backlog_seconds(self) -> float:
        """For how long there has been something to move; 0 when all is moved."""
        behind = self.spool.tail.seq > self.head.seq
        return time.monotonic() - self._caught_up if behind else 0.0

    def wait_for(self, seq: int, timeout: float) -> bool:
        """Wait until an event is in SQLite."""
        self._wake.set()
        with self._progress:
            return self._progress.wait_for(lambda: self.head.seq >= seq, timeout)

    def stop(self, timeout: float) -> None:
        """Move what is left while the time lasts, then close everything."""
        self.wait_for(self.spool.tail.seq, timeout)
        self._stopping = True
        self._wake.set()
        self._thread.join()
        if self._opened is not None:
            self._opened.writer.close()
        self.spool.close()
        self._lock.release()

    def abandon(self) -> None:
        """In a forked child: let nothing here be closed, the parent goes on with it."""
        self._lock.release()
        if self._opened is not None:
            forks.immortal(self._opened.writer.connection)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._step()
            except Exception as error:  # noqa: BLE001 - the outermost loop: it must never end
                self.alarms.set("unforeseen", f"events are not moved into SQLite: {error!r}")
            with self._progress:
                self._progress.notify_all()
            self._wake.wait(POLL)
            self._wake.clear()

    def _step(self) -> None:
        try:
            self._stay_in_place()
            self._move()
            self._look_back()
        except Conflict as conflict:
            self._repair(f"another program wrote into the events file ({conflict})")
        except sqlite3.Error as error:
            self._trouble(error)
        except OSError as error:
            self.alarms.set("files", f"the stream's files cannot be used: {error}")
        self._keep_room()

    def _move(self) -> None:
        opened = self._opened
        if opened is None:
            self._open_again()
            return
        while opened.mover.move():
            self.head = opened.writer.head
            if self.head.seq < self.spool.tail.seq:
                # Of the last batch _run tells, when this thread is at rest again: whoever was
                # told sooner would share the interpreter with what it still has to do.
                with self._progress:
                    self._progress.notify_all()
        self._caught_up = time.monotonic()
        self._locked_since = None
        opened.writer.fill_wal()
        self.alarms.clear("locked", "full", "sqlite", "files", "damaged", "unforeseen")

    def _look_back(self) -> None:
        """Read a few old events again: damage is best found while the spool has them still."""
        if time.monotonic() < self._scrub_after or self._opened is None:
            return
        self._scrub_after = time.monotonic() + SCRUB_PAUSE
        problem = self._scrub.step()
        if problem:
            self.alarms.set("altered", f"{problem}: run verify_events, and restore a backup")

    def _trouble(self, error: sqlite3.Error) -> None:
        """SQLite refused: events wait on the spool, and it is tried again."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _BUSY:
            now = time.monotonic()
            self._locked_since = self._locked_since or now
            if now - self._locked_since > _LOCKED_LONG:
                self.alarms.set(
                    "locked",
                    "another program holds a lock on the events file; events wait on the spool",
                )
            self._wake.set()  # its wait was the pause
        elif code == sqlite3.SQLITE_FULL:
            self.alarms.set(
                "full",
                "the disk is full: events go to the reserve; make room",
            )
        elif code in CORRUPT:
            self._repair(f"the events file was damaged ({error})")
        else:
            self.alarms.set("sqlite", f"events cannot be moved into SQLite: {error}")

    def _stay_in_place(self) -> None:
        """Files deleted or replaced under the recorder are noticed, and made again."""
        if not self._lock.in_place():
            self._lock_again()
        if not self.spool.in_place():
            private_folder(self._paths.events)
            with self._append_lock:
                self.spool.restart()
            self.alarms.tell("the spool's file was deleted or replaced; it goes on in a new one")
        if self._opened is not None and not self._opened.writer.in_place():
            self._rescue(self._opened)

    def _lock_again(self) -> None:
        try:
            private_folder(self._paths.events)
            lock = WriterLock(self._paths.lock, self._paths.stream)
        except StreamLocked as error:
            self.alarms.set(
                "second", f"the lock file was deleted, and a second writer came: {error}"
            )
        except StreamUnusable as error:
            self.alarms.set("second", f"the lock file was deleted: {error}")
        else:
            self._lock.release()
            self._lock = lock
            self.alarms.clear("second")
            self.alarms.tell("the lock file was deleted or replaced; it is locked again")

    def _rescue(self, opened: Opened) -> None:
        """The file is no longer under its name, but still open: bring it back."""
        opened.mover.move()
        repair = self._rebuild("the events file was deleted or replaced under the recorder", opened)
        opened.writer.close()
        self._opened = None
        self._take(repair)

    def _repair(self, reason: str) -> None:
        """Close the damaged file, and make a new one from all there is."""
        if time.monotonic() < self._repair_after:
            return
        try:
            if self._opened is not None:
                self._opened.writer.close()
                self._opened = None
            self._take(self._rebuild(reason, None))
        except (OSError, sqlite3.Error) as error:
            self._repair_after = time.monotonic() + _PAUSE_AFTER_FAILED_REPAIR
            self.alarms.set("damaged", f"{reason}, and cannot be rebuilt yet: {error}")

    def _rebuild(self, reason: str, opened: Opened | None) -> Repair:
        return rebuild(
            self._paths,
            spool=self.spool,
            stand_in=self._stand_in,
            reason=reason,
            noted=self.head,
            live=opened.writer.connection if opened else None,
        )

    def _take(self, repair: Repair) -> None:
        adopt(self._paths, repair)
        self._open_again()
        self.alarms.tell(str(repair))
        self._report(repair)

    def _open_again(self) -> None:
        if time.monotonic() < self._repair_after:
            return
        self._opened = open_stream(self._paths, self.spool, self._stand_in)
        self.head = self._opened.writer.head

    def _keep_room(self) -> None:
        """Make the reserve, forget what a backup covers."""
        try:
            self.spool.prepare()
            self.alarms.clear("room")
            if len(self.spool.numbers) != self._segments:
                self._segments = len(self.spool.numbers)
                self._prune()
        except OSError as error:
            self.alarms.set(
                "room",
                f"the spool's reserve cannot be made ({error.strerror or error}):"
                f" {self.spool.room} bytes are left for events; make room on the disk",
            )

    def _prune(self) -> None:
        uncovered = self.spool.prune(covered(self._paths), self.head.seq, self._keep_bytes)
        if uncovered:
            self.alarms.tell(
                f"{len(uncovered)} spool segments were removed although no backup covers them,"
                f" to stay under {self._keep_bytes} bytes: run a backup"
            )
