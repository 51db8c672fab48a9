"""Trades out to files: what stands in them, how harmless they are, and the way back in."""

import csv
import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from dashboard.models import Trade
from dashboard.projection import projector
from dashboard.selectors import exporting
from dashboard.services.journal import annotate
from dashboard.spreadsheet import harmless
from dashboard.units import iso, text
from tests.dashboard.builder import History
from trader.files import log
from trader.store import Recorder


def exported(*arguments: str) -> str:
    out = StringIO()
    call_command("export_trades", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def table(*arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(exported(*arguments))))


def imported(path: Path, mode: str) -> Any:
    out = StringIO()
    call_command("import_csv", str(path), mode=mode, json=True, stdout=out)
    return json.loads(out.getvalue())["totals"]


def test_every_counted_trade_is_a_row_oldest_first(told: History) -> None:
    rows = table()
    ledger = Trade.objects.order_by("exit_time", "trade_id")
    assert [row["trade_id"] for row in rows] == [trade.trade_id for trade in ledger]


def test_the_columns_begin_as_the_bots_own_log(told: History) -> None:
    assert exporting.LAYOUT == log.LAYOUT
    assert exporting.COLUMNS[: len(log.COLUMNS)] == log.COLUMNS


def test_what_was_known_then_is_what_is_exported(told: History) -> None:
    trades = list(Trade.objects.order_by("recorded_at"))
    half = len(trades) // 2
    rows = table("--known-at", iso(trades[half].recorded_at - 1))
    early = {trade.trade_id for trade in trades if trade.recorded_at < trades[half].recorded_at}
    assert {row["trade_id"] for row in rows} == early


def test_the_money_is_exact(told: History) -> None:
    total = sum(Decimal(row["net_pnl"]) for row in table())
    assert total == Decimal(text(sum(Trade.objects.values_list("net_pnl", flat=True))))


def test_batches_join_without_a_seam(told: History, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exported()
    monkeypatch.setattr(exporting, "BATCH", 7)
    assert exported() == whole


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_was_exported_imports_as_duplicates(told: History, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"trades.{form}"
    exported("--output", str(path))
    totals = imported(path, "demo")
    assert (totals["duplicates"], totals["trades"]) == (Trade.objects.count(), 0)


def test_a_trade_by_its_exchanges_id_comes_back_as_a_duplicate(
    db: None, data: Path, tmp_path: Path
) -> None:
    log = tmp_path / "kraken.csv"
    log.write_text(
        "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol,margin,misc,ledgers\n"
        "T1,O1,XBTUSD,2024-01-03 10:00:00,buy,limit,40000,4000,4,0.1,0,,L1\n"
        "T2,O2,XBTUSD,2024-01-03 11:00:00,sell,limit,41000,4100,4.1,0.1,0,,L2\n"
    )
    assert imported(log, "live")["trades"] == 1
    projector.project()
    exported("--output", str(tmp_path / "out.csv"))
    assert imported(tmp_path / "out.csv", "live")["duplicates"] == 1


def test_annotations_come_along(told: History, owner: User) -> None:
    trade = Trade.objects.order_by("exit_time").first()
    assert trade is not None
    annotate(trade.bot, trade.trade_id, {"note": "late\nentry", "rating": 2}, user=owner, by="t")
    row = table()[0]
    assert (row["note"], row["rating"]) == ("late⏎entry", "2")


def test_a_filter_chooses_as_the_apis_does(told: History, page: Client) -> None:
    answer = page.get("/api/stats", {"version": "8.02"}).json()
    assert len(table("--version", "8.02")) == answer["trades"] > 0


def test_json_holds_the_same_trades(told: History) -> None:
    found = json.loads(exported("--format", "json"))
    assert found["mode"] == "demo"
    assert [t["net_pnl"] for t in found["trades"]] == [row["net_pnl"] for row in table()]


def test_an_empty_ledger_is_a_header_alone(db: None) -> None:
    assert table() == []


def test_a_filter_that_names_nothing_is_told(told: History) -> None:
    with pytest.raises(CommandError, match="version='9' is not known"):
        exported("--version", "9")


def test_a_folder_that_is_not_there_is_told(told: History, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        exported("--output", str(tmp_path / "no" / "trades.csv"))


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＠A", "  =1+1",
     "－1+1", "＋1+1", "-", "\n=1", "-1e5=x"],
)  # fmt: skip
def test_a_formula_is_text(cell: str) -> None:
    assert harmless(cell).startswith("'")


@pytest.mark.parametrize("cell", ["-12.5", "+3", "0.1", "BTCUSDT", "a=b", ""])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_a_hostile_reason_is_harmless_in_the_file(db: None, data: Path) -> None:
    with Recorder("bot", version="1", mode="paper", folder=data) as recorder:
        recorder.trade(
            trade_id="=HYPERLINK(1)", symbol="BTCUSDT", side="long", net_pnl="-1",
            exit_time="2026-01-01T00:00:00Z", exit_reason="@cmd",
        )  # fmt: skip
    projector.project()
    row = table()[0]
    assert (row["trade_id"], row["exit_reason"], row["net_pnl"]) == (
        "'=HYPERLINK(1)", "'@cmd", "-1",
    )  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_download_is_the_commands_file(told: History, page: Client, form: str) -> None:
    answer = page.get(f"/trades.{form}", {"version": "8.02"})
    body = answer.getvalue().decode("utf-8-sig")
    assert body == exported("--version", "8.02", "--format", form)


def test_nobody_downloads_without_a_login(told: History, client: Client) -> None:
    assert client.get("/trades.csv").status_code == 302


def test_a_wrong_filter_of_the_download_is_told(told: History, page: Client) -> None:
    assert page.get("/trades.csv", {"since": "yesterday"}).status_code == 400


def test_the_list_of_trades_offers_the_download(told: History, page: Client) -> None:
    assert 'href="/trades.csv"' in page.get("/admin/dashboard/trade/").content.decode()
