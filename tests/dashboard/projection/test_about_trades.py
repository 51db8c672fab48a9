"""What later events, and events nobody can read, do to the rows of trades."""

from pathlib import Path

import pytest

from dashboard.models import Checkpoint, Trade
from dashboard.projection import projector
from dashboard.units import money
from tests.dashboard.projection.streams import (
    close,
    counted,
    everything,
    rollups,
    rollups_from_trades,
    stream,
)

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("batch", [1, 9])
@pytest.mark.parametrize("kind", ["trade.voided", "trade.corrected"])
def test_what_comes_before_a_closing_is_not_about_it(data: Path, kind: str, batch: int) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, trade_id="t-0", exit_time="2026-01-02T01:00:00Z")
        recorder.append(kind, {"trade_id": "t-1", "net_pnl": "1"}, ref="t-1")
        close(recorder)
    projector.start_over()
    projector.project(batch=batch)
    assert [row.net_pnl for row in rollups().values()] == [980_000_000, 980_000_000]


@pytest.mark.parametrize("batch", [1, 9])
def test_a_trade_is_given_the_regime_of_its_signal_wherever_a_batch_ends(
    data: Path, batch: int
) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, trade_id="t-0")
        recorder.append("bot.started", {"interval": "15m"})
        said = {"action": "enter", "indicators": {"adx": 30, "atr": 1}, "price": "1000"}
        recorder.append("signal.raised", {"trade_id": "t-1", **said}, ref="t-1")
        close(recorder)
    projector.start_over()
    projector.project(batch=batch)
    assert Trade.objects.get(trade_id="t-1").regime == "trend, calm"


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
