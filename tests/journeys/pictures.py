"""The pictures in docs/images: a demo that somebody keeps a journal of, at a desk and on a phone.

    python -m tests.journeys.pictures [FOLDER]

It runs `up` on a data folder of its own, writes the journal through the API, and photographs the
pages in both colours. Needs Chromium and the chart file, as the journeys do.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.chart_file import chart_file
from tests.journeys.conftest import (
    BROWSERS,
    CDN,
    DESK,
    FLAGS,
    PASSWORD,
    PHONE,
    ROOT,
    free_port,
    serve,
)

NEWEST = 60  # trades that may be written about
SETUPS = ("breakout", "pullback", "trend day")
TAGS = ("asia", "high volume", "news", "ny open", "weekend")
MISTAKES = ("chased the move", "ignored ADX turn", "stop too tight")
NOTES = (
    "Held through the pullback; that is what the plan says.",
    "ADX was already turning when the order went out.",
    "Same setup as this morning, same result. Two losses in a row is enough for a day.",
    "Entered after the candle had run away.",
)
DAY_NOTE = "Quiet until the afternoon, then one long trend. Let it run."
# How long a page may take to draw its charts, in milliseconds.
DRAWN = 1_500


def main(arguments: list[str]) -> int:
    """Take all pictures; 0 when they are there."""
    folder = Path(arguments[0]) if arguments else ROOT / "docs" / "images"
    chart = chart_file()
    browser = next((path for path in BROWSERS if Path(path).exists()), None)
    if isinstance(chart, str) or browser is None:
        sys.exit(chart if isinstance(chart, str) else "There is no Chromium on this machine.")
    with tempfile.TemporaryDirectory(prefix="blotter-") as data, demo(data) as site:
        trade = keep_journal(site)
        pages = {"overview": "/", "versions": "/versions/", "trade": trade, "journal": "/journal/"}
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=browser, args=FLAGS)
            for name, picture in pictures(opened, str(site.base_url), pages, chart):
                smaller = Image.open(BytesIO(picture)).convert("RGB").quantize(256)
                smaller.save(folder / f"{name}.png", optimize=True)
            opened.close()
    return 0


@contextmanager
def demo(data: str) -> Iterator[httpx.Client]:
    """`up`, caught up with its market; a client that may annotate."""
    port = free_port()
    environment = {**os.environ, "BLOTTER_DB": data, "BLOTTER_PASSWORD": PASSWORD}

    def manage(*words: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *words]

    process = subprocess.Popen(manage("up", "--port", str(port)), env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: answers(address))
        words = manage("create_api_token", "--name", "pictures", "--scope", "annotate", "--json")
        made = subprocess.run(words, env=environment, capture_output=True, check=True)
        headers = {"Authorization": f"Bearer {json.loads(made.stdout)['token']}"}
        with httpx.Client(base_url=address, headers=headers, timeout=30) as site:
            until(lambda: caught_up(site))
            yield site
    finally:
        process.terminate()
        process.wait(60)


def until(there: Any, seconds: float = 120) -> None:
    """Ask again and again; a TimeoutError after so long."""
    ends = time.monotonic() + seconds
    while not there():
        if time.monotonic() > ends:
            raise TimeoutError(f"not there after {seconds:g} s: {there}")
        time.sleep(1)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/health").is_success
    except httpx.TransportError:
        return False


def caught_up(site: httpx.Client) -> bool:
    """Whether the half year that is there at once has been told, and candles come one by one."""
    first, second = (counted(site, pause) for pause in (0, 2))
    return first > 1_000 and second - first < 100


def counted(site: httpx.Client, pause: float) -> int:
    time.sleep(pause)
    bots = site.get("/api/status").json()["bots"]
    return int(bots[0]["health"]["events"]) if bots else 0


def keep_journal(site: httpx.Client) -> str:
    """Write about most of the newest trades and a day; the page of one that gained."""
    chance = random.Random(8)
    trades = site.get("/api/trades", params={"limit": NEWEST}).json()["items"]
    shown = next(trade for trade in trades if trade["exit_reason"] == "take_profit")
    for trade in trades:
        said = words(chance, lost=float(trade["net_pnl"]) < 0)
        if trade is shown:
            said |= {"note": NOTES[0], "setup": SETUPS[0], "tags": TAGS[:2]}
        elif chance.random() > 0.6:
            continue
        which = {"bot": trade["bot"], "trade_id": trade["trade_id"]}
        site.patch("/api/annotation", params=which, json=said).raise_for_status()
    day = trades[0]["exit_time"][:10]
    site.patch(f"/api/days/{day}", json={"note": DAY_NOTE, "rating": 4}).raise_for_status()
    return str(shown["link"])


def words(chance: random.Random, *, lost: bool) -> dict[str, Any]:
    """What one might say of a trade; mistakes are mostly seen where money was lost."""
    return {
        "setup": chance.choice(SETUPS),
        "mistake": chance.choice(MISTAKES) if chance.random() < (0.8 if lost else 0.1) else "",
        "tags": chance.sample(TAGS, chance.randint(0, 2)),
        "rating": chance.randint(1, 3) if lost else chance.randint(3, 5),
        "followed_plan": chance.random() < (0.4 if lost else 0.9),
        "note": chance.choice(NOTES) if chance.random() < 0.3 else "",
    }


def pictures(
    browser: Browser, address: str, pages: dict[str, str], chart: bytes
) -> Iterator[tuple[str, bytes]]:
    """Each page's picture (PNG) under its name: page, size and colours."""
    key = None
    for size, (width, height) in {"desk": DESK, "phone": PHONE}.items():
        for colours in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=colours,
                locale="en-GB",
                timezone_id="Europe/Berlin",
                storage_state=key,
            )
            context.route(CDN, lambda route: serve(route, chart))
            page = context.new_page()
            if key is None:
                page.goto(address, wait_until="domcontentloaded")
                page.get_by_label("Name").fill("admin")
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Log in").click()
                page.wait_for_url(address + "/", wait_until="domcontentloaded")
                key = context.storage_state()
            for name, path in pages.items():
                page.goto(address + path, wait_until="networkidle")
                page.wait_for_timeout(DRAWN)
                yield f"{name}-{size}-{colours}", page.screenshot()
            context.close()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
