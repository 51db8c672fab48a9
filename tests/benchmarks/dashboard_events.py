"""A bot's years as a stream, written in bulk: so many trades over the same days and candles.

One bot, eight versions one after another, five symbols, both sides; a snapshot at each candle's
close. Whatever their number, the trades are spread over the same days. Signals, orders and
fills are left out: of them the site makes no figure of the page.
"""

import json
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from dashboard.units import DAY, iso, text
from trader.store.codec import Row, chain, payload_of
from trader.store.database import INSERT, open_writer
from trader.store.model import GENESIS
from trader.store.paths import private_folder, stream_paths

BOT = "trend"
MODE = "replay"
MONEY = {"quote_asset": "USDT", "account": "bench"}
VERSIONS = tuple(f"8.{number:02d}" for number in range(1, 9))
SYMBOLS = {"BTCUSDT": 42_000, "ETHUSDT": 2_300, "SOLUSDT": 95, "BNBUSDT": 310, "XRPUSDT": 0.6}
REASONS = ("stop_loss", "take_profit", "signal", "timeout")
START = 19_358 * DAY  # 2023-01-01, microseconds
DEPOSIT = 10_000_000 * 10**8
BATCH = 20_000
Body = dict[str, Any]


class Plan(NamedTuple):
    """How much a stream holds."""

    trades: int
    days: int
    candles_a_day: int

    @property
    def end(self) -> int:
        """The last candle's close, microseconds."""
        return START + self.days * DAY


def fill(folder: Path, plan: Plan) -> int:
    """Write the stream; the number of events."""
    paths = stream_paths(BOT, folder)
    private_folder(paths.events)
    connection = open_writer(paths.database)
    written, previous = 0, GENESIS
    events = _events(plan)
    while batch := list(islice(events, BATCH)):
        rows = []
        for row in batch:
            previous = chain(previous, payload_of(row))
            rows.append((*row, previous))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INSERT, rows)
        connection.execute("COMMIT")
        written += len(rows)
    connection.close()
    return written


def trade(number: int, at: int, chance: random.Random) -> tuple[int, Body]:
    """One trade that ends at `at`: its net_pnl (1e-8 quote) and its body."""
    symbol = chance.choice(tuple(SYMBOLS))
    entry = SYMBOLS[symbol] * chance.uniform(0.8, 1.2)
    long = chance.random() < 0.7
    risk = chance.uniform(20, 60)
    # Losers end near their stop, winners run: fat to the right, a little better than nothing.
    multiple = chance.expovariate(0.55) if chance.random() < 0.38 else -chance.uniform(0.2, 1.1)
    net = 0 if chance.random() < 0.01 else int(risk * multiple * 1e8)
    quantity = 2_500 / entry
    leave = entry + (net / 1e8 + 5) / quantity * (1 if long else -1)
    risk_units = int(risk * 1e8)
    return net, {
        "trade_id": f"t{number:07d}",
        "symbol": symbol,
        "side": "long" if long else "short",
        "entry_time": iso(at - int(chance.expovariate(1 / 5_400) + 60) * 1_000_000),
        "exit_time": iso(at),
        "entry_price": f"{entry:.4f}",
        "exit_price": f"{leave:.4f}",
        "quantity": f"{quantity:.6f}",
        "fee": text(500_000_000),
        "net_pnl": text(net),
        "exit_reason": chance.choice(REASONS),
        **MONEY,
        "stop_loss_price": f"{entry * (0.98 if long else 1.02):.4f}",
        "take_profit_price": f"{entry * (1.04 if long else 0.96):.4f}",
        "initial_risk": text(risk_units),
        "mae": text(min(net, 0) - risk_units // 10),
        "mfe": text(max(net, 0) + risk_units // 8),
        "funding": "0",
        "strategy": "ADX trend",
    }


def _events(plan: Plan) -> Iterator[Row]:
    chance = random.Random(8)
    candle = DAY // plan.candles_a_day
    candles = plan.days * plan.candles_a_day
    seq, made, realised = 3, 0, 0
    yield from _first_words()
    for number in range(candles):
        closes = START + (number + 1) * candle
        version = VERSIONS[number * len(VERSIONS) // candles]
        due = plan.trades * (number + 1) // candles
        ends = sorted(closes - chance.randrange(candle) for _ in range(due - made))
        for at in ends:
            made += 1
            net, body = trade(made, at, chance)
            realised += net
            seq += 1
            yield _row(seq, at, "trade.closed", version, body, body["trade_id"])
        seq += 1
        yield _row(seq, closes, "state.snapshot", version, _snapshot(closes, candle, realised))


def _first_words() -> Iterator[Row]:
    started = {"strategy": "ADX trend", "symbol": "BTCUSDT", "interval": "15m", "feed": "replay"}
    yield _row(1, START, "bot.started", VERSIONS[0], {**started, "software": "", **MONEY})
    yield _row(2, START, "settings.changed", VERSIONS[0], {"settings": {"adx_period": 14}})
    deposit = {"asset": "USDT", "amount": text(DEPOSIT), "account": "bench"}
    yield _row(3, START, "cash.deposited", VERSIONS[0], deposit)


def _snapshot(closes: int, candle: int, realised: int) -> Body:
    unrealised = (closes // candle * 7919 % 401 - 200) * 10**7  # wanders, the same in every run
    price = 42_000 + closes // candle * 31 % 900
    return {
        "symbol": "BTCUSDT",
        "interval": "15m",
        **MONEY,
        "candle": {
            "open_time": iso(closes - candle),
            "close_time": iso(closes),
            "open": str(price),
            "high": str(price + 30),
            "low": str(price - 30),
            "close": str(price + 5),
            "volume": "12.5",
        },
        "indicators": {
            "adx": 27.31,
            "plus_di": 24.1,
            "minus_di": 17.3,
            "ema_fast": price + 0.25,
            "ema_slow": price - 12.5,
            "atr": 120.5,
        },
        "signal": "hold",
        "balance": text(DEPOSIT + realised),
        "equity": text(DEPOSIT + realised + unrealised),
        "realised": text(realised),
        "unrealised": text(unrealised),
        "deposits": text(DEPOSIT),
        "positions": [],
        "orders": [],
    }


def _row(seq: int, at: int, kind: str, version: str, body: Body, ref: str | None = None) -> Row:
    packed = json.dumps(body, separators=(",", ":"))
    return seq, at, at, kind, 1, BOT, version, MODE, ref, packed
