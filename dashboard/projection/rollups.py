"""Day rollups: the Summary of each UTC day, for the book and for each value of each scope."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from dashboard.models import DayRollup
from dashboard.performance.summary import COLUMNS, Summary
from dashboard.performance.trade import TradeResult
from dashboard.projection import sizes
from dashboard.units import DAY

# Fields of a trade whose values have Summaries of their own ("all" is the whole book), and those
# (with the hour) that are only ever added up.
SCOPES = ("bot", "version", "symbol", "side")
SUMMED = ("exit_reason",)
WHOLE = ("all", "")
SIZE = ("size", "")  # its row holds the day's sizes in place of a Summary
HOUR = DAY // 24
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
FEE = RESULT_FIELDS.index("fee")  # unknown of some: summed are the fees that are known
FIELDS = (*RESULT_FIELDS, *SCOPES, *SUMMED)
Scope = tuple[str, str]
Result = tuple[Any, ...]  # FIELDS of a counted trade

OF_DAY = f"""
SELECT {", ".join(FIELDS).replace("fee", "coalesce(fee, 0)", 1)} FROM dashboard_trade
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


def result(values: tuple[Any, ...]) -> TradeResult:
    """A row of RESULT_FIELDS as the statistics see a trade."""
    trade = TradeResult._make(values)
    return trade if values[FEE] is not None else trade._replace(fee=0)


def pack(summary: Summary) -> str:
    """A Summary as the text of one column."""
    row = summary.to_row()
    return json.dumps([row[name] for name in COLUMNS], separators=(",", ":"))


def unpack(packed: str) -> Summary:
    """The Summary `pack` wrote."""
    return Summary.from_values(json.loads(packed))


def refold(days: Iterable[tuple[int, int]]) -> None:
    """Make the rows of each (book id, day) anew from that day's counted trades."""
    for book, day in sorted(days):
        found = DayRollup.objects.filter(book=book, day=day)
        before = found.filter(scope=SIZE[0]).values_list("summary", flat=True).first()
        found.delete()
        with connection.cursor() as cursor:
            cursor.execute(OF_DAY, [book, day * DAY, (day + 1) * DAY])
            trades = cursor.fetchall()
        change = _write(book, day, trades, {})
        if before:
            change.subtract(sizes.unpack(before))
        sizes.add(book, change)


def extend(book: int, day: int, trades: Sequence[Result]) -> bool:
    """Add new counted trades, in (exit_time, trade_id) order, to the rows of their day.

    What the day has already is neither read nor folded again. False, with nothing done, where
    a new trade does not come after all of those: then the day must be made anew.
    """
    had = {(row.scope, row.value): row for row in DayRollup.objects.filter(book=book, day=day)}
    if had:
        last = unpack(had[WHOLE].summary).running.last_exit
        if last is not None and trades[0][1] <= last:
            return False
    sizes.add(book, _write(book, day, trades, had))
    return True


def _write(
    book: int, day: int, trades: Sequence[Result], had: Mapping[Scope, DayRollup]
) -> Counter[int]:
    """Write a row for each scope of these trades, joined to the one the day had of it.

    Returns the sizes of these trades.
    """
    grouped = _by_scope(trades)
    everything = grouped.get(WHOLE, [])
    of_all = Summary.of_trades(everything)
    counted = sizes.sizes([trade.net_pnl for trade in everything])
    rows = []
    for (scope, value), own in grouped.items():
        before = had.get((scope, value))
        packed = ""
        if scope != "hour" and scope not in SUMMED:
            # Where all of a day's trades share the value, theirs is the day's own Summary.
            found = of_all if len(own) == len(trades) else Summary.of_trades(own)
            packed = pack(found if before is None else unpack(before.summary) + found)
        rows.append((book, scope, value, day, *_sums(own, before), packed))
    if everything:
        before = had.get(SIZE)
        of_day = counted if before is None else counted + sizes.unpack(before.summary)
        rows.append((book, *SIZE, day, *_sums(everything, before), sizes.pack(of_day)))
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)
    return counted


def _sums(trades: list[TradeResult], before: DayRollup | None) -> tuple[int, int, int, int]:
    """Trades, wins, losses, net_pnl."""
    nets = [trade.net_pnl for trade in trades]
    wins, losses = len([net for net in nets if net > 0]), len([net for net in nets if net < 0])
    if before is None:
        return len(nets), wins, losses, sum(nets)
    return (
        before.trades + len(nets),
        before.wins + wins,
        before.losses + losses,
        before.net_pnl + sum(nets),
    )


def _by_scope(trades: Sequence[Result]) -> dict[Scope, list[TradeResult]]:
    grouped: dict[Scope, list[TradeResult]] = defaultdict(list)
    width = len(RESULT_FIELDS)
    for row in trades:
        trade = TradeResult._make(row[:width])
        grouped[WHOLE].append(trade)
        grouped["hour", f"{trade.exit_time % DAY // HOUR:02d}"].append(trade)
        for scope in zip((*SCOPES, *SUMMED), row[width:], strict=True):
            grouped[scope].append(trade)
    return grouped
