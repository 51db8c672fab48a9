"""Where the money was made: by day, weekday, hour, reason and symbol; how it is distributed."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from django.db.models import Sum

from dashboard.models import SizeCount
from dashboard.performance import formulas
from dashboard.performance.formulas import Undefined
from dashboard.projection.sizes import sizes
from dashboard.selectors import folding
from dashboard.selectors.scope import Scope
from dashboard.selectors.trades import EPOCH_WEEKDAY, HOUR, matching
from dashboard.units import DAY

GROUPS = ("exit_reason", "symbol", "side", "hour")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WINDOW = 30  # days of the rolling figures
BINS = 24
PLAIN = ("exit_time", "net_pnl")


class Sums(NamedTuple):
    """What is only ever added up; net_pnl in 1e-8 quote."""

    trades: int = 0
    wins: int = 0
    losses: int = 0
    net_pnl: int = 0

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(*map(sum, zip(self, other, strict=True)))

    @property
    def win_rate(self) -> float | Undefined:
        return formulas.win_rate(self.wins, self.losses)

    @property
    def expectancy(self) -> int | Undefined:
        return formulas.expectancy(self.net_pnl, self.trades)


Days = list[tuple[int, Sums]]


@dataclass(frozen=True, slots=True)
class Bin:
    """Trades whose net_pnl lies in [low, high), 1e-8 quote; a bin never straddles 0."""

    low: int
    high: int
    trades: int


@dataclass(frozen=True, slots=True)
class Rolling:
    """The sums of the WINDOW days that end with `day`."""

    day: int
    sums: Sums


def days(scope: Scope) -> Days:
    """Each UTC day with trades (days since the epoch), oldest first."""
    if not folding.by_days(scope.filters):
        found: dict[int, Sums] = defaultdict(Sums)
        for exit_time, net in matching(scope).order_by("exit_time").values_list(*PLAIN):
            found[exit_time // DAY] = found[exit_time // DAY].plus(_one(net))
        return list(found.items())
    rows = folding.rollups(scope, *folding.single(scope.filters)).order_by("day")
    return [(day, Sums(*sums)) for day, *sums in rows.values_list("day", *Sums._fields)]


def weekdays(found: Days) -> dict[str, Sums]:
    """The same days by their weekday, Monday first, those without trades left out."""
    groups: dict[int, Sums] = defaultdict(Sums)
    for day, sums in found:
        number = (day + EPOCH_WEEKDAY) % 7
        groups[number] = groups[number].plus(sums)
    return {WEEKDAYS[number]: groups[number] for number in sorted(groups)}


def groups(scope: Scope) -> dict[str, dict[str, Sums]]:
    """The sums of each value of GROUPS, values in order."""
    if folding.by_days(scope.filters, GROUPS):
        found = {name: _added(scope, name) for name in GROUPS}
    else:
        found = _from_trades(scope)
    return {name: dict(sorted(values.items())) for name, values in found.items()}


def rolling(found: Days) -> list[Rolling]:
    """The sums over a window of days that ends with each day there were trades."""
    running = list(accumulate((sums for _, sums in found), Sums.plus, initial=Sums()))
    answer, first = [], 0
    for last, (day, _) in enumerate(found, start=1):
        while found[first][0] <= day - WINDOW:
            first += 1
        pairs = zip(running[last], running[first], strict=True)
        answer.append(Rolling(day, Sums(*(now - before for now, before in pairs))))
    return answer


def distribution(scope: Scope) -> list[Bin]:
    """How many trades made how much: bins of one round width, 0 always a border."""
    counted = _sizes(scope)
    if not counted:
        return []
    width = _round_width(max(*counted, 0) - min(*counted, 0))
    bins: dict[int, int] = defaultdict(int)
    for low, trades in counted.items():
        bins[low // width] += trades
    borders = range(min(bins), max(bins) + 1)
    return [Bin(n * width, (n + 1) * width, bins.get(n, 0)) for n in borders]


def _sizes(scope: Scope) -> dict[int, int]:
    """How many trades of each size: counted by the projector for a whole book."""
    filters = scope.filters
    if scope.book is None:
        return {}
    unbounded = filters.since is None and filters.until is None and filters.known_at is None
    if unbounded and not filters.narrowed():
        rows = SizeCount.objects.filter(book=scope.book).values_list("low", "trades")
        return dict(rows)
    return sizes(matching(scope).order_by().values_list("net_pnl", flat=True).iterator())


def _round_width(span: int) -> int:
    """1, 2 or 5 times a power of ten, so that BINS or fewer cover the span."""
    least = max(1, math.ceil(span / (BINS - 2)))
    power: int = 10 ** (len(str(least)) - 1)
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least)


def _added(scope: Scope, name: str) -> dict[str, Sums]:
    """Day rows of one scope, added up by the database."""
    rows = folding.rollups(scope, name, getattr(scope.filters, name, None))
    sums = {f"sum_{column}": Sum(column) for column in Sums._fields}
    added = rows.order_by().values_list("value").annotate(**sums)
    return {value: Sums(*values) for value, *values in added}


def _from_trades(scope: Scope) -> dict[str, dict[str, Sums]]:
    """From the trades themselves, in one pass, where the day rows cannot answer."""
    found: dict[str, dict[str, Sums]] = {name: defaultdict(Sums) for name in GROUPS}
    rows: Iterable[tuple[int, int, str, str, str]] = (
        matching(scope).order_by().values_list(*PLAIN, "exit_reason", "symbol", "side")
    )
    for exit_time, net, *values in rows:
        hour = f"{exit_time % DAY // HOUR:02d}"
        for name, value in zip(GROUPS, (*values, hour), strict=True):
            found[name][value] = found[name][value].plus(_one(net))
    return found


def _one(net: int) -> Sums:
    """The sums of a single trade."""
    return Sums(1, int(net > 0), int(net < 0), net)
