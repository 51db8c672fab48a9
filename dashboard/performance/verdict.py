"""The four verdicts on two versions, and their words.

A verdict rests on the confidence sequence alone (`confidence`). Its levels are divided by
the number of pairs among ALL versions ever tried, so that the promise holds for whoever
picks the best-looking pair: among versions that are in truth equal, the chance that any
pair is EVER called *Probably better* or *Better* is at most 5 %, *Better* at most 1 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dashboard.performance.confidence import BURN_IN, band
from dashboard.performance.pairing import Pairs

PROBABLE = 0.05
SURE = 0.01
# Fewer wins or losses than this, and a rare large one may not have been seen yet.
RARE = 10


class Verdict(StrEnum):
    """What may be said of two versions.

    TOO_EARLY: the band holds 0 and reaches beyond the margin; or too little to judge by.
    NO_VISIBLE_DIFFERENCE: the band lies within the margin on both sides.
    PROBABLY_BETTER: the 95 % band excludes 0.
    BETTER: the 99 % band excludes 0.
    """

    TOO_EARLY = "Too early"
    NO_VISIBLE_DIFFERENCE = "No visible difference"
    PROBABLY_BETTER = "Probably better"
    BETTER = "Better"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict with what it rests on.

    `better` is "a" or "b" where one is (probably) better. `low`, `high`: the 95 % band of the
    difference B less A, after deflation; None while unbounded. `comparisons`: the number of
    pairs the levels were divided by. `waiting_for`: why nothing is judged yet, else empty.
    """

    verdict: Verdict
    better: str | None
    low: float | None
    high: float | None
    comparisons: int
    waiting_for: str = ""

    @property
    def settled(self) -> bool:
        return self.verdict is not Verdict.TOO_EARLY


def comparisons(versions_tried: int) -> int:
    """The number of pairs among all versions ever tried, at least 1."""
    return max(1, versions_tried * (versions_tried - 1) // 2)


def rule(pairs: Pairs, *, margin: float, versions_tried: int, waiting_for: str = "") -> Ruling:
    """Judge two versions by their paired days.

    `margin` > 0 is the smallest difference that would matter, in the unit of the differences.
    `waiting_for` names what the data still lack (see `waiting`): nothing is then judged.
    """
    count = comparisons(versions_tried)
    edges = band(pairs.differences, pairs.weights, PROBABLE / count)
    low, high = (None, None) if edges is None else edges
    verdict, better = Verdict.TOO_EARLY, None
    if not waiting_for and low is not None and high is not None:
        if low > 0 or high < 0:
            better = "b" if low > 0 else "a"
            sure = band(pairs.differences, pairs.weights, SURE / count)
            excluded = sure is not None and (sure[0] > 0 or sure[1] < 0)
            verdict = Verdict.BETTER if excluded else Verdict.PROBABLY_BETTER
        elif -margin < low and high < margin:
            verdict = Verdict.NO_VISIBLE_DIFFERENCE
    return Ruling(verdict, better, low, high, count, waiting_for)


def waiting(pairs: Pairs, wins: tuple[int, int], losses: tuple[int, int]) -> str:
    """What is still missing before anything may be judged, in words; empty when nothing is."""
    if pairs.count < BURN_IN:
        return f"{BURN_IN} days with trades of each to compare ({pairs.count} so far)"
    if min(wins) < RARE or min(losses) < RARE:
        return f"{RARE} winning and {RARE} losing trades of each version"
    return ""
