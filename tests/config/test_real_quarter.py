"""The main job, end to end: a real quarter replayed by `up`, then read over HTTP by a login."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from tests.config.test_up import PASSWORD, Running, all_trades
from trader.store import verify

CANDLES = os.environ.get("BLOTTER_REAL_CANDLES", "")
STREAM = "replay-BTCUSDT_15m_2024Q1"

pytestmark = pytest.mark.skipif(
    not CANDLES, reason="BLOTTER_REAL_CANDLES names no file with BTCUSDT's first quarter of 2024"
)


def test_a_real_quarter_from_candle_to_figure(tmp_path: Path) -> None:
    """One run, since it takes a quarter of real candles; each figure against the other."""
    data = tmp_path / "data"
    up = Running(data, "--feed", "replay", "--candles", CANDLES, BLOTTER_PASSWORD=PASSWORD)
    try:
        up.log_in()
        while (up.get("/api/status")["bots"] or [{"state": ""}])[0]["state"] != "finished":
            assert up.process.poll() is None
        stats, balance = up.get("/api/stats"), up.get("/api/balance")
        total = sum(Decimal(trade["net_pnl"]) for trade in all_trades(up))
    finally:
        assert up.ctrl_c() == 0
    change = Decimal(balance["equity"]) - Decimal(balance["deposits"])
    assert total == Decimal(stats["net_pnl"])
    assert change == Decimal(balance["realised"]) + Decimal(balance["unrealised"])
    assert verify(STREAM, folder=data).ok
