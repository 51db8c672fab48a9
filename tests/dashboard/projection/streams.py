"""Streams of a few trades, and what stands in the tables after them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard.models import Bot, Checkpoint, DayRollup, EquityDay, EquityPoint, Position, Trade
from dashboard.performance.summary import Summary
from dashboard.projection import projector
from dashboard.projection.rollups import RESULT_FIELDS, result, unpack
from trader.store import Recorder

CLOSED: dict[str, Any] = {
    "trade_id": "t-1",
    "symbol": "BTCUSDT",
    "side": "long",
    "entry_time": "2026-01-01T00:00:00Z",
    "exit_time": "2026-01-01T01:00:00Z",
    "entry_price": "100",
    "exit_price": "110",
    "quantity": "1",
    "fee": "0.2",
    "net_pnl": "9.8",
    "exit_reason": "signal",
    "quote_asset": "USDT",
    "account": "spot",
}


@contextmanager
def stream(folder: Path, name: str, *, bot: str = "bot", mode: str = "live") -> Iterator[Recorder]:
    """A recorder whose events are in SQLite, and projected, when it is left."""
    recorder = Recorder(bot, version="1", mode=mode, folder=folder, stream=name)
    try:
        yield recorder
        assert recorder.flush(10)
    finally:
        recorder.close()
    projector.project()


def close(recorder: Recorder, **changes: Any) -> None:
    body = CLOSED | changes
    assert recorder.append("trade.closed", body, ref=str(body["trade_id"])).stored


def counted() -> list[tuple[str, str]]:
    """(stream, trade id) of what counts."""
    rows = Trade.objects.filter(counted=True).order_by("stream", "trade_id")
    return list(rows.values_list("stream", "trade_id"))


def rollups_from_trades() -> dict[tuple[int, int], Summary]:
    """What the "all" day rows should be, folded from the trades in one go."""
    found: dict[tuple[int, int], Summary] = {}
    rows = Trade.objects.filter(counted=True).order_by("exit_time", "trade_id")
    for book, *values in rows.values_list("book_id", *RESULT_FIELDS):
        trade = result(tuple(values))
        key = (book, trade.exit_time // 86_400_000_000)
        found[key] = found.get(key, Summary.EMPTY) + Summary.of(trade)
    return found


def rollups() -> dict[tuple[int, int], Summary]:
    rows = DayRollup.objects.filter(scope="all")
    return {(row.book_id, row.day): unpack(row.summary) for row in rows}


def everything() -> list[object]:
    """All that was projected, without the ids of rows."""
    trades = Trade.objects.order_by("stream", "seq").values()
    return [
        [{k: v for k, v in row.items() if k not in {"id", "book_id"}} for row in trades],
        list(EquityPoint.objects.order_by("time").values_list("time", "equity", "version")),
        list(EquityDay.objects.order_by("day").values_list("day", "equity", "low", "high_time")),
        [(day, summary) for (_, day), summary in sorted(rollups().items())],
        list(Position.objects.values_list("trade_id", "unrealised")),
        list(Bot.objects.values_list("version", "equity", "last_recorded_at")),
        list(Checkpoint.objects.values_list("stream", "seq")),
    ]
