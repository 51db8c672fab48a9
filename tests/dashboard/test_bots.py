import pytest

from dashboard.models import Bot
from dashboard.selectors.bots import SECOND, quiet_after, state
from dashboard.units import seconds_of

HEARD = 1_767_225_600 * SECOND


def bot(**changes: object) -> Bot:
    known = {"mode": "live", "interval": "15m", "last_recorded_at": HEARD}
    return Bot(**{**known, "last_snapshot_at": HEARD, **changes})


@pytest.mark.parametrize(
    ("interval", "seconds"), [("1m", 60), ("15m", 900), ("4h", 14_400), ("", None), ("m", None)]
)
def test_an_interval_in_seconds(interval: str, seconds: int | None) -> None:
    assert seconds_of(interval) == seconds


def test_a_bot_with_a_candle_just_closed_is_running() -> None:
    assert state(bot(), HEARD + SECOND) == "running"


def test_two_intervals_without_a_candle_are_quiet() -> None:
    assert state(bot(), HEARD + (2 * 900 + 31) * SECOND) == "quiet"


def test_a_late_candle_is_not_quiet_yet() -> None:
    assert state(bot(), HEARD + (2 * 900 + 29) * SECOND) == "running"


def test_a_demo_is_judged_by_when_it_spoke_not_by_its_own_clock() -> None:
    assert state(bot(mode="demo", interval="15m"), HEARD + 61 * SECOND) == "quiet"


@pytest.mark.parametrize(
    ("reason", "word"),
    [("finished", "finished"), ("interrupted", "stopped"), ("failed", "stopped")],
)
def test_a_bot_that_said_goodbye_is_never_quiet(reason: str, word: str) -> None:
    gone = bot(stopped_at=HEARD, stop_reason=reason)
    assert state(gone, HEARD + 10**15) == word
    assert quiet_after(gone) is None
