"""A trade's story: its candles as the bot saw them, its events in order, its neighbours."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.models import Trade
from dashboard.projection import projector
from dashboard.selectors.candles import AFTER, BEFORE, Candle, around, merge
from dashboard.services.journal import annotate
from dashboard.units import instant, iso
from tests.dashboard.builder import CANDLE, History, history

pytestmark = pytest.mark.django_db


def some() -> Trade:
    """A trade with a good many others before and after it."""
    return Trade.objects.order_by("seq")[8]


def story(page: Client, trade: Trade, **more: str) -> Any:
    response = page.get("/api/trade", {"bot": trade.bot, "trade_id": trade.trade_id, **more})
    assert response.status_code == 200, response.content
    return response.json()


def test_its_events_come_in_order(page: Client, told: History) -> None:
    kinds = [event["kind"] for event in story(page, some())["events"]]
    assert kinds == ["position.opened", "trade.closed"]


def test_its_candles_reach_from_before_the_entry_to_after_the_exit(
    page: Client, told: History
) -> None:
    trade = some()
    times = [instant(candle["close_time"], "t") for candle in story(page, trade)["candles"]]
    assert trade.entry_time is not None
    inside = (trade.exit_time - trade.entry_time) // (CANDLE // timedelta(microseconds=1)) - 1
    assert times == sorted(set(times))
    assert len([time for time in times if time <= trade.entry_time]) == min(BEFORE, len(times))
    assert len([time for time in times if time >= trade.exit_time]) == AFTER
    assert len(times) == BEFORE + inside + AFTER


def test_a_candle_says_what_the_bot_measured(page: Client, told: History) -> None:
    assert "adx" in story(page, some())["candles"][0]["indicators"]


def test_an_import_without_candles_borrows_those_of_a_bot_on_the_same_symbol(
    page: Client, told: History
) -> None:
    own = around(some()).candles
    moved = some()
    moved.stream = "imported"
    assert around(moved).candles == own


def test_where_no_candle_was_recorded_a_sentence_says_so(
    page: Client, data: Path, db: None
) -> None:
    with history(data) as told:
        told.open()
        told.close()
    projector.project()
    body = story(page, Trade.objects.get())
    assert (body["candles"], "No candle was recorded" in body["candles_why"]) == ([], True)


def test_merged_candles_keep_the_highest_and_the_lowest(told: History) -> None:
    candles = around(some()).candles
    merged = merge(candles, 7)
    assert (merged[0].open, merged[-1].close) == (candles[0].open, candles[-1].close)
    assert max(found.high for found in merged) == max(found.high for found in candles)
    assert min(found.low for found in merged) == min(found.low for found in candles)
    assert isinstance(merged[0], Candle)


def test_its_neighbours_are_those_of_the_ledger(page: Client, told: History) -> None:
    ids = [item["link"] for item in page.get("/api/trades", {"limit": 500}).json()["items"]]
    links = story(page, some())
    place = ids.index(links["trade"]["link"])
    assert (links["newer"], links["older"]) == (ids[place - 1], ids[place + 1])


def test_the_newest_has_none_after_it(page: Client, told: History) -> None:
    assert story(page, Trade.objects.order_by("-exit_time")[0])["newer"] is None


def test_before_it_closed_there_is_no_such_trade(page: Client, told: History) -> None:
    trade = some()
    query = {"bot": trade.bot, "trade_id": trade.trade_id, "as_of": iso(trade.exit_time - 1)}
    assert page.get("/api/trade", query).status_code == 404


def test_an_unknown_trade_is_not_found(page: Client, told: History) -> None:
    assert page.get("/api/trade", {"bot": "demo", "trade_id": "none"}).status_code == 404


def test_an_edit_of_its_annotation_is_a_new_answer(page: Client, told: History) -> None:
    trade = some()
    query = {"bot": trade.bot, "trade_id": trade.trade_id}
    etag = page.get("/api/trade", query)["ETag"]
    held = {"if-none-match": etag}
    assert page.get("/api/trade", query, headers=held).status_code == 304
    annotate(trade.bot, trade.trade_id, {"note": "x"}, user=None, by="test")
    assert page.get("/api/trade", query, headers=held).status_code == 200


def test_the_choices_are_what_there_is(page: Client, told: History) -> None:
    annotate("demo", some().trade_id, {"tags": "news, late", "mistake": "chased"}, user=None, by="")
    body = page.get("/api/choices").json()
    assert (body["bots"], body["versions"]) == (["demo"], ["8.03", "8.02", "8.01"])
    assert (body["tags"], body["mistakes"]) == (["late", "news"], ["chased"])
