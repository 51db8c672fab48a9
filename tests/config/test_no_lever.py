"""A stolen login cannot trade: nothing on the site reaches a bot's orders, whatever is sent."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.api import api
from config.environment import ROOT

ORDERING = (
    "trader.control",
    "trader.commands",
    "trader.risk_gate",
    "trader.engine",
    "trader.runner",
    "trader.bootstrap",
    "trader.exchange",
    "trader.notify",
    "binance",
)
WORDS = re.compile(r"(?i)pause|resume|halt|order|command|control|close-position|/bot/")


def _addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, text)
        else:
            text = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "1", text)
            yield text.replace("^", "").replace("$", "")


def _everywhere() -> list[str]:
    paths = [path.replace("{", "").replace("}", "") for path in _schema()]
    # Logging out would end the walk.
    return sorted(
        {a for a in {*_addresses(get_resolver().url_patterns), *paths} if "logout" not in a}
    )


def _schema() -> list[str]:
    return list(api.get_openapi_schema(path_params={})["paths"])


def test_r14_the_web_process_holds_nothing_that_could_order() -> None:
    code = (
        "import sys, django, os;"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings';"
        "import config.wsgi, config.urls, config.server;"
        f"wrong = [n for n in sys.modules if n.startswith({ORDERING!r})];"
        "sys.exit(', '.join(wrong) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_operation_of_the_api_is_named_like_an_order() -> None:
    assert [path for path in _schema() if WORDS.search(path)] == []


@pytest.mark.django_db
def test_whatever_a_login_sends_no_order_is_left(page: Client, data: Path) -> None:
    page.handler.enforce_csrf_checks = False
    page.raise_request_exception = False
    body = json.dumps({"action": "pause", "bot": "demo", "command": "resume", "mode": "halted"})
    addresses = _everywhere()
    for address in addresses:
        for method in ("POST", "PATCH", "DELETE"):
            page.generic(method, address, body, content_type="application/json")
    assert len(addresses) > 20
    assert not (data / "control").exists()
