"""The formulas over trades, each once.

Arguments are exact ints (money 1e-8 quote), answers are floats, or money rounded half to
even to 1e-8. Where a figure is not defined the answer is an `Undefined` with the reason,
never 0, infinity or a tiny epsilon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from dashboard.performance.trade import divide_half_even


@dataclass(frozen=True, slots=True)
class Undefined:
    """Why a figure has no value, in words for the page."""

    reason: str


NO_TRADES = Undefined("no trades")


def win_rate(wins: int, losses: int) -> float | Undefined:
    """W / (W + L), a fraction 0..1; break-evens count on neither side. Undefined without both.

    Source: quantstats.stats.win_rate, which leaves zeros out as well.
    """
    if wins + losses == 0:
        return Undefined("no winning or losing trades")
    return wins / (wins + losses)


def profit_factor(gross_profit: int, gross_loss: int) -> float | Undefined:
    """Sum of wins / abs(sum of losses), in money, >= 0. Undefined without a losing trade.

    `gross_loss` <= 0. Source: quantstats.stats.profit_factor.
    """
    if gross_loss == 0:
        return Undefined("no losing trades")
    return gross_profit / -gross_loss


def expectancy(net_pnl: int, trades: int) -> int | Undefined:
    """Mean net_pnl of a trade, 1e-8 quote, signed, rounded half to even.

    Undefined without trades. Source: numpy.mean.
    """
    return NO_TRADES if trades == 0 else divide_half_even(net_pnl, trades)


def average(total: int, count: int, without: str) -> int | Undefined:
    """total / count, in the unit of total, rounded half to even. Undefined when count is 0."""
    return Undefined(without) if count == 0 else divide_half_even(total, count)


def ratio(numerator: int, denominator: int, without: str) -> float | Undefined:
    """numerator / denominator, signed. Undefined when the denominator is 0."""
    return Undefined(without) if denominator == 0 else numerator / denominator


def payoff_ratio(gross_profit: int, wins: int, gross_loss: int, losses: int) -> float | Undefined:
    """Mean win / abs(mean loss), > 0. Undefined without a win and a loss.

    Source: quantstats.stats.payoff_ratio.
    """
    if wins == 0:
        return Undefined("no winning trades")
    if losses == 0:
        return Undefined("no losing trades")
    return (gross_profit * losses) / (-gross_loss * wins)


def kelly(wins: int, losses: int, payoff: float | Undefined) -> float | Undefined:
    """p - (1 - p) / payoff with p the win rate: a fraction of capital, signed.

    Undefined where the payoff ratio is. Source: Kelly 1956; quantstats.stats.kelly_criterion.
    """
    if isinstance(payoff, Undefined):
        return payoff
    won = wins / (wins + losses)
    return won - (1 - won) / payoff


def recovery_factor(net_pnl: int, max_drawdown: int) -> float | Undefined:
    """Net / abs(max drawdown), signed: who lost scores below 0. Undefined without a drawdown.

    Own; quantstats.stats.recovery_factor drops the sign.
    """
    if max_drawdown == 0:
        return Undefined("no drawdown")
    return net_pnl / abs(max_drawdown)


def variance(count: int, total: int, sum_squares: int) -> Fraction | Undefined:
    """Sample variance (ddof 1), exact, in squared units. Undefined under two values."""
    if count < 2:
        return Undefined("fewer than two trades")
    return Fraction(count * sum_squares - total * total, count * (count - 1))


def deviation(count: int, total: int, sum_squares: int) -> float | Undefined:
    """Sample standard deviation (ddof 1), in the unit of the values, >= 0."""
    spread = variance(count, total, sum_squares)
    return spread if isinstance(spread, Undefined) else math.sqrt(spread)


def sqn(count: int, total: int, sum_squares: int) -> float | Undefined:
    """sqrt(n) x mean / sd (ddof 1) of R multiples, or of net_pnl: a pure number, signed.

    Undefined under two trades and when all are equal. Source: Van Tharp's System Quality
    Number; backtesting.py takes it over net_pnl.
    """
    spread = deviation(count, total, sum_squares)
    if isinstance(spread, Undefined):
        return spread
    if spread == 0:
        return Undefined("all trades gave the same result")
    return total / (math.sqrt(count) * spread)


def commission_drag(fees: int, net_pnl: int, unknown: int) -> float | Undefined:
    """Fees / (net + fees): the share of the profit before fees that fees took, >= 0.

    Undefined where there was no profit before fees to take a share of, and where `unknown`
    trades do not tell their fee. Own.
    """
    if unknown:
        return Undefined("the fees of some trades are not known")
    if net_pnl + fees <= 0:
        return Undefined("no profit before fees")
    return fees / (net_pnl + fees)


def exposure(time_in_position: int, period: int) -> float | Undefined:
    """Time in position / time, a fraction 0..1; both in microseconds.

    Undefined over an empty period. backtesting.py counts bars instead.
    """
    if period <= 0:
        return Undefined("the period has no length")
    return time_in_position / period
