"""Strata fixed beforehand, and the difference at the same mixture of them."""

from __future__ import annotations

import pytest

from dashboard.performance.formulas import Undefined
from dashboard.performance.regimes import UNKNOWN, regime, regime_matched
from dashboard.performance.units import Unit
from tests.dashboard.performance.builders import summary

MONEY = Unit("USDT", in_r=False)


@pytest.mark.parametrize(
    ("adx", "atr", "stratum"),
    [
        (30.0, 1.0, "trend, volatile"),
        (25.0, 0.1, "trend, calm"),
        (24.9, 1.0, "range, volatile"),
        (10.0, 0.1, "range, calm"),
        (None, 1.0, UNKNOWN),
        (30.0, None, UNKNOWN),
    ],
)
def test_a_stratum_is_trend_by_volatility(
    adx: float | None, atr: float | None, stratum: str
) -> None:
    assert regime(adx, atr, 100.0, 3_600) == stratum


def test_volatility_is_scaled_to_a_day() -> None:
    """1 % a candle is much for an hour and little for a day."""
    assert regime(10.0, 1.0, 100.0, 3_600) == "range, volatile"
    assert regime(10.0, 1.0, 100.0, 86_400) == "range, calm"


def test_both_are_weighed_by_the_same_mixture() -> None:
    """B seems better only because it met more of the good regime; within each it is worse."""
    a = {"good": summary(*[10, 12] * 5), "bad": summary(*[-10, -8] * 15)}
    b = {"good": summary(*[9, 11] * 15), "bad": summary(*[-11, -9] * 5)}
    found = regime_matched(a, b, MONEY)
    assert not isinstance(found, Undefined)
    assert found.difference == pytest.approx(-1)


def test_weights_are_the_shares_of_both_together() -> None:
    a = {"good": summary(*[1] * 10), "bad": summary(*[1] * 30)}
    b = {"good": summary(*[1] * 30), "bad": summary(*[1] * 10)}
    found = regime_matched(a, b, MONEY)
    assert not isinstance(found, Undefined)
    assert [stratum.weight for stratum in found.strata] == [0.5, 0.5]


def test_the_interval_holds_the_difference() -> None:
    found = regime_matched({"one": summary(1, 2, 3, 4, 5)}, {"one": summary(2, 3, 4, 5, 6)}, MONEY)
    assert not isinstance(found, Undefined)
    # Standard error of each mean: sqrt(2.5 / 5)
    assert found.high - found.difference == pytest.approx(1.959964)


def test_strata_only_one_of_them_met_are_left_out_and_said() -> None:
    a = {"one": summary(*[1] * 10), "other": summary(*[5] * 10)}
    found = regime_matched(a, {"one": summary(*[2] * 20)}, MONEY)
    assert not isinstance(found, Undefined)
    assert (found.difference, found.coverage) == (1, 0.75)


@pytest.mark.parametrize("name", ["few", UNKNOWN])
def test_no_common_stratum_is_undefined(name: str) -> None:
    trades = summary(*[1] * (4 if name == "few" else 50))
    assert isinstance(regime_matched({name: trades}, {name: trades}, MONEY), Undefined)


def test_the_interval_weighs_each_stratum_by_its_square() -> None:
    some = {"one": summary(1, 2, 3, 4, 5), "other": summary(1, 2, 3, 4, 5)}
    found = regime_matched(some, some, MONEY)
    assert not isinstance(found, Undefined)
    # Each stratum's difference has variance 2.5 / 5 x 2 = 1; half of each: 1/4 + 1/4.
    assert found.high == pytest.approx(1.959964 * 0.5**0.5)
