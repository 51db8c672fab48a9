"""What candles tell of a trade: how far the price went while it was open, and the market it met."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

import numpy as np
from numpy.typing import NDArray

from dashboard.backfill.candles import Bars
from dashboard.performance.regimes import UNKNOWN, regime

# ADX(14) is within 0.001 of its limit after 150 candles; what a bot is asked to wait for is 250.
WARM = 250
PERIOD = 14
UNIT = Decimal("1e-8")
OTHER_PRICES = "other prices"
SLACK = Decimal("0.01")  # prices of another exchange, or a trade's slippage, lie so far outside

Floats = NDArray[np.float64]
Indicators = Callable[[Floats, Floats, Floats, int], tuple[float, float]]
"""high, low, close, period -> the last ADX (0 to 100) and ATR (quote currency)."""


@dataclass(frozen=True, slots=True)
class Held:
    """A trade as far as candles care. Times in microseconds; `direction` +1 long, -1 short."""

    entry_time: int
    exit_time: int
    entry_price: str
    exit_price: str
    quantity: str
    direction: int


@dataclass(frozen=True, slots=True)
class Excursions:
    """The worst and best unrealised money, before fees; or why there is none to be told."""

    mae: Decimal | None = None
    mfe: Decimal | None = None
    why: str = ""


def excursions(trade: Held, bars: Bars) -> Excursions:
    """mae <= 0 <= mfe in quote currency, as the bot's own: (price - entry) x quantity.

    Counted are the prices dealt at and the range of every candle that lies whole within the
    trade. Within the candles of entry and exit nobody knows what came first; what else they
    hold is left out, as a bot leaves out the candle it was stopped in.
    """
    try:
        entry, left = Decimal(trade.entry_price), Decimal(trade.exit_price)
        quantity = Decimal(trade.quantity)
    except InvalidOperation:
        return Excursions(why="no prices or quantity")
    if not (entry.is_finite() and left.is_finite() and quantity.is_finite() and trade.direction):
        return Excursions(why="no prices or quantity")
    begin, end = trade.entry_time // 1_000, trade.exit_time // 1_000
    first, last = bars.place(begin), bars.place(end)
    if last < 0 and end % bars.length == 0:
        last = bars.place(end - 1)  # left at the very close of the last candle there is
    if first < 0 or last < 0 or not bars.unbroken(first, last):
        return Excursions(why="not covered")
    if not (_within(entry, bars, first, begin) and _within(left, bars, last, end)):
        return Excursions(why=OTHER_PRICES)
    whole_first = first if int(bars.opens[first]) == begin else first + 1
    whole_last = last if int(bars.opens[last]) + bars.length <= end else last - 1
    if whole_first > whole_last:
        return Excursions(why="candles too long")
    inside = slice(whole_first, whole_last + 1)
    prices = (left, _exact(bars.low[inside].min()), _exact(bars.high[inside].max()))
    moved = [(price - entry) * quantity * trade.direction for price in prices]
    return Excursions(
        min(Decimal(0), *moved).quantize(UNIT, ROUND_HALF_EVEN),
        max(Decimal(0), *moved).quantize(UNIT, ROUND_HALF_EVEN),
    )


def entry_regime(entry_time: int, bars: Bars, indicators: Indicators) -> str:
    """The market when the trade was entered, from the candles closed by then; "unknown" where
    fewer than WARM in a row are."""
    begin = entry_time // 1_000
    last = int(np.searchsorted(bars.opens, begin - bars.length, side="right")) - 1
    first = last - WARM + 1
    if first < 0 or begin - int(bars.opens[last]) >= 2 * bars.length:
        return UNKNOWN
    if not bars.unbroken(first, last):
        return UNKNOWN
    seen = slice(first, last + 1)
    adx, atr = indicators(bars.high[seen], bars.low[seen], bars.close[seen], PERIOD)
    if not (math.isfinite(adx) and math.isfinite(atr)):
        return UNKNOWN
    return regime(adx, atr, float(bars.close[last]), bars.length / 1_000)


def _within(price: Decimal, bars: Bars, at: int, moment: int) -> bool:
    """Whether a candle (or its neighbour, where the clock stood between them) knows a price."""
    neighbours = {at}
    if moment - int(bars.opens[at]) < 2_000 and at > 0:
        neighbours.add(at - 1)
    if int(bars.opens[at]) + bars.length - moment < 2_000 and at + 1 < len(bars):
        neighbours.add(at + 1)
    low = min(_exact(bars.low[each]) for each in neighbours)
    high = max(_exact(bars.high[each]) for each in neighbours)
    return low * (1 - SLACK) <= price <= high * (1 + SLACK)


def _exact(price: np.float64) -> Decimal:
    return Decimal(repr(float(price)))
