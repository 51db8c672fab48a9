"""Each figure against well-known libraries, to 1e-8, on random histories.

Those libraries work per period: trades are given to them as if each were one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dashboard.performance import formulas
from dashboard.performance.drawdown import EquityDrawdown, deepest
from dashboard.performance.exposure import time_in_position
from dashboard.performance.metrics import metrics
from dashboard.performance.returns import (
    cagr,
    calmar,
    deflated_sharpe,
    moments,
    probabilistic_sharpe,
    sharpe,
    sortino,
    ulcer_index,
)
from dashboard.performance.trade import UNIT
from tests.dashboard.performance.builders import equity, known, returns, summary
from tests.dashboard.performance.oracles import backtesting, daily, empyrical, ffn, pd
from tests.dashboard.performance.oracles import quantstats as qs
from tests.dashboard.performance.strategies import often

pnls = st.lists(st.integers(-500, 500), min_size=3, max_size=40)
closes = st.lists(st.integers(100, 3_000), min_size=6, max_size=60)


def no_prices(days: Sequence[float]) -> None:
    """Leave out what quantstats takes for prices: never below 0, and once above 1."""
    assume(min(days) < 0 or max(days) <= 1)


def same(ours: float | None, theirs: Any) -> bool:
    """Equal to 1e-8, relative where the figures are large."""
    return ours is not None and math.isclose(ours, float(theirs), rel_tol=1e-8, abs_tol=1e-8)


def spread_out(days: list[float]) -> None:
    """Leave out histories whose figures are undefined: others test those."""
    assume(max(days) - min(days) > 1e-6 and min(days) < 0)


@often
@given(pnls)
def test_win_rate_is_that_of_quantstats(nets: list[int]) -> None:
    assume(any(nets))
    theirs = qs.win_rate(daily(nets), prepare_returns=False)
    assert same(metrics(summary(*nets)).win_rate, theirs)


@often
@given(pnls)
def test_profit_factor_is_that_of_quantstats(nets: list[int]) -> None:
    assume(min(nets) < 0)
    theirs = qs.profit_factor(daily(nets), prepare_returns=False)
    assert same(metrics(summary(*nets)).profit_factor, theirs)


@often
@given(pnls)
def test_payoff_ratio_is_that_of_quantstats(nets: list[int]) -> None:
    assume(min(nets) < 0 < max(nets))
    theirs = qs.payoff_ratio(daily(nets), prepare_returns=False)
    assert same(metrics(summary(*nets)).payoff_ratio, theirs)


@often
@given(pnls)
def test_kelly_is_that_of_quantstats(nets: list[int]) -> None:
    assume(min(nets) < 0 < max(nets))
    theirs = qs.kelly_criterion(daily(nets), prepare_returns=False)
    assert same(metrics(summary(*nets)).kelly, theirs)


@often
@given(pnls)
def test_expectancy_is_numpys_mean(nets: list[int]) -> None:
    ours = metrics(summary(*nets)).expectancy
    assert ours is not None
    assert same(ours / UNIT, np.mean(nets))


def backtest(nets: list[int], closing: list[int], held: list[tuple[int, int]]) -> Any:
    """backtesting.py's statistics of these trades (its expectancy and kelly are of returns)."""
    trades = pd.DataFrame(
        {
            "PnL": np.array(nets, dtype=float),
            "ReturnPct": np.array(nets, dtype=float) / 1e4,
            "Duration": [1] * len(nets),
            "EntryBar": [entry for entry, _ in held],
            "ExitBar": [leave for _, leave in held],
        }
    )
    market = pd.DataFrame({"Close": np.linspace(100.0, 130.0, len(closing)) ** 1.1})
    return backtesting.compute_stats(trades, np.array(closing, dtype=float), market, None)


CURVE = [1000, 1010, 990, 1020, 1040, 1000, 1055, 1070]


@settings(max_examples=15, deadline=None)
@given(pnls)
def test_sqn_is_that_of_backtesting(nets: list[int]) -> None:
    assume(len(set(nets)) > 1 and min(nets) < 0 < max(nets))
    theirs = backtest(nets, CURVE, [(0, 1)] * len(nets))["SQN"]
    assert same(metrics(summary(*nets)).sqn, theirs)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).map(sorted), min_size=1))
def test_exposure_is_that_of_backtesting(bars: list[list[int]]) -> None:
    """Its bars, the exit's included, become half-open stretches of time."""
    nets = [1, -1] * len(bars)
    held = [(first, last) for first, last in bars]
    theirs = backtest(nets, CURVE, held * 2)["Exposure Time [%]"] / 100
    ours = formulas.exposure(time_in_position([(a, b + 1) for a, b in held], 0, 8), 8)
    assert same(known(ours), theirs)


@often
@given(closes)
def test_sharpe_is_that_of_three_libraries(curve: list[int]) -> None:
    days = returns(curve)
    spread_out(days)
    ours = known(sharpe(days))
    assert same(ours, empyrical.sharpe_ratio(np.array(days), annualization=365))
    assert same(ours, ffn.calc_sharpe(daily(days), nperiods=365))
    no_prices(days)
    assert same(ours, qs.sharpe(daily(days), periods=365))


@often
@given(closes)
def test_sortino_is_that_of_two_libraries(curve: list[int]) -> None:
    days = returns(curve)
    spread_out(days)
    ours = known(sortino(days))
    assert same(ours, qs.sortino(daily(days), periods=365))
    assert same(ours, empyrical.sortino_ratio(np.array(days), annualization=365))


@often
@given(closes)
def test_max_drawdown_is_that_of_two_libraries(curve: list[int]) -> None:
    fall = deepest(equity(curve))
    assert isinstance(fall, EquityDrawdown)
    assert same(fall.fraction, empyrical.max_drawdown(np.array(returns(curve))))
    assert same(fall.fraction, ffn.calc_max_drawdown(daily(curve)))


@often
@given(closes)
def test_cagr_is_that_of_two_libraries(curve: list[int]) -> None:
    days = returns(curve)
    ours = known(cagr(days))
    assert same(ours, empyrical.cagr(np.array(days), annualization=365))
    no_prices(days)
    assert same(ours, qs.cagr(daily(days), periods=365))


@often
@given(closes)
def test_calmar_is_that_of_empyrical(curve: list[int]) -> None:
    days = returns(curve)
    spread_out(days)
    assert same(known(calmar(days)), empyrical.calmar_ratio(np.array(days), annualization=365))


@often
@given(closes)
def test_ulcer_index_is_that_of_ffn(curve: list[int]) -> None:
    theirs = ffn.to_ulcer_index(daily(curve)) / 100
    assert same(known(ulcer_index(returns(curve))), theirs)


@often
@given(closes)
def test_psr_is_that_of_quantstats(curve: list[int]) -> None:
    days = returns(curve)
    spread_out(days)
    ours = probabilistic_sharpe(moments(days))
    assume(not isinstance(ours, formulas.Undefined))
    no_prices(days)
    assert same(known(ours), qs.probabilistic_sharpe_ratio(daily(days)))


@often
@given(closes, st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=12))
def test_dsr_is_that_of_ffn(curve: list[int], trials: list[float]) -> None:
    days = returns(curve)
    spread_out(days)
    ours = deflated_sharpe(days, trials)
    assume(not isinstance(ours, formulas.Undefined))
    theirs = ffn.calc_deflated_sharpe_ratio(
        daily(days), trials, nperiods=365, annualized_trials=False
    )
    assert same(known(ours), theirs)


@pytest.mark.parametrize("curve", [[1500, 1400, 1600, 1300, 1700]])
def test_peak_of_a_drawdown_includes_the_starting_equity(curve: list[int]) -> None:
    """Where quantstats before 0.0.86 went wrong."""
    fall = deepest(equity(curve))
    assert isinstance(fall, EquityDrawdown)
    assert same(fall.fraction, qs.max_drawdown(daily(curve)))
