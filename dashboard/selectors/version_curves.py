"""Net PnL of each version day by day from its own beginning, to lay them side by side."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from dashboard.selectors import folding
from dashboard.selectors.scope import Scope
from dashboard.selectors.trades import matching
from dashboard.units import DAY

MOST = 120  # points of one version


@dataclass(frozen=True, slots=True)
class Curve:
    """Days since the version's first closed trade and net_pnl up to their end, 1e-8 quote."""

    version: str
    first_day: int
    trades: int
    points: list[tuple[int, int]]


def curves(scope: Scope) -> list[Curve]:
    """Every version's, the one that began last first."""
    of_version: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for version, day, net, trades in chain.from_iterable(map(_days, folding.parts(scope))):
        had_net, had_trades = of_version[version].get(day, (0, 0))
        of_version[version][day] = (had_net + net, had_trades + trades)
    found = [_curve(version, days) for version, days in of_version.items()]
    return sorted(found, key=lambda curve: (-curve.first_day, curve.version))


def _days(scope: Scope) -> Iterable[tuple[str, int, int, int]]:
    """(version, day, net_pnl, trades), from the day rows where they can answer."""
    if folding.by_days(scope.filters, ["version"]):
        rows = folding.rollups(scope, "version", scope.filters.version)
        return rows.values_list("value", "day", "net_pnl", "trades")
    trades = matching(scope).order_by().values_list("version", "exit_time", "net_pnl")
    return ((version, at // DAY, net, 1) for version, at, net in trades.iterator(chunk_size=5000))


def _curve(version: str, days: dict[int, tuple[int, int]]) -> Curve:
    ordered = sorted(days.items())
    first, net, points = ordered[0][0], 0, []
    for day, (made, _) in ordered:
        net += made
        points.append((day - first + 1, net))
    return Curve(version, first, sum(count for _, (_, count) in ordered), _thinned(points))


def _thinned(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """At most MOST: each stretch keeps its lowest and highest, and the last is always there."""
    if len(points) <= MOST:
        return points
    stretches = MOST // 2 - 1
    kept: set[tuple[int, int]] = {points[0], points[-1]}
    for number in range(stretches):
        part = points[len(points) * number // stretches : len(points) * (number + 1) // stretches]
        kept |= {min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])}
    return sorted(kept)
