"""Kills `backfill binance` wherever it stands and runs it again: python -m tests.faults.backfilling

The real python-binance client asks the simulated exchange for an account's fills. A run that
nobody disturbs says what must be there in the end, and how many steps it takes; then each life
is killed (kill -9, in a process of its own) at seeded steps, begun again, and at last let go:
every fill and every trade must be there once, as if nothing had happened.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

from trader.exchange.simulated.fees import Costs
from trader.exchange.simulated.server import Served, SimulatedExchange
from trader.feed import demo
from trader.store import Reader, verify

ROOT = Path(__file__).parents[2]
FULL, QUICK = 40, 3
KILLS = 3  # of each life, at the most
TRIPS = 8
STREAM = "backfill-binance"


@dataclass
class Outcome:
    """Counts over all lives."""

    lives: int = 0
    kills: int = 0
    steps: int = 0
    fills: int = 0
    trades: int = 0
    lost: int = 0
    twice: int = 0
    other: int = 0
    """Events that are not as in the undisturbed run."""
    broken_chains: int = 0


def run(lives: int, seed: int = 1) -> Outcome:
    """Live so often, each time killed up to three times."""
    chance, outcome = random.Random(seed), Outcome()
    account = _account()
    with tempfile.TemporaryDirectory() as folder, Served(account) as served:
        place = Path(folder)
        access = {
            "BLOTTER_BINANCE_ADDRESS": served.address,
            "BLOTTER_API_KEY": account.keys.key,
            "BLOTTER_API_SECRET": account.keys.secret,
        }
        (place / "whole").mkdir()
        _manage("migrate", "--verbosity", "0", data=place / "whole")
        shutil.copytree(place / "whole", place / "fresh")
        whole = _backfill(0, access, place / "whole")
        outcome.steps = int(whole.stdout.split()[-1])
        wanted = _told(place / "whole")
        outcome.fills, outcome.trades = (len(wanted[kind]) for kind in KINDS)
        for life in range(lives):
            account.advance(timedelta(minutes=15))  # else its clock's minute is used up some time
            shutil.copytree(place / "fresh", place / "life")
            part = (life + chance.random()) / lives  # the first kills are spread over the run
            _live(chance, outcome, access, place / "life", first=ceil(part * outcome.steps))
            _compare(outcome, wanted, place / "life")
            shutil.rmtree(place / "life")
    return outcome


def _account() -> SimulatedExchange:
    candles = list(islice(demo.generate(seed=5), 400))
    costs = Costs(Decimal("0.001"), Decimal(0))
    made = SimulatedExchange(
        demo.RULES, demo.INTERVAL, candles, costs=costs, cash=Decimal(1_000_000)
    )
    made.now = candles[10].open_time
    for number in range(2 * TRIPS):
        side = "SELL" if number % 2 else "BUY"
        order = {"symbol": demo.SYMBOL, "side": side, "type": "MARKET", "quantity": "0.01"}
        made.venue.place(order)
        made.advance(timedelta(minutes=15))
    return made


def _live(
    chance: random.Random, outcome: Outcome, access: dict[str, str], data: Path, *, first: int
) -> None:
    outcome.lives += 1
    others = [chance.randint(1, outcome.steps) for _ in range(chance.randrange(KILLS))]
    for at in (first, *others):
        ended = _backfill(at, access, data)
        if ended.returncode == 0:
            return  # the rest was less than that
        if ended.stderr:  # it had time to say something: no kill
            raise RuntimeError(ended.stderr)
        outcome.kills += 1
    _backfill(0, access, data)


def _backfill(at: int, access: dict[str, str], data: Path) -> subprocess.CompletedProcess[str]:
    words = ["binance", "--symbol", demo.SYMBOL, "--json"]
    module = ["-m", "tests.faults.backfilling_run", str(at), *words]
    return _python(module, data, access, must=not at)


def _manage(*words: str, data: Path) -> None:
    _python(["manage.py", *words], data, {}, must=True)


def _python(
    words: list[str], data: Path, more: dict[str, str], *, must: bool
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **more, "BLOTTER_DB": str(data)}
    ended = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if must and ended.returncode:
        raise RuntimeError(ended.stderr)
    return ended


KINDS = ("fill.recorded", "trade.closed")


def _told(data: Path) -> dict[str, list[tuple[str, Any]]]:
    """(id, body) of every event of a kind, in the stream's order."""
    events = Reader(STREAM, folder=data).read(0, 100_000)
    return {
        kind: [(str(event.ref), event.body) for event in events if event.kind == kind]
        for kind in KINDS
    }


def _compare(outcome: Outcome, wanted: dict[str, list[tuple[str, Any]]], data: Path) -> None:
    found = _told(data)
    for kind in KINDS:
        ids = [name for name, _ in found[kind]]
        outcome.twice += len(ids) - len(set(ids))
        outcome.lost += len({name for name, _ in wanted[kind]} - set(ids))
        bodies = dict(wanted[kind])
        outcome.other += sum(bodies.get(name) != body for name, body in found[kind])
    outcome.broken_chains += not verify(STREAM, folder=data).ok


def report(outcome: Outcome, *, quick: bool) -> dict[str, object]:
    """The figures and bars, as the last line has them."""
    checks = [
        ("fills and trades lost", outcome.lost, "<=", 0),
        ("recorded twice", outcome.twice, "<=", 0),
        ("recorded otherwise", outcome.other, "<=", 0),
        ("broken chains", outcome.broken_chains, "<=", 0),
        ("kills struck", outcome.kills, ">=", 1),
    ]
    bars = [
        {"name": name, "value": value, "op": op, "limit": limit,
         "ok": value <= limit if op == "<=" else value >= limit}
        for name, value, op, limit in checks
    ]  # fmt: skip
    names = ("lives", "kills", "steps", "fills", "trades")
    figures = {name: getattr(outcome, name) for name in names}
    return {
        "name": "backfilling", "quick": quick, "figures": figures, "bars": bars,
        "ok": all(bar["ok"] for bar in bars),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.backfilling",
        description="Kill backfills and begin them again.",
    )
    parser.add_argument("--quick", action="store_true", help="within 30 seconds")
    parser.add_argument("--seed", type=int, default=1, help="where they are killed")
    options = parser.parse_args()
    result = report(run(QUICK if options.quick else FULL, options.seed), quick=options.quick)
    for name, value in result["figures"].items():  # type: ignore[attr-defined]
        print(f"{name:24} {value:>8,}")
    for bar in result["bars"]:  # type: ignore[attr-defined]
        print(f"{bar['name']:24} {bar['value']:>8} {bar['op']} {bar['limit']}  {bar['ok']}")
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
