"""Trade rows: insert, void, correct, let a finished import count; then refold touched days."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

from django.db import connection

from dashboard.models import Batch, Checkpoint, Trade
from dashboard.performance.columns import in_order, picker
from dashboard.projection.facts import (
    FACT_COLUMNS,
    MONEY,
    TIMES,
    BookKey,
    Told,
    TradeFacts,
    match_key,
    trade_facts,
)
from dashboard.projection.matching import recount
from dashboard.projection.measured import apply, forget, keep
from dashboard.projection.rollups import FIELDS, Day, extend, refold
from dashboard.projection.rows import Change, Rows
from dashboard.units import DAY, Unreadable, optional_iso, optional_text

COLUMNS = (
    "book_id",
    "trade_id",
    "stream",
    "seq",
    "recorded_at",
    "bot",
    "version",
    "source",
    "batch",
    "pending",
    "counted",
    "regime",
    "match_key",
    "first_key",
    "exchange_key",
    "known_from",
    *FACT_COLUMNS,
)
# New as they are: neither corrected nor voided, and nothing about them derived from candles.
NEW = {"corrected": "0", "voided": "0", "excursions_from": "''", "regime_from": "''"}
INSERT = """
INSERT INTO dashboard_trade ({names}) VALUES ({marks})
-- A trade closes once: a stream that says it twice is taken at its first word.
ON CONFLICT (stream, trade_id, known_until) DO NOTHING
"""
# Keys of a waiting batch that a record of another stream has, as told at first or since.
SHARED = """
SELECT DISTINCT t.match_key FROM dashboard_trade t
WHERE t.stream = %s AND t.batch = %s AND t.pending AND (
    EXISTS (SELECT 1 FROM dashboard_trade o
            WHERE o.match_key = t.match_key AND o.stream <> t.stream)
    OR EXISTS (SELECT 1 FROM dashboard_trade o
               WHERE o.corrected AND o.first_key = t.match_key AND o.stream <> t.stream)
    OR EXISTS (SELECT 1 FROM dashboard_trade o
               WHERE o.exchange_key IN (t.exchange_key, -t.exchange_key) AND o.stream <> t.stream)
)
"""
CHUNK = 400  # ids in one query


def write_trades(rows: Rows, books: dict[BookKey, int]) -> bool:
    """Write the batch's trades and changes. True when any row of the ledger changed."""
    finished = _finished_batches(rows)
    measured = keep(rows.stream, rows.measured)
    ids = rows.trades["trade_id"]
    if not ids and not rows.changes and not finished:
        refold({(book, exit_time // DAY) for book, exit_time in measured})
        return bool(measured)
    told = _columns(rows, books, finished)
    inserted = _insert(told) if ids else 0
    if inserted < len(ids):
        _note_repeated(rows)
    measured |= apply(rows.stream, ids)
    alone = _alone(rows.stream)  # then nothing can match, and rows are right as written
    changed = measured or rows.finished or rows.changes
    if alone and not changed and inserted == len(ids):
        refold(extend(_by_day(told)))
        return True
    touched = measured | set(zip(told["book_id"], told["exit_time"], strict=True))
    keys = set(told["match_key"])
    for batch in rows.finished:
        touched |= _let_count(rows.stream, batch, finished[batch], keys)
    for change in rows.changes:
        touched |= _apply(rows.stream, change, keys)
    if not alone:
        touched |= recount(keys)
    refold({(book, exit_time // DAY) for book, exit_time in touched})
    return True


def _columns(rows: Rows, books: Mapping[BookKey, int], finished: Mapping[str, int]) -> Told:
    """The new trades' COLUMNS."""
    told: Told = dict(rows.trades)
    batches, recorded = told["batch"], told["recorded_at"]
    # Whole numbers: a truth value takes SQLite's driver ten times as long.
    pending = [1 if batch and batch not in finished else 0 for batch in batches]
    since = map(max, recorded, [finished.get(batch, 0) for batch in batches])
    return told | {
        "book_id": [books[key] for key in told["book"]],
        "stream": [rows.stream] * len(batches),
        "pending": pending,
        "counted": [1 - waits for waits in pending],
        "first_key": told["match_key"],
        "known_from": list(since) if finished else recorded,
    }


def _insert(told: Told) -> int:
    """How many were inserted: those a stream says twice are not."""
    # What no record tells is left out: each NULL takes the driver as long as five numbers.
    names = [name for name in COLUMNS if not _is_empty(told[name])]
    marks = ", ".join([*["?"] * len(names), *NEW.values()])
    insert = INSERT.format(names=", ".join((*names, *NEW)), marks=marks)
    rows = zip(*(told[name] for name in names), strict=True)
    connection.ensure_connection()
    # Django's own cursor would keep all rows; SQLite's lets zip make them all in one tuple.
    with connection.wrap_database_errors, closing(connection.connection.cursor()) as cursor:
        cursor.executemany(insert, rows)
        inserted: int = cursor.rowcount
    return inserted


def _is_empty(column: Sequence[Any]) -> bool:
    return column[0] is None and column.count(None) == len(column)


def _by_day(told: Told) -> dict[Day, list[Sequence[Any]]]:
    """The counted ones' columns, FIELDS of a day's trades each, in the order of their exits."""
    books, exits, fields = told["book_id"], told["exit_time"], [told[name] for name in FIELDS]
    if all(told["counted"]) and len(set(books)) == 1 and in_order(exits, told["trade_id"]):
        return {
            (books[0], day): [column[start:end] for column in fields]
            for day, start, end in _days(exits)
        }
    return _sorted_by_day(told, fields)


def _days(exits: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Each day that exits in order fall on, and from where to where they do."""
    start = 0
    while start < len(exits):
        day = exits[start] // DAY
        end = bisect_left(exits, (day + 1) * DAY, start)
        yield day, start, end
        start = end


def _sorted_by_day(told: Told, fields: Sequence[Sequence[Any]]) -> dict[Day, list[Sequence[Any]]]:
    places: dict[Day, list[int]] = defaultdict(list)
    columns = (told["book_id"], told["exit_time"], told["counted"])
    for place, (book, exit_time, counts) in enumerate(zip(*columns, strict=True)):
        if counts:
            places[book, exit_time // DAY].append(place)
    exits = list(zip(told["exit_time"], told["trade_id"], strict=True))
    of_day: dict[Day, list[Sequence[Any]]] = {}
    for day, own in places.items():
        own.sort(key=exits.__getitem__)
        of_day[day] = list(map(picker(own), fields))
    return of_day


def _finished_batches(rows: Rows) -> dict[str, int]:
    """The imports these rows are of that are finished, now or before, and when they were."""
    named = {*rows.trades["batch"], *rows.finished} - {""}
    if not named:
        return {}
    done = Batch.objects.filter(
        stream=rows.stream, batch__in=named, finished_at__isnull=False
    ).values_list("batch", "finished_at")
    return {batch: finished_at or 0 for batch, finished_at in done}


def _note_repeated(rows: Rows) -> None:
    """Count the closings of trades that were closed already, and name one that contradicts."""
    ids, seqs = rows.trades["trade_id"], rows.trades["seq"]
    stood: dict[str, Trade] = {}
    for start in range(0, len(ids), CHUNK):
        found = Trade.objects.filter(
            stream=rows.stream, trade_id__in=ids[start : start + CHUNK]
        ).only("trade_id", "seq", "corrected", "excursions_from", *FACT_COLUMNS)
        stood |= {trade.trade_id: trade for trade in found}
    told = zip(*(rows.trades[name] for name in FACT_COLUMNS), strict=True)
    for own_id, seq, facts in zip(ids, seqs, map(TradeFacts._make, told), strict=True):
        first = stood[own_id]
        if first.seq == seq:
            continue
        rows.repeated += 1
        said = TradeFacts(*(getattr(first, name) for name in FACT_COLUMNS))
        if first.excursions_from:  # derived, not said
            said = said._replace(mae=None, mfe=None)
        if said == facts or first.corrected:
            continue
        rows.contradicted += 1
        differs = next(
            name for name, one, other in zip(FACT_COLUMNS, said, facts, strict=True) if one != other
        )
        rows.last_problem = (
            f"trade.closed {seq}: {own_id!r} was closed by event {first.seq} with"
            f" another {differs}; the first record stands (append trade.corrected to change it)"
        )


def _let_count(stream: str, batch: str, finished_at: int, keys: set[int]) -> set[tuple[int, int]]:
    """An import has finished: its trades count from now on."""
    waiting = Trade.objects.filter(stream=stream, batch=batch, pending=True)
    # There may be a million: only their days are kept, and the keys another stream has too.
    exits = waiting.values_list("book_id", "exit_time").iterator(CHUNK)
    days = {(book, exit_time // DAY * DAY) for book, exit_time in exits}
    with connection.cursor() as cursor:
        cursor.execute(SHARED, [stream, batch])
        keys |= {key for (key,) in cursor.fetchall()}
    waiting.filter(voided=True).update(pending=False, known_from=finished_at)
    waiting.update(pending=False, counted=True, known_from=finished_at)
    return days


def _apply(stream: str, change: Change, keys: set[int]) -> set[tuple[int, int]]:
    """Void or correct one trade; the days it was and is in. Of an unknown trade: nothing.

    Unknown is one, too, that is closed later in the same batch: where a batch ends is chance.
    """
    trade = Trade.objects.filter(
        stream=stream, trade_id=change.trade_id, seq__lt=change.seq
    ).first()
    if trade is None:
        return set()
    touched = {(trade.book_id, trade.exit_time)}
    if change.kind == "trade.voided":
        trade.voided, trade.counted = True, False
        trade.voided_at = change.recorded_at
    else:
        _correct(trade, change)
    trade.save()
    apply(stream, [trade.trade_id])
    keys |= {trade.match_key, trade.first_key}
    return touched | {(trade.book_id, trade.exit_time)}


def _correct(trade: Trade, change: Change) -> None:
    forget(trade)
    body = {name: getattr(trade, name) for name in FACT_COLUMNS}
    body |= {name: optional_text(body[name]) for name in MONEY}
    body |= {name: optional_iso(body[name]) for name in TIMES}
    body |= {name: change.body[name] for name in FACT_COLUMNS if name in change.body}
    try:
        facts = trade_facts(body, trade.exit_time)
    except Unreadable:
        return  # the fold has counted and named what was wrong with it
    if trade.known_from < change.recorded_at and not trade.pending:
        _keep(trade, until=change.recorded_at)
    for name, value in facts._asdict().items():
        setattr(trade, name, value)
    trade.corrected = True
    trade.match_key = match_key(trade.book.mode, facts)


def _keep(trade: Trade, *, until: int) -> None:
    """What was known of the trade until then, as a row that counts for nothing today."""
    names = [field.attname for field in Trade._meta.concrete_fields if field.attname != "id"]
    past = {name: getattr(trade, name) for name in names}
    Trade.states.create(**past | {"known_until": until, "counted": False})
    trade.known_from = until


def _alone(stream: str) -> bool:
    """True when no other stream has a trade: then nothing can match."""
    others = Checkpoint.objects.exclude(stream=stream).values_list("stream", flat=True)
    return not any(Trade.objects.filter(stream=other).exists() for other in others)
