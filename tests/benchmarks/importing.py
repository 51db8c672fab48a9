"""How fast a million rows are imported, in how much memory, and what a live bot feels of it.

The whole of `manage.py import_csv`, progress bar on, against the csv module, Decimal and a bare
insert on the same file in the same run. Meanwhile a bot records at a steady pace; its p99 is
compared with that under a plain CPU load.

    python -m tests.benchmarks.importing [--quick] [--rows N]
"""

import argparse
import csv
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from trader.store import Recorder

ROOT = Path(__file__).resolve().parents[2]
FULL, QUICK = 1_000_000, 20_000
HEADER = (
    "trade_id,version,symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,"
    "pnl_usdt,exit_reason\n"
)
PACE = 0.02
BODY = {"symbol": "BTCUSDT", "equity": "1000.00", "quote_asset": "USDT", "account": "live"}


def write_log(path: Path, rows: int) -> None:
    """Trades one after the other, in integers so that making them takes no time."""
    rng = random.Random(7)
    clock = datetime(2015, 1, 1, tzinfo=UTC)
    with path.open("w", newline="") as stream:
        stream.write(HEADER)
        for number in range(rows):
            entry = rng.randint(3_000_000, 4_500_000)
            left = entry + rng.randint(-80_000, 80_000)
            quantity, side = rng.randint(100, 20_000), rng.choice((1, -1))
            fee = (entry + left) * quantity * 4 // 100
            net = (left - entry) * quantity * side * 100 - fee
            clock += timedelta(seconds=rng.randint(60, 400))
            end = clock + timedelta(seconds=rng.randint(30, 59))
            sign, size = ("-", -net) if net < 0 else ("", net)
            stream.write(
                f"{number},v8.0{number * 3 // rows + 1},BTCUSDT,{'LONG' if side > 0 else 'SHORT'},"
                f"{clock.isoformat()},{end.isoformat()},{entry // 100}.{entry % 100:02d},"
                f"{left // 100}.{left % 100:02d},{quantity // 10_000}.{quantity % 10_000:04d},"
                f"{fee // 10**8}.{fee % 10**8:08d},"
                f"{sign}{size // 10**8}.{size % 10**8:08d},SIGNAL\n"
            )


def baseline(log: Path, folder: Path) -> float:
    """Rows a second of csv, Decimal and a bare insert."""
    started = time.perf_counter()
    with closing(sqlite3.connect(folder / "bare.sqlite3")) as connection:
        connection.execute(f"CREATE TABLE trade ({', '.join(f'c{n}' for n in range(12))})")
        with log.open(newline="") as stream, connection:
            connection.executemany(
                f"INSERT INTO trade VALUES ({','.join('?' * 12)})", _rows(stream)
            )
        (rows,) = connection.execute("SELECT count(*) FROM trade").fetchone()
    return float(rows / (time.perf_counter() - started))


def _rows(stream: Iterator[str]) -> Iterator[tuple[str, ...]]:
    reader = csv.reader(stream)
    next(reader)
    for row in reader:
        yield (*row[:6], *(str(Decimal(cell)) for cell in row[6:11]), row[11])


def import_it(log: Path, data: Path, *options: str) -> tuple[float, float]:
    """(seconds, peak MB) of the command in a process of its own, its progress bar on."""
    command = [sys.executable, "manage.py", "import_csv", str(log), "--json", *options]
    environment = {**os.environ, "BLOTTER_DB": str(data)}
    terminal, stderr = _terminal()
    started = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=stderr
    )
    peak = watch(child)
    took = time.perf_counter() - started
    for descriptor in terminal:
        os.close(descriptor)
    if child.returncode:
        raise SystemExit(f"import_csv ended with {child.returncode}")
    return took, peak


def _terminal() -> tuple[list[int], int]:
    """A terminal for the progress bar, drained; where there is none, nothing."""
    if sys.platform == "win32":
        return [], subprocess.DEVNULL
    ours, theirs = os.openpty()

    def drain() -> None:
        try:
            while os.read(ours, 65_536):
                pass
        except OSError:
            return

    threading.Thread(target=drain, daemon=True).start()
    return [theirs], theirs


def watch(child: subprocess.Popen[bytes]) -> float:
    """Peak MB of a process and all it has started, looked at until it ends."""
    peak = 0.0
    while child.poll() is None:
        peak = max(peak, _memory(child.pid))
        time.sleep(0.1)
    return peak


def _memory(pid: int) -> float:
    """Resident MB of a process and all it has started, now; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    own = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0")
    return int(own.split()[1]) / 1024 + sum(_memory(int(child)) for child in children)


def p99_while(work: Callable[[], object], folder: Path) -> float:
    """Microseconds a live bot's append takes at p99 while something else goes on."""
    taken: list[float] = []
    stop = threading.Event()

    def bot() -> None:
        with Recorder("bot", version="1", mode="live", folder=folder) as recorder:
            while not stop.wait(PACE):
                started = time.perf_counter()
                recorder.append("state.snapshot", BODY)
                taken.append((time.perf_counter() - started) * 1e6)

    thread = threading.Thread(target=bot)
    thread.start()
    try:
        work()
    finally:
        stop.set()
        thread.join()
    return sorted(taken)[int(len(taken) * 0.99)] if taken else 0.0


def burn(seconds: float) -> None:
    """A plain CPU load in a process of its own, watched as the import is."""
    code = f"import time; end = time.time() + {seconds}\nwhile time.time() < end: sum(range(1000))"
    watch(subprocess.Popen([sys.executable, "-c", code]))


def measure(rows: int, folder: Path) -> dict[str, float]:
    """The figures of one run."""
    log = folder / "log.csv"
    write_log(log, rows)
    bare = baseline(log, folder)
    seconds, memory = 0.0, 0.0

    def whole() -> None:
        nonlocal seconds, memory
        seconds, memory = import_it(log, folder / "data")

    live = p99_while(whole, folder / "live")
    reading, _ = import_it(log, folder / "dry", "--dry-run")
    load = p99_while(lambda: burn(max(2.0, min(seconds, 30.0))), folder / "load")
    return {
        "rows": rows,
        "baseline_rows_per_second": round(bare),
        "import_rows_per_second": round(rows / seconds),
        "dry_run_rows_per_second": round(rows / reading),
        "ratio": round(rows / seconds / bare, 3),
        "dry_run_ratio": round(rows / reading / bare, 3),
        "peak_mb": round(memory, 1),
        "bot_p99_us_importing": round(live, 1),
        "bot_p99_us_cpu_load": round(load, 1),
        "bot_p99_ratio": round(live / load, 2) if load else 0.0,
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table, and the JSON line last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 rows, within 30 seconds")
    parser.add_argument("--rows", type=int, default=0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(options.rows or (QUICK if options.quick else FULL), Path(folder))
    bars = [
        _bar("ratio", figures["ratio"], ">=", 0.4),
        _bar("peak_mb", figures["peak_mb"], "<=", 150),
        _bar("bot_p99_ratio", figures["bot_p99_ratio"], "<=", 2),
    ]
    for name, value in figures.items():
        print(f"{name:<28}{value:>14,}")
    ok = all(bool(bar["ok"]) for bar in bars)
    result = {
        "name": "importing",
        "quick": options.quick,
        "figures": figures,
        "bars": bars,
        "ok": ok,
    }
    print(json.dumps(result))
    return 0 if ok else 1


def _bar(name: str, value: float, op: str, limit: float) -> dict[str, object]:
    ok = value >= limit if op == ">=" else value <= limit
    return {"name": name, "value": value, "op": op, "limit": limit, "ok": ok}


if __name__ == "__main__":
    sys.exit(main())
