"""Cuts the power of a recording bot, in a simulation of the disk, and looks for its events.

The bot is the real one: its code is not patched, strace notes its system calls. At a random
moment of that trace, whatever was not synced may be gone: any subset of the sectors and of
the names in a folder. A recorder is then started on what is left.

    python -m tests.faults.power_loss [--quick]
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.power_loss_disk import Call, Disk, calls
from trader.store import LOST, Reader, Recorder, StreamUnusable, verify

ROOT = Path(__file__).parents[2]
CALLS = (
    "openat,open,creat,lseek,write,pwrite64,ftruncate,fallocate,fsync,fdatasync,rename,unlink,mkdir"
)
FULL, QUICK, CONTROL = 400, 30, 20
CUTS_PER_TRACE = 40
EVENTS = 250


@dataclass
class Outcome:
    """Counts over all power cuts."""

    cuts: int = 0
    durable: int = 0
    durable_lost: int = 0
    acknowledged: int = 0
    acknowledged_lost: int = 0
    unusable: int = 0
    broken_chains: int = 0
    problems: list[str] = field(default_factory=list)


def available() -> str | None:
    """Why this cannot run here; None if it can."""
    strace = shutil.which("strace")
    if sys.platform != "linux" or strace is None:
        return "the power cut is simulated from a trace of strace, which is not here"
    tried = subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True)
    return None if tried.returncode == 0 else "strace may not trace here"


def run(cuts: int, *, seed: int = 1, honest: bool = True, events: int = EVENTS) -> Outcome:
    """Cut the power so often. Every second trace begins on what an earlier cut left.

    Args:
        honest: False takes every sync for nothing, which must lose durable events: so the
            simulation is shown to notice.
        events: how many each traced bot records.
    """
    chance = random.Random(seed)
    outcome = Outcome()
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as scratch:
        left: Path | None = None
        number = 0
        while outcome.cuts < cuts:
            number += 1
            base = Path(scratch) / f"base{number}"
            if left is not None and number % 2 == 0:
                shutil.copytree(left, base)
            else:
                base.mkdir()
            disk, found = _trace(base, Path(scratch), seed * 1000 + number, events, honest=honest)
            points = sorted(
                chance.randrange(len(found))
                for _ in range(min(CUTS_PER_TRACE, cuts - outcome.cuts))
            )
            done = 0
            for point in points:
                for call in found[done:point]:
                    disk.apply(call)
                done = point
                left = Path(scratch) / "left"
                shutil.rmtree(left, ignore_errors=True)
                disk.cut(left, chance)
                _judge(left, disk.told, outcome)
            shutil.rmtree(base)
    return outcome


def _fast_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK) else None


def _trace(
    base: Path, scratch: Path, seed: int, events: int, *, honest: bool
) -> tuple[Disk, list[Call]]:
    """Run a bot in `base` under strace; the disk as it was before, and its calls."""
    disk = Disk(base, honest=honest)
    trace = scratch / "trace"
    command = ["strace", "-f", "-y", "-xx", "-s", "9000000", "-o", str(trace), "-e"]
    command += [f"trace={CALLS}", sys.executable, "-m", "tests.faults.power_loss_bot"]
    subprocess.run(
        [*command, str(base / "db"), str(events), str(seed)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    found = calls(trace)
    ours = (call for call in found if str(base) in _paths(call) or call.arguments.startswith("1<"))
    return disk, sorted(ours, key=lambda call: call.end)


def _paths(call: Call) -> str:
    texts = call.texts() if call.name in {"openat", "open", "rename", "unlink", "mkdir"} else []
    return b" ".join([call.path().encode(), *texts]).decode(errors="replace")


def _judge(left: Path, told: list[bytes], outcome: Outcome) -> None:
    """Start a recorder on what is left, and look for what was acknowledged."""
    outcome.cuts += 1
    acks = [tuple(map(int, line.split())) for line in told]
    folder = left / "db"
    try:
        Recorder("bot", version="1", mode="demo", folder=folder, segment_bytes=1 << 15).close()
    except StreamUnusable as error:
        outcome.unusable += 1
        outcome.problems.append(str(error))
        return
    found = verify("bot", folder=folder)
    if not found.ok:
        outcome.broken_chains += 1
        outcome.problems.append(str(found.problem))
    there: dict[int, object] = {}
    while events := Reader("bot", folder=folder).read(max(there, default=0), 10_000):
        there.update(
            (event.seq, event.body.get("n") if event.kind != LOST else None) for event in events
        )
    missing = [ack for ack in acks if there.get(ack[0]) != ack[1]]
    outcome.acknowledged += len(acks)
    outcome.acknowledged_lost += len(missing)
    outcome.durable += sum(synced for _, _, synced in acks)
    lost = [ack for ack in missing if ack[2]]
    outcome.durable_lost += len(lost)
    if lost:
        outcome.problems.append(f"durable events lost: {lost[:5]} of head {found.head.seq}")


def report(outcome: Outcome, control: Outcome, *, quick: bool) -> dict[str, object]:
    """The figures and bars, as the last line has them."""
    bars = [
        ("durable events lost", outcome.durable_lost, "==", 0),
        ("streams unusable", outcome.unusable, "==", 0),
        ("broken chains", outcome.broken_chains, "==", 0),
        ("durable events", outcome.durable, ">", 0),
        ("control without syncs: durable events lost", control.durable_lost, ">", 0),
    ]
    judged = [
        {
            "name": name,
            "value": value,
            "op": op,
            "limit": limit,
            "ok": value == limit if op == "==" else value > limit,
        }
        for name, value, op, limit in bars
    ]
    return {
        "name": "power_loss",
        "quick": quick,
        "figures": {
            "cuts": outcome.cuts,
            "durable": outcome.durable,
            "acknowledged": outcome.acknowledged,
            "acknowledged_without_sync_lost": outcome.acknowledged_lost,
        },
        "bars": judged,
        "ok": all(bar["ok"] for bar in judged),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.power_loss",
        description="Cut a recording bot's power in a simulation; no durable event may be lost.",
    )
    parser.add_argument("--quick", action="store_true", help="thirty cuts, under 30 seconds")
    options = parser.parse_args()
    if reason := available():
        print(reason, file=sys.stderr)
        return 2
    outcome = run(QUICK if options.quick else FULL)
    control = run(CONTROL, honest=False)
    for problem in outcome.problems[:10]:
        print(problem)
    result = report(outcome, control, quick=options.quick)
    figures, bars = result["figures"], result["bars"]
    assert isinstance(figures, dict)
    assert isinstance(bars, list)
    for name, value in figures.items():
        print(f"{name:44} {value:>10,}")
    for bar in bars:
        print(f"{bar['name']:44} {bar['value']:>10,} {bar['op']} {bar['limit']}  {bar['ok']}")
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
