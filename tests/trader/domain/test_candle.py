from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from trader.domain.candle import BadCandle, Candle, from_milliseconds, parse_interval

OPENED = datetime(2024, 1, 1, tzinfo=UTC)


def candle(**figures: str) -> Candle:
    given = {"open": "10", "high": "12", "low": "9", "close": "11", "volume": "5"} | figures
    return Candle(
        OPENED,
        OPENED + timedelta(minutes=15),
        **{name: Decimal(text) for name, text in given.items()},
    )


def test_a_possible_candle_is_taken() -> None:
    assert candle().close == Decimal(11)


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"high": "NaN"}, "not every number is finite"),
        ({"low": "Infinity"}, "not every number is finite"),
        ({"low": "10.5"}, "low 10.5 is above open 10"),
        ({"low": "0"}, "not above 0"),
        ({"high": "10.9"}, "high 10.9 is under open 10 or close 11"),
        ({"volume": "-1"}, "volume -1 is under 0"),
    ],
)
def test_an_impossible_candle_is_refused_with_its_fault(figures: dict[str, str], said: str) -> None:
    with pytest.raises(BadCandle, match=said):
        candle(**figures)


@pytest.mark.parametrize(
    ("text", "length"),
    [("15m", timedelta(minutes=15)), ("4h", timedelta(hours=4)), ("1d", timedelta(days=1))],
)
def test_intervals_are_read_as_binance_writes_them(text: str, length: timedelta) -> None:
    assert parse_interval(text) == length


@pytest.mark.parametrize("text", ["", "15", "m", "0m", "1M", "-1h", "1.5h", "١m"])
def test_what_is_no_interval_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="interval"):
        parse_interval(text)


def test_milliseconds_lose_nothing() -> None:
    assert from_milliseconds(1_704_067_200_001) == OPENED + timedelta(milliseconds=1)
