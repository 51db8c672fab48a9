"""Summaries for any filter: day rows where one field is asked for, else the matching trades."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import starmap

from django.db.models import QuerySet

from dashboard.models import DayRollup
from dashboard.performance.summary import Summary
from dashboard.performance.trade import TradeResult
from dashboard.projection.rollups import RESULT_FIELDS, SCOPES, result, unpack
from dashboard.selectors.scope import Filters, Scope
from dashboard.selectors.trades import matching
from dashboard.units import DAY

DayRows = list[tuple[int, Summary]]


def days(scope: Scope) -> DayRows:
    """(day since the epoch, summary) of each UTC day with trades, oldest first."""
    return [row for part in parts(scope) for row in _days(part)]


def parts(scope: Scope) -> list[Scope]:
    """The period's whole days, which day rows can answer for, and what is left of its last."""
    since, until = scope.filters.since, scope.filters.until
    if until is None or until % DAY == 0:
        return [scope]
    midnight = until // DAY * DAY
    if since is not None and since >= midnight:
        return [scope]
    whole = replace(scope.filters, until=midnight)
    rest = replace(scope.filters, since=midnight)
    return [replace(scope, filters=whole), replace(scope, filters=rest)]


def _days(scope: Scope) -> DayRows:
    if by_days(scope.filters):
        name, value = single(scope.filters)
        return [(day, found) for _, day, found in _rows(scope, name, value)]
    of_day: dict[int, list[TradeResult]] = defaultdict(list)
    rows = matching(scope).order_by("exit_time", "trade_id").values_list(*RESULT_FIELDS)
    for row in rows.iterator(chunk_size=5000):
        trade = result(row)
        of_day[trade.exit_time // DAY].append(trade)
    return [(day, Summary.of_trades(trades)) for day, trades in of_day.items()]


def by_value(scope: Scope, name: str) -> dict[str, DayRows]:
    """Day rows for each value of a scope (version, symbol, hour ...), by value.

    `name` is one of the rollups' scopes. Only for filters without another field than that one:
    see `by_days`.
    """
    found: dict[str, DayRows] = defaultdict(list)
    for value, day, row in _rows(scope, name, getattr(scope.filters, name, None)):
        found[value].append((day, row))
    return dict(found)


def versions(scope: Scope) -> dict[str, DayRows]:
    """Day rows of each version, for any filter."""
    found: dict[str, DayRows] = defaultdict(list)
    for part in parts(scope):
        for version, rows in _versions(part).items():
            found[version] += rows
    return dict(found)


def _versions(scope: Scope) -> dict[str, DayRows]:
    if by_days(scope.filters, ["version"]):
        return by_value(scope, "version")
    runs: dict[str, dict[int, list[TradeResult]]] = defaultdict(lambda: defaultdict(list))
    rows = matching(scope).order_by("exit_time", "trade_id")
    for row in rows.values_list(*RESULT_FIELDS, "version").iterator(chunk_size=5000):
        trade = result(row[:-1])
        runs[row[-1]][trade.exit_time // DAY].append(trade)
    return {
        version: [(day, Summary.of_trades(trades)) for day, trades in of_day.items()]
        for version, of_day in runs.items()
    }


def trades_of(scope: Scope, day: int) -> Iterator[TradeResult]:
    """The matching trades of one UTC day, in order: id, exit time and net_pnl of each."""
    rows = matching(scope).filter(exit_time__gte=day * DAY, exit_time__lt=(day + 1) * DAY)
    in_order = rows.order_by("exit_time", "trade_id")
    return starmap(TradeResult, in_order.values_list(*RESULT_FIELDS[:3]))


def _rows(scope: Scope, name: str, value: str | None) -> Iterator[tuple[str, int, Summary]]:
    rows = rollups(scope, name, value)
    in_order = rows.order_by("value", "day")  # that of an index which has all they need
    for own_value, day, packed in in_order.values_list("value", "day", "summary"):
        yield own_value, day, unpack(packed)


def rollups(scope: Scope, name: str, value: str | None) -> QuerySet[DayRollup]:
    """The period's day rows of one scope, or of one value of it, in no order."""
    rows = DayRollup.objects.filter(book=scope.book, scope=name)
    if scope.book is None:
        return rows.none()
    if value is not None:
        rows = rows.filter(value=value)
    if scope.filters.since is not None:
        rows = rows.filter(day__gte=scope.filters.since // DAY)
    if scope.filters.until is not None:
        rows = rows.filter(day__lt=scope.filters.until // DAY)
    return rows


def single(filters: Filters) -> tuple[str, str]:
    """The rollup that answers: ("all", "") or the one field asked for."""
    for name in filters.narrowed():
        return name, getattr(filters, name)
    return "all", ""


def by_days(filters: Filters, names: Sequence[str] = ()) -> bool:
    """True when day rows answer for every one of these scopes: nothing else is asked for than
    that field itself, and the period's bounds are midnights."""
    if filters.known_at is not None:
        return False  # day rows say what is known today
    narrowed = filters.narrowed()
    if names:
        single = all(narrowed in ([], [name]) for name in names)
    else:
        single = not narrowed or (len(narrowed) == 1 and narrowed[0] in SCOPES)
    return single and all(
        bound is None or bound % DAY == 0 for bound in (filters.since, filters.until)
    )
