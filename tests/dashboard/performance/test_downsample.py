"""Charts keep their spikes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.performance.downsample import downsample
from tests.dashboard.performance.strategies import often

curves = st.lists(st.integers(-100, 100), max_size=200)
limits = st.integers(4, 40)


def sampled(values: list[int], limit: int) -> list[tuple[int, int]]:
    return downsample(list(enumerate(values)), limit, lambda point: point[1])


@often
@given(curves, limits)
def test_never_more_than_asked_for(values: list[int], limit: int) -> None:
    assert len(sampled(values, limit)) <= limit


@often
@given(curves, limits)
def test_minimum_and_maximum_stay(values: list[int], limit: int) -> None:
    kept = [value for _, value in sampled(values, limit)]
    assert (min(kept, default=0), max(kept, default=0)) == (
        min(values, default=0),
        max(values, default=0),
    )


@often
@given(curves, limits)
def test_points_are_the_original_ones_in_order(values: list[int], limit: int) -> None:
    kept = sampled(values, limit)
    assert kept == sorted(kept)
    assert all(values[index] == value for index, value in kept)


@often
@given(curves.filter(bool), limits)
def test_first_and_last_stay(values: list[int], limit: int) -> None:
    kept = sampled(values, limit)
    assert (kept[0][0], kept[-1][0]) == (0, len(values) - 1)


def test_each_bucket_keeps_its_own_extremes() -> None:
    values = [0, *([1, 5, 2, 1] * 3), 0]
    assert [value for _, value in sampled(values, 8)] == [0, 1, 5, 1, 5, 1, 5, 0]


def test_few_points_are_left_alone() -> None:
    assert sampled([3, 1, 2], 4) == [(0, 3), (1, 1), (2, 2)]


def test_too_small_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 4"):
        sampled([1] * 10, 3)
