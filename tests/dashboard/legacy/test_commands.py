"""import_csv and undo_import, as a user runs them, into a real event store."""

import json
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from trader.store import Event, Reader, Recorder, streams
from trader.store.lock import WriterLock

from .test_damage import HEADER, LOG, ROWS

BAD = ROWS[0].replace("1.03046670", "3701.03046670")


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_FOLDER = tmp_path / "db"
    settings.DATA_FOLDER.mkdir()
    return Path(settings.DATA_FOLDER)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return path


def _import(*paths: Path, code: int = 0, **options: Any) -> dict[str, Any]:
    out = StringIO()
    arguments = {"timezone": "UTC", "version_tag": "8.02", "json": True, **options}
    found = 0
    try:
        call_command("import_csv", *map(str, paths), stdout=out, stderr=StringIO(), **arguments)
    except CommandError as error:
        found = error.returncode
    assert found == code
    return dict(json.loads(out.getvalue())) if out.getvalue() else {}


def _events(folder: Path, kind: str) -> list[Event]:
    if "imports" not in streams(folder):
        return []
    return [e for e in Reader("imports", folder=folder).read(0, 10_000) if e.kind == kind]


def test_the_trades_are_in_the_store_with_their_source(folder: Path, log: Path) -> None:
    report = _import(log)
    bodies = [event.body for event in _events(folder, "trade.closed")]
    assert [body["net_pnl"] for body in bodies] == [
        "1.03046670",
        "-64.68556051",
        "1455.15353397",
        "-30.70895990",
    ]
    assert bodies[0]["source"] == {
        "file": str(log),
        "line": 2,
        "layout": "blotter-v8-plain",
        "version_evidence": "tag",
        "sha256": report["files"][0]["sha256"],
    }


def test_events_carry_the_version_of_their_trade(folder: Path, log: Path) -> None:
    _import(log)
    assert {event.version for event in _events(folder, "trade.closed")} == {"8.02"}


def test_the_last_event_is_import_finished(folder: Path, log: Path) -> None:
    _import(log)
    assert Reader("imports", folder=folder).newest(limit=1)[0].kind == "import.finished"


def test_a_dry_run_writes_nothing_and_has_the_same_digest(folder: Path, log: Path) -> None:
    dry = _import(log, dry_run=True)
    assert streams(folder) == []
    assert dry["digest"] == _import(log)["digest"]


def test_the_same_file_twice_adds_none(folder: Path, log: Path) -> None:
    _import(log)
    again = _import(log)
    assert (again["totals"]["trades"], again["totals"]["duplicates"]) == (0, 4)
    assert len(_events(folder, "trade.closed")) == 4


def test_an_undone_import_can_be_done_again(folder: Path, log: Path) -> None:
    batch = _import(log)["batch"]
    call_command("undo_import", batch, stdout=StringIO())
    assert len(_events(folder, "trade.voided")) == 4
    assert _import(log)["totals"]["trades"] == 4
    refs = [event.ref for event in _events(folder, "trade.closed")]
    assert len(set(refs)) == 8


def test_undoing_twice_voids_once(folder: Path, log: Path) -> None:
    batch = _import(log)["batch"]
    call_command("undo_import", batch, stdout=StringIO())
    call_command("undo_import", batch, stdout=StringIO())
    assert len(_events(folder, "trade.voided")) == 4


def test_a_batch_nobody_knows(folder: Path, log: Path) -> None:
    _import(log)
    with pytest.raises(CommandError, match="no import has the batch"):
        call_command("undo_import", "nonsense", stdout=StringIO())


def test_naive_times_without_a_zone_exit_with_2_and_write_nothing(folder: Path, log: Path) -> None:
    _import(log, code=2, timezone="")
    assert streams(folder) == []


def test_a_wrong_file_exits_with_2_and_nothing_of_the_batch_is_written(
    folder: Path, log: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "diary.csv"
    wrong.write_text("Dear diary,\nnothing happened, really\n" * 5)
    _import(log, wrong, code=2)
    assert streams(folder) == []


def test_quarantined_records_exit_with_1_and_the_good_ones_are_imported(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG + BAD)
    report = _import(path, code=1)
    assert report["totals"]["quarantined"] == 1
    assert len(_events(folder, "trade.closed")) == 4


def test_as_many_as_expected_exit_with_0(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG + BAD)
    _import(path, expect_quarantined=1)


def test_the_quarantine_keeps_the_bytes(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    bad = BAD.replace("SIGNAL", "신호").encode("cp949")
    path.write_bytes(LOG.encode() + bad)
    _import(path, code=1)
    body = _events(folder, "import.quarantined")[0].body
    assert body["raw_file"].encode("latin-1") == bad
    assert (body["line"], body["reason"]) == (6, "contradicted")


def test_what_the_bot_recorded_itself_is_a_duplicate(folder: Path, log: Path) -> None:
    with Recorder("bot", version="8.02", mode="live", folder=folder) as recorder:
        recorder.trade(
            trade_id="1",
            symbol="SOLUSDT",
            side="long",
            entry_time="2024-01-03T14:39:30Z",
            exit_time="2024-01-03T15:28:24Z",
            entry_price="92.630",
            exit_price="93.99",
            quantity="0.8017",
            fee="0.05984530",
            net_pnl="1.03046670",
            quote_asset="USDT",
            account="live",
        )
    assert _import(log)["totals"]["duplicates"] == 1


def test_an_average_is_a_duplicate_however_many_digits_are_printed(
    folder: Path, tmp_path: Path
) -> None:
    prices = (
        "trade_id,version,symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,pnl"
    )
    row = "{},8.02,BTCUSDT,LONG,2024-01-0{} 00:00:00,2024-01-0{} 01:00:00,{},110,1,0,{}\n"
    for name, entries in (("long", "100.123456784999"), ("short", "100.12345678")):
        rows = (
            row.format(day, day, day, entries, Decimal(110) - Decimal(entries))
            for day in range(1, 8)
        )
        (tmp_path / f"{name}.csv").write_text(prices + "\n" + "".join(rows))
    assert _import(tmp_path / "long.csv")["totals"]["imported"] == 7
    assert _import(tmp_path / "short.csv")["totals"]["duplicates"] == 7


def test_a_demo_trade_is_no_live_one(folder: Path, log: Path) -> None:
    _import(log, mode="demo")
    assert _import(log)["totals"]["trades"] == 4


def test_the_same_file_as_another_modes_is_told_under_ids_of_its_own(
    folder: Path, log: Path
) -> None:
    _import(log)
    _import(log, mode="paper")
    told = [event.body["trade_id"] for event in _events(folder, "trade.closed")]
    assert len(set(told)) == 8


def test_an_import_that_never_finished_counts_for_nothing(folder: Path, log: Path) -> None:
    body = {"batch": "x.1", "trade_id": "t", "symbol": "SOLUSDT", "side": "long"}
    with Recorder("legacy", version="8", mode="live", folder=folder, stream="imports") as recorder:
        recorder.append("import.started", {"batch": "x.1", "path": "log.csv"}, ref="x.1")
        recorder.append("trade.closed", {**body, "exit_time": "2024-01-03T15:28:24Z"}, ref="t")
    assert _import(log)["totals"]["trades"] == 4


def test_a_second_import_meanwhile_is_refused(folder: Path, log: Path) -> None:
    with Recorder("legacy", version="8", mode="live", folder=folder, stream="imports"):
        _import(log, code=2)


def test_two_imports_at_once_do_not_both_take_the_trades_for_new(folder: Path, log: Path) -> None:
    (folder / "events").mkdir()
    first = WriterLock(folder / "events" / "import_csv.lock", "imports")
    _import(log, code=2)
    first.release()
    assert _import(log)["totals"]["trades"] == 4


def test_the_report_is_written_down(folder: Path, log: Path, tmp_path: Path) -> None:
    printed = _import(log, report=str(tmp_path / "report.json"))
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == printed


def test_a_person_gets_a_table_with_the_reasons(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + "".join(ROWS) + BAD)
    out = StringIO()
    with pytest.raises(CommandError, match="1 record quarantined"):
        call_command("import_csv", str(path), timezone="UTC", stdout=out)
    assert "contradicted" in out.getvalue()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_files_name_is_shown_as_it_is_and_orders_nothing(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "[bold]\x1b[2J.csv"
    path.write_text(HEADER + "".join(ROWS) + BAD)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_csv", str(path), timezone="UTC", stdout=out)
    assert "[bold]�[2J.csv" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_the_report_has_the_form_of_the_requirement(folder: Path, log: Path) -> None:
    report = _import(log, dry_run=True)
    assert {"batch", "dry_run", "digest", "files", "totals"} <= report.keys()
    assert {
        "path", "sha256", "encoding", "delimiter", "records", "imported", "duplicates",
        "set_aside", "quarantined", "segments", "quarantine", "duplicate_lines", "by_version",
    } <= report["files"][0].keys()  # fmt: skip
    assert report["files"][0]["by_version"] == {"8.02": {"trades": 4, "net_pnl": "1360.78948026"}}


@pytest.mark.parametrize("place", ["no/such/folder/report.json", "."])
def test_a_report_that_has_no_place_is_refused_before_anything_is_written(
    folder: Path, log: Path, place: str
) -> None:
    _import(log, code=2, report=str(log.parent / place))
    assert _events(folder, "import.started") == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk here")
def test_a_report_that_cannot_be_written_is_still_printed(folder: Path, log: Path) -> None:
    assert _import(log, code=1, report="/dev/full")["totals"]["trades"] == 4


@pytest.mark.parametrize("option", ["bot", "version_tag", "account"])
def test_a_name_that_cannot_be_seen_is_refused_by_a_dry_run_too(
    folder: Path, log: Path, option: str
) -> None:
    with pytest.raises(CommandError, match=f"--{option.replace('_', '-')} "):
        call_command("import_csv", str(log), timezone="UTC", dry_run=True, **{option: "a\x1b[31m"})


def test_a_version_column_with_direction_marks_is_read_without_them(
    folder: Path, tmp_path: Path
) -> None:
    rows = "".join(f"{row.rstrip()},\u200e8.01\n" for row in ROWS)
    (tmp_path / "marks.csv").write_text(f"{HEADER.rstrip()},version\n{rows}", encoding="utf-8")
    assert list(_import(tmp_path / "marks.csv")["totals"]["by_version"]) == ["8.01"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_sentence_about_a_file_orders_the_terminal_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J.csv").write_text("hello\n")
    with pytest.raises(CommandError) as refused:
        call_command("import_csv", str(tmp_path / "a\x1b[2J.csv"))
    assert "\x1b" not in str(refused.value)


def test_a_report_never_overwrites_a_log(folder: Path, log: Path) -> None:
    _import(log, code=2, report=str(log))
    assert log.read_text() == LOG


FILLS = (
    "time,symbol,side,price,quantity,fee,{id}\n"
    "2026-03-01 00:00:00,BTCUSDT,BUY,68000,0.1,3.4,1001\n"
    "2026-03-02 00:00:00,BTCUSDT,SELL,69500,0.1,3.475,1002\n"
)


def _backfilled(folder: Path) -> None:
    body = {
        "trade_id": "binance-BTCUSDT-1001-1002", "symbol": "BTCUSDT", "side": "long",
        "entry_time": "2026-03-01T00:00:00Z", "exit_time": "2026-03-02T00:00:00Z",
        "entry_price": "68000", "exit_price": "69500", "quantity": "0.0999", "fee": "6.875",
        "net_pnl": "142.9", "quote_asset": "USDT", "account": "live", "source_kind": "backfill",
        "exchange_trade_ids": ["1001", "1002"],
    }  # fmt: skip
    with Recorder(
        "b", version="1", mode="live", folder=folder, stream="backfill-binance"
    ) as recorder:
        recorder.append("trade.closed", body, ref=str(body["trade_id"]))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul"])
def test_a_trade_the_exchange_names_as_one_backfilled_is_a_duplicate(
    folder: Path, tmp_path: Path, zone: str
) -> None:
    """Its quantity is another by facts, the base fee; even its zone may be wrong."""
    _backfilled(folder)
    log = tmp_path / "fills.csv"
    log.write_text(FILLS.format(id="fill id"))
    report = _import(log, timezone=zone)
    assert (report["totals"]["trades"], report["totals"]["duplicates"]) == (0, 2)


def test_two_files_that_call_the_ids_otherwise_tell_the_trade_once(
    folder: Path, tmp_path: Path
) -> None:
    for number, name in enumerate(["fill id", "txid"]):
        (tmp_path / f"{number}.csv").write_text(FILLS.format(id=name).replace("68000", "68000.0"))
    report = _import(tmp_path)
    assert (report["totals"]["trades"], report["totals"]["duplicates"]) == (1, 2)
    assert _events(folder, "trade.closed")[0].body["exchange_trade_ids"] == ["1001", "1002"]
