"""What many events tell when they are read at once is what each of them tells."""

from pathlib import Path
from typing import Any

import pytest

from dashboard.models import Bot, Checkpoint, EquityPoint, Trade
from dashboard.projection import projector
from tests.dashboard.projection.streams import close, everything, stream
from trader.store import Recorder

pytestmark = pytest.mark.django_db

BAD: list[dict[str, Any]] = [{"indicators": [1]}, {"candle": "x"}, {"equity": "much"}]


def snapshot(recorder: Recorder, minute: int, **body: object) -> None:
    candle = {"close_time": f"2026-01-01T00:{minute:02d}:00Z", "close": str(minute)}
    recorder.append("state.snapshot", {"equity": str(minute), "candle": candle, **body})


def test_of_snapshots_in_a_row_the_last_says_what_the_bot_is(data: Path) -> None:
    with stream(data, "bot") as recorder:
        for minute in (1, 2, 3):
            snapshot(recorder, minute)
            close(recorder, trade_id=f"t-{minute}")
    assert Bot.objects.get().price == "3"
    assert EquityPoint.objects.count() == 3


@pytest.mark.parametrize("bad", BAD)
def test_a_snapshot_nobody_can_read_leaves_the_one_before_it(
    data: Path, bad: dict[str, Any]
) -> None:
    with stream(data, "bot") as recorder:
        snapshot(recorder, 1)
        snapshot(recorder, 2, **bad)
    assert (Bot.objects.get().price, Checkpoint.objects.get().unreadable) == ("1", 1)


def test_a_trade_nobody_can_read_takes_no_other_with_it(data: Path) -> None:
    with stream(data, "bot") as recorder:
        for number, net_pnl in enumerate(("1", "much", "3")):
            close(recorder, trade_id=f"t-{number}", net_pnl=net_pnl)
    assert list(Trade.objects.order_by("seq").values_list("trade_id", flat=True)) == ["t-0", "t-2"]
    assert Checkpoint.objects.get().last_problem.startswith("trade.closed 2: net_pnl='much'")


def test_whatever_is_read_at_once_the_rows_are_the_same(data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("bot.started", {"interval": "15m"})
        for number in range(12):
            own = f"t-{number}"
            enters = {"action": "enter", "trade_id": own, "price": "100"}
            recorder.append("signal.raised", enters | {"indicators": {"adx": 30, "atr": 1}})
            recorder.append("position.opened", {"trade_id": own, "symbol": "BTCUSDT"})
            snapshot(recorder, number)
            close(recorder, trade_id=own, fee=None if number % 3 else "0.1", exit_time=None)
        recorder.append("bot.stopped", {"reason": "asked"})
    at_once = everything()
    projector.start_over()
    projector.project(batch=5)
    assert everything() == at_once
    assert Trade.objects.filter(regime="unknown").count() == 0
