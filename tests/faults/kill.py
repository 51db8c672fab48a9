"""Kills a recording bot at random moments and looks for what was acknowledged.

python -m tests.faults.kill [--quick]
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from trader.store import LOST, Reader, Recorder, verify

ROOT = Path(__file__).parents[2]
FULL, QUICK = 200, 12


@dataclass
class Outcome:
    """Counts over all kills."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    gaps: int = 0
    chain_ok: bool = False
    events: int = 0
    recovery_ms: list[float] = field(default_factory=list)


def run(kills: int, seed: int = 1) -> Outcome:
    """Kill a bot so often, each time on the stream the one before it left."""
    chance = random.Random(seed)
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(kills):
            acknowledged = _kill_one(folder, number, chance.uniform(0.0, 0.25))
            outcome.kills += 1
            outcome.acknowledged += len(acknowledged)
            outcome.lost += _missing(folder, acknowledged, outcome)
        found = verify("bot", folder=folder)
        outcome.events, outcome.gaps, outcome.chain_ok = found.events, found.lost, found.ok
    return outcome


def _kill_one(folder: str, number: int, after: float) -> dict[int, int]:
    """Start a bot and kill it; what it acknowledged, n by seq."""
    command = [sys.executable, "-m", "tests.faults.kill_bot", folder, str(number)]
    lines: list[bytes] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as bot:
        assert bot.stdout is not None
        output = bot.stdout
        if number % 5:  # else the kill may also come while it starts
            lines.append(output.readline())
        reading = Thread(target=lambda: lines.extend(output.readlines()))
        reading.start()
        time.sleep(after)
        bot.kill()
        reading.join()
    whole = (line.split() for line in lines if line.endswith(b"\n"))
    return {int(seq): int(count) for seq, count in whole}


def _missing(folder: str, acknowledged: dict[int, int], outcome: Outcome) -> int:
    """How many of the acknowledged are not there once a bot has started again."""
    began = time.perf_counter()
    Recorder("bot", version="1", mode="demo", folder=folder, segment_bytes=1 << 16).close()
    outcome.recovery_ms.append((time.perf_counter() - began) * 1000)
    if not acknowledged:
        return 0
    reader = Reader("bot", folder=folder)
    there: dict[int, object] = {}
    after, last = min(acknowledged) - 1, max(acknowledged)
    while after < last and (events := reader.read(after, 10_000)):
        there.update((event.seq, event.body.get("n")) for event in events if event.kind != LOST)
        after = events[-1].seq
    return sum(there.get(seq) != count for seq, count in acknowledged.items())


def report(outcome: Outcome, *, quick: bool) -> dict[str, object]:
    """The figures and bars, as the last line has them."""
    worst = max(outcome.recovery_ms)
    bars = [
        {"name": "acknowledged events lost", "value": outcome.lost, "op": "==", "limit": 0},
        {"name": "gaps", "value": outcome.gaps, "op": "==", "limit": 0},
        {"name": "chain intact", "value": int(outcome.chain_ok), "op": "==", "limit": 1},
        {"name": "acknowledged events", "value": outcome.acknowledged, "op": ">", "limit": 0},
    ]
    for bar in bars:
        equal = bar["value"] == bar["limit"]
        bar["ok"] = equal if bar["op"] == "==" else not equal
    return {
        "name": "kill",
        "quick": quick,
        "figures": {
            "kills": outcome.kills,
            "acknowledged": outcome.acknowledged,
            "events": outcome.events,
            "recovery_ms_worst": round(worst, 1),
        },
        "bars": bars,
        "ok": all(bar["ok"] for bar in bars),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.kill",
        description="Kill a recording bot at random moments; nothing acknowledged may be lost.",
    )
    parser.add_argument("--quick", action="store_true", help="a dozen kills, under 30 seconds")
    options = parser.parse_args()
    result = report(run(QUICK if options.quick else FULL), quick=options.quick)
    figures = result["figures"]
    assert isinstance(figures, dict)
    for name, value in figures.items():
        print(f"{name:20} {value:>12,}")
    bars = result["bars"]
    assert isinstance(bars, list)
    for bar in bars:
        print(f"{bar['name']:26} {bar['value']:>8,} {bar['op']} {bar['limit']}  {bar['ok']}")
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
