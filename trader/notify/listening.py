"""Where notices come from: the events as they are appended, and errors as they are logged."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self

from trader.domain import events
from trader.domain.standing import Standing, trading_day
from trader.domain.times import moment
from trader.notify.notices import Notice, notice_of, summary
from trader.ports import Receipt
from trader.runner import Log

log = logging.getLogger(__name__)


class NotifyingLog:
    """An event log whose events are told once they are recorded.

    Only what happens from now on: what a restarted bot finds recorded is not told again.
    """

    def __init__(self, inner: Log, tell: Callable[[Notice], None], summary_hour: int) -> None:
        self._inner = inner
        self._tell = tell
        self._summary_hour = summary_hour
        self._summed: date | None = None

    @property
    def version(self) -> str:
        return self._inner.version

    def append(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Receipt:
        receipt = self._inner.append(kind, body, ref=ref, occurred_at=occurred_at, durable=durable)
        self._told(kind, body)
        return receipt

    def append_all(
        self,
        kind: str,
        bodies: Sequence[Mapping[str, object]],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Receipt:
        receipt = self._inner.append_all(
            kind, bodies, ref=ref, occurred_at=occurred_at, durable=durable
        )
        for body in bodies:
            self._told(kind, body)
        return receipt

    def flush(self, timeout: float = 10.0) -> bool:
        return self._inner.flush(timeout)

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._inner.__exit__(kind, error, traceback)

    def _told(self, kind: str, body: Mapping[str, Any]) -> None:
        try:
            self._notice(kind, body)
        except Exception:
            log.warning("No notice could be made of %s", kind, exc_info=True)

    def _notice(self, kind: str, body: Mapping[str, Any]) -> None:
        notice = notice_of(kind, body)
        if notice is not None:
            self._tell(notice)
        elif kind == events.STATE_SNAPSHOT:
            self._sum_up(body)

    def _sum_up(self, body: Mapping[str, Any]) -> None:
        """Once a day, when the day before is over. The snapshot holds the standing before it."""
        closed = moment(body["candle"]["close_time"])
        if self._summed is not None and (
            trading_day(closed) <= self._summed or closed.hour < self._summary_hour
        ):
            return
        standing = Standing.from_body(body["risk"])
        self._summed = self._summed or self._summed_before(body, standing)
        standing.apply(events.STATE_SNAPSHOT, body)
        new_day = self._summed is not None and trading_day(closed) > self._summed
        if new_day and standing.before is not None and closed.hour >= self._summary_hour:
            self._summed = standing.day
            self._tell(summary(body, standing))

    def _summed_before(self, body: Mapping[str, Any], standing: Standing) -> date | None:
        """In which day an earlier run summed up last: its last candle ended where this begins."""
        told = moment(body["candle"]["open_time"]).hour >= self._summary_hour
        return standing.day if told else standing.before


class AlarmHandler(logging.Handler):
    """Errors that are logged are alarms: each is told, the same one once in ten minutes."""

    _AGAIN = 600.0

    def __init__(self, tell: Callable[[Notice], None]) -> None:
        super().__init__(logging.ERROR)
        self._told: dict[str, float] = {}
        self._tell_notice = tell

    def emit(self, record: logging.LogRecord) -> None:
        key = f"{record.name} {record.msg}"
        if record.created - self._told.get(key, 0.0) < self._AGAIN:
            return
        self._told[key] = record.created
        # Through the formatter, which takes secrets out.
        self._tell_notice(Notice("alarm", "Alarm", self.format(record).splitlines()[0]))
