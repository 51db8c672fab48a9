"""Daily equity: days, cash moved, drawdowns with their dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.performance.drawdown import EquityDrawdown, deepest
from dashboard.performance.equity import DAY, DailyEquity
from dashboard.performance.exposure import time_in_position
from dashboard.performance.formulas import Undefined
from dashboard.performance.returns import cagr, deflated_sharpe, expected_best_sharpe
from tests.dashboard.performance.builders import equity
from tests.dashboard.performance.strategies import often


def at(day: int, hour: float = 12) -> int:
    return day * DAY + int(hour * DAY / 24)


def test_a_day_closes_with_its_last_snapshot() -> None:
    found = DailyEquity.of_snapshots([(at(5, 9), 100), (at(5, 22), 110), (at(6), 120)], [])
    assert (found.first_day, found.closes) == (5, (110, 120))


def test_a_day_without_a_snapshot_carries_on() -> None:
    found = DailyEquity.of_snapshots([(at(5), 100), (at(8), 90)], [], last_day=9)
    assert found.closes == (100, 100, 100, 90, 90)


def test_snapshots_may_come_in_any_order() -> None:
    found = DailyEquity.of_snapshots([(at(6), 120), (at(5), 100)], [])
    assert found.closes == (100, 120)


def test_cash_moved_after_the_last_snapshot_belongs_to_the_close() -> None:
    found = DailyEquity.of_snapshots([(at(5, 9), 100)], [(at(5, 10), 50), (at(5, 11), -20)])
    assert (found.closes, found.deposits, found.withdrawals) == ((130,), (50,), (20,))


def test_no_snapshot_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one snapshot"):
        DailyEquity.of_snapshots([], [(at(1), 100)])


def test_realised_results_and_cash_make_an_equity() -> None:
    found = DailyEquity.of_pnl({3: 10, 5: -4}, {3: 100}, first_day=3, last_day=6)
    assert found.closes == (110, 110, 106, 106)


def test_a_day_outside_the_period_is_refused() -> None:
    with pytest.raises(ValueError, match="1970-01-08 lies outside 1970-01-04 to 1970-01-07"):
        DailyEquity.of_pnl({7: 10}, {}, first_day=3, last_day=6)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one value a day"):
        DailyEquity(0, 100, (100, 101), (0,), (0, 0))


def test_a_deposit_is_no_gain() -> None:
    found = DailyEquity.of_snapshots([(at(1), 100), (at(2, 20), 200)], [(at(2), 100)], start=100)
    assert found.returns() == [0.0, 0.0]


def test_a_deposit_works_on_the_day_it_arrives() -> None:
    found = DailyEquity.of_snapshots([(at(1), 100), (at(2, 20), 210)], [(at(2), 100)], start=100)
    assert found.returns() == [0.0, 0.05]


def test_a_withdrawal_is_no_loss() -> None:
    found = DailyEquity.of_snapshots([(at(1), 100), (at(2, 20), 60)], [(at(2), -50)], start=100)
    assert found.returns() == [0.0, 0.1]


def test_the_account_begins_with_its_first_deposit() -> None:
    found = DailyEquity.of_pnl({3: 10}, {2: 100}, first_day=1, last_day=3)
    assert found.returns() == [0.0, 0.0, 0.1]


def test_equity_out_of_nothing_has_no_return() -> None:
    found = DailyEquity.of_pnl({1: 10}, {}, first_day=1, last_day=1)
    assert found.returns() == Undefined("no equity on 1970-01-02")


@often
@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-20, 80)), min_size=1, max_size=20),
)
def test_what_was_gained_is_equity_less_cash_moved(days: list[tuple[int, int]]) -> None:
    pnl = {day: gain for day, (gain, _) in enumerate(days)}
    flows = {day: flow for day, (_, flow) in enumerate(days)}
    found = DailyEquity.of_pnl(pnl, flows, start=1000, first_day=0, last_day=len(days) - 1)
    assert found.gained()[-1] == sum(gain for gain, _ in days)


@often
@given(st.lists(st.integers(-30, 30), min_size=1, max_size=20))
def test_returns_do_not_depend_on_the_size_of_the_account(gains: list[int]) -> None:
    plain = DailyEquity.of_pnl(dict(enumerate(gains)), {}, start=1000, first_day=0, last_day=20)
    doubled = DailyEquity.of_pnl(
        {day: 2 * gain for day, gain in enumerate(gains)}, {}, start=2000, first_day=0, last_day=20
    )
    assert plain.returns() == pytest.approx(doubled.returns())


def fall_of(*closes: int) -> EquityDrawdown:
    found = deepest(equity(closes))
    assert isinstance(found, EquityDrawdown)
    return found


def test_a_fall_from_the_start_has_no_start_date() -> None:
    assert fall_of(1000, 900, 1100).start is None


def test_an_open_drawdown_has_no_recovery() -> None:
    fall = fall_of(1000, 1100, 900, 950)
    assert (fall.trough, fall.recovered_at, fall.recovered) == (date(1970, 1, 2), None, False)


def test_equity_that_comes_back_to_its_peak_has_recovered() -> None:
    assert fall_of(1000, 700, 900, 1000).recovered_at == date(1970, 1, 3)


def test_equity_that_never_falls_has_no_drawdown() -> None:
    assert fall_of(1000, 1000, 1001) == EquityDrawdown(0.0, 0, None, None, None)


def test_the_drawdown_begins_when_its_peak_was_last_touched() -> None:
    assert fall_of(1000, 1100, 1050, 1100, 1000).start == date(1970, 1, 3)


def test_a_withdrawal_is_no_drawdown() -> None:
    moved = DailyEquity.of_pnl({}, {1: -400}, start=1000, first_day=0, last_day=2)
    found = deepest(moved)
    assert isinstance(found, EquityDrawdown)
    assert found.fraction == 0


def test_total_loss_has_no_yearly_growth() -> None:
    assert cagr([0.1, -1.0]) == Undefined("the equity fell to nothing")


def test_growth_beyond_any_number_is_undefined() -> None:
    assert isinstance(cagr([1e300]), Undefined)


def test_one_version_is_not_deflated() -> None:
    assert expected_best_sharpe(1, 5.0) == 0


def test_more_versions_deflate_more() -> None:
    days = [0.02, -0.01, 0.03, 0.01, -0.02, 0.02]
    few = deflated_sharpe(days, [0.1, 0.4])
    many = deflated_sharpe(days, [0.1, 0.4] * 10)
    assert isinstance(few, float)
    assert isinstance(many, float)
    assert many < few


def test_dsr_needs_a_version() -> None:
    assert deflated_sharpe([0.1, 0.2, -0.1, 0.1], []) == Undefined("no version was tried")


@often
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted), max_size=10))
def test_time_in_position_counts_each_moment_once(pairs: list[list[int]]) -> None:
    intervals = [(a, b) for a, b in pairs]
    moments = {moment for a, b in intervals for moment in range(a, b) if 10 <= moment < 40}
    assert time_in_position(intervals, 10, 40) == len(moments)
