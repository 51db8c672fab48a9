"""Follows logs while they grow, and kills the follower: python -m tests.faults.following [--quick]

Two parts. Random damaged logs with a known truth grow piece by piece before a follower that is
begun again now and then: no row that was no trade becomes one, no PnL is off, none counts twice.
And a real `manage.py follow` is killed at random moments while its bot writes on and turns its
log over: at the end every row is one trade. `--seed N` takes other logs and other moments.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import django

ROOT = Path(__file__).parents[2]
FULL, QUICK = 2_000, 24
FULL_KILLS, QUICK_KILLS = 100, 3
ROTATE = 150  # rows


@dataclass
class Grown:
    """Counts over all logs that grew."""

    files: int = 0
    rows: int = 0
    recovered: int = 0
    false_rows: int = 0
    wrong_pnl: int = 0
    twice: int = 0
    examples: list[str] = field(default_factory=list)


def grow(count: int, seed: int = 0) -> Grown:
    """Let so many random logs grow, of every damage and encoding in turn."""
    from tests.faults.importing_damage import DAMAGES
    from tests.faults.importing_encoding import ENCODINGS

    cells = [(damage, encoding) for damage in DAMAGES for encoding in ENCODINGS]
    grown = Grown()
    for number in range(seed, seed + count):
        damage, encoding = cells[number % len(cells)]
        _grow_one(grown, number, damage, encoding)
        if sys.stderr.isatty() and number % 10 == 0:
            print(f"\r{number - seed:,} of {count:,} files", end="", file=sys.stderr)
    return grown


def _grow_one(grown: Grown, seed: int, damage: str, encoding: str) -> None:
    from tests.faults.importing_damage import make_log

    log = make_log(seed, damage, encoding)
    trades, ids = _follow(log.data, log.tag, random.Random(seed))
    grown.files += 1
    grown.rows += len(log.good)
    grown.twice += len(ids) - len(set(ids))
    for line, net in trades.items():
        true = log.good[line][0] if line in log.good else log.optional.get(line)
        if true == net:
            grown.recovered += line in log.good
            continue
        grown.wrong_pnl += line in log.good
        grown.false_rows += line not in log.good
        grown.examples.append(f"{seed} {damage} {encoding}:{line} {net}, true {true}")


def _follow(data: bytes, tag: str, chance: random.Random) -> tuple[dict[int, Decimal], list[str]]:
    """The net PnL by line, and the trades' ids, of a log that came in pieces and was removed."""
    from tests.dashboard.follow.harness import Following

    pieces = min(chance.choice([2, 6, 15]), len(data) - 1)
    cuts = [0, *sorted(chance.sample(range(1, len(data)), pieces)), len(data)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        following = Following(path.parent, tag=tag)
        for start, end in pairwise(cuts):
            with path.open("ab") as stream:
                stream.write(data[start:end])
            following.step()
            if chance.random() < 0.2:
                following.restart()
        path.unlink()
        following.step(4)
    bodies = following.of("trade.closed")
    return {b["source"]["line"]: Decimal(b["net_pnl"]) for b in bodies}, following.ids


class Bot(threading.Thread):
    """Writes rows in whole and broken pieces, and turns its log over, until it is stopped."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__(daemon=True)
        self.log, self.stop = folder / "trades.csv", threading.Event()
        self.rows = self.rotations = 0
        self._chance = random.Random(seed)

    def begin(self) -> None:
        """The log with a first row."""
        from tests.dashboard.follow.harness import HEADER, row

        self.rows = 1
        self._write(HEADER + row(0, quantity="0.105"))

    def run(self) -> None:
        from tests.dashboard.follow.harness import HEADER, row

        while not self.stop.wait(self._chance.uniform(0.001, 0.02)):
            self.rows += 1
            text = row(self.rows % 3_000, quantity=f"0.{10 + self.rows // 3_000}5")
            cut = self._chance.randrange(len(text))
            self._write(text[:cut])
            self.stop.wait(0.001)
            self._write(text[cut:])
            if self.rows % ROTATE == 0:
                self.rotations += 1
                self.log.rename(self.log.with_name(f"trades.csv.{self.rotations}"))
                self._write(HEADER)

    def _write(self, text: str) -> None:
        with self.log.open("a", encoding="utf-8", newline="") as stream:
            stream.write(text)


@dataclass
class Killed:
    """What a bot wrote and what a follower, killed so often, made of it."""

    kills: int = 0
    rows: int = 0
    rotations: int = 0
    trades: int = 0
    twice: int = 0
    quarantined: int = 0
    chain_ok: bool = False


def kill(times: int, seed: int = 1) -> Killed:
    """Kill the follower of a writing bot so often."""
    from trader.store import verify

    chance, killed = random.Random(seed), Killed()
    with tempfile.TemporaryDirectory() as folder:
        data, logs = Path(folder) / "db", Path(folder) / "logs"
        logs.mkdir()
        bot = Bot(logs, seed)
        bot.begin()
        takes = _first_sign(data, logs)
        bot.start()
        for _ in range(times):
            with _start(data, logs) as process:
                time.sleep(chance.uniform(0.6 * takes, takes + 2))
                process.kill()
            killed.kills += 1
        bot.stop.set()
        bot.join()
        for _ in range(2):
            _start(data, logs, "--once").communicate()
        killed.rows, killed.rotations = bot.rows, bot.rotations
        _count(killed, data)
        killed.chain_ok = verify("follow-bot", folder=data).ok
    return killed


def _first_sign(data: Path, logs: Path) -> float:
    """Follow for the first time, and be killed at once; the seconds until something was recorded.

    Logs turned over before the first sign of a follower are none of its business.
    """
    from trader.store import Reader

    reader, began = Reader("follow-bot", folder=data), time.monotonic()
    with _start(data, logs) as process:
        while reader.head().seq == 0:
            if process.poll() is not None or time.monotonic() - began > 120:
                raise RuntimeError("the follower recorded nothing")
            time.sleep(0.02)
        process.kill()
    return time.monotonic() - began


def _start(data: Path, logs: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "manage.py", "follow", "--trades", str(logs / "*.csv"),
        "--timezone", "UTC", "--interval", "0.05", *more,
    ]  # fmt: skip
    environment = {**os.environ, "BLOTTER_DB": str(data)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _count(killed: Killed, data: Path) -> None:
    from trader.store import Reader

    reader, after, ids = Reader("follow-bot", folder=data), 0, []
    while page := reader.read(after, 10_000):
        after = page[-1].seq
        ids += [event.ref for event in page if event.kind == "trade.closed"]
        killed.quarantined += sum(event.kind == "import.quarantined" for event in page)
    killed.trades, killed.twice = len(ids), len(ids) - len(set(ids))


def report(grown: Grown, killed: Killed, *, quick: bool) -> dict[str, object]:
    """The figures and bars, as the last line has them."""
    recall = grown.recovered / grown.rows
    checks = [
        ("rows that were no trade", grown.false_rows, "<=", 0),
        ("wrong PnL", grown.wrong_pnl, "<=", 0),
        ("counted twice while growing", grown.twice, "<=", 0),
        ("recovered while growing", round(recall, 4), ">=", 0.95),
        ("rows lost by kills", killed.rows - killed.trades, "<=", 0),
        ("counted twice after kills", killed.twice, "<=", 0),
        ("rows refused after kills", killed.quarantined, "<=", 0),
        ("chain intact", int(killed.chain_ok), ">=", 1),
    ]
    bars = [
        {"name": name, "value": value, "op": op, "limit": limit,
         "ok": value <= limit if op == "<=" else value >= limit}
        for name, value, op, limit in checks
    ]  # fmt: skip
    figures = {
        "files": grown.files,
        "rows": grown.rows,
        "recovered": grown.recovered,
        "kills": killed.kills,
        "rows_written": killed.rows,
        "rotations": killed.rotations,
        "trades": killed.trades,
    }
    return {
        "name": "following", "quick": quick, "figures": figures, "bars": bars,
        "ok": all(bar["ok"] for bar in bars),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.following",
        description="Follow growing logs; kill the follower.",
    )
    parser.add_argument("--quick", action="store_true", help="within 30 seconds")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first log")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    grown = grow(QUICK if options.quick else FULL, options.seed)
    killed = kill(QUICK_KILLS if options.quick else FULL_KILLS, options.seed + 1)
    result = report(grown, killed, quick=options.quick)
    for text in grown.examples[:10]:
        print(" ", text)
    for name, value in result["figures"].items():  # type: ignore[attr-defined]
        print(f"{name:28} {value:>12,}")
    for bar in result["bars"]:  # type: ignore[attr-defined]
        print(f"{bar['name']:28} {bar['value']:>8} {bar['op']} {bar['limit']}  {bar['ok']}")
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
