"""The bot as its own process, with the real recorder."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from config.environment import ROOT
from trader.domain.candle import to_milliseconds
from trader.feed.demo import generate
from trader.store import Event, Reader, streams, verify

HEADER = "open_time,open,high,low,close,volume\n"


@pytest.fixture(scope="module")
def candle_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("candles") / "BTCUSDT_15m.csv"
    rows = (
        f"{to_milliseconds(c.open_time)},{c.open},{c.high},{c.low},{c.close},{c.volume}\n"
        for c in islice(generate(seed=7), 1500)
    )
    path.write_text(HEADER + "".join(rows))
    return path


def bot(*options: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BLOTTER_")} | more
    command = [sys.executable, "-m", "trader", *map(str, options)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def events(folder: Path, stream: str) -> list[Event]:
    reader, found = Reader(stream, folder=folder), list[Event]()
    while batch := reader.read(after=found[-1].seq if found else 0):
        found += batch
    return found


@pytest.fixture(scope="module")
def replayed(candle_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    done = bot("--feed", "replay", "--candles", candle_file, "--data", folder)
    assert done.returncode == 0, done.stderr
    return folder


STREAM = "replay-BTCUSDT_15m"


def test_a_replay_records_every_candle(replayed: Path) -> None:
    kinds = [event.kind for event in events(replayed, STREAM)]
    assert kinds.count("state.snapshot") == 1500


def test_what_it_recorded_is_whole(replayed: Path) -> None:
    assert verify(STREAM, folder=replayed).ok


def test_the_trades_add_up_to_the_equity(replayed: Path) -> None:
    recorded = events(replayed, STREAM)
    last = [event.body for event in recorded if event.kind == "state.snapshot"][-1]
    closed = [event.body for event in recorded if event.kind == "trade.closed"]
    realised = sum(Decimal(body["net_pnl"]) for body in closed)
    opened = sum(Decimal(position["realised"]) for position in last["positions"])
    change = Decimal(last["equity"]) - Decimal(last["deposits"])
    assert change == realised + opened + Decimal(last["unrealised"])


def test_the_same_replay_again_appends_nothing(replayed: Path, candle_file: Path) -> None:
    before = events(replayed, STREAM)
    done = bot("--feed", "replay", "--candles", candle_file, "--data", replayed)
    assert (done.returncode, events(replayed, STREAM)) == (0, before)


@contextmanager
def running(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A demo bot on this data folder, once it has recorded its first candle; ended at the end."""
    command = [sys.executable, "-m", "trader", "--data", str(folder), "--until-stdin-closes"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stderr=pipe, text=True) as process:
        try:
            reader = Reader("demo", folder=folder)
            while not ("demo" in streams(folder) and reader.head().seq > 10):
                assert process.poll() is None
            yield process
        finally:
            process.communicate(timeout=60)


def test_an_order_to_stop_ends_a_live_demo_cleanly(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        pass
    last = events(tmp_path, "demo")[-1]
    assert (process.returncode, last.kind, last.body["reason"]) == (
        0,
        "bot.stopped",
        "interrupted",
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_a_signal_ends_it_cleanly(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--feed", "replay"], "give --candles FILE"),
        (["--feed", "replay", "--candles", "none.csv"], "cannot be read as a candle file"),
        (["--feed", "nothing"], "BLOTTER_FEED is 'nothing'"),
        (["--version", "9.99"], "'9.99' is not known"),
        (["--fee-rate", "-1", "--slippage", "7"], "BLOTTER_SLIPPAGE is '7'"),
    ],
)
def test_what_cannot_be_carried_out_is_said_in_a_sentence(
    tmp_path: Path, options: list[str], said: str
) -> None:
    done = bot(*options, "--data", tmp_path)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_settings_can_be_variables(tmp_path: Path) -> None:
    done = bot("--data", tmp_path, BLOTTER_FEED="replay")
    assert "give --candles FILE" in done.stderr


def test_r14_a_second_bot_on_the_same_stream_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        second = bot("--data", tmp_path)
    assert (second.returncode, str(first.pid) in second.stderr) == (2, True)


def test_the_help_shows_an_example() -> None:
    assert "python -m trader --feed replay" in bot("--help").stdout


def test_bodies_read_back_as_plain_json(replayed: Path) -> None:
    assert all(json.dumps(event.body) for event in events(replayed, STREAM))
