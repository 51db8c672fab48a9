"""replay --versions: each version a stream of its own on the same candles."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from trader.cli import parser
from trader.commands.versions import replay
from trader.domain.candle import to_milliseconds
from trader.feed.demo import generate
from trader.store import Reader, streams

CANDLES = 900


@pytest.fixture(scope="module")
def candle_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("candles") / "BTCUSDT_15m.csv"
    rows = (
        f"{to_milliseconds(c.open_time)},{c.open},{c.high},{c.low},{c.close},{c.volume}\n"
        for c in islice(generate(seed=7), CANDLES)
    )
    path.write_text("open_time,open,high,low,close,volume\n" + "".join(rows))
    return path


@contextmanager
def unseen(_candles: int | None) -> Iterator[Any]:
    yield lambda: None


def run(folder: Path, file: Path, *options: str, stop: threading.Event | None = None) -> int:
    argv = ["--candles", str(file), "--data", str(folder), "--json", *options]
    return replay(parser(), argv, stop or threading.Event(), unseen)


BOTH = ("--versions", "8.01,8.03")
NAMES = ["replay-BTCUSDT_15m-8.01", "replay-BTCUSDT_15m-8.03"]


@pytest.fixture(scope="module")
def folder(candle_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data")
    assert run(made, candle_file, *BOTH) == 0
    return made


def test_each_version_has_a_stream_of_its_own(folder: Path) -> None:
    assert streams(folder) == NAMES


@pytest.mark.parametrize("stream", NAMES)
def test_each_saw_the_same_candles(folder: Path, stream: str) -> None:
    snapshots = Reader(stream, folder=folder).newest(limit=10_000, kind="state.snapshot")
    assert len(snapshots) == CANDLES
    assert {snapshot.version for snapshot in snapshots} == {stream.rsplit("-", 1)[1]}


def test_they_share_an_account_that_is_named_in_words(folder: Path) -> None:
    accounts = {
        Reader(stream, folder=folder).newest(limit=1, kind="state.snapshot")[0].body["account"]
        for stream in NAMES
    }
    assert accounts == {"replay BTCUSDT 15m"}


def test_the_figures_are_the_streams_own(
    folder: Path, candle_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(folder, candle_file, *BOTH) == 0
    for told in json.loads(capsys.readouterr().out):
        trades = Reader(told["stream"], folder=folder).newest(limit=10_000, kind="trade.closed")
        net = sum((Decimal(trade.body["net_pnl"]) for trade in trades), Decimal(0))
        assert (told["trades"], Decimal(told["net_pnl"])) == (len(trades), net)


def test_the_same_command_again_appends_nothing(folder: Path, candle_file: Path) -> None:
    before = [Reader(stream, folder=folder).head() for stream in NAMES]
    run(folder, candle_file, *BOTH)
    assert [Reader(stream, folder=folder).head() for stream in NAMES] == before


def test_an_interrupted_one_says_so_and_goes_on(tmp_path: Path, candle_file: Path) -> None:
    stop = threading.Event()
    left = iter(range(400))

    @contextmanager
    def stopping(_candles: int | None) -> Iterator[Any]:
        def advanced() -> None:
            if next(left, None) is None:
                stop.set()

        yield advanced

    argv = [*BOTH, "--candles", str(candle_file), "--data", str(tmp_path), "--json"]
    assert replay(parser(), argv, stop, stopping) == 1
    assert streams(tmp_path) == NAMES[:1]
    assert run(tmp_path, candle_file, *BOTH) == 0
    assert (
        len(Reader(NAMES[0], folder=tmp_path).newest(limit=9999, kind="state.snapshot")) == CANDLES
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--versions", ""], "name the versions"),
        (["--versions", "9.99", "--candles", "{file}"], "'9.99' is not known"),
        (["--versions", "8.01", "--candles", "none.csv"], "cannot be read as a candle file"),
        (["--versions", "8.01"], "give --candles FILE"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    options: list[str],
    said: str,
    candle_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    argv = [option.format(file=candle_file) for option in options]
    code = replay(parser(), [*argv, "--data", str(tmp_path)], threading.Event(), unseen)
    assert (code, said in capsys.readouterr().err) == (2, True)


def test_its_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        replay(parser(), ["--help"], threading.Event(), unseen)
    assert "python -m trader replay --versions 8.02,8.03" in capsys.readouterr().out
