"""When candles close: APScheduler on UTC wall-clock times, two seconds after each close."""

import logging
import queue
import threading
from types import TracebackType
from typing import Self

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
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


class CandleClock:
    """Rings at each candle's close; `until_close` and `pause` wait without deafness to `stop`.

    A ring that comes late still rings (what was missed is asked for at the next one anyway), two
    that wait become one, and each trouble of the schedule is logged as an error.
    """

    def __init__(self, interval: str, stop: threading.Event) -> None:
        if interval not in _CRON:
            raise ValueError(f"interval {interval!r} cannot be traded live; one of "
                             f"{', '.join(_CRON)} can")  # fmt: skip
        self._stop = stop
        self._rings: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._scheduler.add_job(
            lambda: self._rings.put(None),
            CronTrigger(second=_AFTER_CLOSE, timezone="UTC", **_CRON[interval]),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        self._scheduler.add_listener(
            lambda event: log.error("The candle schedule failed: %s", event),
            EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES,
        )

    def __enter__(self) -> Self:
        self._scheduler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._scheduler.shutdown(wait=False)

    def until_close(self) -> bool:
        """Wait for the next ring; False when it is time to stop."""
        # Windows before 3.14 cannot interrupt a wait without an end, hence the half second.
        while not self._stop.is_set():
            try:
                self._rings.get(timeout=_HEARTBEAT)
            except queue.Empty:
                continue
            return True
        return False

    def pause(self, seconds: float) -> bool:
        """Wait between two tries; False when it is time to stop."""
        return not self._stop.wait(seconds)
