"""When the deepest money drawdown was recovered, found from day rows."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given

from dashboard.performance.drawdown import recovered_at
from dashboard.performance.summary import Summary
from dashboard.performance.trade import TradeResult
from tests.dashboard.performance.builders import history
from tests.dashboard.performance.strategies import histories, often


def plain_recovery(trades: list[TradeResult]) -> int | None:
    running = Summary.of_trades(trades).running
    if running.max_drawdown == 0:
        return None
    net = 0
    for index, trade in enumerate(trades, start=1):
        net += trade.net_pnl
        high = running.drawdown_low + running.max_drawdown
        if index > running.drawdown_trough_index and net >= high:
            return trade.exit_time
    return None


@often
@given(histories())
def test_recovery_is_the_first_return_to_the_peak(trades: list[TradeResult]) -> None:
    days = [list(day) for _, day in groupby(trades, key=lambda trade: trade.exit_time // 8)]
    runs = [Summary.of_trades(day) for day in days]
    assert recovered_at(runs, lambda index: days[index]) == plain_recovery(trades)


def test_only_days_that_may_hold_it_are_read() -> None:
    days = [history(net) for net in (10, -5, 1, 1, 1, 9, 1)]
    days = [[trade._replace(exit_time=day) for trade in one] for day, one in enumerate(days)]
    read: list[int] = []

    def trades_of(index: int) -> list[TradeResult]:
        read.append(index)
        return days[index]

    assert recovered_at([Summary.of_trades(day) for day in days], trades_of) == 5
    assert read == [5]


def test_trades_that_do_not_belong_to_the_runs_are_refused() -> None:
    runs = [Summary.of_trades(history(10, -5, 6))]
    with pytest.raises(ValueError, match="refold"):
        recovered_at(runs, lambda _: history(1))
