"""Equity: the account's own curve, thinned for a chart, and by day for the statistics."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from dashboard.models import Bot, EquityDay, EquityPoint
from dashboard.performance.equity import DailyEquity
from dashboard.performance.formulas import Undefined
from dashboard.performance.returns import drawdowns
from dashboard.selectors.scope import Scope
from dashboard.units import DAY

FIELDS = ("time", "equity", "realised", "unrealised", "deposits", "version")
Row = tuple[Any, ...]  # FIELDS
EXTREMES = """
SELECT time, {extreme}(equity) FROM dashboard_equitypoint
WHERE book_id = %s AND stream = %s AND time >= %s AND time < %s
GROUP BY (time - %s) / %s
"""


def account(scope: Scope) -> Bot | None:
    """The bot whose account is meant: the one asked for, else the one heard of last."""
    if scope.book is None:
        return None
    bots = Bot.objects.filter(book=scope.book)
    if scope.filters.bot is not None:
        bots = bots.filter(bot=scope.filters.bot)
    return bots.order_by("-last_recorded_at").first()


def curve(scope: Scope, bot: Bot | None, *, limit: int) -> tuple[list[Row], int]:
    """At most `limit` points, newest first, and how many candles they stand for.

    Each stretch of time keeps its lowest and highest point; first and last are always there.
    """
    if scope.book is None or bot is None:
        return [], 0
    points = EquityPoint.objects.filter(book=scope.book, stream=bot.stream)
    filters = scope.filters
    if filters.version is not None:
        points = points.filter(version=filters.version)
    if filters.since is not None:
        points = points.filter(time__gte=filters.since)
    if filters.until is not None:
        points = points.filter(time__lt=filters.until)
    ends = points.aggregate(first=Min("time"), last=Max("time"))
    if ends["first"] is None:
        return [], 0
    count = points.count()
    if count > limit:
        times = _extremes(scope.book.pk, bot.stream, ends["first"], ends["last"], limit)
        points = points.filter(time__in=times)
    return list(points.order_by("-time").values_list(*FIELDS)[:limit]), count


def underwater(rows: Sequence[Row]) -> Sequence[float | None]:
    """The fall from the highest equity so far at each point (newest first), fractions <= 0.

    Deposits taken out; thinning keeps every stretch's highest and lowest, so the depths are
    those of all candles. None where the account stood at nothing.
    """
    if not rows:
        return []
    oldest_first = rows[::-1]
    equities = [row[1] for row in oldest_first]
    moved = [row[4] or 0 for row in oldest_first]
    flows = [later - before for before, later in pairwise(moved)]
    found = DailyEquity(
        0,
        equities[0],
        tuple(equities[1:]),
        tuple(max(flow, 0) for flow in flows),
        tuple(max(-flow, 0) for flow in flows),
    ).returns()
    if isinstance(found, Undefined):
        return [None] * len(rows)
    return [float(fall) for fall in drawdowns(found)][::-1]


def closes(scope: Scope, bot: Bot | None) -> list[EquityDay]:
    """Each UTC day's row, oldest first, without the filters' period.

    As of a time, there is no later day, and that time's own day closes with its newest candle.
    """
    if scope.book is None or bot is None:
        return []
    days = EquityDay.objects.filter(book=scope.book, stream=bot.stream).order_by("day")
    if scope.filters.as_of is None:
        return list(days)
    found = list(days.filter(day__lte=scope.filters.as_of // DAY))
    if found and found[-1].time > scope.filters.as_of:
        unfinished = found.pop()
        candle = (
            EquityPoint.objects.filter(book=scope.book, stream=bot.stream)
            .filter(time__gte=unfinished.day * DAY, time__lte=scope.filters.as_of)
            .order_by("-time")
            .first()
        )
        if candle is not None:
            unfinished.equity, unfinished.deposits = candle.equity, candle.deposits
            found.append(unfinished)
    return found


def _extremes(book: int, stream: str, first: int, last: int, limit: int) -> Sequence[int]:
    """The times to keep: both ends, and in each of (limit - 2) / 2 stretches two extremes."""
    stretches = max(1, (limit - 2) // 2)
    width = (last - first) // stretches + 1
    if width >= DAY:
        found = _of_days(book, stream, first, last, width)
    else:
        found = _of_candles(book, stream, first, last, width)
    return [*sorted({first, *found} - {last})[: limit - 1], last]


def _of_candles(book: int, stream: str, first: int, last: int, width: int) -> Iterable[int]:
    times: set[int] = set()
    with connection.cursor() as cursor:
        for extreme in ("min", "max"):
            # SQLite gives the other columns of the row that has the extreme.
            query = EXTREMES.format(extreme=extreme)
            cursor.execute(query, [book, stream, first, last + 1, first, width])
            times |= {time for time, _ in cursor.fetchall()}
    return times


def _of_days(book: int, stream: str, first: int, last: int, width: int) -> Iterable[int]:
    """From the days' own extremes: never more rows than days, whatever the candles."""
    lowest: dict[int, tuple[int, int]] = {}
    highest: dict[int, tuple[int, int]] = {}
    rows = EquityDay.objects.filter(
        book=book, stream=stream, day__gte=first // DAY, day__lte=last // DAY
    ).values_list("low", "low_time", "high", "high_time")
    for low, low_time, high, high_time in rows:
        at = (low_time - first) // width
        lowest[at] = min(lowest.get(at, (low, low_time)), (low, low_time))
        at = (high_time - first) // width
        highest[at] = max(highest.get(at, (high, high_time)), (high, high_time))
    return {time for _, time in (*lowest.values(), *highest.values())}
