"""Two versions' days, paired into differences.

A day is one observation: its trades share one market and may all be right or wrong together.
Days on which both versions closed trades are paired with each other, which takes out what the
market did to both. Days only one of them traded are paired in order, the first with the
first; such a pair counts on the later of its two days.

Which days pair depends on when trades closed, never on what they made, and a pair, once
made, stays as it is: both are needed for the verdict to stay valid under constant looking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.performance.confidence import Floats


class DayResult(NamedTuple):
    """A day's trades: how many, and the sum of what they made (R, or whole quote units)."""

    day: int
    trades: int
    total: float

    @property
    def mean(self) -> float:
        return self.total / self.trades


@dataclass(frozen=True, slots=True)
class Pairs:
    """Differences B less A of mean result a trade, in order of time.

    `weights` = n_A n_B / (n_A + n_B) of each pair's trades: what an equally noisy trade on
    either side would call for. `side_by_side` counts the pairs of one and the same day.
    """

    differences: Floats
    weights: Floats
    side_by_side: int

    @property
    def count(self) -> int:
        return int(self.differences.size)

    @property
    def difference(self) -> float:
        """The weighted mean difference; nan without pairs."""
        if self.count == 0:
            return float("nan")
        return float(np.average(self.differences, weights=self.weights))


def pair_days(a: Sequence[DayResult], b: Sequence[DayResult]) -> Pairs:
    """Pair two versions' days. Days ascending, each with at least one trade."""
    by_day = {one.day: one for one in b}
    both = [(one, by_day[one.day]) for one in a if one.day in by_day]
    shared = {one.day for one, _ in both}
    alone_a = [one for one in a if one.day not in shared]
    alone_b = [one for one in b if one.day not in shared]
    # Of unequal length on purpose: the surplus waits for a partner.
    pairs = [*both, *zip(alone_a, alone_b, strict=False)]
    pairs.sort(key=lambda pair: max(pair[0].day, pair[1].day))
    return Pairs(
        np.array([theirs.mean - mine.mean for mine, theirs in pairs], dtype=np.float64),
        np.array([m.trades * t.trades / (m.trades + t.trades) for m, t in pairs], dtype=np.float64),
        len(both),
    )
