import subprocess
import sys
from itertools import islice

import pytest

from tests.trader.strategy import wilder
from trader.feed.demo import generate
from trader.strategy import indicators
from trader.strategy.indicators import CandleWindow

CANDLES = list(islice(generate(seed=11), 1500))


@pytest.fixture(scope="module")
def window() -> CandleWindow:
    filled = CandleWindow(1000)
    for candle in CANDLES[:700]:
        filled.add(float(candle.high), float(candle.low), float(candle.close))
    return filled


@pytest.mark.parametrize("period", [7, 14, 21])
@pytest.mark.parametrize("which", [0, 1, 2], ids=["plus_di", "minus_di", "adx"])
def test_directional_movement_is_wilders(window: CandleWindow, period: int, which: int) -> None:
    by_hand = wilder.adx(window.high, window.low, window.close, period)[which]  # type: ignore[arg-type]
    function = (indicators.plus_di, indicators.minus_di, indicators.adx)[which]
    values = function(window, period)
    assert values[-1] == pytest.approx(by_hand[-1], rel=1e-12)


def test_adx_begins_at_twice_the_period_less_one(window: CandleWindow) -> None:
    values = indicators.adx(window, 14)
    assert next(i for i, value in enumerate(values) if value == value) == 2 * 14 - 1


def test_a_full_window_keeps_the_newest_candles_in_order() -> None:
    window = CandleWindow(100)
    for candle in CANDLES[:555]:
        window.add(float(candle.high), float(candle.low), float(candle.close))
    assert list(window.close) == [float(candle.close) for candle in CANDLES[455:555]]


def test_a_long_run_and_a_fresh_window_agree_to_a_thousandth() -> None:
    """What a restarted bot sees is what it would have seen: ADX(14) forgets within 150 candles."""
    long, fresh = CandleWindow(1000), CandleWindow(1000)
    for candle in CANDLES:
        long.add(float(candle.high), float(candle.low), float(candle.close))
    for candle in CANDLES[-250:]:
        fresh.add(float(candle.high), float(candle.low), float(candle.close))
    assert indicators.adx(long, 14)[-1] == pytest.approx(indicators.adx(fresh, 14)[-1], abs=1e-3)


def test_pandas_and_polars_stay_out_of_the_bot() -> None:
    code = (
        "import sys, trader.strategy.adx_trend;"
        "sys.exit(any(name in sys.modules for name in ('pandas', 'polars')))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
