"""freqtrade's SQLite: closed trades of its `trades` table, the -wal included, opened read-only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from .binding import Binding
from .cells import quote_of, to_unit
from .records import Record
from .segments import Outcome
from .times import microseconds
from .values import Context
from .verdicts import Aside, Refusal, Trade

NEEDED = {"id", "pair", "is_open", "open_rate", "close_rate", "amount", "open_date", "close_date"}
OPTIONAL = (
    "exchange", "fee_open", "fee_close", "fee_open_cost", "fee_close_cost", "fee_open_currency",
    "fee_close_currency", "close_profit_abs", "realized_profit", "is_short", "exit_reason",
    "sell_reason",
    "strategy", "funding_fees", "stake_currency", "leverage", "stop_loss", "stake_amount",
)  # fmt: skip
Take = Callable[[Record, Outcome, Binding | None], None]
LAYOUT = "freqtrade-sqlite"
_SHARE = Decimal("0.00001")


def read(path: Path, context: Context, take: Take) -> str:
    """Judge every row. "" where this is freqtrade's database, else what it is not.

    Backup tables (trades_bak0 ...) are left alone. The file is opened mode=ro, so a bot that
    writes it meanwhile is not disturbed and nothing in it can change.
    """
    try:
        with _open(path) as connection:
            columns = {row[1] for row in connection.execute("PRAGMA table_info(trades)")}
            if not columns >= NEEDED:
                return "a SQLite database, but not freqtrade's: no table of trades with its columns"
            binding = Binding(LAYOUT, len(columns), {}, pnl_kind="net")
            for row in _rows(connection, columns):
                record, outcome = _judge(row, context)
                take(record, outcome, binding)
    except sqlite3.DatabaseError as error:
        return f"a SQLite database that cannot be read ({error}); is its -wal file beside it?"
    return ""


class _open:  # noqa: N801
    """The connection as a context manager that closes (sqlite3's own only ends a transaction)."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0
        )

    def __enter__(self) -> sqlite3.Connection:
        self._connection.row_factory = sqlite3.Row
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _rows(connection: sqlite3.Connection, columns: set[str]) -> Iterator[dict[str, Any]]:
    names = [*sorted(NEEDED), *(name for name in OPTIONAL if name in columns)]
    listed = ", ".join(f'"{name}"' for name in names)
    orders = _order_counts(connection)
    for row in connection.execute(f"SELECT {listed} FROM trades ORDER BY id"):  # noqa: S608
        made = dict(zip(names, row, strict=True))
        made["_orders"] = orders.get(made["id"], 2)
        yield made


def _order_counts(connection: sqlite3.Connection) -> dict[int, int]:
    """Filled orders a trade; more than two means averaged prices, which no longer reconcile."""
    try:
        return dict(
            connection.execute(
                "SELECT ft_trade_id, count(*) FROM orders WHERE status = 'closed' AND filled > 0 "
                "GROUP BY ft_trade_id"
            ).fetchall()
        )
    except sqlite3.OperationalError:
        return {}


def _judge(row: dict[str, Any], context: Context) -> tuple[Record, Outcome]:
    text = json.dumps({k: v for k, v in row.items() if k != "_orders"}, default=str)
    record = Record(int(row["id"]), 0, text.encode(), text, [])
    if row["is_open"]:
        return record, Aside("open")
    entry, left, amount = (_number(row[name]) for name in ("open_rate", "close_rate", "amount"))
    printed = _number(row.get("close_profit_abs"))
    if printed is None:
        printed = _number(row.get("realized_profit"))
    if printed is None:
        return record, Refusal("pnl_not_available", "close_profit_abs is null")
    if not entry or not left or not amount or min(entry, left) <= 0:
        return record, Refusal("price_not_positive", f"open_rate {entry}, close_rate {left}")
    if amount <= 0:
        return record, Refusal("quantity_not_positive", f"amount is {amount}")
    opened, closed = _time(row["open_date"]), _time(row["close_date"])
    if opened is None or closed is None:
        return record, Refusal(
            "bad_time", f"open_date {row['open_date']!r}, close_date {row['close_date']!r}"
        )
    if closed < opened:
        return record, Refusal(
            "exit_before_entry", f"open {row['open_date']}, close {row['close_date']}"
        )
    if closed > context.now + 86_400_000_000:
        return record, Refusal("time_in_future", f"close_date is {row['close_date']}")
    side = -1 if row.get("is_short") else 1
    fee = amount * entry * (_number(row.get("fee_open")) or 0) + amount * left * (
        _number(row.get("fee_close")) or 0
    )
    funding = _number(row.get("funding_fees")) or Decimal(0)
    expected = (left - entry) * amount * side - fee + funding
    state = "not_computable"
    if row["_orders"] <= 2:
        if abs(expected - printed) > (entry + left) * amount * _SHARE + Decimal("0.00000002"):
            return record, Refusal(
                "contradicted", f"printed {printed}, rates and fees give {to_unit(expected)}"
            )
        state = "confirmed"
    version, evidence = context.versions.default()
    return record, Trade(
        line=record.line, offset=0, symbol=str(row["pair"]), side=side, entry_time=opened,
        exit_time=closed, entry_price=entry, exit_price=left, quantity=amount, fee=to_unit(fee),
        net_pnl=to_unit(printed), version=version, version_evidence=evidence, layout=LAYOUT,
        reconciled=state,
        quote_asset=str(row.get("stake_currency") or quote_of(str(row["pair"]))),
        exit_reason=row.get("exit_reason") or row.get("sell_reason"), strategy=row.get("strategy"),
        funding=funding, own_id=str(row["id"]), exact=state == "confirmed",
    )  # fmt: skip


def _number(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bytes):
        return None
    try:
        made = Decimal(repr(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        return None
    return made if made.is_finite() else None


def _time(value: Any) -> int | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return microseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
