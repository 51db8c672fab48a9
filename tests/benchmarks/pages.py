"""What a reader waits for at 1,000 and at 1,000,000 trades: the first chart, and every gesture.

    python -m tests.benchmarks.pages [--quick]

Each size is a data folder and a site of its own, seen by a real browser with a real login. The
first chart counts from the navigation's start, the CDN's file coming from this machine; gestures
count as the browser's own Event Timing has them, from the input to the next paint. A table for
people; the last line is one JSON object. Exit status 1 when a bar does not hold.
"""

import argparse
import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.benchmarks import dashboard_events as events
from tests.benchmarks.dashboard import Report
from tests.benchmarks.dashboard_events import Plan
from tests.benchmarks.dashboard_site import ROOT, Site, Worker
from tests.journeys.chart_file import chart_file
from tests.journeys.conftest import BROWSERS, CDN, FLAGS

STATIC = ROOT / "dashboard/static/dashboard"
# Loading a page is no gesture: the time of its first second is not counted.
WATCH = """
window.gestures = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.gestures.push([entry.name, entry.duration]);
}).observe({ type: "event", durationThreshold: 16 });
"""
SLOWEST = "window.gestures.reduce((most, [, spent]) => Math.max(most, spent), 0)"
FIRST_CHART = "performance.getEntriesByName('first chart')[0].startTime"
FIRST_ROW = "#trades tr"


class Size(NamedTuple):
    """How much is measured."""

    trades: tuple[int, int]
    days: int
    candles_a_day: int
    rounds: int


FULL = Size((1_000, 1_000_000), 1_095, 96, 7)
QUICK = Size((1_000, 4_000), 120, 24, 2)


class Seat:
    """One site and the reader before it."""

    def __init__(self, folder: Path, plan: Plan, browser: Browser, chart: bytes) -> None:
        self.name = f"{plan.trades:,} trades"
        events.fill(folder, plan)
        self.worker = Worker(folder)
        password = self.worker.ask("prepare")["password"]
        self.worker.ask("project")
        self.site = Site(folder, password)
        self.site.start()
        self.address = f"http://127.0.0.1:{self.site.port}"
        self.context = self._enter(browser, chart, password)

    def _enter(self, browser: Browser, chart: bytes, password: str) -> BrowserContext:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/javascript"}

        def serve(route: Route) -> None:
            route.fulfill(body=chart, headers=headers)

        context.route(CDN, serve)
        page = context.new_page()
        page.goto(f"{self.address}/login/", wait_until="domcontentloaded")
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        page.locator("#curve-plots[data-drawn=yes]").wait_for(timeout=60_000)
        page.close()
        return context

    def first_chart(self) -> float:
        """Milliseconds from the navigation to the drawn equity."""
        page = self._open("/")
        page.locator("#curve-plots[data-drawn=yes]").wait_for(timeout=60_000)
        spent = float(page.evaluate(FIRST_CHART))
        page.close()
        return spent

    def ledger(self) -> tuple[float, float]:
        """Milliseconds from opening the ledger to its rows, and from "Older" to the next ones."""
        began = time.perf_counter()
        page = self._open("/trades/")
        page.locator(FIRST_ROW).first.wait_for(timeout=60_000)
        opened = (time.perf_counter() - began) * 1000
        first = page.locator(FIRST_ROW).first
        first.evaluate("row => { row.dataset.first = 'yes'; }")
        began = time.perf_counter()
        page.get_by_role("button", name="Older").click()
        page.locator("#trades tr[data-first]").wait_for(state="detached", timeout=60_000)
        older = (time.perf_counter() - began) * 1000
        page.close()
        return opened, older

    def gestures(self) -> float:
        """The slowest gesture of a tour over the overview, the ledger and a trade, milliseconds."""
        page = self._open("/")
        page.locator("#curve-plots[data-drawn=yes]").wait_for(timeout=60_000)
        slowest = _tour_overview(page)
        page.goto(f"{self.address}/trades/", wait_until="domcontentloaded")
        page.locator(FIRST_ROW).first.wait_for()
        slowest = max(slowest, _tour_ledger(page))
        page.locator("#trades a").first.click()
        page.locator("#story li").first.wait_for()
        slowest = max(slowest, _tour_trade(page))
        page.close()
        return slowest

    def _open(self, path: str) -> Page:
        page = self.context.new_page()
        page.add_init_script(WATCH)
        page.goto(self.address + path, wait_until="domcontentloaded")
        return page

    def close(self) -> None:
        """End its processes."""
        self.context.close()
        self.site.close()
        self.worker.close()


def _slowest(page: Page) -> float:
    page.wait_for_timeout(150)  # entries come after the paint they tell of
    return float(page.evaluate(SLOWEST))


def _tour_overview(page: Page) -> float:
    for text in ("Equity as a table", "Days as a table", "Distribution as a table"):
        page.get_by_text(text).click()
    box = page.locator("#equity-chart").bounding_box()
    assert box is not None
    for step in range(12):
        page.mouse.move(box["x"] + box["width"] * (step + 1) / 14, box["y"] + 60)
    page.locator("#theme").click()
    page.locator("#theme").click()
    return _slowest(page)


def _tour_ledger(page: Page) -> float:
    page.locator("#trades a").first.focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    page.locator("#past-open").click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Older").click()
    page.wait_for_timeout(300)
    return _slowest(page)


def _tour_trade(page: Page) -> float:
    scrub = page.get_by_role("slider", name="Candle")
    if scrub.is_visible():
        scrub.focus()
        for _ in range(8):
            page.keyboard.press("ArrowLeft")
    page.get_by_label("Note").click()
    page.keyboard.type("Held too long")
    return _slowest(page)


def weigh(report: Report) -> None:
    """Our own scripts and styles, each compressed."""
    files = [*STATIC.glob("*.js"), *STATIC.glob("*.css")]
    size = sum(len(gzip.compress(path.read_bytes())) for path in files) / 1000
    report.bar("own JavaScript and CSS, compressed, KB", size, "<", 60)


def measure(size: Size, report: Report, seats: Sequence[Seat]) -> None:
    """All seats in turn, so that a noisy moment meets every size alike."""
    charts: dict[str, list[float]] = {seat.name: [] for seat in seats}
    opened: dict[str, list[float]] = {seat.name: [] for seat in seats}
    older: dict[str, list[float]] = {seat.name: [] for seat in seats}
    for _ in range(size.rounds):
        for seat in seats:
            charts[seat.name].append(seat.first_chart())
            times = seat.ledger()
            opened[seat.name].append(times[0])
            older[seat.name].append(times[1])
    medians = [statistics.median(charts[seat.name]) for seat in seats]
    for seat, median in zip(seats, medians, strict=True):
        report.figure(f"{seat.name}: first chart, ms", median)
        report.figure(f"{seat.name}: the ledger's rows, ms", statistics.median(opened[seat.name]))
        report.figure(f"{seat.name}: older trades, ms", statistics.median(older[seat.name]))
    small, large = seats[0], seats[-1]
    report.bar(f"first chart, {large.name} / {small.name}", medians[-1] / medians[0], "<=", 2)
    for seat in seats:
        report.bar(f"{seat.name}: slowest gesture, ms", seat.gestures(), "<=", 200)


def run(size: Size, report: Report) -> str | None:
    """Everything; why the browser's part was left out, where it was."""
    weigh(report)
    named = os.environ.get("BLOTTER_BROWSER")
    path = next((p for p in ([named] if named else BROWSERS) if Path(p).exists()), None)
    chart = chart_file()
    if path is None or isinstance(chart, str):
        return "there is no Chromium here" if path is None else str(chart)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="blotter-")))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        stack.callback(browser.close)
        seats = []
        for trades in size.trades:
            folder = scratch / str(trades)
            folder.mkdir(mode=0o700)
            plan = Plan(trades, size.days, size.candles_a_day)
            seats.append(Seat(folder, plan, browser, chart))
            stack.callback(seats[-1].close)
        measure(size, report, seats)
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 when every bar holds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages")
    parser.add_argument("--quick", action="store_true", help="within 30 seconds, says little")
    quick = parser.parse_args(arguments).quick
    report = Report()
    left_out = run(QUICK if quick else FULL, report)
    ok = all(bar["ok"] for bar in report.bars)
    if left_out:
        print(f"\nLeft out what a browser sees: {left_out}")
    print(f"\n{'Every bar holds' if ok else 'A BAR DOES NOT HOLD'}")
    figures = report.figures or {"weighed": 1.0}
    result: dict[str, Any] = {"name": "pages", "quick": quick, "figures": figures}
    print(json.dumps(result | {"bars": report.bars, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
