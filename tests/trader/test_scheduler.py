import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from apscheduler.schedulers.background import BackgroundScheduler

from trader.domain.candle import parse_interval
from trader.scheduler import LIVE_INTERVALS, CandleClock


@pytest.mark.parametrize("interval", LIVE_INTERVALS)
def test_every_interval_that_can_be_traded_has_a_length(interval: str) -> None:
    assert parse_interval(interval)


@pytest.mark.parametrize("interval", LIVE_INTERVALS)
def test_the_clock_of_every_interval_starts_and_stops(interval: str) -> None:
    with CandleClock(interval, threading.Event()):
        pass


def test_another_interval_is_refused_with_those_that_can_be() -> None:
    with pytest.raises(ValueError, match=r"'7m' cannot be traded live; one of 1m, 3m, 5m"):
        CandleClock("7m", threading.Event())


def test_a_wait_ends_when_it_is_time_to_stop() -> None:
    stop = threading.Event()
    with CandleClock("1d", stop) as clock:
        stop.set()
        assert clock.until_close() is False


def test_a_pause_ends_when_it_is_time_to_stop() -> None:
    stop = threading.Event()
    stop.set()
    with CandleClock("1d", stop) as clock:
        assert clock.pause(3600) is False


def test_a_pause_that_is_not_stopped_says_go_on() -> None:
    with CandleClock("1d", threading.Event()) as clock:
        assert clock.pause(0.001) is True


def rings(clock: CandleClock, seconds: float = 2.0) -> int:
    """How often it rings within a while."""
    count, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends and clock.until_close():
        count += 1
    return count


class Beats:
    """Stops the clock after so many half seconds without a ring."""

    def __init__(self, stop: threading.Event, beats: int) -> None:
        self.stop, self.left = stop, beats

    def __call__(self) -> None:
        self.left -= 1
        if self.left <= 0:
            self.stop.set()


def scheduled() -> tuple[CandleClock, Any]:
    """A clock that gives up after a second of silence, and its scheduler."""
    stop, scheduler = threading.Event(), BackgroundScheduler(timezone="UTC")
    return CandleClock("1w", stop, Beats(stop, 2), scheduler=scheduler), scheduler


def test_r12_a_ring_that_is_late_by_an_hour_rings_once() -> None:
    clock, scheduler = scheduled()
    scheduler.start(paused=True)
    late = datetime.now(UTC) - timedelta(hours=1)
    scheduler.modify_job("candle", next_run_time=late)
    scheduler.resume()
    assert rings(clock) == 1
    clock.close()


def test_r12_rings_of_many_missed_closes_become_one() -> None:
    clock, scheduler = scheduled()
    scheduler.start(paused=True)
    weeks_ago = datetime.now(UTC) - timedelta(weeks=5)
    scheduler.modify_job("candle", next_run_time=weeks_ago)
    scheduler.resume()
    assert rings(clock) == 1
    clock.close()


def test_r12_rings_that_come_while_one_is_worked_on_become_one_and_are_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, _ = scheduled()
    for _ in range(3):
        clock.ring()
    assert rings(clock) == 1
    assert "while the one before was still being worked on" in caplog.text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (EVENT_JOB_MISSED, "was missed, due 2026-03-02 10:15:02 UTC"),
        (EVENT_JOB_ERROR, "failed, due 2026-03-02 10:15:02 UTC: ValueError('x')"),
        (EVENT_JOB_MAX_INSTANCES, "came while the one before was still at work"),
    ],
)
def test_r12_whatever_the_schedule_does_wrong_is_an_alarm(
    code: int, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock, scheduler = scheduled()
    due = datetime(2026, 3, 2, 10, 15, 2, tzinfo=UTC)
    with clock:
        if code == EVENT_JOB_MAX_INSTANCES:
            event: Any = JobSubmissionEvent(code, "candle", "default", [due])
        else:
            event = JobExecutionEvent(code, "candle", "default", due, exception=_error(code))
        scheduler._dispatch_event(event)
    alarms = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert [said in alarm for alarm in alarms] == [True]


def _error(code: int) -> Exception | None:
    return ValueError("x") if code == EVENT_JOB_ERROR else None


def test_r12_a_schedule_that_ends_by_itself_is_an_alarm(caplog: pytest.LogCaptureFixture) -> None:
    clock, scheduler = scheduled()
    scheduler.start()
    scheduler.shutdown()
    assert "ended by itself" in caplog.text
    clock.close()


def test_a_schedule_that_is_ended_is_none(caplog: pytest.LogCaptureFixture) -> None:
    with scheduled()[0] as clock:
        clock.close()
    assert caplog.text == ""


@pytest.mark.parametrize("interval", LIVE_INTERVALS)
def test_r12_every_close_of_a_year_rings_at_second_two_whatever_berlin_does(interval: str) -> None:
    clock, scheduler = scheduled_for(interval)
    trigger = scheduler.get_job("candle").trigger
    length = parse_interval(interval)
    for start in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        fired, now = None, start
        found = []
        while now < start + max(min(timedelta(days=2), 200 * length), 3 * length):
            fired = trigger.get_next_fire_time(fired, now)
            found.append(fired)
            now = fired + timedelta(seconds=1)
        assert all(b - a == length for a, b in pairwise(found))
        assert all(moment.second == 2 for moment in found)
    clock.close()


def scheduled_for(interval: str) -> tuple[CandleClock, Any]:
    scheduler = BackgroundScheduler(timezone="UTC")
    return CandleClock(interval, threading.Event(), scheduler=scheduler), scheduler


def test_while_it_waits_it_lets_orders_be_taken() -> None:
    stop = threading.Event()
    with CandleClock("1w", stop, Beats(stop, 1)) as clock:
        assert clock.until_close() is False


@pytest.mark.parametrize("step", [-3600.0, 3600.0])
def test_r12_a_step_of_the_clock_is_an_alarm_and_looks_at_once(
    step: float, caplog: pytest.LogCaptureFixture
) -> None:
    wall = [time.time]

    def stepped() -> float:
        return time.time() + step

    clock = CandleClock("1w", threading.Event(), wall=lambda: wall[0]())
    with clock:
        wall[0] = stepped
        assert clock.until_close() is True
    assert f"set by {step:+.0f} s" in caplog.text


def test_r12_after_a_step_back_the_next_close_is_planned_anew() -> None:
    clock, scheduler = scheduled_for("1h")
    scheduler.start(paused=True)
    in_a_day = datetime.now(UTC) + timedelta(days=1)
    scheduler.modify_job("candle", next_run_time=in_a_day)
    clock._ahead += 86_400  # as it was before the clock was set back by a day
    assert clock.until_close() is True
    assert scheduler.get_job("candle").next_run_time < datetime.now(UTC) + timedelta(hours=1.1)
    clock.close()
