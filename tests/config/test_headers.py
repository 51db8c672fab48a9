import base64
import hashlib
import re

import pytest
from django.conf import settings
from django.test import Client

PAGES = ("/", "/admin/", "/api/stats", "/admin/events/")


@pytest.mark.parametrize("address", PAGES)
def test_the_policy_has_nothing_unsafe(page: Client, address: str) -> None:
    policy = page.get(address)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_the_only_foreign_script_is_the_chart_file(page: Client) -> None:
    policy = page.get("/")["Content-Security-Policy"]
    assert re.findall(r"https?://[^ ;]+", policy) == [settings.CHART_URL]


def test_the_page_asks_for_the_chart_file_with_its_hash(page: Client) -> None:
    html = page.get("/").content.decode()
    assert f'src="{settings.CHART_URL}" integrity="{settings.CHART_INTEGRITY}"' in html


def test_the_hash_is_a_whole_sha384() -> None:
    digest = base64.b64decode(settings.CHART_INTEGRITY.removeprefix("sha384-"))
    assert len(digest) == hashlib.sha384().digest_size


@pytest.mark.parametrize("address", PAGES)
def test_figures_stay_out_of_caches(page: Client, address: str) -> None:
    assert page.get(address)["Cache-Control"] == "no-store"


def test_no_page_may_be_framed(page: Client) -> None:
    assert page.get("/")["X-Frame-Options"] == "DENY"


def test_no_inline_script_or_style_in_our_pages(page: Client) -> None:
    html = page.get("/").content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)


def test_the_session_cookie_is_kept_from_scripts_and_other_sites() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
