import threading

import pytest

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
