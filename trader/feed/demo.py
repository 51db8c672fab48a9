"""The demo market: made-up candles that need no network, the same ones for the same seed.

Regimes of drift and volatility follow one another for hours to days; within them prices walk at
random. Nothing here is meant to look like any real market's past, and every page says so.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from math import exp

from trader.domain.candle import Candle
from trader.domain.symbol import SymbolRules

START = datetime(2026, 1, 1, tzinfo=UTC)
INTERVAL = "15m"
PAST_CANDLES = 181 * 96
SYMBOL = "DEMOUSDT"
RULES = SymbolRules(
    symbol=SYMBOL,
    base_asset="DEMO",
    quote_asset="USDT",
    tick_size=Decimal("0.01"),
    step_size=Decimal("0.0001"),
    min_quantity=Decimal("0.0001"),
    min_notional=Decimal(5),
)
_STEPS_PER_CANDLE = 6
# A market without any trend loses every trend follower his fees; one with clear trends flatters
# him. These drifts leave the demo's versions near break-even, as honest ones mostly are.
_DRIFTS = (0.0, 0.0, 0.0, 0.0004, 0.0005, -0.0004, -0.0005)
_PULL = 0.0002
_FIRST_PRICE = 1_000.0
_LENGTH = timedelta(minutes=15)


class DemoFeed:
    """Half a year at once, then a candle each time `wait` lets one through.

    `wait()` blocks until the next live candle is due and answers False when it is time to stop.
    The clock is the market's own: it begins at START and knows nothing of today.
    """

    def __init__(self, seed: int, wait: Callable[[], bool], past: int = PAST_CANDLES) -> None:
        self._seed = seed
        self._wait = wait
        self._past = past

    def history(self, until: datetime | None, limit: int) -> list[Candle]:
        if until is None:
            return []
        last = number_of(until)
        first = max(0, last + 1 - limit)
        return list(islice(generate(self._seed), first, last + 1))

    def fresh(self, candle: Candle) -> bool:  # noqa: ARG002  (its past is its present)
        return True

    def candles(self, after: datetime | None) -> Iterator[Candle]:
        first = 0 if after is None else number_of(after) + 1
        for number, candle in enumerate(islice(generate(self._seed), first, None), first):
            if number >= self._past and not self._wait():
                return
            yield candle


def number_of(open_time: datetime) -> int:
    """How many candles the market had made before the one opened at `open_time`."""
    return (open_time - START) // _LENGTH


def generate(seed: int) -> Iterator[Candle]:
    """The market's candles from START on, without end."""
    dice = random.Random(seed)  # noqa: S311  (a market, not a secret)
    price = _FIRST_PRICE
    open_time = START
    opened = _tick(price)
    for drift, volatility in _regimes(dice):
        path = [opened]
        for _ in range(_STEPS_PER_CANDLE):
            pull = _PULL * (1 - price / _FIRST_PRICE)
            step = dice.gauss(
                (drift + pull) / _STEPS_PER_CANDLE, volatility / _STEPS_PER_CANDLE**0.5
            )
            price *= exp(step)
            path.append(_tick(price))
        yield Candle(
            open_time=open_time,
            close_time=open_time + _LENGTH,
            open=opened,
            high=max(path),
            low=min(path),
            close=path[-1],
            volume=Decimal(dice.randrange(1_000_000, 90_000_000)) / 10_000,
        )
        open_time += _LENGTH
        opened = path[-1]


def _regimes(dice: random.Random) -> Iterator[tuple[float, float]]:
    """Drift and volatility of each candle, as fractions of the price."""
    while True:
        drift = dice.choice(_DRIFTS)
        volatility = dice.choice((0.0022, 0.0032, 0.0048))
        for _ in range(dice.randrange(40, 240)):
            yield drift, volatility


def _tick(price: float) -> Decimal:
    return Decimal(round(price * 100)) / 100
