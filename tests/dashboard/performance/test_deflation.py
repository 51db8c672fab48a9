"""The best of many versions is the luckiest."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.performance.deflation import daily_results, deflated_sharpes
from dashboard.performance.formulas import Undefined
from dashboard.performance.returns import moments, probabilistic_sharpe
from dashboard.performance.summary import Summary
from dashboard.performance.trade import UNIT, TradeResult


def days(*results: float, start: int = 0) -> list[tuple[int, Summary]]:
    """One trade a day; nothing on days that made 0."""
    return [
        (day, Summary.of(TradeResult("1", day, round(made * UNIT))))
        for day, made in enumerate(results, start=start)
        if made
    ]


def test_flat_days_count() -> None:
    assert daily_results(days(1.0, 0, 0, -2.0, start=7)) == [1.0, 0.0, 0.0, -2.0]


def test_one_version_alone_is_not_deflated() -> None:
    made = [1.0, -0.5, 2.0, 0.5, -1.0, 1.5]
    (found,) = deflated_sharpes({"8.02": days(*made)}).values()
    assert found == probabilistic_sharpe(moments(made))


def test_the_best_of_eight_noise_versions_loses_its_shine() -> None:
    noise = np.random.default_rng(3).normal(0, 1, (8, 250))
    versions = {f"8.0{index}": days(*made) for index, made in enumerate(noise)}
    best = max(versions, key=lambda name: sum(daily_results(versions[name])))
    alone, among = deflated_sharpes({best: versions[best]})[best], deflated_sharpes(versions)[best]
    assert isinstance(alone, float)
    assert isinstance(among, float)
    assert (alone > 0.9, among < 0.75) == (True, True)


@pytest.mark.parametrize("made", [(), (1.0,), (1.0, 1.0, 1.0, 1.0)])
def test_a_version_without_a_sharpe_has_no_deflated_one(made: tuple[float, ...]) -> None:
    found = deflated_sharpes({"young": days(*made), "old": days(1.0, -1.0, 2.0, 1.0)})
    assert isinstance(found["young"], Undefined)
    assert isinstance(found["old"], float)
