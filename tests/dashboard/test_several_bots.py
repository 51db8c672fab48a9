"""An account with several bots: its equity is the sum of what each of them had last."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.projection import projector
from tests.dashboard.builder import History, history

TOGETHER = "bots together"
Bots = dict[str, History]


@pytest.fixture
def two(data: Path, db: None) -> Bots:
    """Two bots of one account, the second beginning a day and a half later."""
    with history(data, bot="one", seed=1, deposits=Decimal(10_000)) as one:
        one.candles(300)
    with history(data, bot="two", seed=2, deposits=Decimal(500)) as two:
        two.time += timedelta(hours=36)
        two.candles(120)
    projector.project()
    return {"one": one, "two": two}


def ask(page: Client, path: str, **query: str) -> Any:
    response = page.get(f"/api/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def by_time(page: Client, **query: str) -> dict[str, Decimal]:
    items = ask(page, "equity", limit="500", **query)["items"]
    return {item["time"]: Decimal(item["equity"]) for item in items}


def test_the_curve_is_the_sum_of_what_each_had_last(page: Client, two: Bots) -> None:
    one, other = by_time(page, bot="one"), by_time(page, bot="two")
    expected, last = {}, {"one": Decimal(0), "two": Decimal(0)}
    for time in sorted({*one, *other}):
        last = {"one": one.get(time, last["one"]), "two": other.get(time, last["two"])}
        expected[time] = sum(last.values())
    found = by_time(page)
    assert found == {time: expected[time] for time in found}
    assert len(found) > 100


def test_the_law_holds_for_the_sum(page: Client, two: Bots) -> None:
    for item in ask(page, "equity", limit="500")["items"]:
        parts = [Decimal(item[name]) for name in ("deposits", "realised", "unrealised")]
        assert sum(parts) == Decimal(item["equity"])


def test_balance_is_the_sum_of_the_bots(page: Client, two: Bots) -> None:
    found = ask(page, "balance")
    assert (found["bot"], sorted(found["bots"])) == (None, ["one", "two"])
    for name in ("balance", "equity", "realised", "unrealised", "deposits"):
        assert Decimal(found[name]) == sum(Decimal(item[name]) for item in found["items"]), name


def test_the_daily_figures_say_that_they_are_of_the_bots_together(page: Client, two: Bots) -> None:
    assert ask(page, "stats")["equity_basis"] == TOGETHER
    assert ask(page, "stats", bot="two")["equity_basis"] == "account"


def test_a_bot_that_joins_brings_a_deposit_not_a_gain(page: Client, data: Path, db: None) -> None:
    """Two bots that never trade: the account gains nothing, whatever joins it."""
    for name, hours in (("one", 0), ("two", 36)):
        with history(data, bot=name) as told:
            told.time += timedelta(hours=hours)
            for _ in range(300):
                told.time += timedelta(minutes=15)
                told.snapshot(told.price)
    projector.project()
    found = ask(page, "stats")
    assert found["equity_drawdown"]["fraction"] == 0
    assert "no variance" in found["undefined"]["sharpe"] or found["sharpe"] in (None, 0)


def test_thinning_keeps_the_lowest_and_highest_of_the_sum(page: Client, two: Bots) -> None:
    whole = by_time(page)
    few = by_time(page, since="2026-01-01") | {}
    thin = {i["time"]: Decimal(i["equity"]) for i in ask(page, "equity", limit="20")["items"]}
    assert len(thin) <= 20
    assert (min(thin.values()), max(thin.values())) == (min(whole.values()), max(whole.values()))
    assert few == whole


def test_money_drawdown_and_equity_drawdown_are_each_one_fall(page: Client, two: Bots) -> None:
    found = ask(page, "stats")
    assert found["max_drawdown"]["basis"] == "closed trades"
    assert found["max_drawdown"]["fraction_basis"] == TOGETHER
    assert found["max_drawdown"]["fraction"] == found["equity_drawdown"]["fraction"] < 0
    day = found["equity_drawdown"]["trough"]
    closes = [
        Decimal(item["equity"])
        for item in ask(page, "equity", until=f"{day}T23:59:59", limit="500")["items"]
        if item["time"][:10] == day
    ]
    assert closes  # the trough is a day of the curve


def test_where_nothing_was_heard_nothing_is_summed(page: Client, db: None) -> None:
    found = ask(page, "balance")
    assert (found["equity"], found["bots"]) == (None, [])
    assert found["undefined"]["equity"] == "no bot has recorded anything yet"
