"""The bot's log of trades: whole rows, each trade once, one layout a file."""

import csv
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trader.files.log import COLUMNS, LAYOUT, TradesLog
from trader.files.whole import replace_whole


def trade(number: int, **more: Any) -> dict[str, Any]:
    return {
        "trade_id": f"t{number}",
        "bot": "paper",
        "version": "8.03",
        "mode": "paper",
        "symbol": "BTCUSDT",
        "side": "long",
        "entry_time": datetime(2026, 1, 1, tzinfo=UTC),
        "exit_time": datetime(2026, 1, 2, tzinfo=UTC),
        "net_pnl": Decimal("-1.50"),
        **more,
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "trades.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_names_its_layout(path: Path) -> None:
    TradesLog(path).add([trade(1), trade(2)])
    assert [(row["layout"], row["trade_id"]) for row in rows(path)] == [
        (LAYOUT, "t1"),
        (LAYOUT, "t2"),
    ]


def test_a_trade_is_written_once(path: Path) -> None:
    log = TradesLog(path)
    assert (log.add([trade(1)]), log.add([trade(1), trade(2)])) == (1, 1)
    assert TradesLog(path).add([trade(1), trade(2)]) == 0


def test_money_and_times_are_exact_and_the_unknown_is_empty(path: Path) -> None:
    TradesLog(path).add([trade(1)])
    row = rows(path)[0]
    assert (row["net_pnl"], row["exit_time"], row["fee"]) == ("-1.50", "2026-01-02T00:00:00Z", "")


def test_other_columns_begin_another_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("trade_id,symbol,pnl\nt1,BTCUSDT,1\n")
    TradesLog(path).add([trade(1), trade(2)])
    older = list(path.parent.glob("trades.2*.csv"))
    assert [each.read_text() for each in older] == ["trade_id,symbol,pnl\nt1,BTCUSDT,1\n"]
    assert [row["trade_id"] for row in rows(path)] == ["t2"]


def test_a_torn_row_is_written_anew(path: Path) -> None:
    TradesLog(path).add([trade(1), trade(2)])
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    TradesLog(path).add([trade(1), trade(2)])
    assert path.read_bytes() == whole


def test_a_header_cut_off_in_the_midst_is_put_aside(path: Path) -> None:
    TradesLog(path).add([trade(1)])
    path.write_bytes(path.read_bytes()[:30])
    TradesLog(path).add([trade(1)])
    assert [row["trade_id"] for row in rows(path)] == ["t1"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_what_a_full_disk_took_of_a_row_is_cut_off_again(path: Path) -> None:
    import resource

    log = TradesLog(path)
    log.add([trade(1)])
    whole = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 50, limits[1]))
    try:
        with pytest.raises(OSError, match="part"):
            log.add([trade(2)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == whole
    assert log.add([trade(1), trade(2)]) == 1


@pytest.mark.parametrize("reason", ["=1+1", "@x", "-2+3", "\t=1", "＝1"])
def test_what_a_spreadsheet_would_run_is_text(path: Path, reason: str) -> None:
    TradesLog(path).add([trade(1, exit_reason=reason)])
    assert rows(path)[0]["exit_reason"].startswith("'")


def test_a_reason_of_several_lines_is_one_row(path: Path) -> None:
    TradesLog(path).add([trade(1, exit_reason="stop\nhit"), trade(2)])
    assert len(path.read_text().splitlines()) == 3


def test_the_header_is_the_columns(path: Path) -> None:
    TradesLog(path).add([trade(1)])
    assert tuple(rows(path)[0]) == COLUMNS


def test_a_file_is_put_in_place_whole(tmp_path: Path) -> None:
    target = tmp_path / "state.json"
    replace_whole(target, b"one")
    replace_whole(target, b"two")
    assert (target.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (
        b"two",
        ["state.json"],
    )


def test_what_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "state.json").mkdir()
    (tmp_path / "state.json" / "in").touch()
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        replace_whole(tmp_path / "state.json", b"one")
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]
