"""Equity rows: every candle's point, and each UTC day's last, lowest and highest."""

from django.db import connection

from dashboard.models import EquityDay, EquityPoint
from dashboard.projection.facts import BookKey
from dashboard.projection.rows import Rows

POINT = """
INSERT INTO dashboard_equitypoint
    (book_id, stream, time, seq, recorded_at, version, equity, realised, unrealised, deposits)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (book_id, stream, time) DO UPDATE SET
    seq = excluded.seq, recorded_at = excluded.recorded_at, version = excluded.version,
    equity = excluded.equity, realised = excluded.realised,
    unrealised = excluded.unrealised, deposits = excluded.deposits
"""
DAY_ROW = """
INSERT INTO dashboard_equityday
    (book_id, stream, day, time, opening, equity, low, low_time, high, high_time, deposits)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (book_id, stream, day) DO UPDATE SET
    low = min(low, excluded.low), high = max(high, excluded.high),
    low_time = CASE WHEN excluded.low < low THEN excluded.low_time ELSE low_time END,
    high_time = CASE WHEN excluded.high > high THEN excluded.high_time ELSE high_time END,
    equity = CASE WHEN excluded.time >= time THEN excluded.equity ELSE equity END,
    deposits = CASE WHEN excluded.time >= time THEN excluded.deposits ELSE deposits END,
    time = max(time, excluded.time)
"""


def write_equity(rows: Rows, books: dict[BookKey, int]) -> bool:
    """Insert the batch's points and merge its days. True when there was anything to write."""
    if rows.equity_restarted:
        for model in (EquityPoint, EquityDay):
            model.objects.filter(stream=rows.stream).delete()
    if not rows.points:
        return rows.equity_restarted
    # As the columns stand.
    points = [(books[key], rows.stream, *point) for (key, _), point in rows.points.items()]
    days = [
        (
            books[key],
            rows.stream,
            day,
            known.last.time,
            known.opening,
            known.last.equity,
            known.low.equity,
            known.low.time,
            known.high.equity,
            known.high.time,
            known.last.deposits,
        )
        for (key, day), known in rows.days.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(POINT, points)
        cursor.executemany(DAY_ROW, days)
    return True
