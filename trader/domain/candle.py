"""One OHLCV candle, known by its open time, and the interval between candles."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class BadCandle(ValueError):
    """A candle that cannot be: the text says which figure is wrong."""


def parse_interval(text: str) -> timedelta:
    """The length of an interval written as Binance writes it, such as "15m", "1h" or "1d".

    Raises ValueError for anything else, a month ("1M") included: its length is not fixed.
    """
    match = re.fullmatch(r"([1-9]\d{0,3})([smhdw])", text)
    if match is None:
        raise ValueError(f"interval {text!r} is not a number and one of s, m, h, d, w (as in 15m)")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def from_milliseconds(value: int) -> datetime:
    """The UTC moment `value` milliseconds after the epoch, exactly."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)


def to_milliseconds(moment: datetime) -> int:
    """Whole milliseconds from the epoch to `moment`."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Candle:
    """Prices in quote currency, volume in base currency; `close_time` is where the next opens."""

    open_time: datetime
    close_time: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal

    def __post_init__(self) -> None:
        if fault := self._fault():
            raise BadCandle(f"the candle of {self.open_time:%Y-%m-%d %H:%M} cannot be: {fault}")

    def _fault(self) -> str | None:
        figures = (self.open, self.high, self.low, self.close, self.volume)
        if not all(figure.is_finite() for figure in figures):
            # TA-Lib goes on with a NaN in high or low and answers a finite, wrong ADX.
            return f"not every number is finite in {', '.join(map(str, figures))}"
        if not 0 < self.low <= min(self.open, self.close):
            return f"low {self.low} is above open {self.open} or close {self.close}, or not above 0"
        if self.high < max(self.open, self.close):
            return f"high {self.high} is under open {self.open} or close {self.close}"
        return f"volume {self.volume} is under 0" if self.volume < 0 else None
