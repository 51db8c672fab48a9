"""P(B wins more often) against the same integral done with scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashboard.performance.wins import probability_wins_more_often


@pytest.mark.parametrize(
    "counts",
    [
        (1, 0, 0, 1),
        (50, 50, 60, 40),
        (5_000, 4_000, 5_100, 4_000),
        (3, 100_000, 10, 90_000),
        (540, 460, 541, 459),
        (10, 0, 10, 0),
    ],
)
def test_it_is_the_chance_that_one_posterior_exceeds_the_other(
    counts: tuple[int, int, int, int],
) -> None:
    wins_a, losses_a, wins_b, losses_b = counts
    a = stats.beta(wins_a + 0.5, losses_a + 0.5)
    b = stats.beta(wins_b + 0.5, losses_b + 0.5)
    edges = np.linspace(0, 1, 200_001)
    expected = float(np.mean(b.sf(a.ppf((edges[1:] + edges[:-1]) / 2))))
    assert probability_wins_more_often(*counts) == pytest.approx(expected, abs=2e-5)


def test_it_is_even_where_nothing_is_known() -> None:
    assert probability_wins_more_often(0, 0, 0, 0) == pytest.approx(0.5)


def test_both_directions_add_up_to_one() -> None:
    there, back = probability_wins_more_often(7, 5, 9, 2), probability_wins_more_often(9, 2, 7, 5)
    assert there + back == pytest.approx(1, abs=1e-6)
