"""Nothing is open to strangers but the login, health and static files."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.api import api

OPEN = {"/login/", "/api/health", "/admin/login/"}
SHUT = {301, 302, 401, 403, 404, 405}


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, text)
            continue
        text = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "1", text)
        yield text.replace("^", "").replace("$", "")


ADDRESSES = sorted(set(_addresses(get_resolver().url_patterns)))


def _operations() -> list[tuple[str, str]]:
    paths = api.get_openapi_schema(path_params={})["paths"]
    return sorted((method, path) for path, methods in paths.items() for method in methods)


def test_the_walk_sees_the_site() -> None:
    assert {"/", "/admin/", "/admin/events/", "/api/trades", "/api/openapi.json"} <= set(ADDRESSES)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_shown_nothing(address: str) -> None:
    response = Client().get(address)
    if address in OPEN:
        assert response.status_code in {200, 302}
    else:
        assert response.status_code in SHUT


@pytest.mark.django_db
@pytest.mark.parametrize("address", [a for a in ADDRESSES if a not in OPEN])
def test_a_stranger_who_is_sent_away_goes_to_the_login(address: str) -> None:
    response = Client().get(address)
    if response.status_code == 302:
        assert response["Location"].startswith(("/login/", "/admin/login/"))


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), _operations())
def test_every_operation_answers_a_stranger_with_401(method: str, path: str) -> None:
    response = Client().generic(method.upper(), path)
    assert response.status_code == (200 if path == "/api/health" else 401)


@pytest.mark.django_db
def test_health_tells_a_stranger_nothing_else() -> None:
    assert Client().get("/api/health").json() == {"status": "ok"}


@pytest.mark.django_db
def test_a_401_is_a_problem_that_says_what_to_do() -> None:
    response = Client().get("/api/stats")
    assert response["Content-Type"] == "application/problem+json"
    assert "Bearer" in response["WWW-Authenticate"]
