"""The API's answers, asked for as the page asks for them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.projection import projector
from tests.dashboard.builder import History, history

LISTS = ("trades", "positions", "versions", "equity")
ALL = ("status", "balance", "positions", "trades", "stats", "equity", "versions")


def ask(page: Client, path: str, **query: str | int) -> Any:
    response = page.get(f"/api/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def all_trades(page: Client, **query: str | int) -> list[dict[str, Any]]:
    """Every page of the ledger."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        body = ask(page, "trades", limit=7, **query, **more)
        found += body["items"]
        cursor = body["next_cursor"]
        if not cursor:
            return found


def test_pages_of_the_ledger_hold_every_trade_once(page: Client, told: History) -> None:
    ids = [trade["trade_id"] for trade in all_trades(page)]
    assert len(ids) == len(set(ids)) == len(told.net_pnls)


def test_the_ledger_comes_newest_first(page: Client, told: History) -> None:
    times = [trade["exit_time"] for trade in all_trades(page)]
    assert times == sorted(times, reverse=True)


def test_the_trades_add_up_to_the_stats_exactly(page: Client, told: History) -> None:
    total = sum(Decimal(trade["net_pnl"]) for trade in all_trades(page))
    assert total == Decimal(ask(page, "stats")["net_pnl"]) == sum(told.net_pnls)


@pytest.mark.parametrize(
    "query",
    [
        {"version": "8.02"},
        {"symbol": "BTCUSDT", "version": "8.01"},
        {"since": "2026-01-02", "until": "2026-01-04"},
        {"since": "2026-01-02T07:00:00Z"},
        {"period": "2d"},
        {"side": "long"},
        {"side": "short"},
        {"tag": "none"},
    ],
)
def test_the_same_filter_gives_ledger_and_stats_the_same_trades(
    page: Client, told: History, query: dict[str, str]
) -> None:
    trades = all_trades(page, **query)
    stats = ask(page, "stats", **query)
    assert (stats["trades"], Decimal(stats["net_pnl"])) == (
        len(trades),
        sum(Decimal(trade["net_pnl"]) for trade in trades),
    )


def test_the_versions_add_up_to_the_whole(page: Client, told: History) -> None:
    total = sum(Decimal(item["net_pnl"]) for item in ask(page, "versions")["items"])
    assert total == sum(told.net_pnls)


def test_versions_come_newest_first(page: Client, told: History) -> None:
    found = [item["version"] for item in ask(page, "versions")["items"]]
    assert found == ["8.03", "8.02", "8.01"]


def test_equity_is_deposits_realised_and_unrealised(page: Client, told: History) -> None:
    wrong = [
        item
        for item in ask(page, "equity", limit=500)["items"]
        if Decimal(item["equity"])
        != sum(Decimal(item[name]) for name in ("deposits", "realised", "unrealised"))
    ]
    assert wrong == []


def test_the_balance_is_the_newest_points(page: Client, told: History) -> None:
    newest = ask(page, "equity", limit=1)["items"][0]
    assert ask(page, "balance")["equity"] == newest["equity"]


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 51, 100])
def test_thinning_never_gives_more_than_asked(page: Client, told: History, limit: int) -> None:
    body = ask(page, "equity", limit=limit)
    assert len(body["items"]) <= limit
    assert body["points"] == 450


@pytest.mark.parametrize("limit", [12, 40, 100, 400])
def test_thinning_keeps_the_lowest_and_the_highest(page: Client, told: History, limit: int) -> None:
    def extremes(items: list[dict[str, str]]) -> tuple[Decimal, Decimal]:
        equities = [Decimal(item["equity"]) for item in items]
        return min(equities), max(equities)

    whole = ask(page, "equity", limit=500)["items"]
    assert extremes(ask(page, "equity", limit=limit)["items"]) == extremes(whole)


def test_thinning_keeps_both_ends(page: Client, told: History) -> None:
    whole = ask(page, "equity", limit=500)["items"]
    thin = ask(page, "equity", limit=20)["items"]
    assert (thin[0]["time"], thin[-1]["time"]) == (whole[0]["time"], whole[-1]["time"])


def test_the_deepest_drawdown_survives_thinning(page: Client, told: History) -> None:
    def deepest(limit: int) -> float:
        items = ask(page, "equity", limit=limit)["items"]
        return float(min(item["drawdown"] for item in items))

    assert deepest(60) == pytest.approx(deepest(500), rel=1e-12)


def test_the_open_position_has_its_stop_and_target(page: Client, data: Path) -> None:
    with history(data) as told:
        told.open()
        told.snapshot(told.price)
    projector.project()
    (item,) = ask(page, "positions")["items"]
    assert {item["stop_loss_price"], item["take_profit_price"]} == {"41160.00", "43260.00"}


def test_the_status_tells_the_active_parameters(page: Client, told: History) -> None:
    (bot,) = ask(page, "status")["bots"]
    assert (bot["version"], bot["strategy"], bot["settings"]["adx_threshold"]) == (
        "8.03",
        "ADX trend",
        25,
    )


@pytest.mark.parametrize("path", ALL)
def test_an_answer_names_its_mode_and_what_it_is_true_for(
    page: Client, told: History, path: str
) -> None:
    body = ask(page, path)
    assert (body["mode"], list(body["checkpoints"])) == ("demo", ["demo"])


@pytest.mark.parametrize("path", ALL)
def test_an_empty_house_is_answered_too(page: Client, path: str) -> None:
    body = ask(page, path)
    assert body["checkpoints"] == {}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_items_and_a_cursor(page: Client, told: History, path: str) -> None:
    assert {"items", "next_cursor"} <= set(ask(page, path))


def test_what_is_undefined_is_null_with_its_reason(page: Client) -> None:
    stats = ask(page, "stats")
    assert stats["profit_factor"] is None
    assert stats["undefined"]["profit_factor"] == "no losing trades"


@pytest.mark.parametrize("path", ALL)
def test_no_number_is_without_its_reason(page: Client, told: History, path: str) -> None:
    body = ask(page, path)
    silent = [
        name
        for name in body.get("undefined", {})
        if name in body and body[name] is None and not body["undefined"][name]
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"version": "9.99"}, 404, "version='9.99' is not known here; there is 8.01, 8.02, 8.03"),
        ({"bot": "nobody"}, 404, "bot='nobody'"),
        ({"symbol": "ETHUSDT"}, 404, "symbol='ETHUSDT'"),
        ({"since": "yesterday"}, 422, "'yesterday' is no ISO 8601"),
        ({"until": "2026-02-30"}, 422, "2026-02-30"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, 422, "no time lies between them"),
        ({"account": "nobody's"}, 404, 'account="nobody\'s" is not known here; there is demo'),
        ({"quote_asset": "EUR"}, 404, "quote_asset='EUR'"),
        ({"exit_reason": "boredom"}, 404, "exit_reason='boredom'"),
        ({"weekday": "Mon"}, 422, "weekday"),
        ({"hour": "24"}, 422, "hour"),
        ({"verison": "8.01"}, 422, "'verison' is no parameter"),
        ({"mode": "dream"}, 422, "mode"),
        ({"limit": "0"}, 422, "limit"),
        ({"limit": "501"}, 422, "limit"),
        ({"cursor": "%%%"}, 422, "cursor"),
        ({"cursor": "W10"}, 422, "cursor"),
        ({"cursor": "WzEsIlx1ZDgwMCIsMV0"}, 422, "cursor"),  # half a character
        ({"period": "all"}, 422, "period"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(
    page: Client, told: History, query: dict[str, str], status: int, said: str
) -> None:
    response = page.get("/api/trades", query)
    body = response.json()
    assert (response.status_code, response["Content-Type"]) == (
        status,
        "application/problem+json",
    )
    assert said in body["detail"]


@pytest.mark.parametrize(("group", "value"), [("weekday", "Thursday"), ("hour", "07")])
def test_a_groups_trades_have_every_figure(
    page: Client, told: History, group: str, value: str
) -> None:
    groups = page.get("/api/analysis").json()["groups"][group]
    expected = next(one for one in groups if one["value"] == value)
    found = page.get("/api/stats", {group: value}).json()
    assert {name: found[name] for name in ("trades", "wins", "losses", "net_pnl", "win_rate")} == {
        name: expected[name] for name in ("trades", "wins", "losses", "net_pnl", "win_rate")
    }


def test_trades_of_one_exit_reason_are_those_of_its_group(page: Client, told: History) -> None:
    groups = page.get("/api/analysis").json()["groups"]["exit_reason"]
    found = [
        page.get("/api/stats", {"exit_reason": one["value"]}).json()["net_pnl"] for one in groups
    ]
    assert found == [one["net_pnl"] for one in groups]


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("POST", "stats", 405, "POST cannot be asked of this address; it takes GET"),
        ("GET", "nothing", 404, "/api/nothing is no address of this API"),
    ],
)
def test_an_error_of_the_framework_is_a_problem_as_well(
    page: Client, method: str, path: str, status: int, said: str
) -> None:
    response = page.generic(method, f"/api/{path}")
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert said in response.json()["detail"]


def test_head_is_what_get_is_without_the_body(page: Client, told: History) -> None:
    whole, head = page.get("/api/stats"), page.head("/api/stats")
    assert (head.status_code, head["ETag"], head.content) == (200, whole["ETag"], b"")
    assert head["Content-Length"] == str(len(whole.content))


def test_whoever_holds_any_answer_is_told_that_there_is_one(page: Client, told: History) -> None:
    assert page.get("/api/stats", headers={"if-none-match": "*"}).status_code == 304


@pytest.mark.parametrize("path", ["positions", "trades", "stats", "equity", "versions"])
def test_the_same_question_again_is_304(page: Client, told: History, path: str) -> None:
    tag = page.get(f"/api/{path}")["ETag"]
    again = page.get(f"/api/{path}", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_new_trade_is_a_new_answer(page: Client, told: History, data: Path) -> None:
    tag = page.get("/api/stats")["ETag"]
    with history(data, version="8.04") as more:
        more.open()
        more.close()
    projector.project()
    again = page.get("/api/stats", headers={"if-none-match": tag})
    assert again.status_code == 200


def test_a_candle_alone_leaves_the_ledger_as_it_was(
    page: Client, told: History, data: Path
) -> None:
    tag = page.get("/api/trades")["ETag"]
    with history(data, version="8.03") as more:
        more.snapshot(more.price)
    projector.project()
    assert page.get("/api/trades", headers={"if-none-match": tag}).status_code == 304


def test_modes_are_never_summed(page: Client, told: History, data: Path) -> None:
    with history(data, bot="papa", mode="paper") as other:
        other.open()
        other.close()
    projector.project()
    paper = ask(page, "stats", mode="paper")
    assert (paper["trades"], paper["modes"]) == (1, ["demo", "paper"])


def test_asking_is_noted_for_the_demo_market(page: Client, data: Path) -> None:
    ask(page, "stats")
    assert (data / "last_viewed").exists()


def test_a_stranger_is_not_noted(db: None, data: Path) -> None:
    Client().get("/api/stats")
    assert not (data / "last_viewed").exists()


@pytest.mark.parametrize("query", [{}, {"version": "8.02"}, {"since": "2026-01-02T07:00:00Z"}])
def test_every_way_to_cut_the_trades_adds_up_to_the_whole(
    page: Client, told: History, query: dict[str, str]
) -> None:
    whole = Decimal(ask(page, "stats", **query)["net_pnl"])
    body = ask(page, "analysis", **query)
    cuts = {"days": body["days"], **body["groups"]}
    sums = {name: sum(Decimal(item["net_pnl"]) for item in items) for name, items in cuts.items()}
    assert sums == dict.fromkeys(cuts, whole)


def test_the_distribution_counts_every_trade_once(page: Client, told: History) -> None:
    bins = ask(page, "analysis")["distribution"]
    assert sum(one["trades"] for one in bins) == len(told.net_pnls)


def test_each_bar_counts_the_trades_between_its_borders(page: Client, told: History) -> None:
    wrong = [
        one
        for one in ask(page, "analysis")["distribution"]
        if one["trades"]
        != sum(Decimal(one["low"]) <= net < Decimal(one["high"]) for net in told.net_pnls)
    ]
    assert wrong == []


def test_no_bar_holds_both_gains_and_losses(page: Client, told: History) -> None:
    bins = ask(page, "analysis")["distribution"]
    assert not [one for one in bins if Decimal(one["low"]) < 0 < Decimal(one["high"])]


def test_two_versions_are_compared_in_words(page: Client, told: History) -> None:
    found = ask(page, "versions/compare", a="8.02", b="8.03")
    assert found["verdict"] in {
        "Too early",
        "No visible difference",
        "Probably better",
        "Better",
    }
    assert "8.03" in found["sentence"]
    assert found["versions_tried"] == 3


def test_a_version_nobody_knows_cannot_be_compared(page: Client, told: History) -> None:
    response = page.get("/api/versions/compare", {"a": "8.02", "b": "9"})
    assert (response.status_code, "version='9'" in response.json()["detail"]) == (404, True)


def test_the_newest_version_is_judged_against_the_one_before(page: Client, told: History) -> None:
    newest = ask(page, "versions")["newest"]
    assert (newest["a"], newest["b"]) == ("8.02", "8.03")


def test_one_version_alone_is_judged_against_nothing(page: Client, data: Path) -> None:
    with history(data) as told:
        told.open()
        told.close()
    projector.project()
    assert ask(page, "versions")["newest"] is None


def test_a_drawdown_that_is_over_says_when(page: Client, told: History) -> None:
    for item in ask(page, "versions")["items"]:
        fall = item["max_drawdown"]
        assert (fall["recovered_at"] is not None) == (fall["recovered"] and fall["money"] != "0")
