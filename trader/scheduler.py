"""When candles close: APScheduler on UTC wall-clock times, two seconds after each close.

The schedule only says *when to look*: which candle is next is known by its open time, so a ring
that is late, missed or doubled, or a clock that is set back, can neither skip a candle nor give
one twice. The feed asks for everything since the last candle, at the start as at each ring.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    EVENT_SCHEDULER_SHUTDOWN,
)
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

log = logging.getLogger(__name__)

_CRON = {
    "1m": {"minute": "*"},
    "3m": {"minute": "*/3"},
    "5m": {"minute": "*/5"},
    "15m": {"minute": "*/15"},
    "30m": {"minute": "*/30"},
    "1h": {"minute": "0"},
    "2h": {"hour": "*/2", "minute": "0"},
    "4h": {"hour": "*/4", "minute": "0"},
    "6h": {"hour": "*/6", "minute": "0"},
    "8h": {"hour": "*/8", "minute": "0"},
    "12h": {"hour": "*/12", "minute": "0"},
    "1d": {"hour": "0", "minute": "0"},
    "1w": {"day_of_week": "mon", "hour": "0", "minute": "0"},
}
LIVE_INTERVALS = tuple(_CRON)
_AFTER_CLOSE = "2"
_HEARTBEAT = 0.5
_JOB = "candle"
# Less than this is a clock being kept right, or a machine that was slow for a moment.
_STEP = 1.5
_TROUBLE = {
    EVENT_JOB_ERROR: "failed",
    EVENT_JOB_MISSED: "was missed",
    EVENT_JOB_MAX_INSTANCES: "came while the one before was still at work",
}


def _nothing() -> None:
    return None


class CandleClock:
    """Rings at each candle's close; `until_close` and `pause` wait without deafness to `stop`.

    Rings that wait become one. While it waits it calls `idle` each half second, in the waiting
    thread. Whatever the schedule does wrong is logged as an error, which is an alarm.

    Args:
        scheduler: another APScheduler than its own, for a test.
        wall: the machine's clock, seconds since the epoch.
    """

    def __init__(
        self,
        interval: str,
        stop: threading.Event,
        idle: Callable[[], None] = _nothing,
        *,
        scheduler: Any = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        if interval not in _CRON:
            raise ValueError(f"interval {interval!r} cannot be traded live; one of "
                             f"{', '.join(_CRON)} can")  # fmt: skip
        self._stop = stop
        self._idle = idle
        self._rings: queue.Queue[None] = queue.Queue(1)
        self._closing = False
        self._wall = wall
        self._ahead = self._wall_ahead()
        self._scheduler = scheduler or BackgroundScheduler(
            timezone="UTC", executors={"default": ThreadPoolExecutor(1)}
        )
        self._scheduler.add_job(
            self.ring,
            CronTrigger(second=_AFTER_CLOSE, timezone="UTC", **_CRON[interval]),
            id=_JOB,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.add_listener(
            self._report, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        )
        self._scheduler.add_listener(self._died, EVENT_SCHEDULER_SHUTDOWN)

    def __enter__(self) -> Self:
        self._scheduler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """No more rings; may be called again."""
        self._closing = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)  # a ring takes no time: nothing is waited for

    def ring(self) -> None:
        """A candle should have closed. One that waits already says as much."""
        try:
            self._rings.put_nowait(None)
        except queue.Full:
            log.warning("A candle closed while the one before was still being worked on")

    def until_close(self) -> bool:
        """Wait for the next ring; False when it is time to stop."""
        # Windows before 3.14 cannot interrupt a wait without an end, hence the half second.
        while not self._stop.is_set():
            try:
                self._rings.get(timeout=_HEARTBEAT)
            except queue.Empty:
                self._watch_clock()
                self._idle()
                continue
            return True
        return False

    def pause(self, seconds: float) -> bool:
        """Wait between two tries; False when it is time to stop."""
        return not self._stop.wait(seconds)

    def _watch_clock(self) -> None:
        """After a step of the machine's clock, plan anew and look at once.

        Set back by an hour, the schedule would else sleep until that hour is over again.
        """
        ahead = self._wall_ahead()
        step, self._ahead = ahead - self._ahead, ahead
        if abs(step) < _STEP:
            return
        log.error("The machine's clock was set by %+.0f s: the candle schedule is made anew", step)
        job = self._scheduler.get_job(_JOB)
        job.reschedule(job.trigger)
        self.ring()

    def _wall_ahead(self) -> float:
        return self._wall() - time.monotonic()

    def _report(self, event: Any) -> None:
        what = _TROUBLE.get(event.code, "had trouble")
        when = getattr(event, "scheduled_run_time", None)
        error = getattr(event, "exception", None)
        log.error(
            "The candle schedule %s%s%s",
            what,
            f", due {when:%Y-%m-%d %H:%M:%S} UTC" if when is not None else "",
            f": {error!r}" if error is not None else "",
        )

    def _died(self, _event: Any) -> None:
        if not self._closing:
            log.error("The candle schedule ended by itself: no more candles will be looked at")
