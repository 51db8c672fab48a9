import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trader.feed.replay import BadCandleFile, ReplayFeed

HEADER = "open_time,open,high,low,close,volume,quote_volume,trades"
FIRST = 1_704_067_200_000


def row(number: int, low: str = "9", open_time: str | None = None) -> str:
    opened = open_time or str(FIRST + number * 900_000)
    return f"{opened},10,12,{low},11,5,50,7"


def written(folder: Path, lines: list[str], name: str = "BTCUSDT_15m.csv") -> Path:
    path = folder / name
    content = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


@pytest.mark.parametrize("name", ["BTCUSDT_15m.csv", "BTCUSDT_15m.csv.gz"])
def test_a_file_is_read_plain_or_packed(tmp_path: Path, name: str) -> None:
    feed = ReplayFeed(written(tmp_path, [HEADER, *map(row, range(5))], name))
    opened = [candle.open_time for candle in feed.candles(None)]
    first = datetime(2024, 1, 1, tzinfo=UTC)
    assert opened == [first + number * timedelta(minutes=15) for number in range(5)]


def test_the_interval_is_the_step_between_candles(tmp_path: Path) -> None:
    assert ReplayFeed(written(tmp_path, [HEADER, row(0), row(4)])).interval == timedelta(hours=1)


def test_a_feed_goes_on_after_any_candle(tmp_path: Path) -> None:
    feed = ReplayFeed(written(tmp_path, [HEADER, *map(row, range(5))]))
    everything = list(feed.candles(None))
    assert list(feed.candles(everything[2].open_time)) == everything[3:]


def test_after_its_last_candle_a_feed_is_at_its_end(tmp_path: Path) -> None:
    feed = ReplayFeed(written(tmp_path, [HEADER, *map(row, range(5))]))
    assert list(feed.candles(list(feed.candles(None))[-1].open_time)) == []


def test_history_ends_with_the_candle_asked_for(tmp_path: Path) -> None:
    feed = ReplayFeed(written(tmp_path, [HEADER, *map(row, range(5))]))
    everything = list(feed.candles(None))
    assert feed.history(everything[3].open_time, 2) == everything[2:4]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([HEADER], "holds 0 candles"),
        (["time,open", "1,2"], "has no column open_time, high, low, close, volume"),
        ([HEADER, row(0), row(1), row(3)], "line 4: 0:30:00 after the candle before"),
        ([HEADER, row(0), row(1), row(1)], "line 4: 0:00:00 after the candle before"),
        ([HEADER, row(1), row(0)], "line 3: the candles do not go forward"),
        ([HEADER, row(0), row(1, low="NaN")], "line 3: .*not every number is finite"),
        ([HEADER, row(0), row(1, low="x")], "line 3:"),
        ([HEADER, row(0), row(1, low="11")], "line 3: .*low 11 is above open 10"),
        ([HEADER, row(0, open_time="2024-01-01"), row(1)], "open_time is '2024-01-01'"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_refused(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    with pytest.raises(BadCandleFile, match=said):
        ReplayFeed(written(tmp_path, lines))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCandleFile, match="cannot be read"):
        ReplayFeed(tmp_path / "none.csv")


def test_a_file_that_only_looks_packed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT.csv.gz"
    path.write_text("no gzip")
    with pytest.raises(BadCandleFile, match="cannot be read"):
        ReplayFeed(path)
