"""Annotations over the API: by the page with its CSRF token, or by a token with the scope."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.models import AnnotationRevision, Trade
from dashboard.services.tokens import create
from tests.dashboard.builder import History

pytestmark = pytest.mark.django_db


def address(trade_id: str | None = None) -> str:
    known = Trade.objects.order_by("seq").values_list("trade_id", flat=True)[0]
    return f"/api/annotation?bot=demo&trade_id={trade_id or known}"


def patch(client: Client, body: dict[str, Any], **headers: str) -> Any:
    return client.patch(
        address(), json.dumps(body), content_type="application/json", headers=headers
    )


def csrf(page: Client) -> str:
    """The token the page carries in its forms."""
    html = page.get("/").content.decode()
    return html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def bearer(owner: User, scope: str) -> dict[str, str]:
    text = create(owner, name="t", scope=scope, lifetime=timedelta(days=1))[1]
    return {"authorization": f"Bearer {text}"}


def test_a_session_without_the_csrf_token_writes_nothing(page: Client, told: History) -> None:
    assert patch(page, {"note": "x"}).status_code == 403
    assert AnnotationRevision.objects.count() == 0


def test_a_session_with_it_writes(page: Client, told: History) -> None:
    body = patch(page, {"note": "x"}, **{"x-csrftoken": csrf(page)}).json()
    assert (body["note"], body["revisions"][0]["by"]) == ("x", "page")


@pytest.fixture
def program() -> Client:
    """A program without cookies, whose requests are checked as a real server's are."""
    return Client(enforce_csrf_checks=True)


def test_a_token_to_read_writes_nothing(program: Client, owner: User, told: History) -> None:
    answer = patch(program, {"note": "x"}, **bearer(owner, "read"))
    assert (answer.status_code, "may read only" in answer.json()["title"]) == (403, True)


def test_a_token_to_annotate_writes_and_is_named(
    program: Client, owner: User, told: History
) -> None:
    body = patch(program, {"note": "x"}, **bearer(owner, "annotate")).json()
    assert body["revisions"][0]["by"].startswith("blotter_")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer blotter_wrong"}])
def test_a_stranger_who_writes_is_told_to_log_in(
    program: Client, told: History, headers: dict[str, str]
) -> None:
    assert patch(program, {"note": "x"}, **headers).status_code == 401
    assert AnnotationRevision.objects.count() == 0


def test_a_wrong_token_opens_no_way_round_the_csrf_token(page: Client, told: History) -> None:
    answer = patch(page, {"note": "x"}, authorization="Bearer blotter_wrong")
    assert (answer.status_code, AnnotationRevision.objects.count()) == (403, 0)


def test_what_is_left_out_stays(owner: User, told: History) -> None:
    headers = bearer(owner, "annotate")
    patch(Client(), {"note": "x", "tags": ["A", "b"]}, **headers)
    body = patch(Client(), {"rating": 3}, **headers).json()
    assert (body["note"], body["tags"], body["rating"], body["revision"]) == (
        "x",
        ["a", "b"],
        3,
        2,
    )


@pytest.mark.parametrize(
    "body", [{"rating": 6}, {"rating": "many"}, {"tags": ["x" * 501]}, {"note": "x" * 20_001}]
)
def test_an_unfit_value_is_refused(owner: User, told: History, body: dict[str, Any]) -> None:
    assert patch(Client(), body, **bearer(owner, "annotate")).status_code == 422


def test_an_unknown_trade_has_no_annotation(page: Client, told: History) -> None:
    response = page.get(address("nobody"))
    assert (response.status_code, "'nobody'" in response.json()["detail"]) == (404, True)
