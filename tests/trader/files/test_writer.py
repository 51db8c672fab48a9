"""The bot's files, written by a thread from what was recorded; no disk touches the bot."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.trader.fakes import MemoryLog
from tests.trader.plans import go, plan
from trader.files import writer
from trader.files.log import TradesLog
from trader.files.writer import Files, WithFiles, with_files


class NamedLog(MemoryLog):
    """A log that says whose it is, as the recorder does."""

    bot, mode = "demo", "demo"

    def close(self) -> None:
        """Nothing is open."""


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not come to be in 20 seconds"
        time.sleep(0.005)


@pytest.fixture
def log() -> NamedLog:
    return NamedLog()


def run_bot(log: NamedLog, folder: Path, candles: int = 700) -> None:
    of = plan(log, candles)

    def open_log(version: str) -> Any:
        log.version = version
        return with_files(log, log, folder / "bot_state.json", folder / "trades.csv")

    object.__setattr__(of, "open_log", open_log)
    go(of)


def trades(log: MemoryLog) -> list[str]:
    return [str(event.ref) for event in log.events if event.kind == "trade.closed"]


def logged(folder: Path) -> list[str]:
    lines = (folder / "trades.csv").read_text().splitlines()[1:]
    return [json.loads(f"[{line}]")[1] for line in lines]


def test_the_log_holds_the_bots_trades_in_order(log: NamedLog, tmp_path: Path) -> None:
    run_bot(log, tmp_path)
    assert logged(tmp_path) == trades(log) != []


def test_the_state_is_the_last_snapshots(log: NamedLog, tmp_path: Path) -> None:
    run_bot(log, tmp_path)
    state = json.loads((tmp_path / "bot_state.json").read_text())
    last = [event for event in log.events if event.kind == "state.snapshot"][-1].body
    assert (state["equity"], state["balance"], state["version"]) == (
        last["equity"],
        last["balance"],
        "8.03",
    )


def test_without_files_the_log_is_the_recorder_itself(log: NamedLog) -> None:
    assert with_files(log, log, None, None) is log


def test_what_the_log_lacks_is_added_at_the_start(log: NamedLog, tmp_path: Path) -> None:
    go(plan(log))
    with with_files(log, log, None, tmp_path / "trades.csv"):
        until(lambda: (tmp_path / "trades.csv").exists())
    assert logged(tmp_path) == trades(log)


class Slow(TradesLog):
    """A log on a disk that hangs until it is let go."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.go, self.began = threading.Event(), threading.Event()

    def add(self, trades: Any) -> int:
        self.began.set()
        assert self.go.wait(30)
        return super().add(trades)


@pytest.fixture
def slow(log: NamedLog, tmp_path: Path) -> Iterator[tuple[WithFiles, Slow]]:
    files = Files(state=None, trades=tmp_path / "trades.csv", past=lambda: ())
    disk = Slow(tmp_path / "trades.csv")
    files._log = disk
    with_ = WithFiles(log, files)
    yield with_, disk
    disk.go.set()
    with_.close()


def closed(number: int) -> dict[str, object]:
    return {"trade_id": f"t{number}", "net_pnl": Decimal(1)}


def test_a_hanging_disk_keeps_nobody(slow: tuple[WithFiles, Slow], log: NamedLog) -> None:
    with_, disk = slow
    assert disk.began.wait(10)
    for number in range(100):
        with_.append("trade.closed", closed(number), ref=f"t{number}")
    assert len(trades(log)) == 100
    assert not disk.path.exists()


def test_a_hanging_disk_is_told(
    slow: tuple[WithFiles, Slow], log: NamedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_, disk = slow
    assert disk.began.wait(10)
    monkeypatch.setattr(writer, "HANGS", 0.0)
    with_.append("trade.closed", closed(1), ref="t1")
    told = next(event for event in log.events if event.kind == "files.failing")
    assert "hangs" in told.body["problem"]


def test_a_past_that_cannot_be_read_is_told_and_tried_again(log: NamedLog, tmp_path: Path) -> None:
    readings: list[int] = []

    def past() -> list[dict[str, object]]:
        readings.append(1)
        if len(readings) == 1:
            raise RuntimeError("the stream cannot be read now")
        return [closed(1)]

    with WithFiles(log, Files(state=None, trades=tmp_path / "t.csv", past=past, retry=0.01)):
        until(lambda: any(event.kind == "files.written" for event in log.events))
    assert "t1" in (tmp_path / "t.csv").read_text()


def test_a_folder_that_cannot_be_written_is_told_and_tried_again(
    log: NamedLog, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "out"
    in_the_way.write_text("a file where a folder should be")
    files = Files(
        state=in_the_way / "state.json", trades=in_the_way / "trades.csv", past=lambda: (),
        retry=0.01,
    )  # fmt: skip
    with WithFiles(log, files) as with_:
        with_.append("trade.closed", closed(1), ref="t1")
        with_.append("state.snapshot", {"equity": Decimal(5)})
        until(lambda: any(event.kind == "files.failing" for event in log.events))
        in_the_way.unlink()
        until(lambda: any(event.kind == "files.written" for event in log.events))
    assert "t1" in (in_the_way / "trades.csv").read_text()
    assert json.loads((in_the_way / "state.json").read_text())["equity"] == "5"
