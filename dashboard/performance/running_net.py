"""The running net of a run of trades, with its deepest drawdown, exact under joining.

"Running net" means net_pnl cumulated from the start of the run, 0 before its first trade:
that 0 stands for the equity the run started with, so a run that only loses has a drawdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dashboard.performance.trade import TradeResult


@dataclass(frozen=True, slots=True)
class RunningNet:
    """The running net of a run: where it ends, its extremes, its deepest drawdown.

    An index counts the trades up to and including the one meant; 0 is the start of the run,
    whose time is None. `high` is met last at `high_index`, `low` first at `low_index`.
    Of equally deep drawdowns the one with the earliest trough counts, from the last time
    its peak was touched. `high_after_low` and `drawdown_high_since` are the highest running
    net from that low, and from the drawdown's trough, to the end of the run: they tell
    whether the drawdown was recovered.
    """

    trades: int = 0
    net: int = 0
    first_exit: int | None = None
    last_exit: int | None = None
    high: int = 0
    high_index: int = 0
    high_time: int | None = None
    low: int = 0
    low_index: int = 0
    low_time: int | None = None
    high_after_low: int = 0
    max_drawdown: int = 0
    drawdown_start_index: int = 0
    drawdown_start: int | None = None
    drawdown_trough_index: int = 0
    drawdown_trough: int | None = None
    drawdown_low: int = 0
    drawdown_high_since: int = 0

    @classmethod
    def of(cls, trade: TradeResult) -> RunningNet:
        net, time = trade.net_pnl, trade.exit_time
        rose, fell = net >= 0, net < 0
        return cls(
            trades=1,
            net=net,
            first_exit=time,
            last_exit=time,
            high=net if rose else 0,
            high_index=int(rose),
            high_time=time if rose else None,
            low=net if fell else 0,
            low_index=int(fell),
            low_time=time if fell else None,
            high_after_low=net,
            max_drawdown=-net if fell else 0,
            drawdown_trough_index=int(fell),
            drawdown_trough=time if fell else None,
            drawdown_low=net if fell else 0,
            drawdown_high_since=net if fell else 0,
        )

    def __add__(self, later: RunningNet) -> RunningNet:
        touched = later.high_index > 0 and self.net + later.high >= self.high
        deeper = self.net + later.low < self.low
        fall = self._deepest(later)
        return RunningNet(
            trades=self.trades + later.trades,
            net=self.net + later.net,
            first_exit=self.first_exit if self.trades else later.first_exit,
            last_exit=later.last_exit if later.trades else self.last_exit,
            high=self.net + later.high if touched else self.high,
            high_index=self.trades + later.high_index if touched else self.high_index,
            high_time=later.high_time if touched else self.high_time,
            low=self.net + later.low if deeper else self.low,
            low_index=self.trades + later.low_index if deeper else self.low_index,
            low_time=later.low_time if deeper else self.low_time,
            high_after_low=(
                self.net + later.high_after_low
                if deeper
                else max(self.high_after_low, self.net + later.high)
            ),
            max_drawdown=fall.depth,
            drawdown_start_index=fall.start_index,
            drawdown_start=fall.start,
            drawdown_trough_index=fall.trough_index,
            drawdown_trough=fall.trough,
            drawdown_low=fall.low,
            drawdown_high_since=fall.high_since,
        )

    def _deepest(self, later: RunningNet) -> _Fall:
        """The deepest drawdown of this run and the later one: within either, or across both."""
        across = self.high - self.net - later.low
        depth = max(self.max_drawdown, across, later.max_drawdown)
        if depth == 0:
            return _Fall()
        if depth == self.max_drawdown:
            high_since = max(self.drawdown_high_since, self.net + later.high)
            return _Fall(
                depth,
                self.drawdown_start_index,
                self.drawdown_start,
                self.drawdown_trough_index,
                self.drawdown_trough,
                self.drawdown_low,
                high_since,
            )
        within = depth == later.max_drawdown
        if within and (depth > across or later.drawdown_trough_index <= later.low_index):
            # A drawdown from the very start of the later run falls from this run's end.
            from_its_start = later.drawdown_start_index == 0
            return _Fall(
                depth,
                self.trades + later.drawdown_start_index,
                self.last_exit if from_its_start else later.drawdown_start,
                self.trades + later.drawdown_trough_index,
                later.drawdown_trough,
                self.net + later.drawdown_low,
                self.net + later.drawdown_high_since,
            )
        return _Fall(
            depth,
            self.high_index,
            self.high_time,
            self.trades + later.low_index,
            later.low_time,
            self.net + later.low,
            self.net + later.high_after_low,
        )

    @property
    def recovered(self) -> bool:
        """Whether the running net came back to the peak the deepest drawdown fell from."""
        return self.drawdown_high_since - self.drawdown_low >= self.max_drawdown

    @property
    def current_drawdown(self) -> int:
        """How far the run's end stands below its peak, 1e-8 quote, >= 0."""
        return self.high - self.net


class _Fall(NamedTuple):
    """A drawdown while two runs are joined."""

    depth: int = 0
    start_index: int = 0
    start: int | None = None
    trough_index: int = 0
    trough: int | None = None
    low: int = 0
    high_since: int = 0
