"""A bounded queue and a thread: whoever tells something never waits for who is told."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from trader.notify.notices import Notice

log = logging.getLogger(__name__)

_WAITING = 200
_PAUSES = (1.0, 4.0, 15.0)
_LONGEST_PAUSE = 300.0


class NotSent(Exception):
    """A notice did not arrive; `retry_after` seconds are to be waited, None as one likes.

    `final` says that trying again is of no use.
    """

    def __init__(self, why: str, *, retry_after: float | None = None, final: bool = False) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.final = final


class Sender(Protocol):
    """Where notices go. `send` may take as long as it wants and raises NotSent only."""

    @property
    def name(self) -> str: ...
    def send(self, notice: Notice) -> None: ...
    def close(self) -> None: ...


@dataclass(slots=True)
class Counts:
    """How a channel went since its start."""

    sent: int = 0
    dropped: int = 0
    failed: int = 0


class Notifier:
    """Tells every sender each notice, each from a queue and thread of its own.

    `tell` costs a few microseconds and never raises: where a queue is full the notice is dropped
    and counted, and the next one that arrives says how many were.
    """

    def __init__(self, senders: Sequence[Sender], *, waiting: int = _WAITING) -> None:
        self._channels = [_Channel(sender, waiting) for sender in senders]
        self._ends: list[Callable[[], None]] = []

    def tell(self, notice: Notice) -> None:
        for channel in self._channels:
            channel.put(notice)

    @property
    def counts(self) -> dict[str, Counts]:
        return {channel.name: channel.counts for channel in self._channels}

    def at_close(self, *ends: Callable[[], None]) -> None:
        """What else is to be ended first, when this is closed."""
        self._ends += ends

    def close(self, seconds: float = 5.0) -> None:
        """Send what still waits, for so long at most; then stop."""
        for end in self._ends:
            end()
        ends = time.monotonic() + seconds
        for channel in self._channels:
            channel.finish(max(0.0, ends - time.monotonic()))


class _Channel:
    def __init__(self, sender: Sender, waiting: int) -> None:
        self.name = sender.name
        self.counts = Counts()
        self._sender = sender
        self._queue: queue.Queue[Notice | None] = queue.Queue(waiting)
        self._untold = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"notify {self.name}", daemon=True)
        self._thread.start()

    def put(self, notice: Notice) -> None:
        try:
            self._queue.put_nowait(notice)
        except queue.Full:
            self.counts.dropped += 1
            self._untold += 1

    def finish(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        try:
            self._queue.put(None, timeout=seconds)
        except queue.Full:
            self._stop.set()
        self._thread.join(max(0.0, ends - time.monotonic()))
        self._stop.set()  # a sender that hangs is left behind: its thread dies with the process
        if not self._thread.is_alive():
            self._sender.close()
        left = self._queue.qsize() + self._thread.is_alive()
        if left or self.counts.dropped:
            log.warning("%s: %d notices were not sent", self.name, left + self.counts.dropped)

    def _run(self) -> None:
        while (notice := self._queue.get()) is not None and not self._stop.is_set():
            untold, self._untold = self._untold, 0
            if untold:
                more = f"{notice.text}\n({untold} notices before this one were dropped)"
                notice = Notice(notice.kind, notice.title, more.lstrip())
            self._send(notice)

    def _send(self, notice: Notice) -> None:
        for pause in (*_PAUSES, None):
            try:
                self._sender.send(notice)
            except NotSent as trouble:
                # A warning, not an error: errors are told, and this one is about the telling.
                log.warning("%s: %s", self.name, trouble)
                if pause is None or trouble.final:
                    break
                wait = pause if trouble.retry_after is None else trouble.retry_after
                if self._stop.wait(min(wait, _LONGEST_PAUSE)):
                    break
            except Exception:
                log.warning("%s: a notice failed", self.name, exc_info=True)
                break
            else:
                self.counts.sent += 1
                return
        self.counts.failed += 1
