"""Events to rows, through the real recorder and the real reader."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from dashboard import events
from dashboard.models import Book, Bot, EquityPoint, Position, Trade
from dashboard.projection import projector
from dashboard.projection.writer import drop, load, write
from dashboard.selectors.scope import Filters, choose
from dashboard.services.journal import annotate
from dashboard.units import money
from tests.dashboard.builder import History, history, three_versions
from tests.dashboard.projection.streams import (
    close,
    counted,
    everything,
    rollups,
    rollups_from_trades,
    stream,
)

pytestmark = pytest.mark.django_db


def test_every_trade_becomes_a_row(told: History) -> None:
    assert Trade.objects.count() == len(told.net_pnls) > 10


def test_money_adds_up_exactly(told: History) -> None:
    total = Trade.objects.aggregate(total=Sum("net_pnl"))["total"]
    assert total == money(sum(told.net_pnls, Decimal(0)), "net_pnl")


def test_every_candle_becomes_a_point(told: History) -> None:
    assert EquityPoint.objects.count() == 450


def test_the_law_holds_at_every_point(told: History) -> None:
    wrong = [
        point
        for point in EquityPoint.objects.all()
        if point.equity != (point.deposits or 0) + (point.realised or 0) + (point.unrealised or 0)
    ]
    assert wrong == []


def test_what_is_open_is_what_the_last_snapshot_said(told: History) -> None:
    held = {told.held["trade_id"]} if told.held else set()
    assert set(Position.objects.values_list("trade_id", flat=True)) == held


def test_the_bot_is_its_newest_version(told: History) -> None:
    assert list(Bot.objects.values_list("bot", "version", "mode")) == [("demo", "8.03", "demo")]


def test_day_rows_are_the_trades_of_the_day(told: History) -> None:
    assert rollups() == rollups_from_trades()


def test_projecting_again_changes_nothing(told: History) -> None:
    before = everything()
    assert projector.project() == 0
    assert before == everything()


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_any_size_of_batch_gives_the_same_rows(data: Path, batch: int) -> None:
    three_versions(data, candles=40)
    projector.project(batch=batch)
    in_small = everything()
    projector.start_over()
    projector.project()
    assert in_small == everything()


def test_a_rebuild_keeps_annotations(told: History) -> None:
    trade = Trade.objects.first()
    assert trade is not None
    annotation = annotate(trade.bot, trade.trade_id, {"note": "late"}, user=None, by="test")
    projector.start_over()
    projector.project()
    assert annotation is not None
    annotation.refresh_from_db()
    assert annotation.note == "late"


def test_a_batch_another_projector_wrote_first_is_not_written_again(told: History) -> None:
    before = everything()
    stale = load("demo")
    stale.bot |= {"version": "wrong"}
    stale.bot_changed = True
    assert not write(stale, after=0, seq=1, hash_=b"")
    assert everything() == before


def test_a_replaced_history_is_projected_anew(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, net_pnl="1")
    for path in (data / "events").glob("bot*"):
        for file in path.iterdir() if path.is_dir() else [path]:
            file.unlink()
    with stream(data, "bot") as recorder:
        close(recorder, net_pnl="2")
        close(recorder, trade_id="t-2", net_pnl="3")
    assert Trade.objects.aggregate(total=Sum("net_pnl"))["total"] == money("5", "x")


def test_the_money_of_a_stream_that_is_gone_is_gone_with_it(data: Path) -> None:
    with stream(data, "old", mode="demo") as recorder:
        close(recorder)
    with stream(data, "new", mode="live") as recorder:
        close(recorder)
    for path in (data / "events").glob("new*"):
        for file in path.iterdir() if path.is_dir() else [path]:
            file.unlink()
        if path.is_dir():
            path.rmdir()
    projector.forget_vanished()
    assert [book.mode for book in choose(Filters()).books] == ["demo"]


def test_money_that_another_stream_tells_of_is_as_new_as_that_says(data: Path) -> None:
    with stream(data, "old") as recorder:
        close(recorder)
    before = Book.objects.get().last_recorded_at
    with stream(data, "new") as recorder:
        close(recorder)
    drop("new")
    assert Book.objects.get().last_recorded_at == before


def test_modes_never_share_a_book(data: Path) -> None:
    with stream(data, "live") as recorder:
        close(recorder)
    with stream(data, "paper", mode="paper") as recorder:
        close(recorder)
    assert Trade.objects.values("book").distinct().count() == 2


def test_a_snapshot_of_the_wrong_shape_stops_nothing(data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("state.snapshot", {"candle": "x", "positions": {}, "indicators": []})
        recorder.append("state.snapshot", {"positions": [1, {"trade_id": "p"}], "equity": "1"})
        close(recorder)
    assert counted() == [("bot", "t-1")]


def test_three_lines_in_anybodys_bot_are_enough(data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.snapshot(equity="1000.00", quote_asset="USDT", account="spot")
        recorder.trade(trade_id="17", symbol="BTCUSDT", net_pnl="12.34")
    assert (EquityPoint.objects.count(), counted()) == (1, [("bot", "17")])


def test_a_closed_trade_is_no_longer_open(data: Path) -> None:
    with history(data) as told:
        told.open()
        told.close()
    projector.project()
    assert Position.objects.count() == 0


def test_a_bot_at_work_is_followed_without_reading_its_past_again(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stream(data, "bot") as recorder:
        for number in range(50):
            close(recorder, trade_id=f"t-{number}")
    asked: list[int] = []
    read = events.read_parts

    def counting(name: str, *, after: int, limit: int) -> Iterator[list[events.Event]]:
        asked.append(after)
        return read(name, after=after, limit=limit)

    monkeypatch.setattr(events, "read_parts", counting)
    projector.project()
    assert asked == [49]


def test_a_broken_stream_holds_no_other_up(data: Path) -> None:
    with stream(data, "good") as recorder:
        close(recorder)
    projector.start_over()
    (data / "events" / "bad.sqlite3").write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(events.StreamUnreadable, match="'bad'"):
        projector.project()
    assert counted() == [("good", "t-1")]
