"""A real browser against the real server: waitress over a data folder of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.dashboard.builder import three_versions
from tests.journeys.chart_file import chart_file

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
PASSWORD = "a password of the journey"
DJANGO = "from django.core.management import execute_from_command_line as run; run()"
DESK, PHONE = (1440, 900), (390, 844)
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"], indirect=True)
CDN = "https://cdn.jsdelivr.net/**"


def missing(reason: str) -> None:
    """Skip, or fail where a browser is required (BLOTTER_REQUIRE_BROWSER=1)."""
    if os.environ.get("BLOTTER_REQUIRE_BROWSER") == "1":
        pytest.fail(f"BLOTTER_REQUIRE_BROWSER is set, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chart() -> bytes:
    """The chart file as npm has it, which stands in for the CDN's."""
    found = chart_file()
    if isinstance(found, str):
        missing(found)
    assert isinstance(found, bytes)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium."""
    named = os.environ.get("BLOTTER_BROWSER")
    path = next((p for p in ([named] if named else BROWSERS) if Path(p).exists()), None)
    if path is None:
        missing("there is no Chromium on this machine; name one with BLOTTER_BROWSER")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site's address: a projected history of three versions, and one login."""
    data = tmp_path_factory.mktemp("data")
    three_versions(data, candles=300)
    environment = {
        **os.environ,
        "BLOTTER_DB": str(data),
        "BLOTTER_PASSWORD": PASSWORD,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }

    def manage(*words: str) -> list[str]:
        return [sys.executable, "-c", DJANGO, *words]

    person = ("createsuperuser", "--noinput", "--username", "admin", "--email", "")
    for words in (("migrate", "-v0"), person, ("project_events",)):
        subprocess.run(manage(*words), env=environment, cwd=ROOT, check=True, timeout=120)
    port = free_port()
    server = subprocess.Popen(
        manage("serve", "--port", str(port), "--until-stdin-closes"),
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )
    try:
        _wait_for(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        assert server.stdin is not None
        server.stdin.close()
        server.wait(30)


@pytest.fixture
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    """The window's size: a desk's, unless a test asks for another (see SIZES)."""
    width, height = getattr(request, "param", DESK)
    return {"width": width, "height": height}


@pytest.fixture(scope="session")
def key(browser: Browser, site: str) -> Any:
    """What a browser keeps of one login, so that not every test has to go through the door."""
    context = browser.new_context()
    context.route(CDN, lambda route: route.abort())
    page = context.new_page()
    Visit(page, site).log_in()
    page.wait_for_url(site + "/", wait_until="domcontentloaded")
    kept = context.storage_state()
    context.close()
    return kept


class Visit:
    """One visitor's page, with everything that went wrong on it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.troubles: list[str] = []
        self.strangers: set[str] = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", self._request)

    def open(self, path: str = "/") -> Page:
        """Go there; a hanging CDN never fires `load`, so wait for the document alone."""
        self.page.goto(self.site + path, wait_until="domcontentloaded")
        return self.page

    def log_in(self, path: str = "/") -> Page:
        """Through the login page, to where one wanted to go."""
        page = self.open(path)
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        return page

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.strangers.add(request.url)


@pytest.fixture
def cdn(request: pytest.FixtureRequest, chart: bytes) -> Callable[[Route], None]:
    """How the CDN behaves: "serves" unless a test asks for "refuses", "tampers" or "hangs"."""
    ways: dict[str, Callable[[Route], None]] = {
        "serves": lambda route: serve(route, chart),
        "refuses": lambda route: route.abort(),
        "tampers": lambda route: serve(route, chart + b"\n//"),
        "hangs": lambda _: None,
    }
    return ways[getattr(request, "param", "serves")]


@pytest.fixture
def stranger(
    browser: Browser, site: str, size: dict[str, int], cdn: Callable[[Route], None]
) -> Iterator[Visit]:
    """A visitor who has not logged in."""
    yield from _visit(browser, site, size, cdn, None)


@pytest.fixture
def visit(
    browser: Browser, site: str, size: dict[str, int], cdn: Callable[[Route], None], key: Any
) -> Iterator[Visit]:
    """A visitor who has."""
    yield from _visit(browser, site, size, cdn, key)


def _visit(browser: Browser, site: str, size: Any, cdn: Any, key: Any) -> Iterator[Visit]:
    context = browser.new_context(
        viewport=size, locale="en-GB", timezone_id="Europe/Berlin", storage_state=key
    )
    context.set_default_timeout(8_000)
    context.route(CDN, cdn)
    yield Visit(context.new_page(), site)
    context.close()


def serve(route: Route, body: bytes) -> None:
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/javascript"}
    route.fulfill(body=body, headers=headers)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    """Until the port answers; a server that fell says so by its status."""
    while server.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise RuntimeError(f"the site did not start: status {server.returncode}")
