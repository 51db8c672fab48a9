"""Intervals and p-values by resampling. Needs scipy: import it outside the web process.

scipy.stats doubles a process's memory, and a default bootstrap of long histories takes
hundreds of megabytes; so days are grouped and resampled in batches of bounded size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dashboard.performance.confidence import Floats
from dashboard.performance.pairing import DayResult

RESAMPLES = 9_999
# Numbers drawn at a time: 2 million indices and what they pick are some 50 MB.
BATCH_NUMBERS = 1_000_000
# More observations than this are grouped: BCa's jackknife grows with their square.
MAX_OBSERVATIONS = 2_000


@dataclass(frozen=True, slots=True)
class Resampled:
    """What resampling says of B less A, per trade: an estimate for ONE look, beside the verdict.

    `low`, `high`: 95 % BCa interval; `p_value` of the permutation test (two-sided). None where
    undefined, the reason in `undefined`. The seed makes them reproducible.
    """

    low: float | None
    high: float | None
    p_value: float | None
    observations_a: int
    observations_b: int
    resamples: int
    seed: int
    undefined: dict[str, str]


def resample(
    a: Sequence[DayResult],
    b: Sequence[DayResult],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> Resampled:
    """The BCa interval of the difference in expectancy and a permutation p-value, by day.

    A day's trades are drawn together, because they share one market. Peak memory is bounded
    whatever the history (see `BATCH_NUMBERS`, `MAX_OBSERVATIONS`).
    """
    one, other = grouped(a), grouped(b)
    undefined: dict[str, str] = {}
    if min(len(one), len(other)) < 2:
        reason = "fewer than two days with trades of a version"
        undefined = {"low": reason, "high": reason, "p_value": reason}
        return Resampled(None, None, None, len(one), len(other), resamples, seed, undefined)
    interval = bca_interval(one, other, seed=seed, resamples=resamples)
    if interval is None:
        reason = "the days scatter too little to resample"
        undefined = {"low": reason, "high": reason}
    low, high = interval or (None, None)
    p_value = permutation_p(one, other, seed=seed, resamples=resamples)
    return Resampled(low, high, p_value, len(one), len(other), resamples, seed, undefined)


def grouped(days: Sequence[DayResult], most: int = MAX_OBSERVATIONS) -> Floats:
    """Days as (n, 2) sums and counts of trades; neighbours joined where there are too many."""
    table = np.array([(day.total, day.trades) for day in days], dtype=np.float64).reshape(-1, 2)
    if len(table) <= most:
        return table
    starts = np.linspace(0, len(table), most, endpoint=False).astype(np.intp)
    joined: Floats = np.add.reduceat(table, starts, axis=0)
    return joined


def bca_interval(
    a: Floats, b: Floats, *, seed: int, resamples: int = RESAMPLES, level: float = 0.95
) -> tuple[float, float] | None:
    """BCa interval of mean(B) - mean(A), each mean a ratio of (n, 2) sums and counts.

    None where the bootstrap is degenerate (all observations equal). Source: Efron 1987;
    scipy.stats.bootstrap. Covers less than it says under some 400 trades (see the docs).
    """
    if _flat(a) and _flat(b):
        return None
    found = stats.bootstrap(
        (np.arange(len(a)), np.arange(len(b))),
        _difference(a, b),
        n_resamples=resamples,
        batch=_batch(len(a) + len(b)),
        vectorized=True,
        confidence_level=level,
        method="BCa",
        rng=np.random.default_rng(seed),
    )
    low, high = found.confidence_interval
    return (float(low), float(high)) if math.isfinite(low) and math.isfinite(high) else None


def permutation_p(a: Floats, b: Floats, *, seed: int, resamples: int = RESAMPLES) -> float:
    """Two-sided p-value that the versions are interchangeable: days shuffled between them.

    Source: scipy.stats.permutation_test, independent samples.
    """
    both = np.concatenate((a, b))
    found = stats.permutation_test(
        (np.arange(len(a)), np.arange(len(a), len(both))),
        _difference(both, both),
        permutation_type="independent",
        vectorized=True,
        n_resamples=resamples,
        batch=_batch(len(both)),
        alternative="two-sided",
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def _difference(a: Floats, b: Floats) -> Any:
    """The statistic over indices into the tables: difference of the two ratios of sums."""
    mean_a, mean_b = _mean_of(a), _mean_of(b)

    def statistic(picked_a: NDArray[np.intp], picked_b: NDArray[np.intp], axis: int = -1) -> Floats:
        result: Floats = mean_b(picked_b, axis) - mean_a(picked_a, axis)
        return result

    return statistic


def _mean_of(table: Floats) -> Callable[[NDArray[np.intp], int], Floats]:
    """The mean a trade of the picked days; where all have as many, that of the days' means."""
    totals, counts = table[:, 0], table[:, 1]
    if np.ptp(counts) == 0:
        means = totals / counts
        return lambda picked, axis: means[picked].mean(axis=axis)
    return lambda picked, axis: totals[picked].sum(axis=axis) / counts[picked].sum(axis=axis)


def _flat(table: Floats) -> bool:
    means = table[:, 0] / table[:, 1]
    return bool(np.ptp(means) == 0)


def _batch(observations: int) -> int:
    return max(1, BATCH_NUMBERS // observations)
