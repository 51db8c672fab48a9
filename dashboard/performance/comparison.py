"""Two versions compared, saying what the data can bear and no more.

Everything is worked out from day summaries, so a million trades cost as much as a thousand.
What needs resampling (the BCa interval, the permutation test) is in `resampling`, outside the
web process.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.performance.comparability import Caution, Facts, comparability
from dashboard.performance.confidence import BURN_IN, observations_needed
from dashboard.performance.formulas import Undefined
from dashboard.performance.pairing import DayResult, Pairs, pair_days
from dashboard.performance.regimes import RegimeMatched, regime_matched
from dashboard.performance.summary import Summary
from dashboard.performance.units import Sample, Unit, unit_for
from dashboard.performance.verdict import PROBABLE, Ruling, rule, waiting
from dashboard.performance.wins import probability_wins_more_often
from dashboard.performance.words import sentence


@dataclass(frozen=True, slots=True)
class Version:
    """A version's trades, by UTC day (days since 1970-01-01) and, where known, by regime."""

    name: str
    days: Sequence[tuple[int, Summary]]
    regimes: Mapping[str, Summary] = field(default_factory=dict)
    facts: Facts | None = None

    def summary(self) -> Summary:
        return Summary.join(summary for _, summary in self.days)


@dataclass(frozen=True, slots=True)
class EvidenceMeter:
    """What the data could show at all.

    `detectable`: the smallest difference a fixed sample of this size shows four times in five,
    2.8 sqrt(s_A^2 / n_A + s_B^2 / n_B), in the comparison's unit; None under two trades each.
    `more_trades`: how many more each needs until the verdict would settle a difference of
    `settles`; 0 when it is settled. Both None when that cannot be told yet.
    """

    detectable: float | None
    settles: float | None
    more_trades: int | None
    days: int
    side_by_side: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A. Numbers are in `unit`: R, or whole units of the quote asset, per trade.

    `difference` is B's expectancy less A's over all trades, `paired_difference` the one the
    verdict rests on, over paired days. None where undefined, the reason in `undefined`.
    """

    a: str
    b: str
    unit: str
    expectancy_a: float | None
    expectancy_b: float | None
    difference: float | None
    paired_difference: float | None
    ruling: Ruling
    sentence: str
    evidence: EvidenceMeter
    wins_more_often: float | None
    regime: RegimeMatched | None
    versions_tried: int
    warnings: tuple[Caution, ...]
    undefined: dict[str, str]


def compare(
    a: Version,
    b: Version,
    *,
    versions_tried: int,
    quote_asset: str = "",
    today: int | None = None,
) -> Comparison:
    """Compare two versions. `versions_tried` counts every version ever, abandoned ones too.

    `today` is the UTC day still under way (days since 1970-01-01): what it brings counts for
    the verdict when it is over, or looking during the day would be looking at half an
    observation. By default the newest day either traded. Raises ValueError when fewer than
    the two compared are said to have been tried.
    """
    if versions_tried < 2:
        raise ValueError(f"versions_tried is {versions_tried}, but two versions are compared")
    whole_a, whole_b = a.summary(), b.summary()
    unit = unit_for(whole_a, whole_b, quote_asset)
    one, other = unit.sample(whole_a), unit.sample(whole_b)
    under_way = _newest(a, b) if today is None else today
    pairs = pair_days(_days(a, unit, under_way), _days(b, unit, under_way))
    margin = unit.margin(one, other)
    lacking = _lacking(a, b, unit) or waiting(
        pairs,
        (whole_a.totals.wins, whole_b.totals.wins),
        (whole_a.totals.losses, whole_b.totals.losses),
    )
    difference = _number(other.mean - one.mean)
    ruling = _judge(pairs, margin, versions_tried, lacking, difference)
    evidence = _evidence(one, other, pairs, margin, ruling)
    regime = regime_matched(a.regimes, b.regimes, unit)
    comparison = Comparison(
        a=a.name,
        b=b.name,
        unit=unit.name,
        expectancy_a=_number(one.mean),
        expectancy_b=_number(other.mean),
        difference=difference,
        paired_difference=_number(pairs.difference),
        ruling=ruling,
        sentence=sentence(a.name, b.name, unit, difference, ruling, margin, evidence),
        evidence=evidence,
        wins_more_often=_wins(whole_a, whole_b),
        regime=None if isinstance(regime, Undefined) else regime,
        versions_tried=versions_tried,
        warnings=_warnings(a, b),
        undefined={},
    )
    comparison.undefined.update(_reasons(comparison, regime))
    return comparison


def observations(a: Version, b: Version) -> tuple[list[DayResult], list[DayResult]]:
    """All days of both in the unit of their comparison: what `resampling.resample` takes."""
    unit = unit_for(a.summary(), b.summary(), "")
    return _days(a, unit, _newest(a, b) + 1), _days(b, unit, _newest(a, b) + 1)


def _newest(a: Version, b: Version) -> int:
    return max((version.days[-1][0] for version in (a, b) if version.days), default=0)


def _days(version: Version, unit: Unit, under_way: int) -> list[DayResult]:
    rows = (unit.day(day, summary) for day, summary in version.days if day < under_way)
    return [row for row in rows if row.trades > 0]


def _lacking(a: Version, b: Version, unit: Unit) -> str:
    """Money of different quote assets cannot be compared at all; R can."""
    if unit.in_r or a.facts is None or b.facts is None:
        return ""
    if len(a.facts.quote_assets | b.facts.quote_assets) > 1:
        return "trades in one quote asset, or with a known risk"
    return ""


def _judge(
    pairs: Pairs, margin: float, versions_tried: int, lacking: str, difference: float | None
) -> Ruling:
    """The ruling; none where the paired days and all trades point in opposite directions."""
    ruling = rule(pairs, margin=margin, versions_tried=versions_tried, waiting_for=lacking)
    if ruling.better is None or difference is None:
        return ruling
    if (difference > 0) == (ruling.better == "b"):
        return ruling
    contrary = "the paired days and all trades together to agree on which made more"
    return rule(pairs, margin=margin, versions_tried=versions_tried, waiting_for=contrary)


def _evidence(a: Sample, b: Sample, pairs: Pairs, margin: float, ruling: Ruling) -> EvidenceMeter:
    detectable = _number(2.8 * math.hypot(a.error, b.error))
    settles = margin
    if pairs.count and abs(pairs.difference) > margin:
        settles = abs(pairs.difference)
    more: int | None = 0
    if ruling.waiting_for and pairs.count >= BURN_IN:
        more = None  # what it waits for is no number of trades
    elif not ruling.settled:
        more = _more_trades(a, b, pairs, settles, PROBABLE / ruling.comparisons)
    return EvidenceMeter(detectable, _number(settles), more, pairs.count, pairs.side_by_side)


def _more_trades(a: Sample, b: Sample, pairs: Pairs, settles: float, alpha: float) -> int | None:
    """How many more trades each until the sequence settles a difference, four times in five."""
    if math.isnan(a.deviation) or math.isnan(b.deviation):
        return None
    if pairs.count < BURN_IN:
        # Too few days to measure their scatter: take every trade for an observation.
        needed = observations_needed(settles, math.hypot(a.deviation, b.deviation), alpha)
        have, trades_each = float(min(a.count, b.count)), 1.0
    else:
        off = pairs.weights * (pairs.differences - pairs.difference)
        drift = settles * float(pairs.weights.mean())
        needed = observations_needed(drift, float((off**2).mean()) ** 0.5, alpha)
        # Two equal halves of n trades weigh n / 2, so a pair is worth twice its weight a side.
        have, trades_each = float(pairs.count), 2 * float(pairs.weights.mean())
    if needed is None:
        return None
    return max(1, math.ceil((needed - have) * trades_each))


def _wins(a: Summary, b: Summary) -> float | None:
    one, other = a.totals, b.totals
    if not (one.wins + one.losses and other.wins + other.losses):
        return None
    return probability_wins_more_often(one.wins, one.losses, other.wins, other.losses)


def _warnings(a: Version, b: Version) -> tuple[Caution, ...]:
    if a.facts is None or b.facts is None:
        return ()
    return comparability(a.name, a.facts, b.name, b.facts)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _reasons(found: Comparison, regime: RegimeMatched | Undefined) -> dict[str, str]:
    """Why each figure that is None has no value."""
    trades = "one of the versions has no trades"
    reasons = {
        "expectancy_a": "no trades",
        "expectancy_b": "no trades",
        "difference": trades,
        "paired_difference": "no days to pair yet",
        "wins_more_often": "one of the versions has no winning or losing trades",
        "regime": regime.reason if isinstance(regime, Undefined) else "",
    }
    undefined = {name: why for name, why in reasons.items() if getattr(found, name) is None}
    if found.ruling.low is None:
        undefined["range"] = "too few paired days to bound the difference"
    if found.evidence.detectable is None:
        undefined["detectable"] = "fewer than two trades of a version"
    for name in ("settles", "more_trades"):
        if getattr(found.evidence, name) is None:
            undefined[name] = "the trades do not scatter, or are fewer than two of a version"
    if "more_trades" in undefined and found.ruling.waiting_for and found.evidence.settles:
        undefined["more_trades"] = f"not judged before there are {found.ruling.waiting_for}"
    return undefined
