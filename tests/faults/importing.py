"""Random damaged logs, read and compared with their truth: `python -m tests.faults.importing`.

Every cell of damage x encoding gets an equal share of the files. Fails when a row that was no
trade was imported, a PnL is off, a record is unaccounted for, or the worst cell recovers less
than 95 % of the rows a person could.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

from dashboard.legacy.batch import ImportRefused, Options, read_all
from dashboard.legacy.report import FileReport
from dashboard.legacy.verdicts import Quarantined, Trade

from .importing_damage import DAMAGES, make_log
from .importing_encoding import ENCODINGS
from .importing_logs import Log

FULL, QUICK = 10_000, 490


class Kept:
    """A sink that keeps everything, by line."""

    def __init__(self) -> None:
        self.trades: dict[int, Trade] = {}
        self.quarantine: dict[int, Quarantined] = {}

    def trade(self, trade_id: str, trade: Trade) -> None:
        """Keep a trade."""
        self.trades[trade.line] = trade

    def quarantined(self, record: Quarantined) -> None:
        """Keep a refused record."""
        self.quarantine[record.line] = record


@dataclass(slots=True)
class Score:
    """What one cell, or all of them, came to."""

    files: int = 0
    rows: int = 0
    recovered: int = 0
    false_rows: int = 0
    wrong_pnl: int = 0
    wrong_version: int = 0
    unaccounted: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the rows a person could recover that were imported."""
        return self.recovered / self.rows if self.rows else 1.0


def judge_log(log: Log, folder: Path) -> tuple[FileReport | None, Kept]:
    """Read one log as import_csv would."""
    path = folder / "log.csv"
    path.write_bytes(log.data)
    kept = Kept()
    try:
        report = read_all([path], Options(zone=UTC, version_tag=log.tag), sink_for=lambda _: kept)
    except ImportRefused:
        return None, kept
    return report.files[0], kept


def compare(log: Log, report: FileReport | None, kept: Kept, score: Score, name: str) -> None:
    """Add one file to a score."""
    score.files += 1
    score.rows += len(log.good)
    if report is None:
        if log.good:
            score.examples.append(f"{name}: refused as a whole")
        return
    accounted = report.imported + report.duplicates + report.quarantined
    accounted += sum(report.set_aside.values())
    expected = len(log.good) + len(log.bad) + len(log.optional)
    if accounted != report.records or not expected <= report.records <= expected + len(log.others):
        score.unaccounted += 1
        score.examples.append(
            f"{name}: {report.records} records, {accounted} accounted, {expected} there"
        )
    for line, (net, version) in log.good.items():
        trade = kept.trades.get(line)
        if trade is None:
            refused = kept.quarantine.get(line)
            score.examples.append(
                f"{name}:{line} missed: {refused.reason + ' ' + refused.detail if refused else '?'}"
            )
            continue
        if trade.net_pnl != net:
            score.wrong_pnl += 1
            score.examples.append(f"{name}:{line} PnL {trade.net_pnl}, true {net}")
            continue
        if trade.version != version:
            score.wrong_version += 1
            score.examples.append(f"{name}:{line} version {trade.version}, true {version}")
        score.recovered += 1
    for line, trade in kept.trades.items():
        if line in log.good:
            continue
        if log.optional.get(line) != trade.net_pnl:
            score.false_rows += 1
            score.examples.append(f"{name}:{line} FALSE {trade.net_pnl}: {log.bad.get(line)}")


def run(count: int, seed: int = 0) -> dict[tuple[str, str], Score]:
    """Make and judge `count` files, cell by cell in turn."""
    cells = [(damage, encoding) for damage in DAMAGES for encoding in ENCODINGS]
    scores: dict[tuple[str, str], Score] = defaultdict(Score)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            damage, encoding = cells[number % len(cells)]
            log = make_log(seed + number, damage, encoding)
            report, kept = judge_log(log, Path(folder))
            compare(
                log, report, kept, scores[damage, encoding], f"{seed + number} {damage} {encoding}"
            )
            if sys.stderr.isatty() and number % 50 == 0:
                print(f"\r{number:,} of {count:,} files", end="", file=sys.stderr)
    return scores


def summary(scores: dict[tuple[str, str], Score], *, quick: bool) -> dict[str, object]:
    """The figures and bars of a run."""
    files = sum(score.files for score in scores.values())
    worst = min(scores.items(), key=lambda item: item[1].recall)
    figures = {
        "files": files,
        "rows": sum(score.rows for score in scores.values()),
        "recovered": sum(score.recovered for score in scores.values()),
        "worst_cell": " x ".join(worst[0]),
        "worst_recall": round(worst[1].recall, 4),
        "smallest_cell_share": round(min(s.files for s in scores.values()) / files, 4),
    }
    checks = [
        ("false_rows", sum(s.false_rows for s in scores.values()), "<=", 0),
        ("wrong_pnl", sum(s.wrong_pnl for s in scores.values()), "<=", 0),
        ("wrong_version", sum(s.wrong_version for s in scores.values()), "<=", 0),
        ("unaccounted_files", sum(s.unaccounted for s in scores.values()), "<=", 0),
        ("worst_recall", worst[1].recall, ">=", 0.95),
        ("smallest_cell_share", min(s.files for s in scores.values()) / files, ">=", 0.01),
    ]
    bars = [
        {"name": name, "value": value, "op": op, "limit": limit,
         "ok": value <= limit if op == "<=" else value >= limit}
        for name, value, op, limit in checks
    ]  # fmt: skip
    return {
        "name": "importing",
        "quick": quick,
        "figures": figures,
        "bars": bars,
        "ok": all(bar["ok"] for bar in bars),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run, print the table, and the JSON line last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="490 files, within 30 seconds")
    parser.add_argument("--files", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--examples", type=int, default=10)
    options = parser.parse_args(arguments)
    count = options.files or (QUICK if options.quick else FULL)
    scores = run(count, options.seed)
    print(f"{'recall %':<18}" + "".join(f"{encoding:>11}" for encoding in ENCODINGS))
    for damage in DAMAGES:
        cells = "".join(f"{scores[damage, e].recall * 100:>11.2f}" for e in ENCODINGS)
        print(f"{damage:<18}{cells}")
    shown = [text for score in scores.values() for text in score.examples]
    for text in shown[: options.examples]:
        print(" ", text)
    result = summary(scores, quick=options.quick)
    for bar in result["bars"]:  # type: ignore[attr-defined]
        print(
            f"{'ok' if bar['ok'] else 'FAILS':<6}{bar['name']} {bar['value']} "
            f"{bar['op']} {bar['limit']}"
        )
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
