"""Annotations: written in the admin, kept with every edit."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from dashboard.models import Annotation, AnnotationRevision, Trade
from dashboard.services.journal import annotate
from tests.dashboard.builder import History

pytestmark = pytest.mark.django_db

FORM = {
    "note": "Held too long",
    "tags": "Breakout, news ,news",
    "setup": "trend",
    "mistake": "late exit",
    "rating": "4",
    "followed_plan": "no",
}


def first() -> Trade:
    trade = Trade.objects.order_by("seq").first()
    assert trade is not None
    return trade


def post(page: Client, **changes: str) -> int:
    page.handler.enforce_csrf_checks = False
    address = f"/admin/dashboard/trade/{first().pk}/change/"
    return page.post(address, FORM | changes).status_code


def test_the_admin_saves_an_annotation(page: Client, told: History) -> None:
    post(page)
    saved = Annotation.objects.get()
    assert (saved.trade_id, saved.note, saved.tags, saved.rating, saved.followed_plan) == (
        first().trade_id,
        "Held too long",
        "breakout, news",
        4,
        False,
    )


def test_an_edit_keeps_who_and_what_was(page: Client, owner: User, told: History) -> None:
    post(page)
    post(page, note="Held as planned")
    newest = AnnotationRevision.objects.first()
    assert newest is not None
    assert (newest.number, newest.user, newest.by, newest.old, newest.new) == (
        2,
        owner,
        "admin",
        {"note": "Held too long"},
        {"note": "Held as planned"},
    )


def test_saving_without_a_change_is_no_edit(page: Client, told: History) -> None:
    post(page)
    post(page)
    assert AnnotationRevision.objects.count() == 1


def test_a_fact_of_the_trade_cannot_be_posted(page: Client, told: History) -> None:
    before = first().net_pnl
    post(page, net_pnl="1", version="9", money="1")
    assert (first().net_pnl, first().version) == (before, "8.01")


def test_an_unfit_value_is_refused_and_leaves_nothing() -> None:
    with pytest.raises(ValidationError):
        annotate("bot", "t", {"rating": 9}, user=None, by="test")
    assert (Annotation.objects.count(), AnnotationRevision.objects.count()) == (0, 0)


def test_a_tag_finds_its_trades(page: Client, told: History) -> None:
    post(page)
    body = page.get("/api/trades", {"tag": "news"}).json()
    assert [item["trade_id"] for item in body["items"]] == [first().trade_id]


def test_a_part_of_a_tag_finds_nothing(page: Client, told: History) -> None:
    post(page)
    assert page.get("/api/trades", {"tag": "new"}).json()["items"] == []


def test_an_annotation_is_a_new_answer(page: Client, told: History) -> None:
    tag = page.get("/api/stats", {"tag": "news"})["ETag"]
    post(page)
    again = page.get("/api/stats", {"tag": "news"}, headers={"if-none-match": tag})
    assert again.json()["trades"] == 1
