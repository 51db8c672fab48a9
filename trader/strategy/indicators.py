"""The few TA-Lib functions the strategies use, with our own types on them."""

import sys
from collections.abc import Callable
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


def _bare(name: str) -> Callable[..., Floats]:
    """TA-Lib's function itself: where something imported TA-Lib before us and pandas is there,
    it is wrapped in one that looks for pandas' series at each call. Here arrays come alone.
    """
    function = getattr(talib, name)
    bare: Callable[..., Floats] = getattr(function, "__wrapped__", function)
    return bare


_ADX, _PLUS_DI, _MINUS_DI = _bare("ADX"), _bare("PLUS_DI"), _bare("MINUS_DI")
_ATR, _EMA = _bare("ATR"), _bare("EMA")


class CandleWindow:
    """The newest `size` candles as contiguous float arrays, oldest first.

    Kept in a buffer of twice the size, so that adding a candle moves nothing most of the time.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._high, self._low, self._close = (np.zeros(2 * size) for _ in range(3))
        self._end = 0
        self._views: dict[int, tuple[Floats, Floats, Floats]] = {}

    def __len__(self) -> int:
        return min(self._end, self.size)

    def add(self, high: float, low: float, close: float) -> None:
        if self._end == 2 * self.size:
            for column in (self._high, self._low, self._close):
                column[: self.size] = column[self.size :]
            self._end = self.size
        self._high[self._end] = high
        self._low[self._end] = low
        self._close[self._end] = close
        self._end += 1
        self._views.clear()

    @property
    def high(self) -> Floats:
        return self.newest(self.size)[0]

    @property
    def low(self) -> Floats:
        return self.newest(self.size)[1]

    @property
    def close(self) -> Floats:
        return self.newest(self.size)[2]

    def newest(self, count: int) -> tuple[Floats, Floats, Floats]:
        """High, low and close of the newest `count` candles, or of all there are."""
        if (found := self._views.get(count)) is None:
            seen = slice(max(0, self._end - min(count, self.size)), self._end)
            found = self._views[count] = self._high[seen], self._low[seen], self._close[seen]
        return found


# Wilder's smoothing keeps 1 - 1/n of what was: after 36 periods less than 1e-15 of it is left,
# the grain of a float. What is older does not change the newest value, so it is not looked at.
_REMEMBERED = 36


def adx(window: CandleWindow, period: int) -> Floats:
    """Wilder's average directional index, 0 to 100; the first value stands at index 2n-1.

    Of the newest 36 periods, as every indicator of Wilder's here.
    """
    return _ADX(*window.newest(_REMEMBERED * period), period)


def plus_di(window: CandleWindow, period: int) -> Floats:
    """Wilder's positive directional indicator, 0 to 100."""
    return _PLUS_DI(*window.newest(_REMEMBERED * period), period)


def minus_di(window: CandleWindow, period: int) -> Floats:
    """Wilder's negative directional indicator, 0 to 100."""
    return _MINUS_DI(*window.newest(_REMEMBERED * period), period)


def atr(window: CandleWindow, period: int) -> Floats:
    """Wilder's average true range, in quote currency."""
    return _ATR(*window.newest(_REMEMBERED * period), period)


def ema(window: CandleWindow, period: int) -> Floats:
    """Exponential moving average of the closes, in quote currency."""
    return _EMA(window.close, period)
