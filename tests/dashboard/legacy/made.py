"""Trades with a known truth, to be written down in one form or another."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

MARKETS = {"BTCUSDT": 42_000, "ETHUSDT": 2_300, "SOLUSDT": 95}


@dataclass(frozen=True)
class Made:
    """A closed trade; `net` is its gross result less the fee, to 1e-8."""

    symbol: str
    side: int
    entered: datetime
    left: datetime
    entry: Decimal
    exit: Decimal
    quantity: Decimal
    fee: Decimal

    @property
    def word(self) -> str:
        """LONG or SHORT."""
        return "LONG" if self.side > 0 else "SHORT"

    @property
    def gross(self) -> Decimal:
        """(exit - entry) x quantity x side."""
        return (self.exit - self.entry) * self.quantity * self.side

    @property
    def net(self) -> Decimal:
        """The result after the fee."""
        return (self.gross - self.fee).quantize(Decimal("1e-8"))


def made(count: int, *, seed: int = 1, markets: Iterable[str] = MARKETS) -> list[Made]:
    """Trades one after the other, on several markets, long and short."""
    rng = random.Random(seed)
    names = list(markets)
    found: list[Made] = []
    clock = datetime(2024, 1, 3, 4, 5, 6)  # noqa: DTZ001 - logs print naive times
    for _ in range(count):
        symbol = rng.choice(names)
        entry = Decimal(f"{MARKETS[symbol] * rng.uniform(0.95, 1.05):.2f}")
        left = Decimal(f"{float(entry) * (1 + rng.gauss(0.001, 0.012)):.2f}")
        quantity = Decimal(f"{rng.uniform(200, 3_000) / MARKETS[symbol]:.4f}")
        entered = clock + timedelta(seconds=rng.randint(600, 9_000))
        clock = entered + timedelta(seconds=rng.randint(60, 9_000))
        fee = ((entry + left) * quantity * Decimal("0.0004")).quantize(Decimal("1e-8"))
        side = rng.choice((1, -1))
        found.append(Made(symbol, side, entered, clock, entry, left, quantity, fee))
    return found


def log(header: str, trades: Iterable[Made], row: Callable[[Made], object]) -> str:
    """A header and a line a trade; a row may be several lines."""
    return "\n".join([header, *(str(row(trade)) for trade in trades)]) + "\n"
