"""Every fault at every step of an order's life, survived or killed: the books must stay equal.

python -m tests.faults.exchange [--quick]

A bot lives a whole life on the simulated exchange (an entry ended by its stop, one left by a
signal, one that stays open). For each request of that life, each kind of fault strikes there,
before or after the request took effect, and the bot either carries on or is killed with the next
request and started again. The bots that carry on run in this process, with the event log in
memory; those that are killed are processes of their own with the recorder on disk, ended by
SIGKILL (TerminateProcess on Windows) and started anew. Then a long run with faults at random.
"""

import argparse
import json
import logging
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from tests.faults.exchange_life import (
    CANDLES,
    STEP,
    TIMEOUT,
    Clock,
    NearLever,
    check_folder,
    faults_found,
    live,
    make_exchange,
    served,
    to_the_end,
)
from tests.faults.exchange_random import Outcome, random_run
from tests.trader.fakes import MemoryLog
from trader.exchange.simulated.faults import ONLY_BEFORE, Fault, Kind
from trader.exchange.simulated.server import SimulatedExchange
from trader.runner import read_book

UNTIL = CANDLES[5].open_time
LONG, SHORT = 10_000, 300  # candles of the random run


@dataclass(frozen=True, slots=True)
class Case:
    """What strikes which request of the life; `fault` None: the bot is killed there itself."""

    request: int
    fault: Fault | None
    killed: bool
    after: bool = False

    def __str__(self) -> str:
        fault = self.fault
        what = "killed" if fault is None else f"{fault.kind} {'after' if fault.after else 'before'}"
        then = ", then killed" if self.killed and fault is not None else ""
        return f"request {self.request}: {what}{' after' if self.after else ''}{then}"


@dataclass
class Result:
    """Counts over all cases; `failures` says what was wrong in which."""

    cases: int = 0
    struck: int = 0
    kills: int = 0
    failures: list[str] = field(default_factory=list)


def all_cases(requests: int) -> Iterator[Case]:
    """Every fault, side and ending for each of the life's requests."""
    for request in range(1, requests + 1):
        for killed in (False, True):
            for fault in all_faults():
                yield Case(request, fault, killed)
        for after in (False, True):
            yield Case(request, None, True, after)


def all_faults() -> Iterator[Fault]:
    for kind in Kind:
        seconds = TIMEOUT + 0.1 if kind in (Kind.TIMEOUT, Kind.SLOW) else 15
        for after in (False, True):
            if (after and kind in ONLY_BEFORE) or (not after and kind in (Kind.SLOW, Kind.LOST)):
                continue
            yield Fault(kind, after=after, seconds=seconds)


def length_of_life() -> int:
    """How many requests a life without faults makes."""
    exchange = make_exchange()
    wrong = _carry_on(exchange, UNTIL)
    if wrong:
        raise AssertionError(f"a life without faults: {wrong}")
    return len(exchange.requests)


def run_case(case: Case) -> tuple[list[str], bool]:
    """What is wrong after the case, and whether its fault or kill struck at all."""
    exchange = make_exchange()
    if case.fault is not None:
        exchange.faults.at_request(case.request, case.fault)
    if case.killed:
        return _killed(exchange, case)
    return _carry_on(exchange, UNTIL), exchange.faults.met > 0


def _carry_on(exchange: SimulatedExchange, until: datetime) -> list[str]:
    log = MemoryLog()
    with served(exchange) as root, tempfile.TemporaryDirectory() as folder:
        clock = Clock(NearLever(exchange), until)
        pause_file = Path(folder) / "pause.json"
        to_the_end(root, clock, lambda _: log, lambda: log, pause_file=pause_file)
    return faults_found(exchange, read_book(log), log.events)


def _killed(exchange: SimulatedExchange, case: Case) -> tuple[list[str], bool]:
    """Kill the bot where the case says, let time pass in some cases, start it again."""
    context: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if hasattr(context, "set_forkserver_preload"):
        context.set_forkserver_preload(["tests.faults.exchange_life"])
    killed = False
    with served(exchange) as root, tempfile.TemporaryDirectory() as folder:
        bot = context.Process(target=_live, args=(root, folder, UNTIL))

        started, gone = threading.Event(), threading.Event()

        def kill() -> None:
            nonlocal killed
            if not killed:
                killed = started.wait(10)
                bot.kill()
                gone.wait(10)  # joined by one thread alone

        _kill_at(exchange, case, kill)
        bot.start()
        started.set()
        bot.join()
        gone.set()
        exchange.faults.arrived = lambda _number: None
        exchange.faults.clear()
        if killed and case.request % 2:
            exchange.advance(2 * STEP)  # what filled meanwhile is booked to the right trade
        again = context.Process(target=_live, args=(root, folder, UNTIL))
        again.start()
        again.join()
        wrong = check_folder(exchange, Path(folder))
    return wrong, killed


def _kill_at(exchange: SimulatedExchange, case: Case, kill: Callable[[], None]) -> None:
    """With the request itself, before or after its effect; else with the one after the fault."""

    def arrived(number: int) -> None:
        if case.fault is not None:
            due = 0 < exchange.faults.struck_at < number
        else:
            due = number == case.request + case.after
        if due:
            kill()

    exchange.faults.arrived = arrived


def _live(root: str, folder: str, until: datetime) -> None:
    logging.disable(logging.CRITICAL)
    live(root, Path(folder), until)


def matrix(cases: list[Case], workers: int = 2) -> Result:
    result = Result()
    hidden = not sys.stderr.isatty()
    with (
        Progress(console=Console(stderr=True), disable=hidden, transient=True) as bar,
        ThreadPoolExecutor(workers) as pool,
    ):
        task = bar.add_task("Cases", total=len(cases))
        for case, (wrong, struck) in zip(cases, pool.map(run_case, cases), strict=True):
            result.cases += 1
            result.struck += struck
            result.kills += struck and case.killed
            if wrong:
                result.failures.append(f"{case}: {'; '.join(wrong)}")
            bar.advance(task)
    return result


def some_of(cases: list[Case], number: int, seed: int = 3) -> list[Case]:
    return random.Random(seed).sample(cases, min(number, len(cases)))


def report(result: Result, outcome: Outcome, seconds: float, *, quick: bool) -> dict[str, object]:
    """The figures and bars, as the last line has them."""
    least = 20 if quick else 500
    bars = [
        _bar("cases", result.cases, ">=", least),
        _bar("failures", len(result.failures), "==", 0),
        _bar("random run: differences", len(outcome.wrong), "==", 0),
        _bar("random run: faults met", outcome.faults, ">", 0),
    ]
    return {
        "name": "exchange",
        "quick": quick,
        "figures": {
            "cases": result.cases,
            "faults or kills that struck": result.struck,
            "killed and started again": result.kills,
            "random run: candles": outcome.candles,
            "random run: trades": outcome.trades,
            "random run: restarts": outcome.restarts,
            "seconds": round(seconds),
        },
        "bars": bars,
        "ok": all(bar["ok"] for bar in bars),
    }


def _bar(name: str, value: int, op: str, limit: int) -> dict[str, object]:
    ok = {">=": value >= limit, "==": value == limit, ">": value > limit}[op]
    return {"name": name, "value": value, "op": op, "limit": limit, "ok": ok}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.exchange",
        description="Every fault at every step of an order's life: the books stay equal.",
        epilog="example:\n  python -m tests.faults.exchange --quick",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="a sample, under 30 seconds")
    parser.add_argument("--carry-on", action="store_true", help="no kills")
    parser.add_argument("--cases", type=int, help="so many cases, chosen at random")
    parser.add_argument("--candles", type=int, help="of the random run")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    cases = list(all_cases(length_of_life()))
    if options.carry_on:
        cases = [case for case in cases if not case.killed]
    if options.quick or options.cases:
        cases = some_of(cases, options.cases or 40)
    result = matrix(cases)
    candles = options.candles or (SHORT if options.quick else LONG)
    outcome = random_run(candles, seed=7)
    seconds = time.monotonic() - began
    return _told(result, outcome, report(result, outcome, seconds, quick=options.quick))


def _told(result: Result, outcome: Outcome, said: dict[str, object]) -> int:
    for failure in [*result.failures[:40], *outcome.wrong[:20]]:
        print(failure)
    figures, bars = said["figures"], said["bars"]
    assert isinstance(figures, dict)
    assert isinstance(bars, list)
    for name, value in figures.items():
        print(f"{name:28} {value:>10,}")
    for bar in bars:
        print(f"{bar['name']:28} {bar['value']:>10,} {bar['op']} {bar['limit']}  {bar['ok']}")
    print(json.dumps(said))
    return 0 if said["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
