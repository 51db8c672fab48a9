"""Comparisons as the API answers them, at the edges where hardly anything is known."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.projection import projector
from tests.dashboard.builder import CANDLE, history


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
