"""Equity: the account's own curve, thinned for a chart, and by day for the statistics.

An account with several bots has the sum of what each of them had last: see docs/decisions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max, Min, QuerySet

from dashboard.models import Bot, EquityDay, EquityPoint
from dashboard.performance.equity import DailyEquity
from dashboard.performance.formulas import Undefined
from dashboard.performance.returns import drawdowns
from dashboard.selectors.scope import Filters, Scope
from dashboard.units import DAY, LARGEST

FIELDS = ("time", "equity", "realised", "unrealised", "deposits", "version")
Row = tuple[Any, ...]  # FIELDS
EXTREMES = """
SELECT time, {extreme}(equity) FROM dashboard_equitypoint
WHERE book_id = %s AND stream = %s AND time >= %s AND time < %s AND recorded_at <= %s
GROUP BY (time - %s) / %s
"""
# The newest candle of each day: SQLite gives the other columns of the row that has the maximum.
KNOWN = """
SELECT time / 86400000000, max(time), equity, deposits FROM dashboard_equitypoint
WHERE book_id = %s AND stream = %s AND time <= %s AND recorded_at <= %s
GROUP BY 1 ORDER BY 1
"""
DEPOSITS = 3  # its place after equity, realised and unrealised


class Close(NamedTuple):
    """How a UTC day began and closed, 1e-8 quote; `deposits` None where the bot says nothing."""

    day: int
    opening: int
    equity: int
    deposits: int | None


def accounts(scope: Scope) -> list[Bot]:
    """The bots whose money is meant, the one heard of last first.

    One stream of each name: where two tell of one bot (its own and a followed file's), the one
    heard of last. What was derived afterwards from trades answers only where nothing was
    recorded: it may be the same account's earlier money, which is not there twice.
    """
    if scope.book is None:
        return []
    bots = Bot.objects.filter(book=scope.book)
    if scope.filters.bot is not None:
        bots = bots.filter(bot=scope.filters.bot)
    of_name: dict[str, Bot] = {}
    for bot in sorted(bots.order_by("-last_recorded_at"), key=lambda bot: bot.is_derived):
        of_name.setdefault(bot.bot, bot)
    recorded = [bot for bot in of_name.values() if not bot.is_derived]
    return recorded or list(of_name.values())


def points(scope: Scope, bots: Sequence[Bot]) -> QuerySet[EquityPoint]:
    """Their candles that the filters leave, in no order yet."""
    filters = scope.filters
    found = EquityPoint.objects.filter(book=scope.book)
    if len(bots) == 1:
        found = found.filter(stream=bots[0].stream)
    else:
        found = found.filter(stream__in=[bot.stream for bot in bots])
    if filters.known_at is not None:
        found = found.filter(recorded_at__lte=filters.known_at)
    if filters.version is not None:
        found = found.filter(version=filters.version)
    if filters.since is not None:
        found = found.filter(time__gte=filters.since)
    if filters.until is not None:
        found = found.filter(time__lt=filters.until)
    return found


def curve(scope: Scope, bots: Sequence[Bot], *, limit: int) -> tuple[list[Row], int]:
    """At most `limit` points, newest first, and how many candles they stand for.

    Each stretch of time keeps its lowest and highest point; first and last are always there.
    Of several bots each point is the sum of what every one had last.
    """
    if scope.book is None or not bots:
        return [], 0
    found = points(scope, bots)
    if len(bots) > 1:
        rows = list(_together(scope, bots, found))
        return thinned(rows, limit)[::-1], len(rows)
    # Each end by itself is found in the index; both at once would be looked for in every row.
    first = found.aggregate(first=Min("time"))["first"]
    last = found.aggregate(last=Max("time"))["last"]
    if first is None:
        return [], 0
    count = found.count()
    if count > limit:
        times = _extremes(scope, bots[0].stream, first, last, limit)
        found = found.filter(time__in=times)
    return list(found.order_by("-time").values_list(*FIELDS)[:limit]), count


def _together(scope: Scope, bots: Sequence[Bot], found: QuerySet[EquityPoint]) -> Iterable[Row]:
    """The sums of the bots' equity, realised, unrealised and deposits, oldest first."""
    last = _before(scope, bots)
    candles = found.order_by("time").values_list("time", "stream", *FIELDS[1:])
    for time, at_once in groupby(candles, key=itemgetter(0)):
        for _, stream, *money, version in at_once:
            # A bot that says nothing of deposits came with the equity it first showed.
            if money[DEPOSITS] is None:
                money[DEPOSITS] = last[stream][DEPOSITS] if stream in last else money[0]
            last[stream] = money
            newest = version
        yield time, *map(_sum, zip(*last.values(), strict=True)), newest


def _before(scope: Scope, bots: Sequence[Bot]) -> dict[str, list[int | None]]:
    """What each bot had last before the period."""
    since = scope.filters.since
    if since is None:
        return {}
    earlier = replace(scope, filters=replace(scope.filters, since=None, until=since))
    last: dict[str, list[int | None]] = {}
    for bot in bots:
        rows = points(earlier, [bot]).order_by("-time").values_list(*FIELDS[1:5])
        if (row := rows.first()) is not None:
            last[bot.stream] = [*row[:DEPOSITS], row[0] if row[DEPOSITS] is None else row[DEPOSITS]]
    return last


def _sum(values: Iterable[int | None]) -> int | None:
    """None where one of them is not known."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def thinned(rows: list[Row], limit: int) -> list[Row]:
    """Of rows by time at most `limit`: both ends, and each stretch's lowest and highest."""
    if len(rows) <= limit:
        return rows
    first, last = rows[0][0], rows[-1][0]
    width = (last - first) // max(1, (limit - 2) // 2) + 1
    lowest: dict[int, Row] = {}
    highest: dict[int, Row] = {}
    for row in rows:
        at = (row[0] - first) // width
        if at not in lowest or row[1] < lowest[at][1]:
            lowest[at] = row
        if at not in highest or row[1] > highest[at][1]:
            highest[at] = row
    kept = {row[0]: row for row in (rows[0], *lowest.values(), *highest.values())}
    kept.pop(last, None)
    return [*[kept[time] for time in sorted(kept)][: limit - 1], rows[-1]]


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


def closes(scope: Scope, bots: Sequence[Bot]) -> list[Close]:
    """Each UTC day's close of the bots together, oldest first, without the filters' period.

    As of a time, there is no later day, and that time's own day closes with its newest candle.
    """
    each = [found for bot in bots if (found := _closes(scope, bot))]
    return each[0] if len(each) == 1 else _summed(each)


def _closes(scope: Scope, bot: Bot) -> list[Close]:
    filters = scope.filters
    if filters.known_at is not None:
        return _known_closes(scope, bot)
    days = EquityDay.objects.filter(book=scope.book, stream=bot.stream).order_by("day")
    if filters.as_of is not None:
        days = days.filter(day__lte=filters.as_of // DAY)
    found = [Close(*row) for row in days.values_list("day", "opening", "equity", "deposits")]
    if filters.as_of is not None and found and found[-1].day == filters.as_of // DAY:
        # That day may have gone on: what stands is its newest candle then, if it had one.
        unfinished = found.pop()
        candle = (
            EquityPoint.objects.filter(book=scope.book, stream=bot.stream)
            .filter(time__gte=unfinished.day * DAY, time__lte=filters.as_of)
            .order_by("-time")
            .first()
        )
        if candle is not None:
            found.append(unfinished._replace(equity=candle.equity, deposits=candle.deposits))
    return found


def _known_closes(scope: Scope, bot: Bot) -> list[Close]:
    """From the candles themselves: day rows say what is known today."""
    as_of = LARGEST if scope.filters.as_of is None else scope.filters.as_of
    book = scope.book.pk if scope.book else None
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [book, bot.stream, as_of, scope.filters.known_at])
        days = cursor.fetchall()
    found = [Close(day, equity, equity, deposits) for day, _, equity, deposits in days]
    if found and found[0].deposits is None:
        # Only an account that says nothing of deposits is asked for what it began with.
        first = points(replace(scope, filters=_whole(scope.filters)), [bot]).order_by("time")
        began = first.values_list("equity", flat=True).first()
        found[0] = found[0]._replace(opening=found[0].equity if began is None else began)
    return found


def _whole(filters: Filters) -> Filters:
    return replace(filters, since=None, until=None, version=None)


def _summed(each: Sequence[Sequence[Close]]) -> list[Close]:
    """Several bots' closes day by day: before its first day a bot had nothing here, and what it
    came with is a deposit; a day it said nothing of closes as the day before."""
    if not each:
        return []
    by_day = [{row.day: row for row in own} for own in each]
    last: list[Close | None] = [None] * len(each)
    found = []
    first, final = min(own[0].day for own in each), max(own[-1].day for own in each)
    for day in range(first, final + 1):
        for place, own in enumerate(by_day):
            row, before = own.get(day), last[place]
            if row is not None and row.deposits is None:
                came_with = row.opening if before is None else before.deposits
                row = row._replace(deposits=came_with)
            last[place] = row or before
        known = [row for row in last if row is not None]
        deposits = sum(row.deposits or 0 for row in known)
        equity = sum(row.equity for row in known)
        found.append(Close(day, sum(row.opening for row in known), equity, deposits))
    return found


def _extremes(scope: Scope, stream: str, first: int, last: int, limit: int) -> Sequence[int]:
    """The times to keep: both ends, and in each of (limit - 2) / 2 stretches two extremes."""
    stretches = max(1, (limit - 2) // 2)
    width = (last - first) // stretches + 1
    book = scope.book.pk if scope.book else 0
    if width >= DAY and scope.filters.known_at is None:
        found = _of_days(book, stream, first, last, width)
    else:
        found = _of_candles(scope, stream, first, last, width)
    return [*sorted({first, *found} - {last})[: limit - 1], last]


def _of_candles(scope: Scope, stream: str, first: int, last: int, width: int) -> Iterable[int]:
    times: set[int] = set()
    with connection.cursor() as cursor:
        for extreme in ("min", "max"):
            # SQLite gives the other columns of the row that has the extreme.
            query = EXTREMES.format(extreme=extreme)
            known_at = scope.filters.known_at
            known = LARGEST if known_at is None else known_at
            book = scope.book.pk if scope.book else 0
            cursor.execute(query, [book, stream, first, last + 1, known, first, width])
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
