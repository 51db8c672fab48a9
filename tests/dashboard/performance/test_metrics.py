"""What the figures answer where they are not defined, and how they are put together."""

from __future__ import annotations

import pytest

from dashboard.performance.equity import DAY, DailyEquity
from dashboard.performance.metrics import Metrics, metrics
from dashboard.performance.summary import Summary
from dashboard.performance.trade import UNIT, TradeResult
from tests.dashboard.performance.builders import equity, history, summary


@pytest.mark.parametrize(
    ("nets", "name"),
    [
        ((), "win_rate"),
        ((), "profit_factor"),
        ((), "expectancy"),
        ((), "payoff_ratio"),
        ((), "recovery_factor"),
        ((), "sqn"),
        ((), "kelly"),
        ((), "commission_drag"),
        ((), "best"),
        ((), "worst"),
        ((), "average_win"),
        ((), "average_loss"),
        ((), "exposure"),
        ((), "sharpe"),
        ((0, 0), "win_rate"),
        ((5, 3), "profit_factor"),
        ((5, 3), "payoff_ratio"),
        ((5, 3), "kelly"),
        ((5, 3), "recovery_factor"),
        ((-5, -3), "payoff_ratio"),
        ((-5, -3), "commission_drag"),
        ((7,), "sqn"),
        ((7, 7), "sqn"),
        ((7, -7), "expectancy_r"),
        ((7, -7), "average_mae"),
        ((7, -7), "average_mfe"),
        ((7, -7), "average_holding"),
    ],
)
def test_undefined_is_none_with_a_reason(nets: tuple[int, ...], name: str) -> None:
    found = metrics(summary(*nets))
    assert getattr(found, name) is None
    assert found.undefined[name]


@pytest.mark.parametrize("nets", [(), (1,), (-1,), (0,), (1, -1), (1, 0, -1, 4, -2)])
def test_every_none_has_a_reason_and_every_reason_a_none(nets: tuple[int, ...]) -> None:
    found = metrics(summary(*nets))
    names = (name for name in Metrics.__slots__ if name != "undefined")
    nones = {name for name in names if getattr(found, name) is None}
    assert set(found.undefined) == nones | {"max_drawdown.fraction"}


def test_only_losses_have_a_profit_factor_of_0() -> None:
    assert metrics(summary(-5, -3)).profit_factor == 0


def test_a_loser_has_a_negative_recovery_factor() -> None:
    assert metrics(summary(-5, 2)).recovery_factor == pytest.approx(-0.6)


def test_break_evens_are_neither_wins_nor_losses() -> None:
    found = metrics(summary(1, 1, 1, -1, 0, 0, 0, 0))
    assert (found.win_rate, found.break_evens) == (0.75, 4)


def test_average_loss_is_negative() -> None:
    assert metrics(summary(5, -3, -1)).average_loss == -2 * UNIT


def test_a_share_of_fees_nobody_knows_is_undefined() -> None:
    told, untold = history(5, 4, fee=1)
    found = metrics(Summary.of_trades([told, untold._replace(fee=None)]))
    said = found.undefined["commission_drag"]
    assert (found.fees_unknown, said) == (1, "the fees of some trades are not known")


def test_commission_drag_is_the_fees_share_of_the_profit_before_them() -> None:
    assert metrics(summary(5, 4, fee=1)).commission_drag == pytest.approx(2 / 11)


def test_expectancy_in_r_is_the_mean_multiple() -> None:
    assert metrics(summary(30, -10, 10, risk=20)).expectancy_r == pytest.approx(0.5)


def test_sqn_is_over_r_where_every_trade_has_one() -> None:
    trades = [
        TradeResult("1", 1, 30 * UNIT, risk=10 * UNIT),
        TradeResult("2", 2, -20 * UNIT, risk=20 * UNIT),
    ]
    found = metrics(Summary.of_trades(trades))
    # R = 3 and -1: mean 1, deviation sqrt(8)
    assert found.sqn_basis == "R"
    assert found.sqn == pytest.approx(2**0.5 / 8**0.5)


def test_sqn_is_over_money_where_a_risk_is_missing() -> None:
    trades = [TradeResult("1", 1, 30 * UNIT, risk=10 * UNIT), TradeResult("2", 2, -20 * UNIT)]
    assert metrics(Summary.of_trades(trades)).sqn_basis == "money"


def held(entry: int, leave: int, net: int = 1) -> TradeResult:
    return TradeResult(str(entry), leave, net, entry_time=entry)


def test_exposure_is_time_in_position_over_time() -> None:
    found = metrics(Summary.of_trades([held(0, 20), held(50, 60)]), period=120)
    assert found.exposure == 0.25


def test_exposure_of_overlapping_positions_is_not_their_sum() -> None:
    found = metrics(Summary.of_trades([held(0, 20), held(10, 60)]), period=120)
    assert found.exposure is None
    assert "overlapped" in found.undefined["exposure"]


def test_exposure_takes_the_time_in_position_it_is_given() -> None:
    run = Summary.of_trades([held(0, 20), held(10, 60)])
    assert metrics(run, period=120, time_in_position=60).exposure == 0.5


def test_average_holding_is_in_microseconds() -> None:
    run = Summary.of_trades([held(0, 20), held(50, 60)])
    assert metrics(run).average_holding == 15


def test_cagr_is_hidden_under_90_days() -> None:
    young = metrics(summary(1), equity=equity([1000] * 89 + [1001]))
    assert (young.cagr, young.undefined["cagr"]) == (None, "fewer than 90 days")


def test_cagr_is_shown_from_90_days_on() -> None:
    grown = metrics(summary(1), equity=equity([1000] * 90 + [1001]))
    assert grown.cagr == pytest.approx(1.001 ** (365 / 90) - 1)


def test_constant_equity_has_no_sharpe() -> None:
    found = metrics(summary(1), equity=equity([1000] * 10))
    assert found.undefined["sharpe"] == "every day had the same return"


def test_equal_returns_have_no_sharpe_although_they_round() -> None:
    found = metrics(summary(1), equity=equity([100_000, 110_000, 121_000, 133_100]))
    assert found.undefined["sharpe"] == "every day had the same return"


def test_equity_that_never_fell_has_no_sortino() -> None:
    found = metrics(summary(1), equity=equity([1000, 1001, 1003]))
    assert found.undefined["sortino"] == "no losing days"


def test_drawdown_carries_the_fraction_of_equity() -> None:
    found = metrics(summary(1), equity=equity([1000, 900, 1100]))
    assert found.max_drawdown.fraction == pytest.approx(-0.1)


def test_lost_equity_says_on_which_day() -> None:
    lost = DailyEquity.of_closes([100, 0, 50], first_day=20_000)
    found = metrics(summary(1), equity=lost)
    assert found.undefined["sharpe"] == "no equity on 2024-10-05"
    assert DAY == 86_400_000_000
