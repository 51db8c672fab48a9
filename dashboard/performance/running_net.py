"""The running net of a run of trades, with its deepest drawdown, exact under joining.

"Running net" means net_pnl cumulated from the start of the run, 0 before its first trade:
that 0 stands for the equity the run started with, so a run that only loses has a drawdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from dashboard.performance.columns import Columns


class Fall(NamedTuple):
    """A drawdown: how deep, where from, where to, and what came after. All 0 when there is none.

    An index counts the trades up to and including the one meant; 0 is the start of the run,
    whose time is None. `low` is the running net at the trough, `high_since` the highest from
    there to the end of the run: recovered, when that is back at the peak.
    """

    depth: int = 0
    start_index: int = 0
    start: int | None = None
    trough_index: int = 0
    trough: int | None = None
    low: int = 0
    high_since: int = 0


class RunningNet(NamedTuple):
    """Where the running net of a run ends, its extremes, its deepest drawdown.

    `high` is met last at `high_index`, `low` first at `low_index` (indexes as in `Fall`).
    `high_after_low` is the highest from that low to the end of the run. Of equally deep
    drawdowns the one with the earliest trough counts, from the last time its peak was
    touched; `max_drawdown` and the fields that follow it are those of a `Fall`.
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
    def of_columns(cls, columns: Columns) -> RunningNet:
        """By the definitions, over the whole run. Trades in order; none is the empty run."""
        if not columns.nets:
            return cls()
        points = list(accumulate(columns.nets, initial=0))
        times = [None, *columns.exits]
        high, low = max(points), min(points)
        high_index = len(points) - 1 - points[::-1].index(high)
        low_index = points.index(low)
        return cls(
            len(columns.nets),
            points[-1],
            times[1],
            times[-1],
            high,
            high_index,
            times[high_index],
            low,
            low_index,
            times[low_index],
            max(points[low_index:]),
            *_deepest_fall(points, times),
        )

    @classmethod
    def join(cls, runs: Sequence[RunningNet]) -> RunningNet:
        """The runs one after another. Raises ValueError when one begins before the last ended."""
        whole = cls()
        for run in runs:
            if run.trades:
                whole = whole.then(run) if whole.trades else run
        return whole

    def then(self, later: RunningNet) -> RunningNet:
        """This run followed by a later one; neither is empty."""
        trades, net = self.trades, self.net
        if later.first_exit < self.last_exit:  # type: ignore[operator]  # neither is empty
            raise ValueError(
                f"summaries added in the wrong order: one run ends at {self.last_exit}, the next"
                f" begins at {later.first_exit} (microseconds); add runs in the order of their"
                " exit times"
            )
        high, high_index, high_time = self.high, self.high_index, self.high_time
        if later.high_index and net + later.high >= high:
            high = net + later.high
            high_index, high_time = trades + later.high_index, later.high_time
        low, low_index, low_time = self.low, self.low_index, self.low_time
        high_after_low = max(self.high_after_low, net + later.high)
        if net + later.low < low:
            low, low_index = net + later.low, trades + later.low_index
            low_time, high_after_low = later.low_time, net + later.high_after_low
        return RunningNet(
            trades + later.trades,
            net + later.net,
            self.first_exit,
            later.last_exit,
            high,
            high_index,
            high_time,
            low,
            low_index,
            low_time,
            high_after_low,
            *self._deepest(later),
        )

    def _deepest(self, later: RunningNet) -> Fall:
        """The deepest drawdown of this run and the later one: within either, or across both."""
        trades, net = self.trades, self.net
        mine, across, theirs = self.max_drawdown, self.high - net - later.low, later.max_drawdown
        if mine >= across and mine >= theirs:
            return Fall(
                mine,
                self.drawdown_start_index,
                self.drawdown_start,
                self.drawdown_trough_index,
                self.drawdown_trough,
                self.drawdown_low,
                max(self.drawdown_high_since, net + later.high) if mine else 0,
            )
        if theirs > across or (theirs == across and later.drawdown_trough_index <= later.low_index):
            fall = later.fall
            return Fall(
                theirs,
                trades + fall.start_index,
                # A drawdown from the very start of the later run falls from this run's end.
                fall.start if fall.start_index else self.last_exit,
                trades + fall.trough_index,
                fall.trough,
                net + fall.low,
                net + fall.high_since,
            )
        return Fall(
            across,
            self.high_index,
            self.high_time,
            trades + later.low_index,
            later.low_time,
            net + later.low,
            net + later.high_after_low,
        )

    @property
    def fall(self) -> Fall:
        """The deepest drawdown."""
        return Fall(
            self.max_drawdown,
            self.drawdown_start_index,
            self.drawdown_start,
            self.drawdown_trough_index,
            self.drawdown_trough,
            self.drawdown_low,
            self.drawdown_high_since,
        )

    @property
    def recovered(self) -> bool:
        """Whether the running net came back to the peak the deepest drawdown fell from."""
        return self.drawdown_high_since - self.drawdown_low >= self.max_drawdown

    @property
    def current_drawdown(self) -> int:
        """How far the run's end stands below its peak, 1e-8 quote, >= 0."""
        return self.high - self.net


def _deepest_fall(points: list[int], times: list[int | None]) -> Fall:
    """The deepest drawdown of a running net (points, the starting 0 first) with its times."""
    falls = list(map(sub, accumulate(points, max), points))
    depth = max(falls)
    if depth == 0:
        return Fall()
    trough = falls.index(depth)
    low = points[trough]
    start = trough
    while points[start] != low + depth:
        start -= 1
    return Fall(depth, start, times[start], trough, times[trough], low, max(points[trough:]))
