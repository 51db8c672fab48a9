"""Trades with their annotations, for files: oldest first, a bounded batch at a time."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Q

from dashboard.models import Annotation, Trade
from dashboard.selectors.scope import Scope
from dashboard.selectors.trades import matching
from dashboard.services.journal import FIELDS as ANNOTATED
from dashboard.spreadsheet import csv_lines
from dashboard.units import optional_iso, optional_text

BATCH = 2_000  # trades read at once: no read of the site's database is held open for longer
MOST_NAMES = 500  # values in one query
LAYOUT = "blotter-trades-1"
COLUMNS = (
    "layout",
    "trade_id",
    "bot",
    "version",
    "mode",
    "strategy",
    "symbol",
    "side",
    "entry_time",
    "exit_time",
    "entry_price",
    "exit_price",
    "quantity",
    "fee",
    "funding",
    "net_pnl",
    "exit_reason",
    "stop_loss_price",
    "take_profit_price",
    "initial_risk",
    "mae",
    "mfe",
    "quote_asset",
    "account",
    "source",
    "regime",
    "excursions_from",
    "regime_from",
    *ANNOTATED,
)
"""Of the CSV; those before `source` are the bot's own log's, whose layout it is. A change of these
is another layout: raise the number, and read both. `excursions_from` and `regime_from` are the
candles' interval where mae and mfe, or the regime, were derived from them and not recorded.
"""
MONEY = frozenset({"fee", "funding", "net_pnl", "initial_risk", "mae", "mfe"})
TIMES = frozenset({"entry_time", "exit_time"})

Row = dict[str, Any]
Advance = Callable[[int], None]


def rows(scope: Scope, advance: Advance = lambda _: None) -> Iterator[Row]:
    """Every counted trade that passes the filters, under the names of COLUMNS.

    Money and quantities are decimal text, times ISO 8601 in UTC; what is not known is None.
    """
    after: tuple[int, str, int] | None = None
    while True:
        found = matching(scope)
        if after is not None:
            time, trade_id, pk = after
            same = Q(exit_time=time)
            found = found.filter(exit_time__gte=time).filter(
                Q(exit_time__gt=time)
                | (same & Q(trade_id__gt=trade_id))
                | (same & Q(trade_id=trade_id, pk__gt=pk))
            )
        batch = list(found.order_by("exit_time", "trade_id", "pk")[:BATCH])
        notes = _annotations([trade.trade_id for trade in batch])
        for trade in batch:
            yield _row(trade, scope, notes.get((trade.bot, trade.trade_id), {}))
        advance(len(batch))
        if len(batch) < BATCH:
            return
        after = (batch[-1].exit_time, batch[-1].trade_id, batch[-1].pk)


def as_csv(scope: Scope, advance: Advance = lambda _: None) -> Iterator[str]:
    """The file's text, a line at a time; `import_csv` reads it back."""
    found = rows(scope, advance)
    return csv_lines(COLUMNS, ([row[name] for name in COLUMNS] for row in found))


def as_json(scope: Scope, advance: Advance = lambda _: None) -> Iterator[str]:
    """One JSON object, a trade a line: {"mode", "quote_asset", "account", "trades": [...]}."""
    book = scope.book
    head = {
        "mode": scope.mode,
        "quote_asset": book.quote_asset if book else None,
        "account": book.account if book else None,
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "trades": ['
    before = "\n"
    for row in rows(scope, advance):
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _annotations(trade_ids: list[str]) -> Mapping[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = {}
    for start in range(0, len(trade_ids), MOST_NAMES):
        chosen = Annotation.objects.filter(trade_id__in=trade_ids[start : start + MOST_NAMES])
        for row in chosen.values("bot", "trade_id", *ANNOTATED):
            found[row.pop("bot"), row.pop("trade_id")] = row
    return found


def _row(trade: Trade, scope: Scope, notes: Row) -> Row:
    book = scope.book
    assert book is not None
    beside = {
        "layout": LAYOUT,
        "mode": book.mode,
        "quote_asset": book.quote_asset,
        "account": book.account,
        **{name: notes.get(name) for name in ANNOTATED},
    }
    return {name: beside[name] if name in beside else _fact(trade, name) for name in COLUMNS}


def _fact(trade: Trade, name: str) -> object:
    value = getattr(trade, name)
    if name in MONEY:
        return optional_text(value)
    return optional_iso(value) if name in TIMES else value or None
