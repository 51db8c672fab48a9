"""The admin: records are read, never written, and quickly."""

from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.admin.lists import periods
from dashboard.models import Annotation, DayRollup, Trade
from dashboard.performance.equity import date_of
from dashboard.services.journal import annotate
from dashboard.units import iso
from tests.dashboard.builder import History

pytestmark = pytest.mark.django_db

RECORDS = (
    "trade",
    "bot",
    "batch",
    "quarantined",
    "checkpoint",
    "annotation",
    "daynote",
    "screenshot",
    "apitoken",
)


@pytest.mark.parametrize("record", RECORDS)
def test_every_list_opens(page: Client, told: History, record: str) -> None:
    assert page.get(f"/admin/dashboard/{record}/").status_code == 200


@pytest.mark.parametrize("record", RECORDS)
def test_nothing_can_be_added(page: Client, told: History, record: str) -> None:
    assert page.get(f"/admin/dashboard/{record}/add/").status_code == 403


@pytest.mark.parametrize("record", ["trade", "bot", "checkpoint"])
def test_nothing_can_be_deleted(page: Client, told: History, record: str) -> None:
    key = Trade.objects.values_list("pk", flat=True)[0] if record == "trade" else "demo"
    assert page.get(f"/admin/dashboard/{record}/{key}/delete/").status_code == 403


def test_the_event_log_shows_the_newest_first(page: Client, told: History) -> None:
    rows = page.get("/admin/events/").context["events"]
    seqs = [row["seq"] for row in rows]
    assert seqs == sorted(seqs, reverse=True)
    assert len(seqs) == 100


def test_the_event_log_pages_without_gap_or_overlap(page: Client, told: History) -> None:
    newest = page.get("/admin/events/").context
    older = page.get("/admin/events/", {"before": newest["next"]}).context
    assert older["events"][0]["seq"] == newest["events"][-1]["seq"] - 1


def test_the_event_log_shows_one_kind(page: Client, told: History) -> None:
    rows = page.get("/admin/events/", {"kind": "trade.closed"}).context["events"]
    assert {row["kind"] for row in rows} == {"trade.closed"}


def test_the_event_log_takes_no_post(page: Client, told: History) -> None:
    assert page.post("/admin/events/", {}).status_code == 403


def test_an_unknown_stream_is_not_found(page: Client, told: History) -> None:
    assert page.get("/admin/events/", {"stream": "../site"}).status_code == 404


@pytest.mark.parametrize("before", ["-1", "abc", "²", "9" * 40])
def test_a_wrong_place_in_the_log_breaks_nothing(page: Client, told: History, before: str) -> None:
    assert page.get("/admin/events/", {"before": before}).status_code == 200


def test_a_trades_page_tells_its_events_in_order(page: Client, told: History) -> None:
    trade = Trade.objects.order_by("seq")[0]
    found = page.get(f"/admin/dashboard/trade/{trade.pk}/change/").context["told"]
    assert [row["kind"] for row in found] == ["position.opened", "trade.closed"]


def test_a_search_finds_a_trade_by_how_its_id_begins(page: Client, told: History) -> None:
    response = page.get("/admin/dashboard/trade/", {"q": "8.02-"})
    assert {trade.version for trade in response.context["cl"].result_list} == {"8.02"}


def test_the_list_neither_counts_everything_nor_asks_row_by_row(
    page: Client, told: History, django_assert_max_num_queries: Any
) -> None:
    queries: CaptureQueriesContext
    with django_assert_max_num_queries(25) as queries:
        page.get("/admin/dashboard/trade/")
    statements = [query["sql"] for query in queries.captured_queries]
    assert not [sql for sql in statements if "COUNT(*)" in sql and "dashboard_trade" in sql]


def test_the_admin_says_whose_money_it_is(page: Client, told: History) -> None:
    assert b"Demo money" in page.get("/admin/dashboard/trade/").content


def choose(page: Client, trades: list[Trade], **more: str) -> Any:
    fields = {"action": "annotate_many", "_selected_action": [trade.pk for trade in trades]}
    html = page.get("/admin/dashboard/trade/").content.decode()
    token = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return page.post(
        "/admin/dashboard/trade/", {**fields, **more, "csrfmiddlewaretoken": token}, follow=True
    )


def test_many_are_annotated_at_once(page: Client, told: History) -> None:
    chosen = list(Trade.objects.order_by("seq")[:3])
    assert b"Annotate 3 trades" in choose(page, chosen).content
    assert Annotation.objects.count() == 0
    choose(page, chosen, apply="1", mistake="chased", add_tags="News", rating="2")
    found = Annotation.objects.values_list("mistake", "tags", "rating", "followed_plan")
    assert list(found) == [("chased", "news", 2, None)] * 3


def test_what_is_left_empty_stays(page: Client, told: History) -> None:
    trade = Trade.objects.order_by("seq")[0]
    annotate(trade.bot, trade.trade_id, {"setup": "Breakout", "rating": 5}, user=None, by="")
    choose(page, [trade], apply="1", mistake="chased")
    own = Annotation.objects.get()
    assert (own.setup, own.rating, own.mistake) == ("Breakout", 5, "chased")


@pytest.mark.parametrize("period", ["2026", "2026-01", "2026-01-03", "2025-12", "soon", "2026-13"])
def test_the_list_shows_one_year_month_or_day(page: Client, told: History, period: str) -> None:
    shown = page.get("/admin/dashboard/trade/", {"closed": period}).context["cl"]
    exits = [iso(time) for time in Trade.objects.values_list("exit_time", flat=True)]
    known = period[:4].isdecimal() and period != "2026-13"
    assert shown.result_count == sum(not known or time.startswith(period) for time in exits)


def test_a_month_opens_into_the_days_that_have_trades(page: Client, told: History) -> None:
    body = page.get("/admin/dashboard/trade/", {"closed": "2026-01-03"}).content.decode()
    for day in DayRollup.objects.filter(scope="all").values_list("day", flat=True):
        assert f"closed={date_of(day)}" in body


def test_what_is_long_ago_is_found_by_its_year() -> None:
    months = [
        f"{year}-{month:02}-15" for year in (2021, 2022, 2023, 2024) for month in range(1, 13)
    ]
    assert periods(months, "")[-2:] == ["2022-01", "2021"]
    assert periods(months, "2021-02")[-14:-11] == ["2021", "2021-12", "2021-11"]
    assert periods(months, "2021-02")[-2:] == ["2021-02-15", "2021-01"]


def test_the_list_shows_one_mistake(page: Client, told: History) -> None:
    trade = Trade.objects.order_by("seq")[2]
    annotate(trade.bot, trade.trade_id, {"mistake": "chased"}, user=None, by="")
    shown = page.get("/admin/dashboard/trade/", {"mistake": "chased"}).context["cl"].result_list
    assert list(shown) == [trade]


@pytest.mark.parametrize("record", [record for record in RECORDS if record != "trade"])
def test_no_list_asks_row_by_row(
    page: Client, told: History, django_assert_max_num_queries: Any, record: str
) -> None:
    for trade in Trade.objects.order_by("seq")[:8]:
        annotate(trade.bot, trade.trade_id, {"note": "x"}, user=None, by="")
    with django_assert_max_num_queries(16):
        page.get(f"/admin/dashboard/{record}/")
