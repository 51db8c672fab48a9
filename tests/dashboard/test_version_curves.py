"""Each version's net PnL from its own beginning."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from dashboard.selectors import version_curves
from tests.dashboard.builder import History

pytestmark = pytest.mark.django_db


def curves(page: Client, **query: str) -> list[Any]:
    found: list[Any] = page.get("/api/versions/curves", query).json()["items"]
    return found


def test_each_ends_with_its_versions_net_pnl(page: Client, told: History) -> None:
    nets = {i["version"]: i["net_pnl"] for i in page.get("/api/versions").json()["items"]}
    assert {i["version"]: i["points"][-1]["net_pnl"] for i in curves(page)} == nets


def test_all_begin_on_their_first_day(page: Client, told: History) -> None:
    assert {item["points"][0]["day"] for item in curves(page)} == {1}


def test_another_filter_gives_the_same_by_another_way(page: Client, told: History) -> None:
    assert curves(page, symbol="BTCUSDT") == curves(page)


def test_thinning_keeps_the_lowest_the_highest_and_the_last(
    page: Client, told: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = curves(page)
    monkeypatch.setattr(version_curves, "MOST", 4)
    for before, after in zip(whole, curves(page), strict=True):
        nets = [Decimal(point["net_pnl"]) for point in before["points"]]
        thin = [Decimal(point["net_pnl"]) for point in after["points"]]
        assert (min(thin), max(thin), thin[-1]) == (min(nets), max(nets), nets[-1])
