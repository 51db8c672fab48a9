"""Day rollups: the Summary of each UTC day, for the book and for each value of each scope."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from dashboard.models import DayRollup, Trade
from dashboard.performance.summary import COLUMNS, Summary
from dashboard.performance.trade import TradeResult
from dashboard.units import DAY

# Fields of a trade whose values have Summaries of their own ("all" is the whole book), and those
# (with the hour) that are only ever added up.
SCOPES = ("bot", "version", "symbol", "side")
SUMMED = ("exit_reason",)
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

INSERT = """
INSERT INTO dashboard_dayrollup
    (book_id, scope, value, day, trades, wins, losses, net_pnl, summary)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def result(values: tuple[Any, ...]) -> TradeResult:
    """A row of RESULT_FIELDS as the statistics see a trade."""
    own_id, exit_time, net_pnl, fee, entry_time, risk, mae, mfe = values
    return TradeResult(own_id, exit_time, net_pnl, fee, entry_time, risk, mae, mfe)


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
        DayRollup.objects.filter(book=book, day=day).delete()
        with connection.cursor() as cursor:
            cursor.executemany(INSERT, _rows(book, day))


def _rows(book: int, day: int) -> list[tuple[Any, ...]]:
    grouped = _by_scope(book, day)
    everything = grouped.get(("all", ""), [])
    whole = Summary.of_trades(everything)
    rows = []
    for (scope, value), trades in grouped.items():
        if scope in SUMMED or scope == "hour":
            rows.append((book, scope, value, day, *_sums(trades), ""))
            continue
        # Where all of a day's trades share the value, theirs is the day's own Summary.
        same = len(trades) == len(everything)
        summary = whole if same else Summary.of_trades(trades)
        rows.append((book, scope, value, day, *_sums(trades), pack(summary)))
    return rows


def _sums(trades: list[TradeResult]) -> tuple[int, int, int, int]:
    """Trades, wins, losses, net_pnl."""
    nets = [trade.net_pnl for trade in trades]
    return len(nets), sum(net > 0 for net in nets), sum(net < 0 for net in nets), sum(nets)


def _by_scope(book: int, day: int) -> dict[tuple[str, str], list[TradeResult]]:
    grouped: dict[tuple[str, str], list[TradeResult]] = defaultdict(list)
    for trade, scopes in _trades(book, day):
        for scope in scopes:
            grouped[scope].append(trade)
    return grouped


def _trades(book: int, day: int) -> Iterator[tuple[TradeResult, list[tuple[str, str]]]]:
    """A day's counted trades in (exit_time, trade_id) order, each with the scopes it is in."""
    rows = (
        Trade.objects.filter(
            book=book, counted=True, exit_time__gte=day * DAY, exit_time__lt=(day + 1) * DAY
        )
        .order_by("exit_time", "trade_id")
        .values_list(*RESULT_FIELDS, *SCOPES, *SUMMED)
    )
    for row in rows:
        trade = result(row[: len(RESULT_FIELDS)])
        values = row[len(RESULT_FIELDS) :]
        hour = ("hour", f"{trade.exit_time % DAY // HOUR:02d}")
        yield trade, [("all", ""), hour, *zip((*SCOPES, *SUMMED), values, strict=True)]
