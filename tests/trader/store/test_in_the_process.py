"""Clocks, threads, signals and forks around a recorder."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.trader.store.trouble import (
    ROOT,
    Record,
    append,
    can_fork,
    on_posix,
    seqs,
)
from trader.store import Reader, Recorder

# Clock, threads, signals, forks


def test_a_clock_stepping_backward_is_counted_and_seq_keeps_the_order(
    record: Record, folder: Path
) -> None:
    times = iter([3_000, 2_000, 1_000, 4_000, *[5_000] * 100])
    recorder = record(clock=lambda: next(times))
    append(recorder, 4)
    recorder.flush()
    events = Reader("bot", folder=folder).read()
    assert [event.recorded_at for event in events] == [3_000, 2_000, 1_000, 4_000]
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert recorder.health.clock_steps == 2


def test_a_clock_that_fails_refuses_and_does_not_raise(record: Record) -> None:
    def broken() -> int:
        raise RuntimeError("no time")

    assert not record(clock=broken).append("a", {}).stored


def test_a_thousand_threads_append(recorder: Recorder, folder: Path) -> None:
    taken: list[int] = []
    start = threading.Barrier(1000)

    def work() -> None:
        start.wait(30)
        taken.extend(append(recorder, 3))

    threads = [threading.Thread(target=work) for _ in range(1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.flush()
    assert sorted(taken) == seqs(folder) == list(range(1, 3001))


@on_posix
def test_a_signals_handler_may_append(record: Record, folder: Path) -> None:
    """It never waits for the append it interrupted, and its events arrive."""
    code = (
        "import signal, sys\n"
        "from trader.store import Recorder, Reader, verify\n"
        "handled = 0\n"
        "r = Recorder('bot', version='1', mode='demo', folder=sys.argv[1])\n"
        "def handle(*_):\n"
        "    global handled\n"
        "    handled += 1\n"
        "    r.append('from.signal', {})\n"
        "signal.signal(signal.SIGALRM, handle)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0002)\n"
        "for n in range(5000): r.append('a', {'n': n})\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "r.close()\n"
        "events = Reader('bot', folder=sys.argv[1]).read(limit=10000)\n"
        "print(sum(e.kind == 'a' for e in events),\n"
        "      sum(e.kind == 'from.signal' for e in events) == handled > 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["5000", "True"], done.stderr


@on_posix
def test_an_interrupted_append_loses_nothing_acknowledged(folder: Path) -> None:
    """KeyboardInterrupt comes out of append, as it must; what was acknowledged stays."""
    code = (
        "import signal, sys\n"
        "from trader.store import Recorder, Reader\n"
        "r = Recorder('bot', version='1', mode='demo', folder=sys.argv[1])\n"
        "def handle(*_):\n"
        "    global inside\n"
        "    if inside:\n"
        "        inside = False\n"
        "        raise KeyboardInterrupt\n"
        "acked, interrupts, inside = {}, 0, False\n"
        "signal.signal(signal.SIGALRM, handle)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0003)\n"
        "for n in range(4000):\n"
        "    try:\n"
        "        inside = True\n"
        "        ack = r.append('a', {'n': n})\n"
        "        inside = False\n"
        "        acked[ack.seq] = n\n"
        "    except KeyboardInterrupt: interrupts += 1\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "r.close()\n"
        "read = Reader('bot', folder=sys.argv[1]).read(0, 9999)\n"
        "events = {e.seq: e.body.get('n') for e in read}\n"
        "lost = {s: n for s, n in acked.items() if events.get(s) != n}\n"
        "print(lost, interrupts > 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["{}", "True"], done.stderr


FORK = """
import os, sys, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from trader.store import Recorder, Reader, verify
r = Recorder("bot", version="1", mode="demo", folder=sys.argv[1])
r.append("a", {})
r.flush()
child = os.fork()
if child == 0:
    ack = r.append("from.child", {})
    r.close()
    flushed = r.flush(0.1)
    sys.exit(7 if not ack.stored and r.health.refused == 1 else 8)
_, status = os.waitpid(child, 0)
r.append("a", {})
r.close()
print(os.waitstatus_to_exitcode(status), verify("bot", folder=sys.argv[1]).events)
"""


@can_fork
def test_a_forked_child_is_refused_and_harms_nothing(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["7", "2"], done.stderr


FORK_AND_DIE = """
import os, sys, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)
from trader.store import Recorder
r = Recorder("bot", version="1", mode="demo", folder=sys.argv[1])
r.append("a", {})
child = os.fork()
if child == 0:
    print(os.getpid(), flush=True)
    time.sleep(60)
os.kill(os.getpid(), 9)
"""


@can_fork
def test_a_living_child_does_not_hold_a_dead_parents_stream(folder: Path, record: Record) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FORK_AND_DIE, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.wait(10)
        try:
            assert record().append("a", {}).seq == 2
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_bot_that_ends_without_closing_leaves_nothing_behind(folder: Path) -> None:
    code = (
        "import sys\n"
        "from trader.store import Recorder\n"
        "r = Recorder('bot', version='1', mode='demo', folder=sys.argv[1])\n"
        "for n in range(100): r.append('a', {'n': n})\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code, str(folder)], cwd=ROOT, check=True)
    assert Reader("bot", folder=folder).head().seq == 100
