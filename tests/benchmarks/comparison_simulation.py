"""Simulated bots, many at a time, looked at after every day.

Arrays are (pairs, days, trades a day), results in R. What is simulated is the product's own
rule: `log_evidence` on paired days, its levels, and the wins and losses it waits for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dashboard.performance.confidence import Floats, log_evidence
from dashboard.performance.resampling import bca_interval
from dashboard.performance.verdict import PROBABLE, RARE, comparisons

Flags = NDArray[np.bool_]
Law = Callable[[np.random.Generator, tuple[int, ...]], Floats]

# At most so many numbers at a time: some 30 MB.
CHUNK = 4_000_000


def fat(chance: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Mean 0, deviation 1.5 R, the tails of a t law with 3 degrees of freedom."""
    return chance.standard_t(3, shape) * (1.5 / math.sqrt(3))


def trend_follower(chance: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Mean 0: three of ten win 2.33 R on average, at times far more; the others lose 1 R."""
    return np.where(chance.random(shape) < 0.3, chance.exponential(0.7 / 0.3, shape), -1.0)


def scalper(chance: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Mean 0: nine of ten win a third of an R, the tenth loses 3 R."""
    return np.where(chance.random(shape) < 0.9, 1.0, -9.0) / 3


def lottery(chance: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Mean 0: one of ten wins 9 R, the others lose 1 R."""
    return np.where(chance.random(shape) < 0.1, 9.0, -1.0)


def coin(chance: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Mean 0: wins or loses 1 R."""
    return np.where(chance.random(shape) < 0.5, 1.0, -1.0)


def clustered(chance: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Fat-tailed trades, half of whose variance a day's trades have in common."""
    of_day = fat(chance, (*shape[:-1], 1))
    return (of_day + fat(chance, shape)) / math.sqrt(2)


def chunks(pairs: int, numbers_each: int) -> Iterator[int]:
    """Sizes that add up to `pairs` and keep memory bounded."""
    size = max(1, CHUNK // numbers_each)
    for start in range(0, pairs, size):
        yield min(size, pairs - start)


def crowned(a: Floats, b: Floats, alpha: float) -> Flags:
    """(pairs, days): whether the verdict after each day is *Probably better* or *Better*."""
    differences = b.mean(axis=-1) - a.mean(axis=-1)
    found: Flags = log_evidence(differences) >= -math.log(alpha)
    for trades in (a, b):
        found &= (trades > 0).sum(axis=-1).cumsum(axis=-1) >= RARE
        found &= (trades < 0).sum(axis=-1).cumsum(axis=-1) >= RARE
    return found


def ever_crowned(
    law_a: Law, law_b: Law, *, pairs: int, days: int, seed: int, per_day: int = 1
) -> float:
    """The share of pairs of equal expectancy ever crowned, looked at after every day."""
    chance = np.random.default_rng(seed)
    count = 0
    for size in chunks(pairs, days * per_day):
        shape = (size, days, per_day)
        found = crowned(law_a(chance, shape), law_b(chance, shape), PROBABLE)
        count += int(found.any(axis=1).sum())
    return count / pairs


def family_ever_crowned(versions: int, *, families: int, days: int, seed: int) -> float:
    """The share of families of identical versions in which ANY pair was ever crowned."""
    chance = np.random.default_rng(seed)
    alpha = PROBABLE / comparisons(versions)
    count = 0
    for size in chunks(families, days * versions):
        bots = [fat(chance, (size, days, 1)) for _ in range(versions)]
        any_pair = np.zeros(size, dtype=np.bool_)
        for i in range(versions):
            for j in range(i):
                any_pair |= crowned(bots[i], bots[j], alpha).any(axis=1)
        count += int(any_pair.sum())
    return count / families


def peeking_t_test(*, pairs: int, trades: int, seed: int) -> float:
    """What the verdict avoids: a t-test every five trades until p < .05, on equal bots."""
    chance = np.random.default_rng(seed)
    counts = np.arange(1, trades + 1)
    looks = counts[(counts >= 10) & (counts % 5 == 0)]
    limits = stats.t.ppf(0.975, 2 * looks - 2)
    fooled = 0
    for size in chunks(pairs, trades):
        means, errors = [], []
        for _ in range(2):
            results = fat(chance, (size, trades))
            total, squares = results.cumsum(axis=1), (results**2).cumsum(axis=1)
            mean = total / counts
            means.append(mean)
            with np.errstate(divide="ignore", invalid="ignore"):
                errors.append((squares - counts * mean**2) / (counts - 1) / counts)
        t = np.abs(means[1] - means[0])[:, looks - 1] / np.sqrt(errors[0] + errors[1])[:, looks - 1]
        fooled += int((t > limits).any(axis=1).sum())
    return fooled / pairs


def power(difference: float, *, pairs: int, trades: int, seed: int) -> tuple[float, float]:
    """(ever crowned by then, crowned then) of pairs that truly differ, one trade a day."""
    chance = np.random.default_rng(seed)
    ever = now = 0
    for size in chunks(pairs, trades):
        a, b = fat(chance, (size, trades, 1)), fat(chance, (size, trades, 1)) + difference
        found = crowned(a, b, PROBABLE) & (b.mean(axis=(1, 2)) > a.mean(axis=(1, 2)))[:, None]
        ever += int(found.any(axis=1).sum())
        now += int(found[:, -1].sum())
    return ever / pairs, now / pairs


def power_beside(difference: float, *, pairs: int, trades: int, seed: int) -> tuple[float, float]:
    """(apart, side by side): crowned at the end, where the market gives 4/5 of the variance."""
    chance = np.random.default_rng(seed)
    apart = beside = 0
    own, common = math.sqrt(0.2), math.sqrt(0.8)
    for size in chunks(pairs, trades):
        shape = (size, trades, 1)
        market, later = common * fat(chance, shape), common * fat(chance, shape)
        a = market + own * fat(chance, shape)
        made = own * fat(chance, shape) + difference
        apart += int(crowned(a, later + made, PROBABLE)[:, -1].sum())
        beside += int(crowned(a, market + made, PROBABLE)[:, -1].sum())
    return apart / pairs, beside / pairs


def bca_coverage(trades: int, *, pairs: int, resamples: int, seed: int) -> float:
    """How often the product's 95 % BCa interval holds the true difference, at one look."""
    chance = np.random.default_rng(seed)
    held = 0
    ones = np.ones(trades)
    for pair in range(pairs):
        a, b = fat(chance, (trades,)), fat(chance, (trades,)) + 0.3
        interval = bca_interval(
            np.column_stack((a, ones)),
            np.column_stack((b, ones)),
            seed=seed + pair,
            resamples=resamples,
        )
        held += interval is not None and interval[0] <= 0.3 <= interval[1]
    return held / pairs
