"""What the page costs at 10,000, 100,000 and 1,000,000 trades, and what projecting costs.

    python -m tests.benchmarks.dashboard [--quick] [--projecting]

Each size is a data folder and a site of its own, the real server and a real login; all sites
stand side by side and are asked in turn, so that a noisy moment meets every size alike. "Cold"
is the first refresh of a site that has just started. SQL window functions and plain model
objects work out the same page's figures from the same rows in the same run. A table for people;
the last line is one JSON object. Exit status 1 when a bar does not hold.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks import dashboard_baselines as baselines
from tests.benchmarks import dashboard_events as events
from tests.benchmarks.dashboard_events import Plan
from tests.benchmarks.dashboard_site import Site, Worker
from trader.store import Recorder

MILLION = 1_000_000
SQL = {"<=": float.__le__, ">=": float.__ge__, "<": float.__lt__}


class Size(NamedTuple):
    """How much is measured."""

    trades: tuple[int, ...]
    days: int
    candles_a_day: int
    starts: int
    rounds: int


FULL = Size((10_000, 100_000, MILLION), 1_095, 96, 3, 15)
QUICK = Size((1_000, 4_000), 120, 24, 0, 3)  # cold: after the login, without a new start


class Report:
    """Rows for people, figures and bars for machines."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}
        self.bars: list[dict[str, Any]] = []

    def figure(self, name: str, value: float) -> None:
        """One measured figure."""
        self.figures[name] = round(value, 3)
        print(f"  {name:<58}{value:>14,.2f}", flush=True)

    def bar(self, name: str, value: float, op: str, limit: float) -> None:
        """One figure that something was promised of."""
        ok = SQL[op](float(value), float(limit))
        bar = {"name": name, "value": round(value, 3), "op": op, "limit": limit, "ok": ok}
        self.bars.append(bar)
        print(f"  {'ok ' if ok else 'NOT'} {name:<54}{value:>14,.2f} {op} {limit:g}", flush=True)


class House:
    """One size: its data folder, its stream, its projector and its site."""

    def __init__(self, folder: Path, plan: Plan, report: Report) -> None:
        self.folder, self.plan, self.report = folder, plan, report
        self.name = f"{plan.trades:,} trades"
        self.chance = random.Random(plan.trades)
        self.next = plan.trades
        began = time.perf_counter()
        self.events = events.fill(folder, plan)
        report.figure(f"{self.name}: making {self.events:,} events, s", time.perf_counter() - began)
        self.worker = Worker(folder)
        self.site = Site(folder, self.worker.ask("prepare")["password"])

    def projected(self, scratch: Path) -> None:
        """Project everything, beside the least that could be."""
        found = self.worker.ask("project")
        assert found["events"] == self.events
        target = scratch / f"bare{self.plan.trades}.sqlite3"
        least = baselines.bare(self.folder, target, batch=found["batch"], pragmas=found["pragmas"])
        target.unlink()
        each = found["seconds"] / self.events * 1e6
        self.report.figure(f"{self.name}: projecting, us an event", each)
        self.report.figure(
            f"{self.name}: bare fetch, decode, insert, us an event", least / self.events * 1e6
        )
        name = f"{self.name}: projecting / bare"
        self.report.figure(name, found["seconds"] / least)
        if self.plan.trades >= MILLION:  # what it takes to begin is as nothing then
            self.report.bar(name, self.report.figures[name], "<=", 2)

    def starts(self, times: int) -> None:
        """Cold: the first refresh after each start of the server. The last one stays."""
        self.site.start()
        self.site.login()
        cold = [] if times else [self.site.refresh()]
        for _ in range(times):
            self.site.stop()
            self.site.start()
            cold.append(self.site.refresh())
        self.report.figure(f"{self.name}: refresh cold, ms", statistics.median(cold))
        self.recorder = Recorder(
            events.BOT, version=events.VERSIONS[-1], mode=events.MODE, folder=self.folder
        )

    def one_more(self) -> tuple[float, float]:
        """A new trade: milliseconds of projecting it, and of the refresh that shows it."""
        self.next += 1
        at = self.plan.end + (self.next - self.plan.trades) * 60_000_000
        _, body = events.trade(self.next, at, self.chance)
        self.recorder.trade(occurred_at=at, **body)
        assert self.recorder.flush(30), self.recorder.health
        found = self.worker.ask("project")
        assert found["events"] == 1, found
        spent = self.site.refresh()
        shown = next(v for k, v in self.site.bodies.items() if k.startswith("/api/stats"))
        assert shown["trades"] == self.next, shown["trades"]
        return found["seconds"] * 1000, spent

    def close(self) -> None:
        """End its processes."""
        self.recorder.close()
        self.site.close()
        self.worker.close()


def refreshes(houses: Sequence[House], rounds: int, report: Report) -> dict[str, float]:
    """After one new trade, and unchanged, in turn; the median refresh of each house."""
    projecting: dict[str, list[float]] = {house.name: [] for house in houses}
    after: dict[str, list[float]] = {house.name: [] for house in houses}
    unchanged: dict[str, list[float]] = {house.name: [] for house in houses}
    nothing: dict[str, list[float]] = {house.name: [] for house in houses}
    for house in houses:
        house.site.reconnect()
    for number in range(rounds + 2):
        for house in houses:
            projected, spent = house.one_more()
            if number < 2:  # until every thread of the server has its connection
                continue
            projecting[house.name].append(projected)
            after[house.name].append(spent)
            for _ in range(3):
                unchanged[house.name].append(house.site.refresh())
                nothing[house.name].append(house.site.nothing())
    for name in after:
        report.figure(f"{name}: projecting one new trade, ms", statistics.median(projecting[name]))
        report.figure(f"{name}: refresh after it, ms", statistics.median(after[name]))
        report.figure(f"{name}: refresh unchanged, ms", statistics.median(unchanged[name]))
        report.figure(f"{name}: as many empty views at once, ms", statistics.median(nothing[name]))
    return {name: statistics.median(values) for name, values in after.items()}


def singles(house: House, rounds: int, report: Report) -> None:
    """Each 304 on its own, against the empty view asked in between."""
    house.site.reconnect()
    addresses = house.site.held()
    spent: dict[str, list[float]] = {address: [] for address in (*addresses, "/empty/")}
    for _ in range(rounds * 2):
        for address in addresses:
            milliseconds, status = house.site.single(address)
            assert status == 304, (address, status)
            spent[address].append(milliseconds)
            spent["/empty/"].append(house.site.single("/empty/")[0])
    medians = {address: statistics.median(values) for address, values in spent.items()}
    worst = max(addresses, key=lambda address: medians[address])
    report.figure(f"{house.name}: an empty view, ms", medians["/empty/"])
    report.figure(f"{house.name}: slowest 304 ({worst}), ms", medians[worst])
    report.bar(
        f"{house.name}: slowest 304 / empty view", medians[worst] / medians["/empty/"], "<=", 3
    )


def versus(house: House, refresh: float, report: Report) -> None:
    """The same page's figures by SQL and by model objects, and whether they agree."""
    shown = next(v for k, v in house.site.bodies.items() if k.startswith("/api/stats"))
    found = baselines.windows(house.folder / "site.sqlite3")
    plain = house.worker.ask("orm")
    report.figure(f"{house.name}: window functions, account alone, ms", found.account * 1000)
    report.figure(f"{house.name}: window functions, the page, ms", found.page * 1000)
    report.figure(f"{house.name}: model objects, the page, ms", plain["seconds"] * 1000)
    report.figure(f"{house.name}: window functions / refresh", found.page * 1000 / refresh)
    report.figure(f"{house.name}: model objects / refresh", plain["seconds"] * 1000 / refresh)
    money = round(float(shown["net_pnl"]) * 1e8), round(float(shown["max_drawdown"]["money"]) * 1e8)
    agree = money == (found.net, found.fall) == (plain["net"], plain["fall"])
    report.bar(f"{house.name}: answers that differ", 0 if agree else 1, "<=", 0)


def projecting(size: Size, report: Report, scratch: Path, stack: ExitStack) -> None:
    """What projecting costs, and nothing else."""
    for trades in size.trades:
        print(f"\n{trades:,} trades")
        folder = scratch / str(trades)
        folder.mkdir(mode=0o700)
        house = House(folder, Plan(trades, size.days, size.candles_a_day), report)
        stack.callback(house.worker.close)
        house.projected(scratch)


def run(size: Size, report: Report, scratch: Path, stack: ExitStack) -> None:
    """Everything, size by size where it is heavy, in turn where it is compared."""
    houses = []
    for trades in size.trades:
        print(f"\n{trades:,} trades")
        folder = scratch / str(trades)
        folder.mkdir(mode=0o700)
        house = House(folder, Plan(trades, size.days, size.candles_a_day), report)
        house.projected(scratch)
        house.starts(size.starts)
        stack.callback(house.close)
        houses.append(house)
    print("\nAfter one new trade, and unchanged")
    medians = refreshes(houses, size.rounds, report)
    for house in houses:
        singles(house, size.rounds, report)
    print("\nThe same figures otherwise")
    for house in houses:
        versus(house, medians[house.name], report)
    small, large = houses[0], houses[-1]
    print("\nBars between sizes")
    report.bar(
        f"refresh after one trade, {large.name} / {small.name}",
        medians[large.name] / medians[small.name],
        "<=",
        2,
    )
    if large.plan.trades >= MILLION:
        name = f"{large.name}: window functions / refresh"
        report.bar(name, report.figures[name], ">=", 50)
    for house in houses:
        memory = house.site.memory()
        if memory is not None:
            report.bar(f"{house.name}: the site's memory, MB", memory, "<", 150)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 when every bar holds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.dashboard")
    parser.add_argument("--quick", action="store_true", help="within 30 seconds, says little")
    parser.add_argument("--projecting", action="store_true", help="projecting alone, 2 minutes")
    asked = parser.parse_args(arguments)
    quick, measure = asked.quick, projecting if asked.projecting else run
    report, began = Report(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="blotter-") as scratch, ExitStack() as stack:
        measure(QUICK if quick else FULL, report, Path(scratch), stack)
    ok = all(bar["ok"] for bar in report.bars)
    print(
        f"\n{'Every bar holds' if ok else 'A BAR DOES NOT HOLD'}; {time.monotonic() - began:.0f} s"
    )
    result = {
        "name": "dashboard",
        "quick": quick,
        "figures": report.figures,
        "bars": report.bars,
        "ok": ok,
    }
    print(json.dumps(result))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
