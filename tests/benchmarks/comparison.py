"""How honest the comparison of versions is: simulated over thousands of pairs of bots.

    python -m tests.benchmarks.comparison [--quick]

A table for people; the last line is one JSON object. Exit status 1 when a bar does not hold.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks import comparison_simulation as simulation
from tests.benchmarks.comparison_simulation import Law

FALSE_VERDICTS = 0.05
COVERAGE = (0.93, 0.97)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is simulated."""

    pairs: int
    days: int
    families: int
    coverage_pairs: dict[int, int]
    resamples: int


FULL = Size(5_000, 4_000, 1_000, {30: 4_000, 100: 4_000, 400: 6_000, 1_000: 3_000}, 999)
QUICK = Size(2_000, 1_000, 200, {30: 1_000, 100: 1_000, 400: 600, 1_000: 300}, 499)


@dataclass(slots=True)
class Report:
    """Rows for people, figures and bars for machines."""

    figures: dict[str, float] = field(default_factory=dict)
    bars: list[dict[str, Any]] = field(default_factory=list)

    def figure(self, name: str, value: float) -> None:
        self.figures[name] = round(value, 4)
        print(f"  {name:<58} {value:>7.1%}", flush=True)

    def at_most(self, name: str, value: float, limit: float) -> None:
        self.figure(name, value)
        self._bar(name, value, "<=", limit, value <= limit)

    def at_least(self, name: str, value: float, limit: float) -> None:
        self.figure(name, value)
        self._bar(name, value, ">=", limit, value >= limit)

    def within(self, name: str, value: float, low: float, high: float) -> None:
        self.figure(name, value)
        self._bar(f"{name}, at least", value, ">=", low, value >= low)
        self._bar(f"{name}, at most", value, "<=", high, value <= high)

    def _bar(self, name: str, value: float, op: str, limit: float, ok: bool) -> None:
        bar = {"name": name, "value": round(value, 4), "op": op, "limit": limit, "ok": ok}
        self.bars.append(bar)
        if not ok:
            print(f"  {'':<58} NOT {op} {limit:.1%}")


EQUAL: tuple[tuple[str, Law, Law, int], ...] = (
    ("identical, fat tails, sd 1.5 R", simulation.fat, simulation.fat, 1),
    ("identical trend followers", simulation.trend_follower, simulation.trend_follower, 1),
    ("identical lotteries", simulation.lottery, simulation.lottery, 1),
    ("identical, 4 trades a day that move together", simulation.clustered, simulation.clustered, 4),
)
SAME_MEAN: tuple[tuple[str, Law, Law, int], ...] = (
    ("coin against lottery, equal means", simulation.coin, simulation.lottery, 1),
    ("scalper against lottery, equal means", simulation.scalper, simulation.lottery, 1),
    (
        "scalper against trend follower, equal means",
        simulation.scalper,
        simulation.trend_follower,
        1,
    ),
)


def false_verdicts(report: Report, size: Size) -> None:
    print(f"\nEver called better although equal ({size.pairs:,} pairs, {size.days:,} daily looks)")
    for seed, (name, law_a, law_b, per_day) in enumerate((*EQUAL, *SAME_MEAN)):
        days = size.days // per_day
        found = simulation.ever_crowned(
            law_a, law_b, pairs=size.pairs, days=days, seed=seed, per_day=per_day
        )
        report.at_most(name, found, FALSE_VERDICTS)
    found = simulation.family_ever_crowned(8, families=size.families, days=size.days // 2, seed=90)
    report.at_most("any of the 28 pairs of 8 identical versions", found, FALSE_VERDICTS)
    found = simulation.peeking_t_test(pairs=size.pairs, trades=500, seed=91)
    report.figure("for contrast: a t-test every 5 trades, up to 500", found)


def powers(report: Report, size: Size) -> None:
    pairs = size.pairs // 5
    print(f"\nFound a true difference, one trade a day ({pairs:,} pairs)")
    for difference in (0.1, 0.3):
        for trades in (400, 1_000, 4_000):
            ever, now = simulation.power(difference, pairs=pairs, trades=trades, seed=trades)
            name = f"+{difference} R within {trades:,} trades of each"
            if (difference, trades) == (0.3, 1_000):
                report.at_least(name, ever, 0.8)
            else:
                report.figure(name, ever)
            report.figure(f"+{difference} R shown at {trades:,} trades of each", now)
    apart, beside = simulation.power_beside(0.3, pairs=pairs, trades=400, seed=92)
    report.figure("+0.3 R at 400 trades, one after the other", apart)
    report.at_least("+0.3 R at 400 trades, side by side", beside, apart)


def coverages(report: Report, size: Size) -> None:
    print("\n95 % BCa interval holds the true difference, at one look")
    for trades, pairs in size.coverage_pairs.items():
        found = simulation.bca_coverage(
            trades, pairs=pairs, resamples=size.resamples, seed=1_000 + trades
        )
        name = f"BCa at {trades:,} trades of each ({pairs:,} pairs)"
        if trades >= 400:
            report.within(name, found, *COVERAGE)
        else:
            report.figure(name, found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulation; 0 when every bar holds, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.comparison", description=__doc__
    )
    parser.add_argument("--quick", action="store_true", help="within 30 seconds, fewer pairs")
    quick = parser.parse_args(arguments).quick
    size, report, began = QUICK if quick else FULL, Report(), time.monotonic()
    false_verdicts(report, size)
    powers(report, size)
    coverages(report, size)
    ok = all(bar["ok"] for bar in report.bars)
    print(
        f"\n{'Every bar holds' if ok else 'A BAR DOES NOT HOLD'}; {time.monotonic() - began:.0f} s"
    )
    result = {
        "name": "comparison",
        "quick": quick,
        "figures": report.figures,
        "bars": report.bars,
        "ok": ok,
    }
    print(json.dumps(result))
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
