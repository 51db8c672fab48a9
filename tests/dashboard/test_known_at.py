"""`known_at=T`: what the API answered at T, whatever was recorded, corrected or voided since."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.models import Trade
from dashboard.projection import projector
from dashboard.units import iso
from tests.dashboard.builder import History, history
from trader.store import Recorder

PATHS = ("status", "balance", "positions", "trades", "stats", "equity", "versions", "analysis")


def ask(page: Client, path: str, **query: str) -> Any:
    response = page.get(f"/api/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def figures(answer: Any) -> Any:
    """Without what says which events it came from."""
    return {name: value for name, value in answer.items() if name != "checkpoints"}


def now() -> str:
    """The time of the clock that recorded_at is taken from, and none is recorded at it again."""
    moment = time.time_ns() // 1000
    while time.time_ns() // 1000 <= moment + 1:
        pass
    return iso(moment)


def same_trade(trade: Trade) -> dict[str, Any]:
    """The body another program would record of it."""
    return {
        "symbol": trade.symbol,
        "side": trade.side,
        "entry_time": iso(trade.entry_time or 0),
        "exit_time": iso(trade.exit_time),
        "entry_price": trade.entry_price,
        "exit_price": trade.exit_price,
        "quantity": trade.quantity,
        "net_pnl": "1",
        "quote_asset": "USDT",
        "account": "demo",
        "source_kind": "import",
    }


def go_on(told: History, folder: Path) -> None:
    """What comes later: new trades, a void, a correction, an import of old and of known ones."""
    first, second, third = Trade.objects.order_by("exit_time")[:3]
    recorder = told.recorder
    recorder.append("trade.voided", {"trade_id": first.trade_id}, ref=first.trade_id)
    change = {"trade_id": second.trade_id, "net_pnl": "777", "exit_price": "1"}
    recorder.append("trade.corrected", change, ref=second.trade_id)
    recorder.append("settings.changed", {"settings": {"adx_period": 99}})
    told.candles(60)
    assert recorder.flush(30)
    with_import = Recorder("old", version="7", mode="demo", folder=folder, stream="import")
    for number, trade in enumerate((first, third)):
        with_import.append("trade.closed", {**same_trade(trade), "trade_id": f"i{number}"})
    early = same_trade(first) | {"trade_id": "early", "exit_time": "2025-12-31T00:00:00Z"}
    with_import.append("trade.closed", early)
    assert with_import.flush(30)
    with_import.close()
    projector.project()


@pytest.fixture
def grown(page: Client, data: Path) -> tuple[dict[str, Any], str]:
    """What each path answered, and when; then much was recorded."""
    with history(data) as told:
        told.candles(140)
        if told.held is None:
            told.open()
            told.snapshot(told.price)
        assert told.recorder.flush(30)
        projector.project()
        then = {path: figures(ask(page, path)) for path in PATHS}
        moment = now()
        go_on(told, data)
    return then, moment


def test_the_past_is_answered_as_it_was_known(
    page: Client, grown: tuple[dict[str, Any], str]
) -> None:
    then, moment = grown
    for path in PATHS:
        assert figures(ask(page, path, known_at=moment)) == then[path], path


def test_the_present_has_moved_on(page: Client, grown: tuple[dict[str, Any], str]) -> None:
    for path in PATHS:
        assert figures(ask(page, path)) != grown[0][path], path


def test_a_time_after_all_is_the_present(page: Client, grown: tuple[dict[str, Any], str]) -> None:
    for path in PATHS[2:]:
        assert figures(ask(page, path, known_at=now())) == figures(ask(page, path)), path


def test_before_all_nothing_was_known(page: Client, told: History) -> None:
    answer = ask(page, "stats", known_at="2020-01-01")
    assert (answer["trades"], ask(page, "status", known_at="2020-01-01")["bots"]) == (0, [])


def test_an_import_counted_until_the_bots_own_record_was_known(page: Client, data: Path) -> None:
    with history(data) as told:
        told.candles(60)
    projector.project()
    body = same_trade(Trade.objects.order_by("exit_time")[0])
    projector.start_over()
    for path in (data / "events").glob("demo*"):
        for file in path.iterdir() if path.is_dir() else [path]:
            file.unlink()
    with_import = Recorder("demo", version="8.01", mode="demo", folder=data, stream="import")
    with_import.append("trade.closed", body | {"trade_id": "i"})
    with_import.flush(30)
    with_import.close()
    moment = now()
    with history(data) as told:
        told.candles(60)
    projector.project()  # "demo" before "import": in another order than they were recorded in
    assert [trade["trade_id"] for trade in ask(page, "trades", known_at=moment)["items"]] == ["i"]
    assert "i" not in [trade["trade_id"] for trade in ask(page, "trades")["items"]]


def test_both_times_together(page: Client, grown: tuple[dict[str, Any], str]) -> None:
    then, moment = grown
    oldest = then["trades"]["items"][-1]
    found = ask(page, "trades", known_at=moment, as_of=oldest["exit_time"])["items"]
    assert found == [oldest]


@pytest.mark.parametrize("path", ["status", "balance", "positions"])
def test_as_of_tells_what_the_bot_held_then(page: Client, data: Path, path: str) -> None:
    with history(data) as told:
        told.candles(140)
        assert told.recorder.flush(30)
        projector.project()
        then = ask(page, path)
        moment = told.time
        told.candles(60)
    projector.project()
    found = ask(page, path, as_of=(moment + timedelta(seconds=1)).isoformat())
    for body in (found, then):
        body.pop("checkpoints")
        for bot in body.get("bots", []) if path == "status" else []:
            # By the market's clock the bot was at work; by ours it is.
            bot.pop("state")
    assert found == then


@pytest.mark.parametrize("wrong", ["yesterday", "2026-02-30", ""])
def test_a_time_that_is_none_is_told_so(page: Client, db: None, wrong: str) -> None:
    response = page.get("/api/stats", {"known_at": wrong})
    assert response.status_code == 422
    assert f"{wrong!r} is no ISO 8601 day or time" in response.json()["detail"]
