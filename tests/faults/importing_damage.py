"""Damage done to random logs, each kind with what it makes of the truth."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from .importing_encoding import (
    LANGUAGES,
    NARROW,
    encoded,
    joined,
    text_of,
    true_versions,
)
from .importing_fills import fills
from .importing_ghosts import ghost
from .importing_logs import (
    Log,
    Row,
    Style,
    Trade,
    Writer,
    random_style,
    random_trades,
    written_money,
)

DAMAGES = (
    "none",
    "bad_cells",
    "torn_tail",
    "torn_lines",
    "glued",
    "merge_markers",
    "filler",
    "field_count",
    "column_inserted",
    "layout_changed",
    "header_again",
    "overlap",
    "fills",
    "ghost",
)
BAD_NUMBERS = [
    "1_000",
    "12..5",
    "=1+1",
    "١٢",
    "0x1F",
    "inf",
    "-inf",
    "1e309",
    "nan",
    "#REF!",
    "12.5USDT",
    "abc",
    "1706958000000",
    "2024-02-03 11:00:00",
    "１２",
    "--5",
    "+-3",
    "1e99",
    "∞",
    "TRUE",
]
NOISE = (
    "Traceback (most recent call last):",
    "DEBUG: price=42000.1, qty=0.1, pnl=3700.00, side=LONG, a, b, c",
    '{"event": "heartbeat", "equity": 10370.25}',
    "2024-01-03 10:00:00 heartbeat",
    "ValueError: could not convert string to float: '1_000'",
)
"""What else a bot prints into its log."""
Item = Row | str
"""A row, or a line that is none: a header, a marker (its truth stands in _OTHER)."""


def make_log(seed: int, damage: str, encoding: str) -> Log:
    """One file, fully decided by its seed."""
    rng = random.Random(seed)
    language = rng.choice(LANGUAGES[encoding])
    start = datetime(2023, rng.randint(1, 12), rng.randint(1, 28), tzinfo=UTC)
    tag = rng.choice(["7.90", "8.02", "v8.3", "9.1"])
    style = random_style(rng, language)
    if style.money == "minus" and encoding in NARROW:
        style.money = "plain"  # no such sign in these
    count = rng.randint(14, 45)
    version = rng.choice(["7.9", "v8.01", "8.02"])
    trades = random_trades(rng, count, version, start)
    if damage == "ghost":
        items = ghost(rng, trades)
    elif damage == "fills":
        items = fills(rng, style, trades)
    else:
        items = _items(rng, damage, style, trades)
    log = encoded(rng, items, style, encoding, language)
    log.tag, log.damage, log.encoding = tag, damage, encoding
    true_versions(log, items, tag)
    return log


def _items(rng: random.Random, damage: str, style: Style, trades: list[Trade]) -> list[Item]:
    writer = Writer(rng, style)
    items: list[Item] = [_header(style)]
    items += [writer.row(trade) for trade in trades]
    _add_orders(rng, items, style)
    if rng.random() < 0.1:
        items.insert(0, "# exported by the bot")
    apply = _APPLY.get(damage)
    return items if apply is None else apply(rng, items, style, trades)


def _add_orders(rng: random.Random, items: list[Item], style: Style) -> None:
    """Rows that say of themselves that they are no closed trade, whole as they are."""
    for column, words in (
        ("status", ["open", "CANCELLED", "error", "rejected", "pending_cancel", "expired"]),
        ("mode", ["paper", "simulated", "dry_run"]),
    ):
        if column not in style.columns:
            continue
        rows = _rows(items)
        for at in sorted(rng.sample(rows[1:], k=rng.randint(1, 3)), reverse=True):
            row = items[at]
            assert isinstance(row, Row)
            cells = list(row.cells)
            cells[style.columns.index(column)] = rng.choice(words)
            items.insert(at + 1, Row(cells, style, row.trade, row.net, bad="no closed trade"))


def _header(style: Style) -> str:
    return joined(style, style.names[: len(style.columns)])


def _rows(items: list[Item]) -> list[int]:
    return [at for at, item in enumerate(items) if isinstance(item, Row)]


def _bad_cells(rng: random.Random, items: list[Item], style: Style, _: list[Trade]) -> list[Item]:
    for at in rng.sample(_rows(items), k=rng.randint(1, 6)):
        row = items[at]
        assert isinstance(row, Row)
        _spoil(rng, row, style)
    spoiled = any(isinstance(i, Row) and (i.bad or i.optional) for i in items[-8:])
    if rng.random() < 0.3 and not spoiled:
        _cut(items, style)
    return items


def _cut(items: list[Item], style: Style) -> None:
    """One PnL of many loses two digits at its end: less than its prices' precision.

    Only where it stands alone: a few such cells of few tell nothing of how a log rounds.
    """
    row = items[-2]
    printed = [c for c in ("pnl", "net", "gross") if c in style.columns]
    assert isinstance(row, Row)
    if not printed or style.pnl_places != 8 or style.money != "plain" or len(items) < 30:
        return
    at = style.columns.index(printed[0])
    if row.cells[at][-1:].isdigit() and not row.cells[at].endswith("00"):
        row.cells[at], row.bad = row.cells[at][:-2], "cut"


def _spoil(rng: random.Random, row: Row, style: Style) -> None:
    columns = style.columns
    money = [c for c in ("pnl", "net", "gross", "entry_price", "quantity") if c in columns]
    kind = rng.choice(
        [
            "number",
            "number",
            "far",
            "side",
            "future",
            "backwards",
            "zero",
            "negative",
            "null",
        ]
    )
    if kind == "backwards" and "entry_time" not in columns:
        kind = "number"
    if kind == "far" and not {"pnl", "net", "gross"} & set(columns):
        kind = "negative"
    if kind == "number":
        column = rng.choice(money)
        value = rng.choice(BAD_NUMBERS)
        row.cells[columns.index(column)] = value
    elif kind == "far":
        column = next(c for c in ("pnl", "net", "gross") if c in columns)
        assert row.net is not None
        assert row.trade is not None
        off = rng.choice([Decimal(3700), Decimal(-3700), row.trade.entry * 3])
        value = f"{row.net + off:.2f}"
        row.cells[columns.index(column)] = value.replace(".", style.decimal)
    elif kind == "side":
        row.cells[columns.index("side")] = rng.choice(["???", "UP", "", "0"])
    elif kind == "future":
        row.cells[columns.index("exit_time")] = "2099-01-01 00:00:00"
    elif kind == "backwards":
        row.cells[columns.index("exit_time")] = "1970-01-01 00:00:00"
    elif kind == "zero":
        row.cells[columns.index("entry_price")] = "0"
    elif kind == "negative":
        at = columns.index("quantity")
        row.cells[at] = "-" + row.cells[at]
    else:
        printed = [c for c in ("pnl", "net", "gross") if c in columns]
        if not printed:
            row.cells[columns.index("side")] = "???"
        else:
            row.cells[columns.index(printed[0])] = rng.choice(["", "None", "N/A", "--", "null"])
            row.optional = True
            if row.trade is not None:
                row.net = row.trade.net
            return
    row.bad = kind


def _torn_tail(rng: random.Random, items: list[Item], style: Style, _: list[Trade]) -> list[Item]:
    row = items[_rows(items)[-1]]
    assert isinstance(row, Row)
    text = text_of(row)
    row.raw = text[: rng.randint(max(1, len(text) // 4), len(text) - 1)]
    row.bad, row.torn = "torn", True
    if (
        style.columns[-1] in ("reason", "note")
        and row.raw.count(style.delimiter) >= len(style.columns) - 1
    ):
        row.bad, row.optional = "", True
    return items[: _rows(items)[-1] + 1]


def _torn_lines(rng: random.Random, items: list[Item], style: Style, _: list[Trade]) -> list[Item]:
    for at in rng.sample(_rows(items), k=rng.randint(1, 3)):
        row = items[at]
        assert isinstance(row, Row)
        kept = rng.randint(2, len(row.cells) - 1)
        row.cells = row.cells[:kept]
        if set(style.columns[kept:]) <= {"reason", "note", "equity", "adx", "pct"}:
            row.optional = True
        else:
            row.bad = "torn"
    return items


def _glued(rng: random.Random, items: list[Item], style: Style, _: list[Trade]) -> list[Item]:
    at = rng.choice(_rows(items)[:-1])
    first, second = items[at], items[at + 1]
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    first.raw = text_of(first) + text_of(second)
    first.bad = "glued"
    del items[at + 1]
    return items


def _merge_markers(
    rng: random.Random, items: list[Item], style: Style, _: list[Trade]
) -> list[Item]:
    rows = _rows(items)
    start = rng.randint(0, len(rows) - 6)
    first, middle, last = rows[start], rows[start + 2], rows[start + 5]
    made: list[Item] = []
    for at, item in enumerate(items):
        if at == first:
            made.append("<<<<<<< HEAD")
        if at == middle:
            made.append("=======")
        made.append(item)
        if at == last:
            made += _other_version(rng, items[first], style)
            made.append(">>>>>>> live")
    return made


def _other_version(rng: random.Random, item: Item, style: Style) -> list[Item]:
    """The other branch's version of a trade, which does not add up."""
    assert isinstance(item, Row)
    printed = [c for c in ("pnl", "net", "gross") if c in style.columns]
    if not printed or rng.random() < 0.5 or "entry_time" not in style.columns:
        return []
    cells = list(item.cells)
    at = style.columns.index(printed[0])
    cells[at] = written_money(style, (item.net or Decimal(0)) + Decimal(3700))
    return [Row(cells, style, item.trade, None, bad="another version")]


def _filler(rng: random.Random, items: list[Item], style: Style, _: list[Trade]) -> list[Item]:
    width = len(style.columns)
    for _unused in range(rng.randint(1, 3)):
        empty = style.delimiter * (width - 1) if style.delimiter.strip() else "\0" * 40
        filler = rng.choice([empty, "-" * 40, "=" * 30, "." * 10 + " ", *NOISE])
        items.insert(rng.randint(2, len(items)), filler)
    return items


def _field_count(rng: random.Random, items: list[Item], style: Style, _: list[Trade]) -> list[Item]:
    for at in rng.sample(_rows(items), k=rng.randint(1, 3)):
        row = items[at]
        assert isinstance(row, Row)
        if rng.random() < 0.5:
            row.cells = [*row.cells, "extra", "fields"]
            row.optional = True
        else:
            drop = rng.randrange(len(row.cells))
            row.cells = row.cells[:drop] + row.cells[drop + 1 :]
            row.bad = "a field is missing"
    return items


def _column_inserted(
    rng: random.Random, items: list[Item], style: Style, trades: list[Trade]
) -> list[Item]:
    """From some line on each row has a column more, and no header says so."""
    provable = {"pnl", "net", "gross"} & set(style.columns)
    rows = _rows(items)
    start = rng.randint(4, len(rows) - 5)
    place = rng.randint(1, len(style.columns) - 1)
    for at in rows[start:]:
        row = items[at]
        assert isinstance(row, Row)
        cell = f"{rng.uniform(10, 50):.2f}".replace(".", style.decimal)
        row.cells = [*row.cells[:place], cell, *row.cells[place:]]
        row.optional = (
            not provable or "entry_time" not in style.columns or "version" in style.columns
        )
    return items


def _layout_changed(
    rng: random.Random, items: list[Item], style: Style, trades: list[Trade]
) -> list[Item]:
    """A newer version of the bot goes on in a layout of its own, without a header."""
    other = random_style(rng, style.language, headerless=True)
    other.delimiter, other.decimal, other.thousands = (
        style.delimiter,
        style.decimal,
        style.thousands,
    )
    other.money = style.money
    if other.times == "us":
        other.times = "iso"
    more = random_trades(rng, rng.randint(6, 25), "8.05", trades[-1].left + timedelta(days=3))
    writer = Writer(rng, other)
    for trade in more:
        row = writer.row(trade)
        row.optional = "version" in other.columns
        items.append(row)
    return items


def _header_again(
    rng: random.Random, items: list[Item], style: Style, trades: list[Trade]
) -> list[Item]:
    """The header again half way, then one with other columns."""
    rows = _rows(items)
    items.insert(rows[len(rows) // 2], _header(style))
    other = random_style(rng, style.language)
    other.delimiter, other.decimal, other.thousands = (
        style.delimiter,
        style.decimal,
        style.thousands,
    )
    other.money = style.money
    more = random_trades(rng, rng.randint(6, 25), "8.05", trades[-1].left + timedelta(days=3))
    writer = Writer(rng, other)
    items.append(_header(other))
    items += [writer.row(trade) for trade in more]
    return items


def _overlap(rng: random.Random, items: list[Item], style: Style, _: list[Trade]) -> list[Item]:
    rows = _rows(items)
    start = rng.randint(0, len(rows) - 6)
    length = rng.randint(3, 6)
    again: list[Item] = []
    for at in rows[start : start + length]:
        row = items[at]
        assert isinstance(row, Row)
        again.append(Row(list(row.cells), row.style, row.trade, row.net, bad="repeated"))
    place = rng.randint(rows[start + length - 1] + 1, len(items))
    return items[:place] + again + items[place:]


_APPLY = {
    "bad_cells": _bad_cells,
    "torn_tail": _torn_tail,
    "torn_lines": _torn_lines,
    "glued": _glued,
    "merge_markers": _merge_markers,
    "filler": _filler,
    "field_count": _field_count,
    "column_inserted": _column_inserted,
    "layout_changed": _layout_changed,
    "header_again": _header_again,
    "overlap": _overlap,
}
