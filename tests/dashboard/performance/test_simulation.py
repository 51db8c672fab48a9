"""The simulation judges the rule the pages show."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.performance.comparison import Version, compare
from dashboard.performance.equity import DAY
from dashboard.performance.summary import Summary
from dashboard.performance.trade import UNIT, TradeResult
from dashboard.performance.verdict import PROBABLE, Verdict
from tests.benchmarks import comparison_simulation as simulation

CROWNED = (Verdict.PROBABLY_BETTER, Verdict.BETTER)


def version(results: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Version:
    """Results (days, trades a day) in R."""
    days = []
    for day, made in enumerate(results):
        trades = [
            TradeResult(f"{place}", day * DAY + place, round(one * UNIT), risk=UNIT)
            for place, one in enumerate(made)
        ]
        days.append((day, Summary.of_trades(trades)))
    return Version("x", days)


@pytest.mark.parametrize("per_day", [1, 3])
@pytest.mark.parametrize("seed", range(4))
def test_crowned_is_what_compare_says(seed: int, per_day: int) -> None:
    chance = np.random.default_rng(seed)
    a = simulation.fat(chance, (1, 120, per_day))
    b = simulation.fat(chance, (1, 120, per_day)) + 0.35 * seed
    simulated = simulation.crowned(a, b, PROBABLE)[0]
    for days in (12, 30, 60, 90, 120):
        found = compare(version(a[0, :days]), version(b[0, :days]), versions_tried=2, today=days)
        assert (found.ruling.verdict in CROWNED) == simulated[days - 1]


@pytest.mark.parametrize(
    "law", [simulation.fat, simulation.trend_follower, simulation.scalper, simulation.lottery]
)
def test_a_law_has_mean_0(law: simulation.Law) -> None:
    assert abs(law(np.random.default_rng(1), (1_000, 1_000)).mean()) < 0.01


def test_identical_bots_are_seldom_crowned() -> None:
    found = simulation.ever_crowned(simulation.fat, simulation.fat, pairs=500, days=300, seed=5)
    assert found <= 0.05


def test_chunks_add_up() -> None:
    sizes = list(simulation.chunks(2_500, simulation.CHUNK // 1_000))
    assert (sum(sizes), max(sizes)) == (2_500, 1_000)
