"""Events to rows, through the real recorder and the real reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from dashboard import events
from dashboard.models import (
    Bot,
    Checkpoint,
    DayRollup,
    EquityDay,
    EquityPoint,
    Position,
    Trade,
)
from dashboard.performance.summary import Summary
from dashboard.projection import projector
from dashboard.projection.rollups import RESULT_FIELDS, result, unpack
from dashboard.projection.writer import load, write
from dashboard.services.journal import annotate
from dashboard.units import money
from tests.dashboard.builder import History, history, three_versions
from trader.store import Recorder

pytestmark = pytest.mark.django_db

CLOSED: dict[str, Any] = {
    "trade_id": "t-1",
    "symbol": "BTCUSDT",
    "side": "long",
    "entry_time": "2026-01-01T00:00:00Z",
    "exit_time": "2026-01-01T01:00:00Z",
    "entry_price": "100",
    "exit_price": "110",
    "quantity": "1",
    "fee": "0.2",
    "net_pnl": "9.8",
    "exit_reason": "signal",
    "quote_asset": "USDT",
    "account": "spot",
}


@contextmanager
def stream(folder: Path, name: str, *, bot: str = "bot", mode: str = "live") -> Iterator[Recorder]:
    """A recorder whose events are in SQLite, and projected, when it is left."""
    recorder = Recorder(bot, version="1", mode=mode, folder=folder, stream=name)
    try:
        yield recorder
        assert recorder.flush(10)
    finally:
        recorder.close()
    projector.project()


def close(recorder: Recorder, **changes: Any) -> None:
    body = CLOSED | changes
    assert recorder.append("trade.closed", body, ref=str(body["trade_id"])).stored


def counted() -> list[tuple[str, str]]:
    """(stream, trade id) of what counts."""
    rows = Trade.objects.filter(counted=True).order_by("stream", "trade_id")
    return list(rows.values_list("stream", "trade_id"))


def rollups_from_trades() -> dict[tuple[int, int], Summary]:
    """What the "all" day rows should be, folded from the trades in one go."""
    found: dict[tuple[int, int], Summary] = {}
    rows = Trade.objects.filter(counted=True).order_by("exit_time", "trade_id")
    for book, *values in rows.values_list("book_id", *RESULT_FIELDS):
        trade = result(tuple(values))
        key = (book, trade.exit_time // 86_400_000_000)
        found[key] = found.get(key, Summary.EMPTY) + Summary.of(trade)
    return found


def rollups() -> dict[tuple[int, int], Summary]:
    rows = DayRollup.objects.filter(scope="all")
    return {(row.book_id, row.day): unpack(row.summary) for row in rows}


def everything() -> list[object]:
    """All that was projected, without the ids of rows."""
    trades = Trade.objects.order_by("stream", "seq").values()
    return [
        [{k: v for k, v in row.items() if k not in {"id", "book_id"}} for row in trades],
        list(EquityPoint.objects.order_by("time").values_list("time", "equity", "version")),
        list(EquityDay.objects.order_by("day").values_list("day", "equity", "low", "high_time")),
        [(day, summary) for (_, day), summary in sorted(rollups().items())],
        list(Position.objects.values_list("trade_id", "unrealised")),
        list(Bot.objects.values_list("version", "equity", "last_recorded_at")),
        list(Checkpoint.objects.values_list("stream", "seq")),
    ]


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


def test_a_voided_trade_counts_for_nothing(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
        recorder.append("trade.voided", {"trade_id": "t-1", "reason": "test"}, ref="t-1")
    assert counted() == []
    assert rollups() == {}


def test_a_trade_voided_later_leaves_its_day(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
    with stream(data, "bot") as recorder:
        recorder.append("trade.voided", {"trade_id": "t-1", "reason": "test"}, ref="t-1")
    assert rollups() == {}


def test_a_correction_moves_the_trade_to_its_right_day(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
    with stream(data, "bot") as recorder:
        change = {"trade_id": "t-1", "reason": "clock", "exit_time": "2026-01-03T01:00:00Z"}
        recorder.append("trade.corrected", change | {"net_pnl": "7"}, ref="t-1")
    assert [(day, row.net_pnl) for (_, day), row in rollups().items()] == [(20_456, 700_000_000)]


def test_a_late_trade_leaves_the_days_as_if_in_order(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, trade_id="b", exit_time="2026-01-01T05:00:00Z", net_pnl="-3")
    with stream(data, "bot") as recorder:
        close(recorder, trade_id="a", exit_time="2026-01-01T02:00:00Z", net_pnl="4")
    assert rollups() == rollups_from_trades()


@pytest.mark.parametrize("first", ["bot", "import"])
def test_one_trade_from_bot_and_import_counts_once_and_the_bot_wins(data: Path, first: str) -> None:
    def by_bot() -> None:
        with stream(data, "bot") as recorder:
            close(recorder)

    def by_import() -> None:
        with stream(data, "import") as recorder:
            recorder.append("import.started", {"batch": "b", "path": "x"}, ref="b")
            close(recorder, trade_id="csv-9", batch="b", source_kind="import", quantity="1.000")
            recorder.append("import.finished", {"batch": "b", "imported": 1}, ref="b")

    for record in (by_bot, by_import) if first == "bot" else (by_import, by_bot):
        record()
    assert counted() == [("bot", "t-1")]


@pytest.mark.parametrize(
    "said",
    [
        {"entry_price": "100.123456780001", "exit_price": "110.00"},
        {"entry_price": "100.12345678", "symbol": "BTC/USDT"},
        {"entry_price": "100.123456780", "quantity": "1.0"},
    ],
)
def test_a_trade_is_the_same_however_finely_its_source_writes_it(
    data: Path, said: dict[str, str]
) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, entry_price="100.12345678")
    with stream(data, "import") as recorder:
        close(recorder, trade_id="csv-9", source_kind="import", **said)
    assert counted() == [("bot", "t-1")]


def test_an_unfinished_import_counts_for_nothing(data: Path) -> None:
    with stream(data, "import") as recorder:
        recorder.append("import.started", {"batch": "b", "path": "x"}, ref="b")
        close(recorder, batch="b", source_kind="import")
    assert counted() == []


def test_an_import_finished_later_counts(data: Path) -> None:
    with stream(data, "import") as recorder:
        recorder.append("import.started", {"batch": "b", "path": "x"}, ref="b")
        close(recorder, batch="b", source_kind="import")
    with stream(data, "import") as recorder:
        recorder.append("import.finished", {"batch": "b", "imported": 1}, ref="b")
    assert rollups() == rollups_from_trades() != {}


def test_the_import_counts_again_where_the_bot_voided_its_record(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
    with stream(data, "import") as recorder:
        close(recorder, trade_id="csv-9", source_kind="import")
    with stream(data, "bot") as recorder:
        recorder.append("trade.voided", {"trade_id": "t-1", "reason": "test"}, ref="t-1")
    assert counted() == [("import", "csv-9")]


def test_a_corrected_trade_still_matches_its_import(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
        change = {"trade_id": "t-1", "reason": "price", "exit_price": "111"}
        recorder.append("trade.corrected", change, ref="t-1")
    with stream(data, "import") as recorder:
        close(recorder, trade_id="csv-9", source_kind="import")
    assert counted() == [("bot", "t-1")]


def test_two_bots_with_the_same_trade_made_two_trades(data: Path) -> None:
    for name in ("one", "two"):
        with stream(data, name, bot=name) as recorder:
            close(recorder)
    assert counted() == [("one", "t-1"), ("two", "t-1")]


def test_two_alike_trades_of_one_bot_are_two_and_match_two_imported(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
        close(recorder, trade_id="t-2")
    with stream(data, "import") as recorder:
        for name in ("x", "y", "z"):
            close(recorder, trade_id=name, source_kind="import")
    assert counted() == [("bot", "t-1"), ("bot", "t-2"), ("import", "z")]


def test_the_same_trade_in_another_mode_is_another_trade(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
    with stream(data, "paper", mode="paper") as recorder:
        close(recorder, source_kind="import")
    assert len(counted()) == 2


def test_modes_never_share_a_book(data: Path) -> None:
    with stream(data, "live") as recorder:
        close(recorder)
    with stream(data, "paper", mode="paper") as recorder:
        close(recorder)
    assert Trade.objects.values("book").distinct().count() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("net_pnl", "lots"), ("net_pnl", None), ("symbol", ""), ("exit_time", "now"), ("side", "up")],
)
def test_an_unreadable_trade_is_counted_with_its_reason(
    data: Path, field: str, value: object
) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, **{field: value})
        close(recorder, trade_id="t-2")
    checkpoint = Checkpoint.objects.get()
    assert counted() == [("bot", "t-2")]
    assert checkpoint.unreadable == 1
    assert field in checkpoint.last_problem


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
    read = events.read

    def counting(name: str, *, after: int, limit: int) -> list[events.Event]:
        asked.append(after)
        return read(name, after=after, limit=limit)

    monkeypatch.setattr(events, "read", counting)
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


@pytest.mark.parametrize("trades", [1, 2], ids=["its day made", "its day extended"])
def test_a_fee_that_is_not_recorded_stays_unknown_and_is_not_summed(
    data: Path, trades: int
) -> None:
    for number in range(trades):
        with stream(data, "one") as recorder:
            close(recorder, trade_id=f"t-{number}", fee=None)
    assert set(Trade.objects.values_list("fee", flat=True)) == {None}
    assert rollups() == rollups_from_trades()
    assert sum(summary.totals.fees for summary in rollups().values()) == 0


def health() -> tuple[int, int]:
    checkpoint = Checkpoint.objects.get()
    return checkpoint.repeated, checkpoint.contradicted


def test_a_closing_said_again_is_counted_and_changes_nothing(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
        close(recorder)
    before = everything()[:1]
    with stream(data, "bot") as recorder:
        close(recorder)
    assert (health(), everything()[:1]) == ((2, 0), before)


def test_a_closing_that_says_something_else_is_named_and_the_first_stands(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, net_pnl="1")
        close(recorder, net_pnl="2")
    assert health() == (1, 1)
    assert (
        "'t-1' was closed by event 1 with another net_pnl" in Checkpoint.objects.get().last_problem
    )
    assert Trade.objects.get().net_pnl == money("1", "x")


def test_where_the_winning_record_goes_the_other_counts(data: Path) -> None:
    with stream(data, "import") as recorder:
        close(recorder, trade_id="csv-9", source_kind="import")
    with stream(data, "bot") as recorder:
        close(recorder)
    assert counted() == [("bot", "t-1")]
    for path in (data / "events").glob("bot*"):
        for file in path.iterdir() if path.is_dir() else [path]:
            file.unlink()
    projector.forget_vanished()
    assert counted() == [("import", "csv-9")]
    assert rollups() == rollups_from_trades()
