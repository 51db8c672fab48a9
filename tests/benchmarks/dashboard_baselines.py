"""What the dashboard is held against: window functions, and the least that projecting could be."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.dashboard_events import BOT
from trader.store.paths import stream_paths

# The figures of one run of trades, or of each `part` of them: sums, drawdown, streaks.
FIGURES = """
WITH ordered AS (
    SELECT {part} AS part, net_pnl, fee, sign(net_pnl) AS sign,
        sum(net_pnl) OVER whole AS running,
        row_number() OVER whole AS number,
        row_number() OVER (
            PARTITION BY {part}, sign(net_pnl) ORDER BY exit_time, trade_id
        ) AS of_sign
    FROM dashboard_trade WHERE counted
    WINDOW whole AS (PARTITION BY {part} ORDER BY exit_time, trade_id)
), peaked AS (
    SELECT *, max(0, max(running) OVER (PARTITION BY part ORDER BY number)) AS peak FROM ordered
), streaks AS (
    SELECT part, sign, count(*) AS length FROM ordered GROUP BY part, sign, number - of_sign
)
SELECT part, count(*), sum(net_pnl > 0), sum(net_pnl < 0), sum(net_pnl), sum(fee),
    sum(max(net_pnl, 0)), sum(min(net_pnl, 0)), total(1.0 * net_pnl * net_pnl),
    max(peak - running), max(net_pnl), min(net_pnl),
    (SELECT max(length) FROM streaks WHERE sign = 1 AND streaks.part = peaked.part),
    (SELECT max(length) FROM streaks WHERE sign = -1 AND streaks.part = peaked.part)
FROM peaked GROUP BY part
"""
GROUPS = (
    "exit_time / 86400000000",
    "exit_time / 3600000000 % 24",
    "exit_reason",
    "symbol",
    "side",
    "net_pnl / 2000000000",
)
GROUP = """
SELECT {value}, count(*), sum(net_pnl > 0), sum(net_pnl < 0), sum(net_pnl)
FROM dashboard_trade WHERE counted GROUP BY 1 ORDER BY 1
"""
# Everything the projector writes for the events of these benchmarks.
BY_SEQ = ("dashboard_trade", "dashboard_equitypoint")
BY_DAY = ("dashboard_dayrollup", "dashboard_equityday")
Rows = list[tuple[Any, ...]]


class Windows(NamedTuple):
    """Seconds for the account's figures alone and for the page's; two of the figures."""

    account: float
    page: float
    net: int
    fall: int


def windows(site: Path) -> Windows:
    """The page's figures by SQL over all trades: account, versions, groups."""
    with closing(sqlite3.connect(f"{site.as_uri()}?mode=ro", uri=True)) as connection:
        began = time.perf_counter()
        row = connection.execute(FIGURES.format(part="0")).fetchone()
        account = time.perf_counter() - began
        connection.execute(FIGURES.format(part="version")).fetchall()
        for value in GROUPS:
            connection.execute(GROUP.format(value=value)).fetchall()
        return Windows(account, time.perf_counter() - began, row[4], row[9])


def bare(folder: Path, target: Path, *, batch: int, pragmas: str) -> float:
    """Seconds to fetch all events, decode their bodies, and insert the rows the site has.

    Into the same tables with the same indexes, in transactions of as many events. What is
    inserted is taken from the site, outside the measured time.
    """
    spent = 0.0
    site = folder / "site.sqlite3"
    source = stream_paths(BOT, folder).database
    with (
        closing(sqlite3.connect(f"{site.as_uri()}?mode=ro", uri=True)) as finished,
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as events,
        closing(sqlite3.connect(target, isolation_level=None)) as into,
    ):
        into.executescript(pragmas)
        _same_tables(finished, into)
        last = events.execute("SELECT max(seq) FROM event").fetchone()[0]
        for after, rows in _prepared(finished, last, batch):
            began = time.perf_counter()
            found = events.execute(
                "SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after, batch)
            ).fetchall()
            for row in found:
                json.loads(row[9])
            into.execute("BEGIN IMMEDIATE")
            for table, values in rows.items():
                if values:
                    marks = ", ".join("?" * len(values[0]))
                    into.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
            into.execute("COMMIT")
            spent += time.perf_counter() - began
    return spent


def _prepared(
    finished: sqlite3.Connection, last: int, batch: int
) -> Iterator[tuple[int, dict[str, Rows]]]:
    """For each batch of events: the seq before it, and the rows that come of it."""
    day = 0
    for after in range(0, last, batch):
        between = (after, after + batch)
        rows: dict[str, Rows] = {
            table: finished.execute(
                f"SELECT * FROM {table} WHERE seq > ? AND seq <= ? ORDER BY seq", between
            ).fetchall()
            for table in BY_SEQ
        }
        newest = finished.execute(
            "SELECT max(time) / 86400000000 FROM dashboard_equitypoint WHERE seq <= ?", between[1:]
        ).fetchone()[0]
        for table in BY_DAY:
            rows[table] = finished.execute(
                f"SELECT * FROM {table} WHERE day > ? AND day <= ?", (day, newest or 0)
            ).fetchall()
        day = newest or 0
        yield after, rows


def _same_tables(finished: sqlite3.Connection, into: sqlite3.Connection) -> None:
    marks = ", ".join("?" * (len(BY_SEQ) + len(BY_DAY)))
    statements = finished.execute(
        f"SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN ({marks})"
        " ORDER BY type DESC",
        (*BY_SEQ, *BY_DAY),
    ).fetchall()
    into.execute("PRAGMA foreign_keys = OFF")
    for (statement,) in statements:
        into.execute(statement)
