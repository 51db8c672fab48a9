"""How likely it is that one version wins more often than the other."""

from __future__ import annotations

import numpy as np


def probability_wins_more_often(wins_a: int, losses_a: int, wins_b: int, losses_b: int) -> float:
    """P(B's win rate > A's), 0..1, from Beta(W + 1/2, L + 1/2) posteriors (Jeffreys' prior).

    .5 when nothing is known of either. Says nothing about how much is won: show it beside the
    payoff ratio. Integrates numerically over log-odds, where both posteriors are smooth.
    """
    a, b = (wins_a + 0.5, losses_a + 0.5), (wins_b + 0.5, losses_b + 0.5)
    edges = [_range(*a), _range(*b)]
    low, high = min(e[0] for e in edges), max(e[1] for e in edges)
    # Fine enough for the narrower of the two, wherever it lies.
    step = min(e[1] - e[0] for e in edges) / 4000
    grid = np.linspace(low, high, int(min((high - low) / step, 200_000)) + 2)
    density_a, density_b = _density(grid, *a), _density(grid, *b)
    below = np.concatenate(([0.0], np.cumsum((density_a[1:] + density_a[:-1]) / 2)))
    return float(np.sum(density_b * below) / (np.sum(density_b) * np.sum(density_a)))


def _range(alpha: float, beta: float) -> tuple[float, float]:
    """Log-odds between which all but a negligible part of the posterior lies."""
    middle = np.log(alpha / beta)
    # The logit of a Beta has variance trigamma(a) + trigamma(b) <= the sum below, and
    # exponential tails of rates a and b.
    spread = np.sqrt(1 / alpha + 1 / beta + 1 / alpha**2 + 1 / beta**2)
    return float(middle - 12 * spread - 36 / alpha), float(middle + 12 * spread + 36 / beta)


def _density(
    log_odds: np.ndarray[tuple[int, ...], np.dtype[np.float64]], alpha: float, beta: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The posterior's density over log-odds, scaled to a maximum of 1."""
    log = -alpha * np.logaddexp(0, -log_odds) - beta * np.logaddexp(0, log_odds)
    density: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.exp(log - log.max())
    return density
