"""Wilder's directional movement in plain Python: the oracle for what TA-Lib computes.

J. Welles Wilder, New Concepts in Technical Trading Systems (1978), chapter IV.
"""

from collections.abc import Sequence


def adx(
    high: Sequence[float], low: Sequence[float], close: Sequence[float], period: int
) -> tuple[list[float], list[float], list[float]]:
    """+DI, -DI and ADX by candle, without those before the first value (ADX begins later)."""
    ranges, plus, minus = [], [], []
    for i in range(1, len(close)):
        up, down = high[i] - high[i - 1], low[i - 1] - low[i]
        plus.append(up if up > down and up > 0 else 0.0)
        minus.append(down if down > up and down > 0 else 0.0)
        ranges.append(
            max(high[i] - low[i], abs(high[i] - close[i - 1]), abs(low[i] - close[i - 1]))
        )
    smooth_range, smooth_plus, smooth_minus = (
        _smoothed(each, period) for each in (ranges, plus, minus)
    )
    plus_di = [100 * p / r for p, r in zip(smooth_plus, smooth_range, strict=True)]
    minus_di = [100 * m / r for m, r in zip(smooth_minus, smooth_range, strict=True)]
    dx = [100 * abs(p - m) / (p + m) for p, m in zip(plus_di, minus_di, strict=True)]
    average = [sum(dx[:period]) / period]
    for value in dx[period:]:
        average.append((average[-1] * (period - 1) + value) / period)
    return plus_di, minus_di, average


def _smoothed(values: Sequence[float], period: int) -> list[float]:
    """Wilder's running sum: the first is the sum of period-1 values, carried one step on."""
    running = sum(values[: period - 1])
    found = []
    for value in values[period - 1 :]:
        running = running - running / period + value
        found.append(running)
    return found
