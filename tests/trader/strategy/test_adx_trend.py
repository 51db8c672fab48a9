import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from trader.domain.candle import Candle
from trader.domain.signal import Action, Signal
from trader.strategy.adx_trend import LEAST_CANDLES, AdxTrend, AdxTrendSettings
from trader.strategy.versions import NEWEST, VERSIONS, settings_of

OPENED = datetime(2024, 1, 1, tzinfo=UTC)


def candles(closes: Iterable[float]) -> list[Candle]:
    """Candles of these closes, each a little wider than its body."""
    made, before = [], 1000.0
    for number, close in enumerate(closes):
        opened = OPENED + number * timedelta(minutes=15)
        prices = [Decimal(f"{price:.2f}") for price in (before, close)]
        made.append(
            Candle(
                opened,
                opened + timedelta(minutes=15),
                open=prices[0],
                high=max(prices) + 1,
                low=min(prices) - 1,
                close=prices[1],
                volume=Decimal(1),
            )
        )
        before = close
    return made


def flat(count: int) -> list[float]:
    dice = random.Random(5)
    return [1000.0 + dice.uniform(-3, 3) for _ in range(count)]


def rising(count: int, start: float = 1000.0) -> list[float]:
    return [start + 4.0 * number for number in range(1, count + 1)]


def falling(count: int, start: float) -> list[float]:
    return [start - 4.0 * number for number in range(1, count + 1)]


def last_signal(closes: list[float], *, holding: bool = False) -> Signal:
    strategy = AdxTrend(AdxTrendSettings())
    *past, newest = candles(closes)
    for candle in past:
        strategy.see(candle)
    return strategy.decide(newest, holding=holding)


def test_a_trend_that_the_averages_confirm_is_joined() -> None:
    assert last_signal(flat(300) + rising(10)).action is Action.ENTER


def test_a_flat_market_is_left_alone() -> None:
    assert last_signal(flat(300)).action is Action.HOLD


def test_a_falling_trend_is_not_bought() -> None:
    assert last_signal(flat(300) + falling(10, 1000.0)).action is Action.HOLD


def test_nothing_is_signalled_before_the_indicators_have_settled() -> None:
    signal = last_signal(flat(LEAST_CANDLES - 30) + rising(29))
    assert (signal.action, signal.reason) == (
        Action.HOLD,
        f"warming up: {LEAST_CANDLES - 1} of {LEAST_CANDLES} candles",
    )


def test_a_position_is_left_when_the_trend_turns() -> None:
    signal = last_signal(flat(300) + rising(60) + falling(60, 1240.0), holding=True)
    assert (signal.action, signal.reason) == (Action.EXIT, "trend_turned")


def test_a_position_is_left_when_the_trend_fades() -> None:
    signal = last_signal(flat(300) + rising(30) + flat(20) * 3, holding=True)
    assert signal.action is Action.EXIT


def test_a_position_is_held_while_the_trend_lasts() -> None:
    assert last_signal(flat(300) + rising(60), holding=True).action is Action.HOLD


def test_stop_and_target_are_multiples_of_the_atr() -> None:
    signal = last_signal(flat(300) + rising(10))
    atr = Decimal(repr(signal.indicators["atr"]))
    assert signal.stop_distance == pytest.approx(atr * 2, rel=Decimal("1e-6"))
    assert signal.target_distance == pytest.approx(atr * 4, rel=Decimal("1e-6"))


def test_what_it_saw_stands_in_the_signal() -> None:
    seen = last_signal(flat(300)).indicators
    assert {"adx", "plus_di", "minus_di", "ema_fast", "ema_slow", "atr"} <= set(seen)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"adx_period": 0}, "adx_period is 0"),
        ({"ema_fast": 50}, "ema_fast 50 must be under ema_slow 50"),
        ({"adx_exit": 30.0}, "adx_exit 30.0 must not be above"),
        ({"ema_slow": 500}, "ema_slow 500 must be at most 200"),
        ({"stop_atr": float("nan")}, "stop_atr is nan"),
    ],
)
def test_settings_that_cannot_be_are_refused(change: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(AdxTrendSettings(), **change)  # type: ignore[arg-type]


def test_an_unknown_version_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'9\.99' is not known; the versions are 8\.01, 8\.02"):
        settings_of("9.99")


def test_the_newest_version_is_one_of_them() -> None:
    assert NEWEST in VERSIONS
