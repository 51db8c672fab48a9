"""A confidence sequence for a difference: valid however often one looks.

The observations are differences D_1, D_2, ... (version B less version A, one a block of
trades) with weights w_i. Under the assumption that the true difference is d, the evidence
against it is the normal mixture

    E_n(d) = sqrt(h / (V + h)) exp(S^2 / (2 (V + h))),  S = sum w_i (D_i - d),
                                                        V = sum w_i^2 (D_i - d)^2,

h being 3 V of the first ten observations that differ from d. Where each w_i (D_i - d) is
symmetric about 0 given the past, E[exp(l S - l^2 V / 2)] <= 1 for any l (de la Pena 1999,
Ann. Probab. 27), whatever the tails: no variance need exist. That also holds given the
sizes of the first ten, for their signs are fair coins, so h may be measured on them; E_n
is then a nonnegative supermartingale of mean <= 1, and by Ville's inequality the chance
that it EVER reaches 1 / alpha is at most alpha, over all looks together (Robbins 1970;
Howard, Ramdas, McAuliffe and Sekhon 2021, Ann. Statist. 49). The d with E_n(d) < 1 / alpha
form the confidence sequence.

Two bots of the same law give symmetric differences, so for them the guarantee is exact at
any n. Bots that differ in shape but not in mean do not; there V / n settles on the variance
and the sequence is an asymptotic one (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024,
Ann. Statist. 52). For that case a verdict also waits for ten wins and ten losses of each
version (see `verdict`), without which a rare large win has not been seen yet.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BURN_IN = 10
# h in units of the burn-in's V: the band is tightest at some 250 observations.
HORIZON = 3.0


def log_evidence(differences: Floats, weights: Floats | None = None) -> Floats:
    """ln E_n(0) after each observation, along the last axis; -inf during the burn-in.

    `differences` (..., n) and `weights` > 0 of the same shape, or None for equal ones.
    Observations that are exactly 0 say nothing about d = 0 and change nothing.
    """
    terms = differences if weights is None else differences * weights
    squares = terms * terms
    heard = np.cumsum(squares > 0, axis=-1)
    first = np.sum(squares, axis=-1, where=heard <= BURN_IN, keepdims=True)
    evidence = _mixture(np.cumsum(terms, axis=-1), np.cumsum(squares, axis=-1), first)
    return np.where(heard >= BURN_IN, evidence, -np.inf)


def evidence_against(difference: float, differences: Floats, weights: Floats) -> float:
    """ln E_n(d) after all observations; -inf during the burn-in. All arrays (n,)."""
    terms = (differences - difference) * weights
    squares = terms * terms
    heard = np.flatnonzero(squares[: 2 * BURN_IN])[:BURN_IN]
    if heard.size < BURN_IN:  # many zeros to begin with: look further
        heard = np.flatnonzero(squares)[:BURN_IN]
    if heard.size < BURN_IN:
        return -math.inf
    return float(_mixture(terms.sum(), squares.sum(), squares[heard].sum()))


def _mixture(total: Any, spread: Any, first: Any) -> Any:
    """ln E_n of S = total and V = spread, h measured on the first observations (see above)."""
    scale = HORIZON * first
    with np.errstate(divide="ignore", invalid="ignore"):
        return 0.5 * np.log(scale / (spread + scale)) + total**2 / (2 * (spread + scale))


def band(differences: Floats, weights: Floats, alpha: float) -> tuple[float, float] | None:
    """The differences not refuted at 1 - alpha, as (low, high), in the unit of `differences`.

    Time-uniform: with probability >= 1 - alpha it holds the true difference at every n. None
    while the observations are too few to bound it. Equal observations give a band of no width.
    """
    if differences.size < BURN_IN:
        return None
    bound = -math.log(alpha)
    middle = float(np.average(differences, weights=weights))
    step = float(np.average(np.abs(differences - middle), weights=weights))
    # Far from the data the evidence tends to a limit; only above the bound is there an edge.
    far = 1e6 * max(step, abs(middle), 1e-12)
    edges = []
    for sign in (-1.0, 1.0):
        if evidence_against(middle + sign * far, differences, weights) <= bound:
            return None
        edges.append(_edge(middle, sign * far, bound, differences, weights))
    low, high = edges
    # The evidence need not rise all the way from the middle to 0; 0 stays in until refuted.
    if evidence_against(0.0, differences, weights) < bound:
        low, high = min(low, 0.0), max(high, 0.0)
    return low, high


def _edge(middle: float, far: float, bound: float, differences: Floats, weights: Floats) -> float:
    """Where the evidence first passes the bound on the way from the middle outwards."""
    inside, outside = 0.0, far
    # From the middle outwards in growing steps, so that the first crossing is the one found.
    reach = far * 1e-9
    while abs(reach) < abs(far):
        if evidence_against(middle + reach, differences, weights) > bound:
            outside = reach
            break
        inside = reach
        reach *= 1.5
    while abs(outside - inside) > 1e-9 * abs(outside):
        half = (inside + outside) / 2
        if evidence_against(middle + half, differences, weights) > bound:
            outside = half
        else:
            inside = half
    return middle + outside


def observations_needed(difference: float, deviation: float, alpha: float) -> int | None:
    """How many equal observations until the sequence excludes 0 with a chance of 80 %.

    `difference` is the true one, `deviation` the standard deviation of an observation. None
    when the difference is 0. Asks when the drift passes the boundary by 0.84 deviations.
    """
    if difference == 0:
        return None
    if deviation == 0:
        return BURN_IN
    scale, ratio = HORIZON * BURN_IN, abs(difference) / deviation

    def enough(count: int) -> bool:
        limit = (count + scale) * (math.log((count + scale) / scale) - 2 * math.log(alpha))
        return count * ratio >= math.sqrt(limit) + 0.8416 * math.sqrt(count)

    high = BURN_IN
    while not enough(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        half = (low + high) // 2
        low, high = (low, half) if enough(half) else (half, high)
    return high
