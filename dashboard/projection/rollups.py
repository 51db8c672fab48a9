"""Day rollups: the Summary of each UTC day, for the book and for each value of each scope."""

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import add
from typing import Any, NamedTuple

from django.db import connection

from dashboard.performance.columns import Columns, picker, places_of
from dashboard.performance.summary import Summary
from dashboard.performance.trade import TradeResult
from dashboard.projection import circumstances, sizes
from dashboard.projection.circumstances import Circumstances
from dashboard.units import DAY

# Fields of a trade whose values have Summaries of their own ("all" is the whole book), and those
# (with the hour) that are only ever added up.
SCOPES = ("bot", "version", "symbol", "side")
SUMMED = ("exit_reason",)
WHOLE = ("all", "")
SIZE = ("size", "")  # its row holds the day's sizes in place of a Summary
HOUR = DAY // 24
HOURS = tuple(f"{hour:02d}" for hour in range(24))
RESULT_FIELDS = (
    "trade_id",
    "exit_time",
    "net_pnl",
    "fee",
    "entry_time",
    "initial_risk",
    "mae",
    "mfe",
)
EXIT = RESULT_FIELDS.index("exit_time")
FIELDS = (*RESULT_FIELDS, *SCOPES, *SUMMED, *circumstances.FIELDS)
SCOPED = slice(len(RESULT_FIELDS), len(RESULT_FIELDS) + len(SCOPES))
ADDED = slice(SCOPED.stop, SCOPED.stop + len(SUMMED))
BESIDE = slice(ADDED.stop, len(FIELDS))
SIDE, SYMBOL = FIELDS.index("side"), FIELDS.index("symbol")
CHUNK = 500  # days in one query
Scope = tuple[str, str]
Day = tuple[int, int]  # book id, days since the epoch
Row = tuple[Any, ...]
Sums = tuple[int, ...]  # trades, wins, losses, net_pnl
Results = Sequence[Sequence[Any]]  # of a day's counted trades: FIELDS, each in a column

OF_DAY = f"""
SELECT {", ".join(FIELDS)} FROM dashboard_trade
WHERE book_id = %s AND counted AND exit_time >= %s AND exit_time < %s
ORDER BY exit_time, trade_id
"""  # noqa: S608 - our own names
INSERT = """
INSERT INTO dashboard_dayrollup
    (book_id, scope, value, day, trades, wins, losses, net_pnl, summary)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (book_id, scope, value, day) DO UPDATE SET
    trades = excluded.trades, wins = excluded.wins, losses = excluded.losses,
    net_pnl = excluded.net_pnl, summary = excluded.summary
"""
# SQLite would rather walk through the index that holds whole rows, all of a book's.
HAD = """
SELECT day, scope, value, trades, wins, losses, net_pnl, summary
FROM dashboard_dayrollup INDEXED BY rollup_day WHERE book_id = %s AND day IN ({marks})
"""
FORGET = "DELETE FROM dashboard_dayrollup INDEXED BY rollup_day WHERE book_id = %s AND day = %s"


class Known(NamedTuple):
    """What a stored row says."""

    trades: int
    wins: int
    losses: int
    net_pnl: int
    summary: str


def result(values: tuple[Any, ...]) -> TradeResult:
    """A row of RESULT_FIELDS as the statistics see a trade."""
    return TradeResult._make(values)


def pack(summary: Summary) -> str:
    """A Summary as the text of one column."""
    return json.dumps(summary.to_values(), separators=(",", ":"))


@lru_cache(maxsize=4_096)
def unpack(packed: str) -> Summary:
    """The Summary `pack` wrote. Remembered: of a page's days all but the newest are as before."""
    return Summary.from_values(json.loads(packed))


def refold(days: Iterable[Day]) -> None:
    """Make the rows of each day anew from that day's counted trades."""
    wanted = sorted(days)
    rows: list[Row] = []
    changes: dict[int, Counter[int]] = defaultdict(Counter)
    for of_day, before in _had(wanted).items():
        changes[of_day[0]].subtract(sizes.unpack(before[SIZE].summary))
    with connection.cursor() as cursor:
        cursor.executemany(FORGET, wanted)
        for book, day in wanted:
            cursor.execute(OF_DAY, [book, day * DAY, (day + 1) * DAY])
            trades = list(zip(*cursor.fetchall(), strict=True))
            changes[book].update(_fold((book, day), trades, {}, rows))
    _write(rows, changes)


def extend(added: Mapping[Day, Results]) -> set[Day]:
    """Add new counted trades, in (exit_time, trade_id) order, to the rows of their days.

    What a day has already is neither read nor folded again. Returns the days left alone because
    a new trade does not come after all of theirs: those must be made anew.
    """
    had, late = _had(added), set()
    rows: list[Row] = []
    changes: dict[int, Counter[int]] = defaultdict(Counter)
    for of_day, trades in added.items():
        before = had.get(of_day, {})
        last = unpack(before[WHOLE].summary).running.last_exit if before else None
        if last is not None and trades[EXIT][0] <= last:
            late.add(of_day)
        else:
            changes[of_day[0]].update(_fold(of_day, trades, before, rows))
    _write(rows, changes)
    return late


def _had(days: Iterable[Day]) -> dict[Day, dict[Scope, Known]]:
    """The rows of these days."""
    found: dict[Day, dict[Scope, Known]] = defaultdict(dict)
    of_book: dict[int, list[int]] = defaultdict(list)
    for book, day in days:
        of_book[book].append(day)
    with connection.cursor() as cursor:
        for book, wanted in of_book.items():
            for chunk in (wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK)):
                cursor.execute(HAD.format(marks=", ".join(["%s"] * len(chunk))), [book, *chunk])
                for day, scope, value, *known in cursor.fetchall():
                    found[book, day][scope, value] = Known(*known)
    return found


def _fold(
    of_day: Day, trades: Results, had: Mapping[Scope, Known], rows: list[Row]
) -> Counter[int]:
    """Add a row for each scope of these trades, joined to the one the day had of it.

    Returns the sizes of these trades.
    """
    if not trades:
        return Counter()
    fields = list(trades)
    run = Columns.of_fields(*fields[: len(RESULT_FIELDS)])
    sides = {
        value: Summary.of_columns(run.picked(picker(places)))
        for value, places in places_of(fields[SIDE]).items()
        if len(places) < len(trades[SIDE])
    }
    whole = Summary.of_columns(run, sides.values())
    rows.append(_summarised(of_day, WHOLE, whole, had))
    for scope, values in zip(SCOPES, fields[SCOPED], strict=True):
        for value, places in places_of(values).items():
            # Where all of a day's trades share the value, theirs is the day's own Summary.
            shared, pick = len(places) == len(values), picker(places)
            known = whole if shared else sides.get(value) if scope == "side" else None
            own = run if shared or known else run.picked(pick)
            found = known or Summary.of_columns(own)
            rows.append(_summarised(of_day, (scope, value), found, had))
            if scope == "version":
                beside = [pick(column) for column in (fields[SYMBOL], *fields[BESIDE])]
                rows.append(_circumstances(of_day, value, own, found, beside, had))
    for scope, values in zip(SUMMED, fields[ADDED], strict=True):
        for value, places in places_of(values).items():
            sums = _sums_of(picker(places)(run.nets))
            rows.append(_row(of_day, (scope, value), sums, "", had))
    for hour, nets in _by_hour(run):
        rows.append(_row(of_day, ("hour", HOURS[hour]), _sums_of(nets), "", had))
    counted = sizes.sizes(run.nets)
    together = counted + sizes.unpack(had[SIZE].summary) if SIZE in had else counted
    rows.append(_row(of_day, SIZE, _sums(whole), sizes.pack(together), had))
    return counted


def _summarised(of_day: Day, scope: Scope, found: Summary, had: Mapping[Scope, Known]) -> Row:
    """The row of a scope that has a Summary."""
    joined = unpack(had[scope].summary) + found if scope in had else found
    return _row(of_day, scope, _sums(found), pack(joined), had)


def _circumstances(
    of_day: Day,
    version: str,
    run: Columns,
    summary: Summary,
    beside: Sequence[Sequence[Any]],
    had: Mapping[Scope, Known],
) -> Row:
    """The row of what a version's comparison asks beside results."""
    scope = circumstances.SCOPE, version
    found = Circumstances.of_trades(run, summary, beside[0], beside[1:])
    if scope in had:
        found = Circumstances.join((Circumstances.unpack(had[scope].summary), found))
    return _row(of_day, scope, _sums(summary), found.pack(), had)


def _row(of_day: Day, scope: Scope, sums: Sums, packed: str, had: Mapping[Scope, Known]) -> Row:
    """A row of INSERT: what is only ever added up is added to what the day had."""
    book, day = of_day
    before = had.get(scope)
    if before is not None:
        sums = tuple(map(add, before[: len(sums)], sums))
    return book, *scope, day, *sums, packed


def _sums(summary: Summary) -> Sums:
    totals = summary.totals
    return totals.trades, totals.wins, totals.losses, summary.net_pnl


def _sums_of(nets: Sequence[int]) -> Sums:
    wins, losses = len([net for net in nets if net > 0]), len([net for net in nets if net < 0])
    return len(nets), wins, losses, sum(nets)


def _by_hour(run: Columns) -> Iterator[tuple[int, Sequence[int]]]:
    """Each hour of a day in which trades ended, and their net_pnl."""
    start, exits = 0, run.exits
    while start < len(exits):
        hour = exits[start] // HOUR
        end = bisect_left(exits, (hour + 1) * HOUR, start)
        yield hour % 24, run.nets[start:end]
        start = end


def _write(rows: Sequence[Row], changes: Mapping[int, Counter[int]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
    for book, change in changes.items():
        sizes.add(book, change)
