"""The formulas over daily returns, each once. Risk-free rate 0, annualised with 365 days.

Every function takes fractions (0.01 is one percent) in order of days. Where a figure is not
defined the answer is an `Undefined` with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import NormalDist

from dashboard.performance.formulas import Undefined

YEAR = 365
# Compounded over a year, a few lucky weeks read like a fortune.
CAGR_MIN_DAYS = 90
EULER_MASCHERONI = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean, deviation (ddof 1), and the unbiased skewness and kurtosis (3 for a normal law).

    Skewness is None under three values, kurtosis under four, both where all are equal.
    """

    count: int
    mean: float
    deviation: float
    skewness: float | None
    kurtosis: float | None

    @property
    def sharpe(self) -> float:
        """Mean / deviation, per period."""
        return self.mean / self.deviation


def moments(values: Sequence[float]) -> Moments | Undefined:
    """The moments of a series of returns. Undefined under two, and without any spread."""
    count = len(values)
    if count < 2:
        return Undefined("fewer than two days")
    mean = math.fsum(values) / count
    off = [value - mean for value in values]
    m2, m3, m4 = (math.fsum(d**power for d in off) / count for power in (2, 3, 4))
    # What is left of equal returns after rounding is no spread.
    if math.sqrt(m2) <= 1e-12 * max(map(abs, values)) or m2 == 0:
        return Undefined("every day had the same return")
    skewness = kurtosis = None
    if count > 2:
        skewness = math.sqrt(count * (count - 1)) / (count - 2) * m3 / m2**1.5
    if count > 3:
        excess = (count + 1) * (m4 / m2**2) - 3 * (count - 1)
        kurtosis = (count - 1) / ((count - 2) * (count - 3)) * excess + 3
    return Moments(count, mean, math.sqrt(m2 * count / (count - 1)), skewness, kurtosis)


def sharpe(values: Sequence[float]) -> float | Undefined:
    """Mean / sd (ddof 1) x sqrt(365), signed. Undefined under two days or without spread.

    Source: Sharpe 1994; equal to quantstats, empyrical and ffn with periods=365.
    """
    found = moments(values)
    return found if isinstance(found, Undefined) else found.sharpe * math.sqrt(YEAR)


def sortino(values: Sequence[float]) -> float | Undefined:
    """Mean / sqrt(mean(min(r, 0)^2)) x sqrt(365), signed. Undefined without a losing day.

    Source: Sortino and Price 1994; equal to quantstats and empyrical with periods=365.
    """
    if len(values) < 2:
        return Undefined("fewer than two days")
    downside = math.sqrt(math.fsum(min(r, 0.0) ** 2 for r in values) / len(values))
    if downside == 0:
        return Undefined("no losing days")
    return math.fsum(values) / len(values) / downside * math.sqrt(YEAR)


def growth(values: Sequence[float]) -> list[float]:
    """What 1 became after each day, the starting 1 first."""
    return list(accumulate(values, lambda wealth, r: wealth * (1 + r), initial=1.0))


def drawdowns(values: Sequence[float]) -> list[float]:
    """The fall from the peak so far at each day's end, <= 0, the starting day's 0 first.

    The peak includes the starting equity. Source: empyrical.max_drawdown.
    """
    curve = growth(values)
    return [now / peak - 1 for now, peak in zip(curve, accumulate(curve, max), strict=True)]


def cagr(values: Sequence[float]) -> float | Undefined:
    """(E_T / E_0)^(365 / days) - 1, signed. Undefined without days or when all was lost.

    Source: empyrical.cagr, quantstats.stats.cagr. Pages hide it under 90 days.
    """
    if not values:
        return Undefined("no days")
    wealth = growth(values)[-1]
    if wealth <= 0:
        return Undefined("the equity fell to nothing")
    try:
        return float(wealth ** (YEAR / len(values))) - 1
    except OverflowError:
        return Undefined("too few days to raise to a year")


def calmar(values: Sequence[float]) -> float | Undefined:
    """CAGR / abs(max drawdown), signed. Undefined where either is, and without a drawdown.

    Source: Young 1991; quantstats.stats.calmar, empyrical.calmar_ratio.
    """
    yearly, deepest = cagr(values), min(drawdowns(values))
    if isinstance(yearly, Undefined):
        return yearly
    return Undefined("no drawdown") if deepest == 0 else yearly / -deepest


def ulcer_index(values: Sequence[float]) -> float | Undefined:
    """sqrt(mean(drawdown^2)) over all days and the start, a fraction >= 0. Undefined without days.

    Source: Martin 1987; ffn.to_ulcer_index (which answers in percent). quantstats divides
    by n - 1.
    """
    if not values:
        return Undefined("no days")
    falls = drawdowns(values)
    return math.sqrt(math.fsum(fall * fall for fall in falls) / len(falls))


def probabilistic_sharpe(found: Moments | Undefined, hurdle: float = 0.0) -> float | Undefined:
    """The probability, 0..1, that the true Sharpe ratio per day exceeds `hurdle` (PSR).

    Phi((SR - hurdle) sqrt(n - 1) / sqrt(1 - skew SR + (kurtosis - 1) / 4 SR^2)). Undefined
    under four days, without spread, and where skewness leaves no positive variance.
    Source: Bailey and Lopez de Prado 2012; equal to quantstats and ffn.
    """
    if isinstance(found, Undefined):
        return found
    if found.skewness is None or found.kurtosis is None:
        return Undefined("fewer than four days")
    ratio = found.sharpe
    spread = 1 - found.skewness * ratio + (found.kurtosis - 1) / 4 * ratio * ratio
    if spread <= 0:
        return Undefined("the returns are too skewed to judge")
    return NormalDist().cdf((ratio - hurdle) * math.sqrt(found.count - 1) / math.sqrt(spread))


def expected_best_sharpe(trials: int, deviation: float) -> float:
    """The Sharpe ratio per day that the luckiest of `trials` worthless versions would show.

    sd x ((1 - g) z(1 - 1/N) + g z(1 - 1/(N e))), g the Euler-Mascheroni constant; 0 for one.
    Source: Bailey and Lopez de Prado 2014.
    """
    if trials < 2:
        return 0.0
    z = NormalDist().inv_cdf
    return deviation * (
        (1 - EULER_MASCHERONI) * z(1 - 1 / trials) + EULER_MASCHERONI * z(1 - 1 / (trials * math.e))
    )


def deflated_sharpe(values: Sequence[float], trial_sharpes: Sequence[float]) -> float | Undefined:
    """PSR against the best Sharpe luck alone would give among every version ever tried (DSR).

    `trial_sharpes`: Sharpe ratio per day of every version, this one and the abandoned ones
    included. A probability, 0..1. Undefined where the PSR is, or without trials.
    Source: Bailey and Lopez de Prado 2014; ffn.calc_deflated_sharpe_ratio.
    """
    if not trial_sharpes:
        return Undefined("no version was tried")
    spread = 0.0
    if len(trial_sharpes) > 1:
        mean = math.fsum(trial_sharpes) / len(trial_sharpes)
        spread = math.fsum((s - mean) ** 2 for s in trial_sharpes) / (len(trial_sharpes) - 1)
    hurdle = expected_best_sharpe(len(trial_sharpes), math.sqrt(spread))
    return probabilistic_sharpe(moments(values), hurdle)
