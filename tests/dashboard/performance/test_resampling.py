"""Bootstrap and permutation: reproducible, by day, bounded."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from dashboard.performance.pairing import DayResult
from dashboard.performance.resampling import bca_interval, grouped, permutation_p, resample


def days(seed: int, count: int, mean: float = 0.0, per_day: int = 1) -> list[DayResult]:
    draws = np.random.default_rng(seed).standard_t(3, (count, per_day)) * 0.87 + mean
    return [DayResult(day, per_day, float(made.sum())) for day, made in enumerate(draws)]


def test_the_interval_is_scipys_for_one_trade_a_day() -> None:
    a, b = grouped(days(1, 60)), grouped(days(2, 60, 0.3))
    theirs = stats.bootstrap(
        (a[:, 0], b[:, 0]),
        lambda x, y, axis=-1: y.mean(axis=axis) - x.mean(axis=axis),
        n_resamples=999,
        batch=999,
        method="BCa",
        rng=np.random.default_rng(7),
    ).confidence_interval
    ours = bca_interval(a, b, seed=7, resamples=999)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_same_seed_gives_the_same_answer() -> None:
    a, b = days(1, 40), days(2, 40)
    assert resample(a, b, seed=5, resamples=499) == resample(a, b, seed=5, resamples=499)


def test_another_seed_gives_another() -> None:
    a, b = days(1, 40), days(2, 40)
    assert resample(a, b, seed=5, resamples=499) != resample(a, b, seed=6, resamples=499)


def test_days_are_drawn_whole() -> None:
    """Trades that repeat each other within a day say no more than one of them."""
    once = [DayResult(day, 1, made.total) for day, made in enumerate(days(1, 60))]
    often = [DayResult(one.day, 9, 9 * one.total) for one in once]
    other = grouped(days(2, 60))
    narrow = bca_interval(grouped(once), other, seed=3, resamples=499)
    assert narrow == pytest.approx(bca_interval(grouped(often), other, seed=3, resamples=499))


def test_a_day_counts_by_its_trades() -> None:
    busy = [DayResult(0, 3, 3.0), DayResult(1, 1, -1.0)] * 30
    flat = [DayResult(day, 1, 0.0) for day in range(60)]
    interval = bca_interval(grouped(flat), grouped(busy), seed=3, resamples=499)
    assert interval is not None
    assert interval[0] < 0.5 < interval[1]


def test_equal_versions_are_interchangeable() -> None:
    assert permutation_p(grouped(days(1, 60)), grouped(days(1, 60)), seed=1, resamples=499) > 0.9


def test_different_versions_are_not() -> None:
    p = permutation_p(grouped(days(1, 60)), grouped(days(2, 60, 2.0)), seed=1, resamples=499)
    assert p < 0.01


def test_long_histories_are_grouped_without_losing_anything() -> None:
    many = days(1, 2_500, per_day=2)
    table = grouped(many, most=400)
    assert len(table) == 400
    assert table.sum(axis=0).tolist() == pytest.approx(
        [math.fsum(day.total for day in many), 5_000]
    )


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_days_are_undefined(count: int) -> None:
    found = resample(days(1, count), days(2, 50), seed=1, resamples=99)
    assert (found.low, found.p_value) == (None, None)
    assert set(found.undefined) == {"low", "high", "p_value"}


def test_days_without_scatter_have_no_interval() -> None:
    same = [DayResult(day, 1, 1.0) for day in range(20)]
    found = resample(same, same, seed=1, resamples=99)
    assert found.low is None
    assert found.undefined["low"] == "the days scatter too little to resample"


def test_only_resampling_brings_scipy_into_a_process() -> None:
    """scipy would double the site's memory."""
    code = (
        "import sys, dashboard.performance.comparison, dashboard.performance.metrics,"
        " dashboard.performance.downsample; sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
