"""What a comparison is counted in: R multiples, or money where a stop is not known."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.performance.formulas import Undefined, variance
from dashboard.performance.pairing import DayResult
from dashboard.performance.summary import Summary
from dashboard.performance.trade import R_UNIT, UNIT

# The smallest difference in expectancy that matters, and the deviation of a trade that goes
# with it: 0.1 R where trades scatter by 1.5 R. Money is measured by its own scatter.
MARGIN_R = 0.1
DEVIATION_R = 1.5
LEAST_DIGITS = 8  # after the point: money is counted in 1e-8


@dataclass(frozen=True, slots=True)
class Sample:
    """Count, mean and deviation (ddof 1) of trades, in R or whole quote units."""

    count: int
    mean: float
    deviation: float

    @property
    def error(self) -> float:
        """Standard error of the mean."""
        return self.deviation / math.sqrt(self.count) if self.count else math.inf


@dataclass(frozen=True, slots=True)
class Unit:
    """`name` is "R" or the quote asset, e.g. "USDT"."""

    name: str
    in_r: bool

    def sample(self, summary: Summary) -> Sample:
        """A run of trades as numbers in this unit. Without trades the mean is nan."""
        if self.in_r:
            r = summary.multiples
            count, total, squares, scale = r.r_trades, r.r_sum, r.r_sum_squares, R_UNIT
        else:
            totals = summary.totals
            count, total, squares = totals.trades, summary.net_pnl, totals.sum_squares
            scale = UNIT
        spread = variance(count, total, squares)
        deviation = math.nan if isinstance(spread, Undefined) else math.sqrt(spread) / scale
        return Sample(count, total / (count * scale) if count else math.nan, deviation)

    def day(self, day: int, summary: Summary) -> DayResult:
        """A day's row in this unit."""
        if self.in_r:
            return DayResult(day, summary.multiples.r_trades, summary.multiples.r_sum / R_UNIT)
        return DayResult(day, summary.trades, summary.net_pnl / UNIT)

    def margin(self, a: Sample, b: Sample) -> float:
        """The smallest difference that matters, > 0 where anything scatters at all."""
        if self.in_r:
            return MARGIN_R
        pooled = math.sqrt((a.deviation**2 + b.deviation**2) / 2)
        return pooled * MARGIN_R / DEVIATION_R

    def say(self, value: float, *, signed: bool = True) -> str:
        """A number of this unit for a sentence, with a true minus sign.

        To two digits after the point, or to two that count where those would be 0.00: a
        thousandth of a bitcoin is not nothing. Money has no more than eight.
        """
        size = abs(value)
        digits = 2
        if 0 < size < 0.01:
            digits = min(1 - math.floor(math.log10(size)), LEAST_DIGITS)
        if round(size, digits) == 0:
            value, digits = 0.0, 2
        return f"{value:{'+' if signed else ''}.{digits}f}".replace("-", "−")


def unit_for(a: Summary, b: Summary, quote_asset: str) -> Unit:
    """R where every trade of both has a known risk, else money of the quote asset."""
    known = all(one.trades == one.multiples.r_trades for one in (a, b))
    return Unit("R", True) if known else Unit(quote_asset, False)
