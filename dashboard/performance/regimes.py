"""Comparing like with like: the same market regime, weighed alike for both versions.

The strata are fixed beforehand, trend x volatility at the signal, so nobody can pick those
that flatter. They say what the market was like, not what the versions made of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.performance.formulas import Undefined
from dashboard.performance.summary import Summary
from dashboard.performance.units import Unit

# Wilder's own line between a trend and none.
TRENDING_ADX = 25.0
# An average true range, scaled to a day, of 3 % of the price.
VOLATILE_DAY = 0.03
# Under this many trades of either version a stratum's mean says nothing.
MIN_TRADES = 5
UNKNOWN = "unknown"


def regime(
    adx: float | None, atr: float | None, price: float | None, interval_seconds: float | None
) -> str:
    """The stratum of a trade, from the indicators at its entry signal.

    "trend, calm", "trend, volatile", "range, calm", "range, volatile", or "unknown" where an
    indicator is. ATR grows with the square root of a candle's length; it is scaled to a day.
    """
    if adx is None or atr is None or not price or not interval_seconds:
        return UNKNOWN
    daily = atr / price * math.sqrt(86_400 / interval_seconds)
    trend = "trend" if adx >= TRENDING_ADX else "range"
    return f"{trend}, {'volatile' if daily >= VOLATILE_DAY else 'calm'}"


@dataclass(frozen=True, slots=True)
class Stratum:
    """One regime: how many trades each version closed in it, the mean each made, its weight."""

    name: str
    trades_a: int
    trades_b: int
    mean_a: float
    mean_b: float
    weight: float


@dataclass(frozen=True, slots=True)
class RegimeMatched:
    """Sum of w_k (m_Bk - m_Ak), signed, with a fixed-sample 95 % interval (not for peeking).

    `coverage` is the share of all trades that lie in a stratum both versions traded enough.
    """

    difference: float
    low: float
    high: float
    coverage: float
    strata: tuple[Stratum, ...]


def regime_matched(
    a: Mapping[str, Summary], b: Mapping[str, Summary], unit: Unit
) -> RegimeMatched | Undefined:
    """The difference in expectancy were both to meet the same mixture of regimes.

    w_k is the share of both versions' trades in stratum k. Undefined when no known stratum
    holds at least five trades of each. Source: post-stratification, e.g. Cochran 1977.
    """
    everything = sum(one.trades for one in (*a.values(), *b.values()))
    names = [
        name
        for name in sorted(a.keys() & b.keys() - {UNKNOWN})
        if min(a[name].trades, b[name].trades) >= MIN_TRADES
    ]
    pooled = sum(a[name].trades + b[name].trades for name in names)
    if pooled == 0:
        return Undefined(f"no market regime in which both have {MIN_TRADES} trades")
    strata, spread = [], 0.0
    for name in names:
        mine, theirs = unit.sample(a[name]), unit.sample(b[name])
        weight = (a[name].trades + b[name].trades) / pooled
        strata.append(Stratum(name, mine.count, theirs.count, mine.mean, theirs.mean, weight))
        spread += weight**2 * (mine.error**2 + theirs.error**2)
    difference = math.fsum(one.weight * (one.mean_b - one.mean_a) for one in strata)
    reach = 1.959964 * math.sqrt(spread)
    coverage = pooled / everything
    return RegimeMatched(
        difference, difference - reach, difference + reach, coverage, tuple(strata)
    )
