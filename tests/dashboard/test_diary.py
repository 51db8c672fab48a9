"""The journal's page over the API: what mistakes cost, entries, notes of days, bulk edits."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.models import Annotation, AnnotationRevision, DayNoteRevision, Trade
from dashboard.selectors.scope import Filters, choose
from dashboard.selectors.trades import matching
from dashboard.services.journal import annotate, annotate_many
from dashboard.units import text
from tests.dashboard.builder import History
from tests.dashboard.test_annotation_api import csrf

pytestmark = pytest.mark.django_db


def trades(count: int = 6) -> list[Trade]:
    return list(Trade.objects.order_by("seq")[:count])


def write(number: int, **values: Any) -> Trade:
    trade = trades()[number]
    annotate(trade.bot, trade.trade_id, values, user=None, by="test")
    return trade


def journal(page: Client, **query: Any) -> Any:
    response = page.get("/api/journal", query)
    assert response.status_code == 200, response.content
    return response.json()


def patch_day(page: Client, day: str, **values: Any) -> Any:
    headers = {"x-csrftoken": csrf(page)}
    return page.patch(
        f"/api/days/{day}", json.dumps(values), content_type="application/json", headers=headers
    )


def test_what_a_mistake_cost_is_the_sum_of_its_trades(page: Client, told: History) -> None:
    of = [write(number, mistake="chased") for number in (0, 2)]
    write(1, mistake="oversized")
    costs = {item["value"]: item for item in journal(page)["costs"]["mistake"]}
    assert costs["chased"]["net_pnl"] == text(sum(trade.net_pnl for trade in of))
    assert (costs["chased"]["trades"], costs["oversized"]["trades"]) == (2, 1)


def test_the_costliest_comes_first(page: Client, told: History) -> None:
    for number, word in enumerate(("a", "b", "c", "d")):
        write(number, mistake=word)
    nets = [Decimal(item["net_pnl"]) for item in journal(page)["costs"]["mistake"]]
    assert nets == sorted(nets)


def test_a_trade_of_several_tags_counts_for_each(page: Client, told: History) -> None:
    write(0, tags="news, late")
    assert [item["value"] for item in journal(page)["costs"]["tag"]] == ["late", "news"]


def test_an_emptied_annotation_is_no_entry(page: Client, told: History) -> None:
    write(0, note="x")
    write(0, note="")
    assert journal(page)["items"] == []


def test_entries_come_newest_first_a_page_at_a_time(page: Client, told: History) -> None:
    ids = [write(number, note="x").trade_id for number in range(5)]
    first = journal(page, limit=3)
    second = journal(page, limit=3, cursor=first["next_cursor"])
    found = [item["trade_id"] for item in first["items"] + second["items"]]
    assert (found, second["next_cursor"]) == (ids[::-1], None)


def test_a_search_finds_words_wherever_they_were_written(page: Client, told: History) -> None:
    trade = write(0, note="Held too long", setup="Breakout")
    write(1, note="Held well")
    found = journal(page, search="held BREAKOUT")["items"]
    assert [item["trade_id"] for item in found] == [trade.trade_id]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tag", "news"),
        ("setup", "Breakout"),
        ("mistake", "chased"),
        ("rating", "2"),
        ("followed_plan", "false"),
    ],
)
@pytest.mark.parametrize("path", ["trades", "stats", "journal"])
def test_its_words_filter_everything(
    page: Client, told: History, path: str, name: str, value: str
) -> None:
    said = {"rating": 2, "followed_plan": False}
    trade = write(3, tags="late, news", setup="Breakout", mistake="chased", **said)
    said = {"rating": 3, "followed_plan": True}
    write(4, tags="newspaper", setup="Breakout 2", mistake="chased twice", **said)
    body = page.get(f"/api/{path}", {name: value}).json()
    if path == "stats":
        assert (body["trades"], body["net_pnl"]) == (1, text(trade.net_pnl))
    else:
        assert [item["trade_id"] for item in body["items"]] == [trade.trade_id]


def test_the_tag_of_another_bots_trade_with_the_same_id_is_another(
    page: Client, told: History
) -> None:
    annotate("other", trades()[0].trade_id, {"tags": "news"}, user=None, by="test")
    assert page.get("/api/trades", {"tag": "news"}).json()["items"] == []


def test_a_day_is_written_about(page: Client, told: History) -> None:
    body = patch_day(page, "2026-01-02", note="Calm", tags=["News"], rating=4).json()
    assert (body["note"], body["tags"], body["rating"]) == ("Calm", ["news"], 4)
    assert journal(page)["days"][0]["day"] == "2026-01-02"


def test_every_edit_of_a_day_is_kept_with_who(page: Client, told: History) -> None:
    patch_day(page, "2026-01-02", note="Calm")
    body = patch_day(page, "2026-01-02", note="Wild").json()
    edits = [(edit["user"], edit["old"], edit["new"]) for edit in body["revisions"]]
    assert edits == [
        ("admin", {"note": "Calm"}, {"note": "Wild"}),
        ("admin", {"note": ""}, {"note": "Calm"}),
    ]


def test_what_changes_nothing_of_a_day_is_no_edit(page: Client, told: History) -> None:
    for _ in range(2):
        patch_day(page, "2026-01-02", note="Calm")
    assert DayNoteRevision.objects.count() == 1


def test_a_day_is_not_written_without_the_csrf_token(page: Client, told: History) -> None:
    response = page.patch("/api/days/2026-01-02", "{}", content_type="application/json")
    assert response.status_code == 403


def test_days_outside_the_period_are_left_out(page: Client, told: History) -> None:
    patch_day(page, "2026-01-02", note="in")
    patch_day(page, "2026-01-04", note="out")
    days = journal(page, until="2026-01-04")["days"]
    assert [day["day"] for day in days] == ["2026-01-02"]


def test_words_for_many_are_all_kept_with_their_revisions(owner: User, told: History) -> None:
    write(0, tags="news")
    done = annotate_many(trades(3), {"mistake": "late"}, add_tags=["x"], user=owner, by="admin")
    assert done == 3
    assert sorted(Annotation.objects.values_list("tags", flat=True)) == ["news, x", "x", "x"]
    assert AnnotationRevision.objects.filter(by="admin").count() == 3


def test_the_journal_asks_no_more_for_more_entries(
    page: Client, told: History, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        write(number, note="x")
    with django_assert_max_num_queries(25):
        journal(page)


def test_the_few_with_a_word_are_looked_up_and_no_book_is_walked(told: History) -> None:
    write(0, mistake="chased")
    scope = choose(Filters(mistake="chased"))
    plan = matching(scope).order_by("-exit_time", "-trade_id", "-pk")[:51].explain()
    assert "trade_own_id (trade_id=?)" in plan
    assert "trade_ledger" not in plan
