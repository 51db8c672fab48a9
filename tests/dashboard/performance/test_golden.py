"""The golden fixture of the statistics, to its digits."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.performance import formulas
from dashboard.performance.drawdown import EquityDrawdown, deepest
from dashboard.performance.metrics import metrics
from dashboard.performance.returns import (
    cagr,
    moments,
    probabilistic_sharpe,
    sharpe,
    sortino,
    ulcer_index,
)
from dashboard.performance.trade import UNIT
from tests.dashboard.performance.builders import (
    GOLDEN_EQUITY,
    GOLDEN_PNL,
    equity,
    known,
    returns,
    summary,
)


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("win_rate", 0.444444),
        ("profit_factor", 1.617647),
        ("payoff_ratio", 2.022059),
        ("sqn", 0.596654),
        ("kelly", 0.169697),
    ],
)
def test_ratio_over_trades(name: str, digits: float) -> None:
    assert round(getattr(metrics(summary(*GOLDEN_PNL)), name), 6) == digits


def test_expectancy() -> None:
    assert metrics(summary(*GOLDEN_PNL)).expectancy == 210_000_000


@pytest.mark.parametrize(
    ("name", "digits", "places"),
    [
        ("sharpe", 3.737503868, 9),
        ("sortino", 6.747384899, 9),
        ("psr", 0.719396465, 9),
        ("ulcer_index", 0.02652792, 8),
    ],
)
def test_ratio_over_days(name: str, digits: float, places: int) -> None:
    found = metrics(summary(*GOLDEN_PNL), equity=equity(GOLDEN_EQUITY))
    assert round(getattr(found, name), places) == digits


def test_cagr_before_it_is_hidden_for_youth() -> None:
    assert round(known(cagr(returns(GOLDEN_EQUITY))), 6) == 7.388109


def test_max_drawdown_of_equity() -> None:
    fall = deepest(equity(GOLDEN_EQUITY))
    assert isinstance(fall, EquityDrawdown)
    assert (round(fall.fraction, 9), fall.money) == (-0.067961165, 70 * UNIT)


def test_max_drawdown_dates() -> None:
    fall = deepest(equity(GOLDEN_EQUITY))
    assert isinstance(fall, EquityDrawdown)
    found = (fall.start, fall.trough, fall.recovered_at)
    assert found == (date(1970, 1, 3), date(1970, 1, 5), date(1970, 1, 7))


def test_recovery_factor_of_equity() -> None:
    fall = deepest(equity(GOLDEN_EQUITY))
    assert isinstance(fall, EquityDrawdown)
    net = equity(GOLDEN_EQUITY).gained()[-1]
    assert round(known(formulas.recovery_factor(net, fall.money)), 6) == 0.857143


def test_the_formulas_stand_alone() -> None:
    days = returns(GOLDEN_EQUITY)
    assert known(sharpe(days)) == pytest.approx(3.737503868, abs=1e-9)
    assert known(sortino(days)) == pytest.approx(6.747384899, abs=1e-9)
    assert known(ulcer_index(days)) == pytest.approx(0.02652792, abs=1e-8)
    assert known(probabilistic_sharpe(moments(days))) == pytest.approx(0.719396465, abs=1e-9)
