"""The few TA-Lib functions the strategies use, with our own types on them."""

import sys
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

# TA-Lib offers its functions for pandas and polars too and imports both where they are installed
# (100 MB and seconds in a bot that uses neither). A None in sys.modules makes that import fail
# at once, which TA-Lib takes for "not installed"; afterwards both can be imported as ever.
_HIDDEN = [name for name in ("pandas", "polars") if name not in sys.modules]
sys.modules.update(cast(Any, dict.fromkeys(_HIDDEN)))
try:
    import talib
finally:
    for _name in _HIDDEN:
        del sys.modules[_name]

Floats = NDArray[np.float64]


class CandleWindow:
    """The newest `size` candles as contiguous float arrays, oldest first.

    Kept in a buffer of twice the size, so that adding a candle moves nothing most of the time.
    """

    _COLUMNS = 3

    def __init__(self, size: int) -> None:
        self.size = size
        self._buffer = np.zeros((self._COLUMNS, 2 * size))
        self._end = 0

    def __len__(self) -> int:
        return min(self._end, self.size)

    def add(self, high: float, low: float, close: float) -> None:
        if self._end == self._buffer.shape[1]:
            self._buffer[:, : self.size] = self._buffer[:, self.size :]
            self._end = self.size
        self._buffer[:, self._end] = (high, low, close)
        self._end += 1

    @property
    def high(self) -> Floats:
        return self._column(0, self.size)

    @property
    def low(self) -> Floats:
        return self._column(1, self.size)

    @property
    def close(self) -> Floats:
        return self._column(2, self.size)

    def newest(self, count: int) -> tuple[Floats, Floats, Floats]:
        """High, low and close of the newest `count` candles, or of all there are."""
        count = min(count, self.size)
        return self._column(0, count), self._column(1, count), self._column(2, count)

    def _column(self, number: int, count: int) -> Floats:
        return self._buffer[number, max(0, self._end - count) : self._end]


# Wilder's smoothing keeps 1 - 1/n of what was: after 36 periods less than 1e-15 of it is left,
# the grain of a float. What is older does not change the newest value, so it is not looked at.
_REMEMBERED = 36


def _wilder(window: CandleWindow, period: int) -> tuple[Floats, Floats, Floats]:
    return window.newest(_REMEMBERED * period)


def adx(window: CandleWindow, period: int) -> Floats:
    """Wilder's average directional index, 0 to 100; the first value stands at index 2n-1.

    Of the newest 36 periods, as every indicator of Wilder's here.
    """
    return talib.ADX(*_wilder(window, period), timeperiod=period)


def plus_di(window: CandleWindow, period: int) -> Floats:
    """Wilder's positive directional indicator, 0 to 100."""
    return talib.PLUS_DI(*_wilder(window, period), timeperiod=period)


def minus_di(window: CandleWindow, period: int) -> Floats:
    """Wilder's negative directional indicator, 0 to 100."""
    return talib.MINUS_DI(*_wilder(window, period), timeperiod=period)


def atr(window: CandleWindow, period: int) -> Floats:
    """Wilder's average true range, in quote currency."""
    return talib.ATR(*_wilder(window, period), timeperiod=period)


def ema(window: CandleWindow, period: int) -> Floats:
    """Exponential moving average of the closes, in quote currency."""
    return talib.EMA(window.close, timeperiod=period)
