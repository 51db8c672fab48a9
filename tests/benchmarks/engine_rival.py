"""The bot's strategy as a user of backtesting.py would write it: indicators over all candles at
once, one `next` a candle, a stop and a target with each order.
"""

import importlib
import warnings
from collections.abc import Sequence
from typing import Any

import talib

from trader.domain.candle import Candle
from trader.strategy.adx_trend import LEAST_CANDLES, AdxTrendSettings

with warnings.catch_warnings():
    # Its plotting, which is not used here, announces itself at import.
    warnings.simplefilter("ignore")
    backtesting: Any = importlib.import_module("backtesting")
    pandas: Any = importlib.import_module("pandas")

VERSION: str = backtesting.__version__
GIVEN = AdxTrendSettings(ema_fast=21, ema_slow=55, stop_atr=2.5, target_atr=5.0, adx_exit=15.0)
RISK, EXPOSURE, FEE, SLIPPAGE = 0.01, 0.95, 0.001, 0.0002


class Rival(backtesting.Strategy):  # type: ignore[misc]
    """`AdxTrend` with GIVEN and the bot's sizing."""

    def init(self) -> None:
        high, low, close = self.data.High, self.data.Low, self.data.Close
        self.adx = self.I(talib.ADX, high, low, close, GIVEN.adx_period)
        self.plus_di = self.I(talib.PLUS_DI, high, low, close, GIVEN.adx_period)
        self.minus_di = self.I(talib.MINUS_DI, high, low, close, GIVEN.adx_period)
        self.atr = self.I(talib.ATR, high, low, close, GIVEN.atr_period)
        self.fast = self.I(talib.EMA, close, GIVEN.ema_fast)
        self.slow = self.I(talib.EMA, close, GIVEN.ema_slow)

    def next(self) -> None:
        if len(self.data) < max(LEAST_CANDLES, 5 * GIVEN.ema_slow):
            return
        if self.position:
            if self.fast[-1] < self.slow[-1] or self.adx[-1] < GIVEN.adx_exit:
                self.position.close()
        elif not self.orders and self._wanted():
            self._enter()

    def _wanted(self) -> bool:
        trending = self.adx[-1] >= GIVEN.adx_threshold and self.adx[-1] > self.adx[-2]
        upward = self.plus_di[-1] > self.minus_di[-1] and self.fast[-1] > self.slow[-1]
        return bool(trending and upward and self.data.Close[-1] > self.fast[-1])

    def _enter(self) -> None:
        price, atr = self.data.Close[-1], self.atr[-1]
        by_risk = self.equity * RISK / (atr * GIVEN.stop_atr)
        size = int(min(by_risk, self.equity * EXPOSURE / price))
        if size:
            stop, target = price - atr * GIVEN.stop_atr, price + atr * GIVEN.target_atr
            self.buy(size=size, sl=stop, tp=target)


def frame(candles: Sequence[Candle]) -> Any:
    """The candles as backtesting.py takes them."""
    columns = {
        name.capitalize(): [float(getattr(candle, name)) for candle in candles]
        for name in ("open", "high", "low", "close", "volume")
    }
    return pandas.DataFrame(columns, index=pandas.DatetimeIndex([c.open_time for c in candles]))


def run(data: Any, cash: int) -> int:
    """How many trades it closes; no progress bar, nothing drawn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test = backtesting.Backtest(
            data, Rival, cash=cash, commission=FEE, spread=SLIPPAGE, exclusive_orders=False
        )
        return int(test.run()["# Trades"])
