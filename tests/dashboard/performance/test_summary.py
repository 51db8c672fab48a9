"""The monoid: its laws, and each figure against the plain definition over the whole list."""

from __future__ import annotations

import random
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.performance.summary import COLUMNS, NULLABLE_COLUMNS, TEXT_COLUMNS, Summary
from dashboard.performance.trade import R_UNIT, TradeResult, r_multiple, r_multiples
from tests.dashboard.performance.strategies import histories, often


def trade(net_pnl: int, exit_time: int = 0, **known: int) -> TradeResult:
    return TradeResult(trade_id=f"{exit_time:06}", exit_time=exit_time, net_pnl=net_pnl, **known)


def run(*net_pnls: int) -> Summary:
    return Summary.of_trades(trade(net, time) for time, net in enumerate(net_pnls, start=1))


@often
@given(histories())
def test_empty_is_the_identity(history: list[TradeResult]) -> None:
    summary = Summary.of_trades(history)
    assert Summary.EMPTY + summary == summary == summary + Summary.EMPTY


@often
@given(histories(), st.data())
def test_addition_is_associative(history: list[TradeResult], data: st.DataObject) -> None:
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(history))] * 2)))
    a, b, c = (
        Summary.of_trades(part)
        for part in (history[:first], history[first:second], history[second:])
    )
    assert (a + b) + c == a + (b + c)


@often
@given(histories(), st.data())
def test_any_split_gives_one_answer(history: list[TradeResult], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(history)), max_size=6)))
    edges = [0, *cuts, len(history)]
    runs = [Summary.of_trades(history[a:b]) for a, b in pairwise(edges)]
    assert Summary.join(runs) == Summary.of_trades(history)


@often
@given(histories(), st.randoms(use_true_random=False))
def test_order_of_arrival_changes_nothing(
    history: list[TradeResult], chance: random.Random
) -> None:
    """Trades that arrive late refold their own day, and only that one."""
    days: dict[int, list[TradeResult]] = {}
    rows: dict[int, Summary] = {}
    arriving = list(history)
    chance.shuffle(arriving)
    for late in arriving:
        day = days.setdefault(late.exit_time // 10, [])
        day.append(late)
        day.sort(key=lambda one: one.sort_key)
        rows[late.exit_time // 10] = Summary.of_trades(day)
    assert Summary.join(rows[day] for day in sorted(rows)) == Summary.of_trades(history)


@often
@given(histories())
def test_a_row_brings_the_summary_back(history: list[TradeResult]) -> None:
    summary = Summary.of_trades(history)
    assert Summary.from_row(summary.to_row()) == summary


@often
@given(histories())
def test_rows_have_the_columns_and_types_promised(history: list[TradeResult]) -> None:
    row = Summary.of_trades(history).to_row()
    assert tuple(row) == COLUMNS
    for name, value in row.items():
        kind = str if name in TEXT_COLUMNS else int
        assert isinstance(value, kind) or (value is None and name in NULLABLE_COLUMNS), name


@often
@given(histories())
def test_counts_and_sums_are_the_plain_ones(history: list[TradeResult]) -> None:
    totals = Summary.of_trades(history).totals
    nets = [one.net_pnl for one in history]
    assert (totals.trades, totals.wins, totals.losses, totals.break_evens) == (
        len(nets),
        sum(net > 0 for net in nets),
        sum(net < 0 for net in nets),
        sum(net == 0 for net in nets),
    )
    assert totals.gross_profit == sum(net for net in nets if net > 0)
    assert totals.gross_loss == sum(net for net in nets if net < 0)
    assert totals.sum_squares == sum(net**2 for net in nets)
    fees = [one.fee for one in history if one.fee is not None]
    assert (totals.fee_trades, totals.fees) == (len(fees), sum(fees))
    assert (totals.best, totals.worst) == (max(nets, default=None), min(nets, default=None))
    maes = [one.mae for one in history if one.mae is not None]
    assert (totals.mae_trades, totals.mae_sum) == (len(maes), sum(maes))


def plain_drawdown(history: list[TradeResult]) -> tuple[int, int, int, bool]:
    """(depth, index of the peak, index of the trough, recovered), by the definition."""
    net, points = 0, [0]
    for one in history:
        net += one.net_pnl
        points.append(net)
    falls = [max(points[: i + 1]) - point for i, point in enumerate(points)]
    depth = max(falls)
    if depth == 0:
        return 0, 0, 0, True
    trough = falls.index(depth)
    peak = max(points[: trough + 1])
    start = max(i for i in range(trough + 1) if points[i] == peak)
    return depth, start, trough, max(points[trough:]) >= peak


@often
@given(histories())
def test_the_drawdown_is_the_one_of_the_whole_list(history: list[TradeResult]) -> None:
    running = Summary.of_trades(history).running
    found = (
        running.max_drawdown,
        running.drawdown_start_index,
        running.drawdown_trough_index,
        running.recovered,
    )
    assert found == plain_drawdown(history)


@often
@given(histories())
def test_drawdown_times_belong_to_its_trades(history: list[TradeResult]) -> None:
    running = Summary.of_trades(history).running
    times = [None, *(one.exit_time for one in history)]
    assert running.drawdown_start == times[running.drawdown_start_index]
    assert running.drawdown_trough == times[running.drawdown_trough_index]


@often
@given(histories())
def test_streaks_are_the_longest_runs_of_one_sign(history: list[TradeResult]) -> None:
    streaks = Summary.of_trades(history).streaks
    signs = [(one.net_pnl > 0) - (one.net_pnl < 0) for one in history]
    runs = [(sign, len(list(run))) for sign, run in groupby(signs)]
    assert streaks.longest_wins == max((n for sign, n in runs if sign > 0), default=0)
    assert streaks.longest_losses == max((n for sign, n in runs if sign < 0), default=0)


@often
@given(histories())
def test_overlap_is_noticed_wherever_two_were_open_at_once(history: list[TradeResult]) -> None:
    timed = [one for one in history if one.entry_time is not None]
    overlap = any(
        later.entry_time is not None and later.entry_time < earlier.exit_time
        for i, earlier in enumerate(timed)
        for later in timed[i + 1 :]
    )
    holding = Summary.of_trades(history).holding
    assert holding.overlapping == overlap


def test_a_run_that_only_loses_falls_from_its_starting_equity() -> None:
    running = run(-5, -2).running
    assert (running.max_drawdown, running.drawdown_start) == (7, None)


def test_a_drawdown_across_a_join_starts_in_the_earlier_run() -> None:
    earlier = run(10)
    later = Summary.of_trades([trade(-4, 2), trade(-3, 3)])
    running = (earlier + later).running
    assert (running.max_drawdown, running.drawdown_start, running.drawdown_trough) == (7, 1, 3)


def test_runs_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="wrong order"):
        Summary.of(trade(1, 5)) + Summary.of(trade(1, 4))


def test_trades_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="out of order: '000004'"):
        Summary.of_trades([trade(1, 5), trade(1, 4)])


def test_sums_of_squares_are_exact_past_64_bits() -> None:
    huge = 3 * 10**17 + 1
    summary = Summary.of(trade(huge))
    assert Summary.from_row(summary.to_row()).totals.sum_squares == huge**2


def test_r_is_net_over_risk() -> None:
    assert r_multiple(-150, 100) == -3 * R_UNIT // 2


def test_r_is_rounded_half_to_even() -> None:
    assert (r_multiple(1, 2 * R_UNIT), r_multiple(3, 2 * R_UNIT)) == (0, 2)


RISKS = st.integers(1, 10**12) | st.sampled_from([2 * R_UNIT, 4 * R_UNIT])  # with ties


@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), RISKS)))
def test_a_column_of_r_is_that_of_each(trades: list[tuple[int, int]]) -> None:
    nets, risks = [net for net, _ in trades], [risk for _, risk in trades]
    assert r_multiples(nets, risks) == list(map(r_multiple, nets, risks))
    assert r_multiples([*nets, 1], [*risks, None]) == [*map(r_multiple, nets, risks), None]


@pytest.mark.parametrize("risk", [None, 0, -1])
def test_a_trade_without_risk_has_no_r(risk: int | None) -> None:
    assert r_multiple(100, risk) is None
    assert Summary.of(trade(100)._replace(risk=risk)).multiples.r_trades == 0


def test_a_position_opened_as_another_closes_does_not_overlap_it() -> None:
    touching = Summary.of_trades([trade(1, 5, entry_time=1), trade(1, 9, entry_time=5)])
    assert touching.holding.overlapping == 0


def test_trades_of_one_moment_stand_in_the_order_of_their_ids() -> None:
    with pytest.raises(ValueError, match="out of order: 'a'"):
        Summary.of_trades([TradeResult("b", 5, 1), TradeResult("a", 5, 1)])
