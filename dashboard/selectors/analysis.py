"""Where the money was made: by day, weekday, hour, reason and symbol; how it is distributed."""

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate

from django.db.models import Count, F, Max, Min

from dashboard.performance import formulas
from dashboard.performance.formulas import Undefined
from dashboard.performance.summary import Summary
from dashboard.projection.rollups import RESULT_FIELDS, result
from dashboard.selectors import folding
from dashboard.selectors.scope import Scope
from dashboard.selectors.trades import matching
from dashboard.units import DAY

GROUPS = ("exit_reason", "symbol", "side", "hour")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
HOUR = DAY // 24
WINDOW = 30  # days of the rolling figures
BINS = 24


@dataclass(frozen=True, slots=True)
class Bin:
    """Trades whose net_pnl lies in [low, high), 1e-8 quote; a bin never straddles 0."""

    low: int
    high: int
    trades: int


@dataclass(frozen=True, slots=True)
class Rolling:
    """The figures of the WINDOW days that end with `day`."""

    day: int
    trades: int
    win_rate: float | Undefined
    expectancy: int | Undefined


def days(scope: Scope) -> folding.DayRows:
    """Each UTC day with trades, oldest first."""
    return folding.days(scope)


def weekdays(found: folding.DayRows) -> dict[str, Summary]:
    """The same days by their weekday, Monday first, those without trades left out."""
    groups: dict[int, list[Summary]] = defaultdict(list)
    for day, summary in found:
        groups[(day + EPOCH_WEEKDAY) % 7].append(summary)
    return {WEEKDAYS[number]: Summary.join(groups[number]) for number in sorted(groups)}


def groups(scope: Scope) -> dict[str, dict[str, Summary]]:
    """Summaries by each value of GROUPS, values in order."""
    if folding.by_days(scope.filters, GROUPS):
        found = {
            name: {
                value: Summary.join(summary for _, summary in rows)
                for value, rows in folding.by_value(scope, name).items()
            }
            for name in GROUPS
        }
    else:
        found = _folded(scope)
    return {name: dict(sorted(values.items())) for name, values in found.items()}


def rolling(found: folding.DayRows) -> list[Rolling]:
    """Win rate and expectancy over a window of days that ends with each day there were trades."""
    totals = [summary.totals for _, summary in found]
    net = [0, *accumulate(summary.net_pnl for _, summary in found)]
    trades = [0, *accumulate(total.trades for total in totals)]
    wins = [0, *accumulate(total.wins for total in totals)]
    losses = [0, *accumulate(total.losses for total in totals)]
    answer, first = [], 0
    for last, (day, _) in enumerate(found, start=1):
        while found[first][0] <= day - WINDOW:
            first += 1
        count = trades[last] - trades[first]
        answer.append(
            Rolling(
                day,
                count,
                formulas.win_rate(wins[last] - wins[first], losses[last] - losses[first]),
                formulas.expectancy(net[last] - net[first], count),
            )
        )
    return answer


def distribution(scope: Scope) -> list[Bin]:
    """How many trades made how much: bins of one round width, 0 always a border."""
    found = matching(scope)
    ends = found.aggregate(low=Min("net_pnl"), high=Max("net_pnl"))
    if ends["low"] is None:
        return []
    width = _round_width(max(ends["high"], 0) - min(ends["low"], 0))
    # SQLite's division cuts towards 0: shifted, all quotients are positive.
    shift = -(min(ends["low"], 0) // width)
    rows = (
        found.annotate(bin=(F("net_pnl") + shift * width) / width)
        .order_by()
        .values_list("bin")
        .annotate(trades=Count("pk"))
    )
    counted = {int(number) - shift: trades for number, trades in rows}
    borders = range(min(counted), max(counted) + 1)
    return [Bin(n * width, (n + 1) * width, counted.get(n, 0)) for n in borders]


def _round_width(span: int) -> int:
    """1, 2 or 5 times a power of ten, so that BINS or fewer cover the span."""
    least = max(1, math.ceil(span / (BINS - 2)))
    power: int = 10 ** (len(str(least)) - 1)
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least)


def _folded(scope: Scope) -> dict[str, dict[str, Summary]]:
    """From the trades themselves, in one pass, where the day rows cannot answer."""
    runs: dict[str, dict[str, list[Summary]]] = {name: defaultdict(list) for name in GROUPS}
    rows = matching(scope).order_by("exit_time", "trade_id")
    columns = (*RESULT_FIELDS, "exit_reason", "symbol", "side")
    for row in rows.values_list(*columns).iterator(chunk_size=5000):
        trade = result(row[: len(RESULT_FIELDS)])
        own = Summary.of(trade)
        hour = f"{trade.exit_time % DAY // HOUR:02d}"
        for name, value in zip(GROUPS, (*row[len(RESULT_FIELDS) :], hour), strict=True):
            runs[name][value].append(own)
    return {
        name: {value: Summary.join(own) for value, own in values.items()}
        for name, values in runs.items()
    }
