"""Where a drawdown began, how deep it went, and when it was over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.performance.equity import DailyEquity, date_of
from dashboard.performance.formulas import Undefined
from dashboard.performance.returns import growth
from dashboard.performance.summary import Summary
from dashboard.performance.trade import TradeResult

# Compounding rounds: equity that came back to the cent must not stand a hair under its peak.
AT_PEAK = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class EquityDrawdown:
    """The deepest fall of daily equity, in percent of its peak, deposits taken out.

    `fraction` <= 0; `money` >= 0 is the same fall in 1e-8 quote. `start` is the day of the
    peak, None when that is the starting equity; `recovered_at` None while it is still open.
    Without any fall: fraction and money 0, no dates.
    """

    fraction: float
    money: int
    start: date | None
    trough: date | None
    recovered_at: date | None

    @property
    def recovered(self) -> bool:
        return self.trough is None or self.recovered_at is not None


def deepest(equity: DailyEquity) -> EquityDrawdown | Undefined:
    """The deepest percent drawdown of a daily equity. Undefined where its returns are.

    Source: empyrical.max_drawdown, ffn.calc_max_drawdown; the peak includes the start.
    """
    values = equity.returns()
    if isinstance(values, Undefined):
        return values
    curve, gained = growth(values), equity.gained()
    fraction, peak, start, trough = 0.0, 0, 0, 0
    for index, wealth in enumerate(curve):
        if wealth >= curve[peak] * AT_PEAK:
            peak = index
        elif wealth / curve[peak] - 1 < fraction:
            fraction, start, trough = wealth / curve[peak] - 1, peak, index
    if fraction == 0:
        return EquityDrawdown(0.0, 0, None, None, None)
    level = curve[start] * AT_PEAK
    back = next((i for i in range(trough, len(curve)) if curve[i] >= level), None)

    def when(index: int) -> date | None:
        return None if index == 0 else date_of(equity.first_day + index - 1)

    money = gained[start] - gained[trough]
    recovered_at = None if back is None else when(back)
    return EquityDrawdown(fraction, money, when(start), when(trough), recovered_at)


def recovered_at(
    runs: Sequence[Summary],
    trades_of: Callable[[int], Iterable[TradeResult]],
    joined: Summary | None = None,
) -> int | None:
    """The exit time (microseconds) at which the deepest money drawdown was recovered.

    `runs` are consecutive summaries (day rows), `trades_of(i)` the trades of run i in order;
    only runs that may hold the answer are asked for theirs, two at most as a rule; of a trade
    only exit_time and net_pnl are looked at. `joined` is the runs' sum, where it is at hand.
    None when there is no drawdown or it is still open.
    """
    whole = (Summary.join(runs) if joined is None else joined).running
    if whole.max_drawdown == 0 or not whole.recovered:
        return None
    peak = whole.drawdown_low + whole.max_drawdown
    net = seen = 0
    for index, run in enumerate(runs):
        ends_after_trough = seen + run.trades > whole.drawdown_trough_index
        if ends_after_trough and net + run.running.high >= peak:
            found = _first_back(trades_of(index), net, seen, peak, whole.drawdown_trough_index)
            if found is not None:
                return found
        net, seen = net + run.net_pnl, seen + run.trades
    raise ValueError("the trades given do not make up the runs given; refold the runs first")


def _first_back(
    trades: Iterable[TradeResult], net: int, seen: int, peak: int, trough_index: int
) -> int | None:
    for count, trade in enumerate(trades, start=seen + 1):
        net += trade.net_pnl
        if count > trough_index and net >= peak:
            return trade.exit_time
    return None
