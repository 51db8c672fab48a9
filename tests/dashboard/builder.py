"""A made-up bot's history, recorded through the real Recorder.

The law holds at every candle: equity == deposits + realised + unrealised.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from trader.store import Recorder

START = datetime(2026, 1, 1, tzinfo=UTC)
CANDLE = timedelta(minutes=15)
CENT = Decimal("0.01")
SETTINGS = {
    "adx_period": 14,
    "adx_threshold": 25,
    "ema_fast": 20,
    "ema_slow": 50,
    "stop_atr": "2.0",
    "target_atr": "3.0",
    "risk_fraction": "0.01",
    "fee_rate": "0.001",
}


@dataclass
class History:
    """A bot on a random walk: opens, holds and closes one position at a time."""

    recorder: Recorder
    seed: int = 1
    symbol: str = "BTCUSDT"
    account: str = "demo"
    quote_asset: str = "USDT"
    deposits: Decimal = Decimal(10_000)
    realised: Decimal = Decimal(0)
    price: Decimal = Decimal(42_000)
    number: int = 0
    held: dict[str, Any] | None = None
    risk_known: bool = True
    net_pnls: list[Decimal] = field(default_factory=list)
    time: datetime = START

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def start(self, *, feed: str = "demo", deposit: bool = True) -> None:
        """What a bot says first."""
        started = {
            "strategy": "ADX trend",
            "symbol": self.symbol,
            "interval": "15m",
            "feed": feed,
            "software": "Blotter 0.1",
        }
        self.append("bot.started", {**started, **self.money()})
        self.append("settings.changed", {"settings": SETTINGS})
        if deposit:
            self.append("cash.deposited", {"asset": self.quote_asset, "amount": self.deposits})

    def candles(self, count: int) -> None:
        """Live through `count` candles, trading now and then."""
        for _ in range(count):
            self.time += CANDLE
            before = self.price
            step = Decimal(self.random.gauss(0.02, 1)) * self.price / 400
            self.price = (self.price + step).quantize(CENT)
            if self.held is None and self.random.random() < 0.12:
                self.open()
            elif self.held is not None and self.random.random() < 0.1:
                self.close()
            self.snapshot(before)

    def open(self) -> None:
        """Enter long at the candle's price."""
        self.number += 1
        quantity = (Decimal(2_500) / self.price).quantize(Decimal("0.00001"))
        self.held = {
            "trade_id": f"{self.recorder.version}-{self.number:05d}",
            "symbol": self.symbol,
            "side": "long",
            "quantity": quantity,
            "entry_price": self.price,
            "entry_time": self.time,
            "stop_loss_price": (self.price * Decimal("0.98")).quantize(CENT),
            "take_profit_price": (self.price * Decimal("1.03")).quantize(CENT),
            "fee": self.fee(self.price, quantity),
        }
        self.append("position.opened", {**self.held, **self.money()}, ref=self.held["trade_id"])

    def close(self, *, price: Decimal | None = None, reason: str = "signal") -> str:
        """Close what is open; the trade's id."""
        assert self.held is not None
        held, self.held = self.held, None
        exit_price = self.price if price is None else price
        fee = held["fee"] + self.fee(exit_price, held["quantity"])
        net = (exit_price - held["entry_price"]) * held["quantity"] - fee
        self.realised += net
        self.net_pnls.append(net)
        risk = (held["entry_price"] - held["stop_loss_price"]) * held["quantity"]
        trade = {name: value for name, value in held.items() if name != "fee"} | {
            "exit_time": self.time,
            "exit_price": exit_price,
            "fee": fee,
            "net_pnl": net,
            "exit_reason": self.random.choice(["stop_loss", "take_profit", reason]),
            "initial_risk": risk if self.risk_known else None,
            "mae": min(net, Decimal(0)) - Decimal("4.20"),
            "mfe": max(net, Decimal(0)) + Decimal("6.10"),
            "funding": "0",
            "strategy": "ADX trend",
        }
        self.recorder.trade(occurred_at=self.time, **trade, **self.money())
        return str(held["trade_id"])

    def snapshot(self, before: Decimal) -> None:
        """The state at the candle's close."""
        positions, unrealised = [], Decimal(0)
        if self.held is not None:
            held = self.held
            unrealised = (self.price - held["entry_price"]) * held["quantity"] - held["fee"]
            positions = [{**held, "unrealised": unrealised, "price": self.price}]
        equity = self.deposits + self.realised + unrealised
        value = self.held["quantity"] * self.price if self.held else Decimal(0)
        self.append(
            "state.snapshot",
            {
                "symbol": self.symbol,
                "interval": "15m",
                **self.money(),
                "candle": {
                    "open_time": self.time - CANDLE,
                    "close_time": self.time,
                    "open": before,
                    "high": max(before, self.price),
                    "low": min(before, self.price),
                    "close": self.price,
                    "volume": "12.5",
                },
                "indicators": {
                    "adx": round(self.random.uniform(12, 40), 2),
                    "plus_di": 24.1,
                    "minus_di": 17.3,
                    "ema_fast": float(self.price),
                    "ema_slow": float(before),
                    "atr": 120.5,
                },
                "signal": "hold",
                "balance": equity - value,
                "equity": equity,
                "realised": self.realised,
                "unrealised": unrealised,
                "deposits": self.deposits,
                "positions": positions,
                "orders": [],
            },
        )

    def append(self, kind: str, body: dict[str, Any], ref: str | None = None) -> None:
        """One event at the history's time."""
        ack = self.recorder.append(kind, body, ref=ref, occurred_at=self.time)
        assert ack.seq is not None, self.recorder.health

    def money(self) -> dict[str, str]:
        """Which money every body is about."""
        return {"quote_asset": self.quote_asset, "account": self.account}

    def fee(self, price: Decimal, quantity: Decimal) -> Decimal:
        """A tenth of a percent, rounded to 1e-8."""
        return (price * quantity / 1000).quantize(Decimal("1e-8"))


@contextmanager
def history(
    folder: Path, *, bot: str = "demo", version: str = "8.01", mode: str = "demo", **more: Any
) -> Iterator[History]:
    """A history that has said its first words; everything is in SQLite afterwards."""
    recorder = Recorder(bot, version=version, mode=mode, folder=folder)
    try:
        told = History(recorder, **more)
        told.start()
        yield told
        assert recorder.flush(30)
    finally:
        recorder.close()


def three_versions(
    folder: Path, *, candles: int = 400, versions: Sequence[str] = ("8.01", "8.02", "8.03")
) -> History:
    """A demo bot that ran several versions one after another; its last state."""
    past: History | None = None
    for version in versions:
        recorder = Recorder("demo", version=version, mode="demo", folder=folder)
        told = History(recorder)
        if past is not None:
            told.random, told.price, told.time = past.random, past.price, past.time
            told.realised, told.held = past.realised, past.held
            told.net_pnls = past.net_pnls
        told.start(deposit=past is None)
        told.candles(candles)
        assert recorder.flush(60)
        recorder.close()
        past = told
    assert past is not None
    return past
