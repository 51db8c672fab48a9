"""Comparisons as the API answers them, at the edges where hardly anything is known."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.projection import projector
from tests.dashboard.builder import CANDLE, History, history
from tests.dashboard.projection.streams import close, stream
from trader.store import Recorder


@pytest.fixture
def one_each(page: Client, data: Path) -> Any:
    """The comparison of two versions with one trade each, in money: no risk is known."""
    for bot, version, price in (("old", "8.02", "43000"), ("new", "8.03", "44000")):
        with history(data, bot=bot, version=version, risk_known=False) as told:
            told.open()
            told.time += CANDLE
            told.close(price=Decimal(price))
    projector.project()
    response = page.get("/api/versions/compare", {"a": "8.02", "b": "8.03"})
    assert response.status_code == 200, response.content
    return response.json()


def test_one_trade_each_has_no_difference_that_would_settle_it(one_each: Any) -> None:
    assert one_each["evidence"]["settles"] is None
    assert one_each["undefined"]["settles"]


def test_one_trade_each_is_too_early(one_each: Any) -> None:
    assert one_each["verdict"] == "Too early"


FIGURES = ("max_drawdown", "sharpe", "sortino", "ulcer_index", "psr", "equity_basis")


def of(answer: Any) -> dict[str, Any]:
    return {name: answer[name] for name in FIGURES}


@pytest.fixture
def one_version(data: Path, db: None) -> None:
    with history(data, version="8.03") as told:
        told.candles(400)
    projector.project()


def test_a_version_alone_in_its_account_has_the_accounts_figures(
    page: Client, one_version: None
) -> None:
    (item,) = page.get("/api/versions").json()["items"]
    assert of(item) == of(page.get("/api/stats").json())


def test_asking_for_the_only_version_changes_no_figure(page: Client, one_version: None) -> None:
    asked = page.get("/api/stats", {"version": "8.03"}).json()
    assert of(asked) == of(page.get("/api/stats").json())


def test_a_version_among_others_says_that_its_equity_is_by_closed_trades(
    page: Client, told: History
) -> None:
    assert page.get("/api/stats").json()["equity_basis"] == "account"
    items = page.get("/api/versions").json()["items"]
    assert {item["equity_basis"] for item in items} == {"closed trades"}


def test_every_version_of_the_list_is_as_asking_for_it_alone(page: Client, told: History) -> None:
    for item in page.get("/api/versions").json()["items"]:
        alone = page.get("/api/stats", {"version": item["version"]}).json()
        assert of(item) == of(alone)


def test_the_newest_is_deflated_for_versions_that_a_filter_leaves_out(
    page: Client, told: History
) -> None:
    newest = page.get("/api/versions").json()["items"][1]
    newest = page.get("/api/versions", {"since": newest["last_exit"]}).json()["newest"]
    assert newest["versions_tried"] == 3


@pytest.fixture
def a_week_each(data: Path) -> None:
    """Three versions one after another, a trade a day."""
    made = {"1": (1, 2, -1, 3), "2": (2, -3, 1, -1), "3": (4, 5, 3, 4)}
    for week, (version, results) in enumerate(made.items()):
        recorder = Recorder("bot", version=version, mode="live", folder=data, stream=f"v{version}")
        for day, net in enumerate(results, start=1):
            at = f"2026-0{week + 1}-0{day}T01:00:00Z"
            close(recorder, trade_id=f"{version}-{day}", exit_time=at, entry_time=at, net_pnl=net)
        recorder.close()
    projector.project()


def test_every_version_has_its_deflated_sharpe(page: Client, a_week_each: None) -> None:
    items = page.get("/api/versions").json()["items"]
    dsr = {item["version"]: item["dsr"] for item in items}
    assert 0 <= dsr["2"] < dsr["1"] < dsr["3"] <= 1


@pytest.mark.parametrize("query", [{"version": "1"}, {"until": "2026-01-10"}])
def test_versions_that_a_filter_leaves_out_deflate_the_others_too(
    page: Client, a_week_each: None, query: dict[str, str]
) -> None:
    every = {item["version"]: item["dsr"] for item in page.get("/api/versions").json()["items"]}
    (alone,) = page.get("/api/versions", query).json()["items"]
    assert (alone["version"], alone["dsr"]) == ("1", every["1"])


def test_a_version_of_one_day_has_no_deflated_sharpe(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder)
    (item,) = page.get("/api/versions").json()["items"]
    assert (item["dsr"], bool(item["undefined"]["dsr"])) == (None, True)


def test_day_rows_and_trades_give_one_comparison(page: Client, told: History) -> None:
    """The projector's sums by day against the trades themselves, asked with odd bounds."""
    query = {"a": "8.01", "b": "8.02"}
    from_days = page.get("/api/versions/compare", query).json()
    odd = query | {"since": "2020-01-01T00:00:01", "until": "2030-01-01T00:00:01"}
    from_trades = page.get("/api/versions/compare", odd).json()
    assert from_days["regime"] is not None or from_days["undefined"]["regime"]
    assert from_days == from_trades


def test_fees_that_nobody_knows_are_not_said_to_be_others(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        for number, fee in enumerate(("0.2", "0.2", None)):
            close(recorder, trade_id=f"t-{number}", fee=fee)
    recorder = Recorder("bot", version="2", mode="live", folder=data, stream="another")
    close(recorder, trade_id="t-9", fee="0.2")
    recorder.close()
    projector.project()
    found = page.get("/api/versions/compare", {"a": "1", "b": "2"}).json()
    assert [one["code"] for one in found["warnings"]] == []


def test_a_comparison_as_it_was_known_then(page: Client, told: History) -> None:
    query = {"a": "8.01", "b": "8.02"}
    assert (
        page.get("/api/versions/compare", query | {"known_at": "2020-01-01"}).json()["difference"]
        is None
    )
