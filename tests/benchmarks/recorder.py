"""What recording costs the caller, against the ways others do it.

python -m tests.benchmarks.recorder [--quick]
"""

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path

from tests.benchmarks.recorder_conditions import LOCK_SECONDS, condition
from tests.benchmarks.recorder_subjects import (
    BODY,
    Subject,
    django_create,
    encoded,
    eventsourcing_library,
    plain_file,
    raw_sqlite,
    recorder,
)
from trader.store import verify
from trader.store.codec import chain, parse
from trader.store.database import INSERT, open_writer
from trader.store.model import GENESIS
from trader.store.mover import BATCH, Mover
from trader.store.paths import private_folder, stream_paths
from trader.store.spool import Spool
from trader.store.writer import Writer

CONDITIONS = ("quiet", "readers", "locked")
RATES = (500, 2000)

Figures = dict[str, float]
Bar = dict[str, object]


class Bench:
    """One run: figures and bars as they come.

    Args:
        quick: short, for seeing that it works: its times say little.
    """

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.figures: Figures = {}
        self.bars: list[Bar] = []

    def bar(self, name: str, value: float, op: str, limit: float) -> None:
        ok = {"<=": value <= limit, ">=": value >= limit, "==": value == limit}[op]
        self.bars.append(
            {"name": name, "value": round(value, 3), "op": op, "limit": limit, "ok": ok}
        )

    # Flat out: events a second, and what one costs

    def flat_out(self, subjects: list[Subject], name: str, folder: Path) -> None:
        """Each subject by turns, in slices, as fast as it goes."""
        rounds, seconds = (1, 0.1) if self.quick else (3, 2.0)
        taken = {subject.name: 0.0 for subject in subjects}
        with condition(name, folder, [s.database for s in subjects if s.database]):
            for _ in range(rounds):
                for subject in subjects:
                    taken[subject.name] += _slice(subject, seconds)
        print(f"\n{name}, flat out, microseconds")
        print(f"{'':22}{'events/s':>10}{'median':>10}{'p99':>10}{'max':>12}{'x raw NORMAL':>14}")
        base = statistics.median(
            next(s for s in subjects if s.name == "raw sqlite3 NORMAL").latencies
        )
        for subject in subjects:
            found = sorted(subject.latencies)
            rate = len(found) / taken[subject.name]
            middle = _quantile(found, 0.5)
            print(
                f"{subject.name:22}{rate:>10,.0f}{middle:>10.1f}{_quantile(found, 0.99):>10.1f}"
                f"{found[-1] / 1000:>12,.0f}{middle * 1000 / base:>14.2f}"
            )
            self.figures[f"{name} {subject.name} events/s"] = round(rate)
            subject.latencies.clear()
        for subject in subjects:
            if subject.recorder is not None:
                subject.recorder.flush(60)

    # At a bot's pace: what the caller waits

    def paced(self, subjects: list[Subject], name: str, folder: Path, rate: int) -> None:
        """Slices by turns at one pace, so that all have the same weather."""
        rounds, seconds = (1, 0.2) if self.quick else (8, 3.0)
        backlog = 0.0
        with condition(name, folder, [s.database for s in subjects if s.database]):
            for _ in range(rounds):
                for subject in subjects:
                    backlog = max(backlog, _paced_slice(subject, rate, seconds))
        print(f"\n{name}, {rate} events/s, microseconds")
        print(f"{'':22}{'median':>10}{'p99':>10}{'p99.9':>10}{'max':>12}")
        found: dict[str, list[float]] = {}
        for subject in subjects:
            values = sorted(subject.latencies)
            found[subject.name] = row = [_quantile(values, q) for q in (0.5, 0.99, 0.999, 1.0)]
            print(f"{subject.name:22}{row[0]:>10.1f}{row[1]:>10.1f}{row[2]:>10.1f}{row[3]:>12,.0f}")
            subject.latencies.clear()
        self._judge_paced(f"{name} {rate}/s", found, subjects, backlog, locked=name == "locked")

    def _judge_paced(
        self,
        where: str,
        found: dict[str, list[float]],
        subjects: list[Subject],
        backlog: float,
        *,
        locked: bool,
    ) -> None:
        plain, ours, raw = (found[n] for n in ("plain file", "recorder", "raw sqlite3 NORMAL"))
        self.bar(f"{where}: p99 / plain file's", ours[1] / plain[1], "<=", 3)
        self.bar(f"{where}: p99.9 / plain file's", ours[2] / plain[2], "<=", 3)
        self.bar(f"{where}: median / raw NORMAL's", ours[0] / raw[0], "<=", 1)
        self.bar(f"{where}: raised or refused", sum(s.failed for s in subjects), "==", 0)
        # While the lock is held nothing can be moved: that second is the other program's.
        own = max(0.0, backlog - LOCK_SECONDS) if locked else backlog
        named = "backlog beyond the lock, s" if locked else "backlog, s"
        self.bar(f"{where}: {named}", own, "<=", 1)
        self.figures[f"{where} backlog s"] = round(backlog, 3)
        for name, row in found.items():
            for label, value in zip(("median", "p99", "p99.9", "max"), row, strict=True):
                self.figures[f"{where} {name} {label} us"] = round(value, 1)

    # Behind the caller: moving and verifying

    def moving(self, folder: Path) -> None:
        """From spool to SQLite, against executemany of the same rows."""
        events = 4_000 if self.quick else 100_000
        ours: list[float] = []
        raw: list[float] = []
        for number in range(1 if self.quick else 3):
            payloads = _payloads(events)
            ours.append(_time(_mover(folder, f"move{number}", payloads)))
            raw.append(_time(_executemany(folder / f"raw{number}.sqlite3", payloads)))
        rates = events / statistics.median(ours), events / statistics.median(raw)
        print(f"\nmoving into SQLite, events/s: {rates[0]:,.0f}; executemany {rates[1]:,.0f}")
        self.figures["moved events/s"], self.figures["executemany events/s"] = map(round, rates)
        self.bar("moving / executemany, events/s", rates[0] / rates[1], ">=", 0.5)

    def verifying(self, folder: Path) -> None:
        """The whole chain, against a bare fetch and hash of the same rows."""
        events = 20_000 if self.quick else 1_000_000
        _fill(folder, "large", events)
        path = stream_paths("large", folder).database
        ours: list[float] = []
        bare: list[float] = []
        for _ in range(1 if self.quick else 3):
            bare.append(_time(lambda: _bare_hash(path)))
            ours.append(_time(lambda: _verified(folder, events)))
        seconds = statistics.median(ours), statistics.median(bare)
        print(f"\nverifying {events:,} events: {seconds[0]:.2f} s; bare {seconds[1]:.2f} s")
        self.figures["verify s"], self.figures["bare fetch and sha256 s"] = (
            round(value, 3) for value in seconds
        )
        self.bar("verifying / bare fetch and sha256", seconds[0] / seconds[1], "<=", 3)


def _slice(subject: Subject, seconds: float) -> float:
    """Append for a while; how long it took."""
    began = time.perf_counter()
    number = 0
    while time.perf_counter() - began < seconds:
        _timed(subject, number)
        number += 1
    return time.perf_counter() - began


def _paced_slice(subject: Subject, rate: int, seconds: float) -> float:
    """Append at a pace; the longest the recorder was behind, in seconds."""
    backlog = 0.0
    due = time.perf_counter()
    for number in range(int(rate * seconds)):
        due += 1 / rate
        wait = due - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        else:
            due -= wait  # what was held up is not made up for in a burst
        _timed(subject, number)
        if subject.recorder is not None and number % (rate // 50) == 0:
            backlog = max(backlog, subject.recorder.health.backlog_seconds)
    return backlog


def _timed(subject: Subject, number: int) -> None:
    began = time.perf_counter_ns()
    try:
        subject.append(number)
    except (AssertionError, sqlite3.Error):
        subject.failed += 1
    subject.latencies.append(time.perf_counter_ns() - began)


def _quantile(values: list[int], part: float) -> float:
    """Of sorted nanoseconds, in microseconds."""
    return values[min(len(values) - 1, int(len(values) * part))] / 1000


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _payloads(events: int) -> list[bytes]:
    body = encoded()
    at = 1_767_225_600_000_000
    return [
        f"{seq}\n{at + seq}\n{at + seq}\nstate.snapshot\n1\nbot\n8.03\npaper\n\n{body}".encode()
        for seq in range(1, events + 1)
    ]


def _mover(folder: Path, stream: str, payloads: list[bytes]) -> Callable[[], object]:
    paths = stream_paths(stream, folder)
    private_folder(paths.events)
    spool = Spool(paths.spool)
    for seq, payload in enumerate(payloads, start=1):
        spool.write(seq, payload)
    writer = Writer(paths)
    mover = Mover(spool, writer, lambda seq, _: parse(payloads[seq - 1]))

    def work() -> None:
        while mover.move():
            pass
        writer.close()
        spool.close()

    return work


def _executemany(path: Path, payloads: list[bytes]) -> Callable[[], object]:
    rows = []
    previous = GENESIS
    for payload in payloads:
        previous = chain(previous, payload)
        rows.append((*parse(payload), previous))
    connection = open_writer(path)

    def work() -> None:
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(INSERT, batch)
            connection.execute("COMMIT")
        connection.close()

    return work


def _fill(folder: Path, stream: str, events: int) -> None:
    paths = stream_paths(stream, folder)
    private_folder(paths.events)
    _executemany(paths.database, _payloads(events))()


def _bare_hash(path: Path) -> None:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        for row in connection.execute("SELECT * FROM event ORDER BY seq"):
            sha256(row[9].encode()).digest()


def _verified(folder: Path, events: int) -> None:
    found = verify("large", folder=folder)
    if not found.ok or found.events != events:
        raise AssertionError(found.problem)


def run(bench: Bench) -> None:
    with tempfile.TemporaryDirectory(prefix="blotter-") as scratch:
        folder = Path(scratch)
        bench.moving(folder)
        bench.verifying(folder)
        floor, normal = plain_file(folder), raw_sqlite(folder, "NORMAL")
        ours = recorder(folder)
        others = [
            raw_sqlite(folder, "FULL"),
            recorder(folder, durable=True),
            eventsourcing_library(folder),
            django_create(folder),
        ]
        everyone = [floor, normal, ours, *others]
        for name in CONDITIONS:
            for rate in RATES[-1:] if bench.quick else RATES:
                bench.paced([floor, normal, ours], name, folder, rate)
        for name in CONDITIONS[:1] if bench.quick else CONDITIONS:
            bench.flat_out(everyone, name, folder)
        for subject in everyone:
            subject.close()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.recorder",
        description=f"What recording one event of {len(json.dumps(BODY))} bytes costs.",
    )
    parser.add_argument("--quick", action="store_true", help="under 30 seconds, says little")
    bench = Bench(quick=parser.parse_args().quick)
    run(bench)
    print()
    for bar in bench.bars:
        sign = "ok " if bar["ok"] else "NOT"
        print(f"{sign} {bar['name']:48} {bar['value']:>8} {bar['op']} {bar['limit']}")
    ok = all(bar["ok"] for bar in bench.bars)
    print(
        json.dumps(
            {
                "name": "recorder",
                "quick": bench.quick,
                "figures": bench.figures,
                "bars": bench.bars,
                "ok": ok,
            }
        )
    )
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
