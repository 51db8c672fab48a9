"""Whatever a body holds, the projector goes on, and makes no number of it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.models import Checkpoint, Trade
from dashboard.projection import projector
from trader.store import Recorder

TRADE: dict[str, Any] = {
    "symbol": "BTCUSDT", "side": "long", "quantity": "1", "entry_price": "1", "exit_price": "2",
    "fee": "0", "net_pnl": "1", "entry_time": "2026-01-01T00:00:00Z",
    "exit_time": "2026-01-01T01:00:00Z", "exit_reason": "x", "quote_asset": "USDT",
    "account": "live", "stop_loss_price": "1", "mae": "0", "initial_risk": "1",
}  # fmt: skip
SNAPSHOT: dict[str, Any] = {
    "symbol": "BTCUSDT", "interval": "1m", "quote_asset": "USDT", "account": "live",
    "balance": "1", "equity": "1", "realised": "0", "unrealised": "0", "deposits": "1",
    "positions": [], "indicators": {},
    "candle": {"open_time": "2026-01-01T00:00:00Z", "close_time": "2026-01-01T00:01:00Z",
               "open": "1", "high": "1", "low": "1", "close": "1", "volume": "1"},
}  # fmt: skip
NO_NUMBERS = ["NaN", "Infinity", "abc", " ", True, [], {}, "1_000", "١٢", "0x10", "-", "1,5"]
TOO_LARGE = ["1E+1000000", 1e308, 10**30, "9" * 40, "1e30"]
BAD = [*NO_NUMBERS, *TOO_LARGE]
NUMBERS = ["net_pnl", "fee", "quantity", "entry_price", "exit_price", "mae", "initial_risk"]
FIELDS = ["trade_id", "settings", "amount", "batch", "fields", "positions", "net_pnl"]
OTHERS = [
    "position.opened", "position.changed", "trade.voided", "trade.corrected", "cash.deposited",
    "cash.withdrawn", "funding.paid", "risk.halted", "risk.resumed", "import.started",
    "import.finished", "import.quarantined", "order.submitted", "order.filled", "bot.started",
    "bot.stopped", "settings.changed", "signal.raised",
]  # fmt: skip


@pytest.fixture
def recorder(data: Path, db: None) -> Recorder:
    return Recorder("bot", version="1", mode="live", folder=data)


def projected(recorder: Recorder) -> None:
    """A good trade behind it all, then everything to the projector."""
    recorder.trade(trade_id="good", **TRADE)
    recorder.close()
    projector.project()
    assert Trade.objects.filter(trade_id="good").exists()


@pytest.mark.parametrize("name", NUMBERS)
def test_a_trade_with_a_bad_number_is_no_trade_and_is_counted(
    recorder: Recorder, name: str
) -> None:
    for number, bad in enumerate(BAD):
        assert recorder.trade(trade_id=str(number), **{**TRADE, name: bad}).stored
    projected(recorder)
    assert Trade.objects.count() == 1
    assert Checkpoint.objects.get(stream="bot").unreadable == len(BAD)


def test_an_empty_price_is_a_price_not_told(recorder: Recorder) -> None:
    recorder.trade(trade_id="1", **{**TRADE, "exit_price": ""})
    projected(recorder)
    assert Trade.objects.get(trade_id="1").exit_price == ""


@pytest.mark.parametrize("name", ["entry_time", "exit_time", "side", "symbol", "account"])
def test_a_trade_with_a_bad_word_or_time_stops_nothing(recorder: Recorder, name: str) -> None:
    for number, bad in enumerate([*BAD, None]):
        assert recorder.trade(trade_id=str(number), **{**TRADE, name: bad}).stored
    projected(recorder)


@pytest.mark.parametrize("name", SNAPSHOT)
def test_a_bad_snapshot_stops_nothing(recorder: Recorder, name: str) -> None:
    for bad in [*BAD, None]:
        assert recorder.snapshot(**{**SNAPSHOT, name: bad}).stored
    projected(recorder)


@pytest.mark.parametrize("kind", OTHERS)
def test_a_body_of_another_shape_stops_nothing(recorder: Recorder, kind: str, page: Client) -> None:
    for body in [{}, *({name: bad} for name in FIELDS for bad in BAD)]:
        assert recorder.append(kind, body).stored
        assert recorder.append(kind, body, ref="good").stored
    projected(recorder)
    for address in ("status", "balance", "positions", "trades", "stats", "equity", "versions"):
        assert page.get(f"/api/{address}").status_code == 200
