"""What was recorded is shown as text, wherever it is shown."""

import re
from pathlib import Path

import pytest
from django.test import Client

from dashboard.models import Trade
from dashboard.projection import projector
from dashboard.services.journal import annotate
from trader.store import Recorder

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
ROOT = Path(__file__).resolve().parents[2] / "dashboard"


@pytest.fixture
def hostile(data: Path, db: None) -> Trade:
    recorder = Recorder("bot", version=HOSTILE[:60], mode="live", folder=data)
    recorder.append("bot.started", {"strategy": HOSTILE, "symbol": HOSTILE[:50], "interval": "1m"})
    recorder.append("settings.changed", {"settings": {HOSTILE: HOSTILE}})
    recorder.trade(
        trade_id=HOSTILE, symbol=HOSTILE[:50], side="long", net_pnl="1", exit_reason=HOSTILE
    )
    assert recorder.flush()
    recorder.close()
    projector.project()
    trade = Trade.objects.get()
    annotate(trade.bot, trade.trade_id, {"note": HOSTILE, "tags": HOSTILE}, user=None, by=HOSTILE)
    return trade


@pytest.mark.parametrize(
    "address",
    ["/", "/admin/", "/admin/events/", "/admin/dashboard/trade/", "/admin/dashboard/annotation/"],
)
def test_no_page_carries_it_as_markup(page: Client, hostile: Trade, address: str) -> None:
    html = page.get(address).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_the_trades_page_carries_it_as_text(page: Client, hostile: Trade) -> None:
    html = page.get(f"/admin/dashboard/trade/{hostile.pk}/change/").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_an_error_carries_it_as_json(page: Client, hostile: Trade) -> None:
    response = page.get("/api/trades", {"version": HOSTILE + "x"})
    assert response["Content-Type"] == "application/problem+json"


UNSAFE = re.compile(
    r"mark_safe|\|\s*safe\b|autoescape off|innerHTML|outerHTML|insertAdjacentHTML"
    r"|document\.write|\beval\(|new Function"
)


@pytest.mark.parametrize("kind", ["*.py", "*.html", "*.js"])
def test_no_way_around_escaping_is_used(kind: str) -> None:
    found = [str(path) for path in ROOT.rglob(kind) if UNSAFE.search(path.read_text("utf-8"))]
    assert found == []
