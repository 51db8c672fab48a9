"""`as_of=T`: what the API would have answered at T, had it known then what it knows today."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.projection import projector
from tests.dashboard.builder import History, history

# In the middle of a day, and of the second version's life.
THEN = "2026-01-03T07:30:00Z"
PATHS = ("stats", "trades", "equity", "versions")


def ask(page: Client, path: str, **query: str) -> Any:
    response = page.get(f"/api/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    """Without what says which events and addresses it came from."""
    return {
        name: value
        for name, value in answer.items()
        if name not in {"checkpoints", "link", "next_cursor"}
    }


@pytest.fixture
def grown(page: Client, data: Path) -> tuple[dict[str, Any], str]:
    """What each path answered while a bot was half way, and the time that was; it went on."""
    with history(data) as told:
        told.candles(230)
        assert told.recorder.flush(30)
        projector.project()
        then = {path: figures(ask(page, path)) for path in PATHS}
        moment = told.time.isoformat().replace("+00:00", "Z")
        told.candles(200)
    projector.project()
    return then, moment


@pytest.mark.parametrize("path", PATHS)
def test_the_past_is_answered_as_it_was_then(
    page: Client, grown: tuple[dict[str, Any], str], path: str
) -> None:
    then, moment = grown
    now = figures(ask(page, path, as_of=moment))
    for body in (now, then[path]):
        body["items"] = [figures(item) for item in body.get("items", [])]
    assert now == then[path]


@pytest.mark.parametrize("path", PATHS)
def test_the_present_has_moved_on(
    page: Client, grown: tuple[dict[str, Any], str], path: str
) -> None:
    assert figures(ask(page, path)) != grown[0][path]


def test_a_trade_at_that_very_instant_is_in(page: Client, told: History) -> None:
    newest = ask(page, "trades")["items"][0]
    assert ask(page, "trades", as_of=newest["exit_time"])["items"][0] == newest


def test_a_trade_an_instant_later_is_not(page: Client, told: History) -> None:
    newest = ask(page, "trades")["items"][0]
    before = datetime.fromisoformat(newest["exit_time"]) - timedelta(microseconds=1)
    first = ask(page, "trades", as_of=before.isoformat())["items"][0]
    assert first["trade_id"] != newest["trade_id"]


def test_a_version_that_came_later_is_not_listed(page: Client, told: History) -> None:
    found = [item["version"] for item in ask(page, "versions", as_of=THEN)["items"]]
    assert found == ["8.02", "8.01"]


def test_an_earlier_until_still_bounds_the_period(page: Client, told: History) -> None:
    assert (
        ask(page, "trades", as_of=THEN, until="2026-01-02")["items"]
        == (ask(page, "trades", until="2026-01-02")["items"])
    )


def test_the_last_days_are_counted_from_then(page: Client, told: History) -> None:
    (first, *_), last = (
        ask(page, "trades", as_of=THEN, period="1d", limit="500")["items"],
        ask(page, "trades", as_of=THEN, period="1d", limit="500")["items"][-1],
    )
    assert first["exit_time"][:10] == last["exit_time"][:10] == "2026-01-03"


def test_the_trades_then_add_up_to_the_stats_then(page: Client, told: History) -> None:
    trades = ask(page, "trades", as_of=THEN, limit="500")["items"]
    stats = ask(page, "stats", as_of=THEN)
    assert (stats["trades"], Decimal(stats["net_pnl"])) == (
        len(trades),
        sum(Decimal(trade["net_pnl"]) for trade in trades),
    )


def test_before_everything_there_is_nothing(page: Client, told: History) -> None:
    assert ask(page, "stats", as_of="2020-01-01")["trades"] == 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("wrong", ["yesterday", "2026-02-30", "2026-01-01T25:00:00Z", ""])
def test_a_time_that_is_none_is_told_so(page: Client, db: None, path: str, wrong: str) -> None:
    response = page.get(f"/api/{path}", {"as_of": wrong})
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert f"{wrong!r} is no ISO 8601 day or time" in response.json()["detail"]
