"""The confidence sequence: its formula, its band, and that looking often does no harm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.performance.confidence import (
    BURN_IN,
    HORIZON,
    band,
    evidence_against,
    log_evidence,
    observations_needed,
)
from tests.dashboard.performance.strategies import often

some = st.lists(st.integers(-8, 8), min_size=BURN_IN + 2, max_size=60).map(
    lambda found: np.array(found, dtype=np.float64) / 3
)


def fat_tailed(seed: int, *shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Results with a deviation of 1.5 R and the tails of a t law with 3 degrees of freedom."""
    return np.random.default_rng(seed).standard_t(3, shape) * 1.5 / math.sqrt(3)


def test_the_evidence_is_the_mixture_of_the_docstring() -> None:
    differences, weights = fat_tailed(1, 40), np.linspace(1, 3, 40)
    terms = differences * weights
    scale = HORIZON * (terms[:BURN_IN] ** 2).sum()
    total = (terms**2).sum() + scale
    expected = 0.5 * math.log(scale / total) + terms.sum() ** 2 / (2 * total)
    assert log_evidence(differences, weights)[-1] == pytest.approx(expected)


@often
@given(some)
def test_the_last_of_the_path_is_the_evidence_now(
    differences: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> None:
    weights = np.ones_like(differences)
    path = log_evidence(differences, weights)[-1]
    assert evidence_against(0.0, differences, weights) == pytest.approx(path)


def test_nothing_is_said_during_the_burn_in() -> None:
    path = log_evidence(np.full(30, 5.0))
    assert np.isneginf(path[: BURN_IN - 1]).all()
    assert np.isfinite(path[BURN_IN - 1 :]).all()


def test_days_that_tell_nothing_apart_do_not_use_up_the_burn_in() -> None:
    differences = fat_tailed(2, 60)
    padded = np.concatenate((np.zeros(25), differences))
    assert log_evidence(padded)[-1] == pytest.approx(log_evidence(differences)[-1])


@pytest.mark.parametrize("seed", range(6))
def test_zero_is_in_the_band_until_the_evidence_against_it_reaches_its_bound(seed: int) -> None:
    differences = fat_tailed(seed, 80) + seed / 4
    weights = np.ones(80)
    edges = band(differences, weights, 0.05)
    assert edges is not None
    refuted = evidence_against(0.0, differences, weights) >= math.log(20)
    assert (edges[0] > 0 or edges[1] < 0) == refuted


def test_the_edges_are_where_the_evidence_reaches_its_bound() -> None:
    differences, weights = fat_tailed(3, 200), np.linspace(1, 2, 200)
    edges = band(differences, weights, 0.05)
    assert edges is not None
    for edge in edges:
        assert evidence_against(edge, differences, weights) == pytest.approx(math.log(20), rel=1e-5)


def test_the_band_follows_shift_and_scale() -> None:
    differences, weights = fat_tailed(4, 100), np.ones(100)
    plain = band(differences, weights, 0.05)
    moved = band(differences * 1e-8 + 5e-8, weights, 0.05)
    assert plain is not None
    assert moved is not None
    # Neither band holds 0 by the widening that keeps it in step with the evidence.
    assert moved == pytest.approx([edge * 1e-8 + 5e-8 for edge in plain], rel=1e-6)


def test_a_stricter_level_gives_a_wider_band() -> None:
    differences, weights = fat_tailed(5, 300), np.ones(300)
    loose, strict = (band(differences, weights, alpha) for alpha in (0.05, 0.01))
    assert loose is not None
    assert strict is not None
    assert strict[0] < loose[0] < loose[1] < strict[1]


def test_too_few_observations_are_not_bounded() -> None:
    assert band(fat_tailed(6, BURN_IN - 1), np.ones(BURN_IN - 1), 0.05) is None
    assert band(fat_tailed(6, BURN_IN), np.ones(BURN_IN), 0.05) is None


def test_versions_that_do_the_same_differ_by_nothing() -> None:
    edges = band(np.zeros(100), np.ones(100), 0.05)
    assert edges == pytest.approx((0.0, 0.0), abs=1e-9)


def test_looking_all_the_time_is_seldom_fooled() -> None:
    """1,000 pairs of equal, fat-tailed bots, looked at after each of 600 observations."""
    differences = fat_tailed(7, 1_000, 600) - fat_tailed(8, 1_000, 600)
    fooled = (log_evidence(differences) >= math.log(20)).any(axis=1).mean()
    assert fooled <= 0.05


def test_looking_all_the_time_is_seldom_fooled_even_without_a_variance() -> None:
    chance = np.random.default_rng(9)
    differences = chance.standard_cauchy((1_000, 500))
    assert (log_evidence(differences) >= math.log(20)).any(axis=1).mean() <= 0.05


def test_the_band_holds_the_truth_at_every_look() -> None:
    held = 0
    for seed in range(40):
        differences = fat_tailed(seed, 200) + 0.3
        edges = (band(differences[:n], np.ones(n), 0.05) for n in range(20, 201, 20))
        held += all(edge is None or edge[0] <= 0.3 <= edge[1] for edge in edges)
    assert held >= 38


def test_a_real_difference_is_found() -> None:
    differences = fat_tailed(12, 1_000) + 0.3 - fat_tailed(13, 1_000)
    assert log_evidence(differences)[-1] > math.log(20)


def test_observations_needed_find_the_difference_four_times_in_five() -> None:
    needed = observations_needed(0.5, 2.0, 0.05)
    assert needed is not None
    chance = np.random.default_rng(14)
    paths = chance.normal(0.5, 2.0, (2_000, needed))
    found = (log_evidence(paths)[:, -1] > math.log(20)).mean()
    assert 0.74 <= found <= 0.86


def test_no_number_of_observations_finds_no_difference() -> None:
    assert observations_needed(0.0, 1.0, 0.05) is None


def test_more_versions_need_more_observations() -> None:
    few, many = (observations_needed(0.1, 1.5, alpha) for alpha in (0.05, 0.05 / 28))
    assert few is not None
    assert many is not None
    assert many > few
