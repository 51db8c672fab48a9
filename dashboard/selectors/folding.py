"""Summaries for any filter: day rows where one field is asked for, else the matching trades."""

from collections import defaultdict
from collections.abc import Iterator

from dashboard.models import DayRollup
from dashboard.performance.summary import Summary
from dashboard.projection.rollups import RESULT_FIELDS, SCOPES, result, unpack
from dashboard.selectors.scope import Filters, Scope
from dashboard.selectors.trades import matching
from dashboard.units import DAY

DayRows = list[tuple[int, Summary]]


def summary(scope: Scope) -> Summary:
    """The summary of the trades the filters leave, exact for every combination."""
    if _by_days(scope.filters):
        return Summary.join(found for _, found in days(scope))
    rows = matching(scope).order_by("exit_time", "trade_id").values_list(*RESULT_FIELDS)
    return Summary.of_trades(result(row) for row in rows.iterator(chunk_size=5000))


def days(scope: Scope) -> DayRows:
    """(day since the epoch, summary) of each UTC day with trades, oldest first."""
    if _by_days(scope.filters):
        name, value = _single(scope.filters)
        return [(day, found) for _, day, found in _rows(scope, name, value)]
    of_day: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    rows = matching(scope).order_by("exit_time", "trade_id").values_list(*RESULT_FIELDS)
    for row in rows.iterator(chunk_size=5000):
        of_day[row[1] // DAY].append(row)
    return [
        (day, Summary.of_trades(result(row) for row in trades)) for day, trades in of_day.items()
    ]


def by_value(scope: Scope, name: str) -> dict[str, DayRows]:
    """Day rows for each value of a scope (version, symbol, hour ...), by value.

    `name` is one of the rollups' scopes. Only for filters without another field than that one:
    see `can_group`.
    """
    found: dict[str, DayRows] = defaultdict(list)
    for value, day, row in _rows(scope, name, getattr(scope.filters, name, None)):
        found[value].append((day, row))
    return dict(found)


def _rows(scope: Scope, name: str, value: str | None) -> Iterator[tuple[str, int, Summary]]:
    if scope.book is None:
        return
    rows = DayRollup.objects.filter(book=scope.book, scope=name)
    if value is not None:
        rows = rows.filter(value=value)
    if scope.filters.since is not None:
        rows = rows.filter(day__gte=scope.filters.since // DAY)
    if scope.filters.until is not None:
        rows = rows.filter(day__lt=scope.filters.until // DAY)
    for own_value, day, packed in rows.order_by("day").values_list("value", "day", "summary"):
        yield own_value, day, unpack(packed)


def _single(filters: Filters) -> tuple[str, str]:
    """The rollup that answers: ("all", "") or the one field asked for."""
    for name in filters.narrowed():
        return name, getattr(filters, name)
    return "all", ""


def _by_days(filters: Filters) -> bool:
    """True when whole days of one scope answer: at most one field, midnights as bounds."""
    narrowed = filters.narrowed()
    single = not narrowed or (len(narrowed) == 1 and narrowed[0] in SCOPES)
    return single and all(
        bound is None or bound % DAY == 0 for bound in (filters.since, filters.until)
    )
