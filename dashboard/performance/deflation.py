"""Sharpe ratios of versions, deflated for every version ever tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.performance.formulas import Undefined
from dashboard.performance.returns import Moments, deflated_sharpe, moments
from dashboard.performance.summary import Summary
from dashboard.performance.trade import UNIT

Days = Sequence[tuple[int, Summary]]


def daily_results(days: Days) -> list[float]:
    """A version's net_pnl on each day from its first to its last, flat days included.

    In whole quote units: the Sharpe ratio is that of returns on a constant capital. Days
    ascending.
    """
    if not days:
        return []
    made = {day: summary.net_pnl / UNIT for day, summary in days}
    return [made.get(day, 0.0) for day in range(days[0][0], days[-1][0] + 1)]


def deflated_sharpes(versions: Mapping[str, Days]) -> dict[str, float | Undefined]:
    """The deflated Sharpe ratio (DSR) of each version, given every version ever tried.

    A probability, 0..1, that the version's true Sharpe ratio is above what the luckiest of so
    many worthless ones would show. Undefined under four days or without spread. Versions too
    young for a Sharpe ratio of their own do not count among the tried.
    """
    results = {name: daily_results(days) for name, days in versions.items()}
    known = [moments(values) for values in results.values()]
    trials = [one.sharpe for one in known if isinstance(one, Moments)]
    return {name: deflated_sharpe(values, trials) for name, values in results.items()}
