"""Candles as events: a UTC day's candles of one symbol and interval in one event.

A candle an event would take many times the room, and nobody asks for a candle by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

STREAM = "candles"
KIND = "candles.recorded"
DAY_MS = 86_400_000
MOST = 5_000  # candles of one event
UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY_MS, "w": 7 * DAY_MS}

Figures = tuple[str, str, str, str, str]
"""open, high, low, close (quote currency) and volume (base), as text."""
Candles = dict[int, Figures]
"""By open time, UTC milliseconds."""


def length_of(interval: str) -> int:
    """Milliseconds of an interval such as "15m". Raises ValueError."""
    number, unit = interval[:-1], interval[-1:]
    if not (number.isascii() and number.isdecimal() and int(number) and unit in UNITS):
        raise ValueError(f"interval {interval!r} is not a number and one of s, m, h, d, w, as 15m")
    return int(number) * UNITS[unit]


def plain_symbol(symbol: str) -> str:
    """BTCUSDT for BTC/USDT, btc-usdt and the like."""
    return "".join(character for character in symbol.upper() if character.isalnum())


def ref_of(symbol: str, interval: str, day: int) -> str:
    """What a day's events are about; `day` counts from 1970-01-01."""
    date = datetime.fromtimestamp(day * 86_400, UTC).date()
    return f"{symbol} {interval} {date.isoformat()}"


def bodies(
    symbol: str, interval: str, candles: Candles, source: Mapping[str, Any]
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(ref, close of the last candle in microseconds, body) of the events, oldest first."""
    length = length_of(interval)
    days: dict[int, list[int]] = defaultdict(list)
    for opened in sorted(candles):
        days[opened // DAY_MS].append(opened)
    for day, opens in days.items():
        for first in range(0, len(opens), MOST):
            part = opens[first : first + MOST]
            body = {
                "symbol": symbol,
                "interval": interval,
                "columns": ["open_time", "open", "high", "low", "close", "volume"],
                "candles": [" ".join((str(opened), *candles[opened])) for opened in part],
                "source": dict(source),
            }
            yield ref_of(symbol, interval, day), (part[-1] + length) * 1_000, body


def candles_of(body: Mapping[str, Any]) -> Candles:
    """The candles of one event's body."""
    found: Candles = {}
    for told in body.get("candles") or []:
        opened, *figures = str(told).split(" ")
        if len(figures) == 5:
            found[int(opened)] = (figures[0], figures[1], figures[2], figures[3], figures[4])
    return found


@dataclass(slots=True)
class Merged:
    """What is new among candles, and what says otherwise than what is recorded."""

    fresh: Candles = field(default_factory=dict)
    known: int = 0
    differing: list[int] = field(default_factory=list)


def merge(recorded: Candles, given: Candles, into: Merged) -> None:
    """Add what `given` has beyond `recorded`; a recorded candle stands."""
    for opened, figures in given.items():
        before = recorded.get(opened)
        if before is None:
            into.fresh[opened] = figures
        elif same(before, figures):
            into.known += 1
        else:
            into.differing.append(opened)


def same(one: Figures, other: Figures) -> bool:
    """Equal prices and volume, however many zeros are written."""
    return one == other or [float(each) for each in one] == [float(each) for each in other]


class Bars:
    """Candles in time's order as arrays, prices in quote currency.

    Floats hold every price of up to 15 digits, and give the same digits back.
    """

    def __init__(self, interval: str, candles: Candles) -> None:
        self.interval = interval
        self.length = length_of(interval)
        self.opens: NDArray[np.int64] = np.array(sorted(candles), dtype=np.int64)
        rows = [candles[int(opened)] for opened in self.opens]
        table = np.array([[float(text) for text in row[1:4]] for row in rows]).reshape(-1, 3)
        self.high, self.low, self.close = (np.ascontiguousarray(table[:, at]) for at in range(3))

    def __len__(self) -> int:
        return len(self.opens)

    def place(self, moment: int) -> int:
        """The index of the candle in which `moment` (milliseconds) lies; -1 where none does."""
        at = int(np.searchsorted(self.opens, moment, side="right")) - 1
        return at if at >= 0 and moment < int(self.opens[at]) + self.length else -1

    def unbroken(self, first: int, last: int) -> bool:
        """Whether no candle is missing between two places, both included."""
        return int(self.opens[last] - self.opens[first]) == (last - first) * self.length


def days_between(first: int, last: int) -> Sequence[int]:
    """UTC days from one time to another (milliseconds), both included."""
    return range(first // DAY_MS, last // DAY_MS + 1)


def joined(parts: Iterable[Candles]) -> Candles:
    """Several events' candles as one; the first word about a candle stands."""
    found: Candles = {}
    for part in parts:
        for opened, figures in part.items():
            found.setdefault(opened, figures)
    return found
