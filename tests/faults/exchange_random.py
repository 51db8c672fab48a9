"""A long life on the simulated exchange: a random market, a restless script, faults at random."""

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tests.faults.exchange_life import (
    START,
    STEP,
    TIMEOUT,
    Clock,
    NearLever,
    candles_of,
    faults_found,
    make_exchange,
    served,
    to_the_end,
)
from tests.trader.fakes import Died, MemoryLog
from trader.domain import events
from trader.domain.order import Order
from trader.domain.signal import Action
from trader.exchange.simulated.faults import ONLY_BEFORE, Fault, Kind
from trader.exchange.simulated.fees import Charged
from trader.runner import read_book

_RARE = 0.02  # of requests that meet a fault
_DEATHS = 0.0005  # of appended events at which the bot dies


@dataclass
class Outcome:
    """What a random run came to; `wrong` says where bot and exchange differ at its end."""

    candles: int = 0
    trades: int = 0
    faults: int = 0
    restarts: int = 0
    wrong: list[str] = field(default_factory=list)


def market(candles: int, dice: random.Random) -> list[tuple[str, str, str, str]]:
    """A random walk around 100 with now and then a jump; two decimals."""
    rows, price = [], 100.0
    for _ in range(candles):
        opened = price * (1 + dice.gauss(0, 0.05) if dice.random() < 0.01 else 1)
        path = [opened]
        for _ in range(4):
            pull = 0.01 * (100 - path[-1]) / 100
            path.append(path[-1] * (1 + pull + dice.gauss(0, 0.008)))
        price = path[-1]
        rows.append(tuple(f"{each:.2f}" for each in (opened, max(path), min(path), price)))
    return rows  # type: ignore[return-value]


def script(seed: int) -> Callable[[int], Action]:
    """Enters on a third of the candles, leaves on a tenth; the same for the same candle."""

    def wants(number: int) -> Action:
        drawn = random.Random(seed * 1_000_003 + number).random()
        if drawn < 0.33:
            return Action.ENTER
        return Action.EXIT if drawn > 0.9 else Action.HOLD

    return wants


def random_run(candles: int, seed: int, charged: Charged = Charged.RECEIVED) -> Outcome:
    """So many candles with faults, partial fills and deaths drawn from `seed`.

    A death is raised out of everything at an append, and a new bot is made from the log: all its
    state but the log is lost, as with a kill; the process stays, for speed.
    """
    dice = random.Random(seed)

    def liquidity(_order: Order, left: Decimal) -> Decimal:
        share = Decimal(dice.choice((1, 1, 1, 1, 1, 1, 1, 1, 2, 5)))
        return (left / share).quantize(Decimal("0.001"))

    exchange = make_exchange(
        candles_of(market(candles, dice)), charged=charged, liquidity=liquidity
    )
    kinds = [
        Fault(kind, after=after, seconds=_seconds(kind))
        for kind in Kind
        for after in (False, True)
        if not (after and kind in ONLY_BEFORE)
    ]
    outcome, log = Outcome(candles), MemoryLog()
    until = START + (candles - 4) * STEP

    def drawn() -> Fault | None:
        return dice.choice(kinds) if exchange.now < until and dice.random() < _RARE else None

    exchange.faults.by_chance = drawn
    with served(exchange) as root, tempfile.TemporaryDirectory() as folder:
        pause_file = Path(folder) / "pause.json"
        while True:
            log.dies_at = None
            if exchange.now < until:
                log.dies_at = len(log.events) + int(dice.expovariate(_DEATHS)) + 1
            clock = Clock(NearLever(exchange), START + (candles - 1) * STEP)
            try:
                to_the_end(
                    root,
                    clock,
                    lambda _version: log,
                    lambda: log,
                    wants=script(seed),
                    pause_file=pause_file,
                )
            except Died:
                outcome.restarts += 1
                continue
            break
    log.dies_at = None
    outcome.faults = exchange.faults.met
    outcome.trades = len(log.of_kind(events.TRADE_CLOSED))
    outcome.wrong = faults_found(exchange, read_book(log), log.events)
    return outcome


def _seconds(kind: Kind) -> float:
    return TIMEOUT + 0.05 if kind in (Kind.TIMEOUT, Kind.SLOW) else 15.0
