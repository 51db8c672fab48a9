"""A position opened in one file and closed in the next: logs turned over, exports cut in years."""

import gzip
import json
import zipfile
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from dashboard.legacy.joining import are_neighbours, history_of
from trader.store import Event, Reader

HEADER = "time,symbol,side,price,quantity,fee\n"


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_FOLDER = tmp_path / "db"
    settings.DATA_FOLDER.mkdir()
    logs = tmp_path / "logs"
    logs.mkdir()
    return logs


def fill(day: int, side: str, quantity: str = "0.1", price: int = 0) -> str:
    at = f"2026-{1 + day // 28:02}-{1 + day % 28:02} 12:00:00"
    return f"{at},BTCUSDT,{side},{price or 40_000 + 100 * day},{quantity},0.5\n"


def trips(first: int, after: int, **said: Any) -> str:
    """Round trips of a day each."""
    return "".join(
        fill(day, "BUY", **said) + fill(day, "SELL", **said).replace("12:00", "15:00")
        for day in range(first, after)
    )


def run(*paths: Path, **options: Any) -> dict[str, Any]:
    out = StringIO()
    given = {"timezone": "UTC", "json": True, **options}
    with suppress(CommandError):  # records are quarantined
        call_command("import_csv", *map(str, paths), stdout=out, stderr=StringIO(), **given)
    report: dict[str, Any] = json.loads(out.getvalue())
    for file in report["files"]:
        ends = ("imported", "duplicates", "set_aside", "quarantined")
        assert file["records"] == sum(file[name] for name in ends)
    return report


def totals(report: dict[str, Any]) -> tuple[int, ...]:
    return tuple(report["totals"][n] for n in ("trades", "duplicates", "set_aside", "quarantined"))


def events(kind: str) -> list[Event]:
    from django.conf import settings

    return Reader("imports", folder=settings.DATA_FOLDER).newest(kind=kind, limit=1000)


def turned_over(folder: Path) -> None:
    """The newest is trades.csv; a position stands over each turn."""
    (folder / "trades.csv.2").write_text(HEADER + trips(1, 5) + fill(6, "BUY"))
    (folder / "trades.csv.1").write_text(HEADER + fill(7, "SELL") + trips(8, 12) + fill(13, "BUY"))
    (folder / "trades.csv").write_text(HEADER + fill(14, "SELL") + trips(15, 18))


def test_positions_over_a_turn_are_trades(folder: Path) -> None:
    turned_over(folder)
    report = run(folder)
    assert totals(report) == (13, 0, 0, 0)
    assert [(Path(f["path"]).name, f["trades"]) for f in report["files"]] == [
        ("trades.csv", 4), ("trades.csv.1", 5), ("trades.csv.2", 4),
    ]  # fmt: skip


def test_a_trade_names_every_file_it_is_made_of(folder: Path) -> None:
    turned_over(folder)
    report = run(folder)
    sources = [e.body["source"] for e in events("trade.closed") if "also" in e.body["source"]]
    (newest,) = (s for s in sources if s["file"].endswith("trades.csv"))
    opening = report["files"][1]
    assert (newest["lines"], newest["also"]) == (
        [2],
        [{"file": opening["path"], "batch": report["batch"] + ".2", "lines": [11],
          "sha256": opening["sha256"]}],
    )  # fmt: skip


def test_a_dry_run_has_the_same_digest(folder: Path) -> None:
    turned_over(folder)
    assert run(folder, dry_run=True)["digest"] == run(folder)["digest"]


def test_the_same_again_adds_none(folder: Path) -> None:
    turned_over(folder)
    run(folder)
    assert totals(run(folder)) == (0, 26, 0, 0)


def test_undone_as_a_whole_it_can_be_imported_again(folder: Path) -> None:
    turned_over(folder)
    batch = run(folder)["batch"]
    call_command("undo_import", batch, stdout=StringIO())
    assert len(events("trade.voided")) == 13
    assert totals(run(folder)) == (13, 0, 0, 0)


@pytest.mark.parametrize(("part", "voided"), [(1, 4), (2, 6), (3, 5)])
def test_undoing_one_file_takes_back_what_it_opened_too(
    folder: Path, part: int, voided: int
) -> None:
    turned_over(folder)
    batch = run(folder)["batch"]
    call_command("undo_import", f"{batch}.{part}", stdout=StringIO())
    assert len(events("trade.voided")) == voided
    assert totals(run(folder))[0] == voided


def test_the_file_before_it_brings_a_position_back_that_was_refused(folder: Path) -> None:
    turned_over(folder)
    assert totals(run(folder / "trades.csv")) == (3, 0, 0, 1)
    assert totals(run(folder)) == (10, 6, 0, 0)


def test_packed_and_dated_files_are_one_history_too(folder: Path) -> None:
    early, late = HEADER + trips(1, 5) + fill(6, "BUY"), HEADER + fill(7, "SELL") + trips(8, 12)
    (folder / "fills-2026-01.csv.gz").write_bytes(gzip.compress(early.encode()))
    (folder / "fills-2026-02.csv").write_text(late)
    assert totals(run(folder)) == (9, 0, 0, 0)


def test_members_of_an_archive_are_one_history(folder: Path) -> None:
    path = folder / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2026-01/fills.csv", HEADER + trips(1, 5) + fill(6, "BUY"))
        archive.writestr("2026-02/fills.csv", HEADER + fill(7, "SELL") + trips(8, 12))
    assert totals(run(path)) == (9, 0, 0, 0)


def test_what_two_exports_both_tell_is_told_once(folder: Path) -> None:
    """They overlap in the middle of a position; two real fills alike in both stay two."""
    both = fill(6, "BUY", "0.05") * 2 + fill(7, "BUY")
    (folder / "1.csv").write_text(HEADER + trips(1, 5) + both)
    (folder / "2.csv").write_text(HEADER + both + fill(8, "SELL", "0.2") + trips(9, 12))
    report = run(folder)
    assert totals(report) == (8, 3, 0, 0)
    assert "0.2" in {event.body["quantity"].rstrip("0") for event in events("trade.closed")}


def test_files_of_other_names_are_not_joined(folder: Path) -> None:
    (folder / "momentum.csv").write_text(HEADER + trips(1, 5) + fill(6, "BUY"))
    (folder / "grid.csv").write_text(HEADER + fill(7, "SELL") + trips(8, 12))
    assert totals(run(folder)) == (8, 0, 1, 1)


def test_two_bots_at_one_time_are_not_mixed(folder: Path) -> None:
    (folder / "bot1.csv").write_text(HEADER + trips(1, 9))
    (folder / "bot2.csv").write_text(
        HEADER + trips(1, 9, price=500).replace("12:00:00", "12:30:00")
    )
    report = run(folder)
    assert totals(report) == (16, 0, 0, 0)
    assert {event.body["quantity"] for event in events("trade.closed")} == {"0.1"}


def test_what_one_bot_left_open_does_not_spoil_the_next_one(folder: Path) -> None:
    (folder / "bot1.csv").write_text(HEADER + trips(1, 5) + fill(6, "BUY"))
    (folder / "bot2.csv").write_text(HEADER + trips(8, 12))
    assert totals(run(folder)) == (8, 0, 1, 0)


def test_a_missing_file_costs_no_more_than_its_own_trades(folder: Path) -> None:
    turned_over(folder)
    (folder / "trades.csv.3").write_text(HEADER + trips(0, 1))
    (folder / "trades.csv.1").unlink()
    assert totals(run(folder)) == (8, 0, 1, 1)


def test_added_to_before_and_after_the_turn(folder: Path) -> None:
    """By itself the second file looks whole: only the third shows what the first had opened."""
    (folder / "1.csv").write_text(HEADER + trips(1, 5) + fill(6, "BUY"))
    (folder / "2.csv").write_text(HEADER + fill(7, "BUY") + fill(8, "SELL"))
    (folder / "3.csv").write_text(HEADER + fill(9, "SELL") + trips(10, 12))
    report = run(folder)
    assert totals(report) == (7, 0, 0, 0)
    assert [file["trades"] for file in report["files"]] == [4, 0, 3]


def test_a_damaged_fill_at_the_turn_costs_the_position_over_it(folder: Path) -> None:
    broken = fill(6, "SELL").replace(",0.1,", ",0.l,")
    (folder / "1.csv").write_text(HEADER + trips(1, 5) + fill(5, "BUY") + broken)
    (folder / "2.csv").write_text(HEADER + fill(7, "SELL") + trips(8, 12))
    assert totals(run(folder))[0] == 8


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("logs/trades.csv", "logs/trades.csv.1", True),
        ("logs/trades.csv.2026-01-01", "logs/trades.csv.2.gz", True),
        ("logs/거래내역_2024.csv", "logs/거래내역_2025.csv", True),
        ("logs/trades.csv", "other/trades.csv", False),
        ("logs/BTCUSDT.csv", "logs/ETHUSDT.csv", False),
    ],
)
def test_names_of_one_history(one: str, other: str, same: bool) -> None:
    assert (history_of(one) == history_of(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "next_to"),
    [
        ("trades.csv", "trades.csv.1", True),
        ("trades.csv.3", "trades.csv.2", True),
        ("trades.csv", "trades.csv.2", False),
        ("trades.csv.1", "trades.csv.3", False),
        ("8.1/part-0009.csv", "8.1/part-0010.csv", True),
        ("2026-01/fills.csv", "2026-03/fills.csv", True),
        ("fills.csv", "fills.csv.20260105", True),
        ("1/log.2.csv", "2/log.3.csv", False),
    ],
)
def test_a_counter_shows_what_is_missing(one: str, other: str, next_to: bool) -> None:
    assert are_neighbours(one, other) is are_neighbours(other, one) is next_to
