"""For eyes and hands: no serious fault found by axe-core on any page, in both colour themes, on a
phone and at a desk; nothing wrong on the console, nobody else asked, nothing sideways."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe_file import HOW, axe_file
from tests.journeys.conftest import SIZES, Visit, missing

pytestmark = pytest.mark.journey

# Each page, and what stands on it once it is complete.
PAGES = {
    "overview": ("/", "#trades tr"),
    "versions": ("/versions/", "#multiples figure"),
    "trades": ("/trades/", "#trades tr"),
    "journal": ("/journal/", "#day-note:has-text('written')"),
    "account": ("/account/", "#factor-title"),
    "imports": ("/imports/", "#main h1"),
    "past": ("/?as_of=2026-01-03T12:00:00Z", "#past button"),
    "nothing": ("/trades/?mode=paper", "#trades-empty:not([hidden])"),
    "admin": ("/admin/", "#content"),
    "admin trades": ("/admin/dashboard/trade/?q=8.01-0000", "#result_list tr"),
    "events": ("/admin/events/?kind=trade.closed&before=200", "#result_list tr"),
}
SERIOUS = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations
    .filter((fault) => ["serious", "critical"].includes(fault.impact))
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's own script."""
    text = axe_file()
    if text is None:
        missing(f"there is no axe-core here; {HOW}")
    assert text is not None
    return text


def faults(page: Page, axe: str) -> dict[str, Any]:
    """What axe-core finds serious, by theme."""
    page.evaluate(axe)
    found: dict[str, Any] = {}
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found[theme] = page.evaluate(SERIOUS)
    return {theme: faults for theme, faults in found.items() if faults}


@SIZES
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(visit: Visit, axe: str, size: dict[str, int], name: str) -> None:
    path, complete = PAGES[name]
    page = visit.open(path)
    expect(page.locator(complete).first).to_be_visible()
    assert faults(page, axe) == {}
    assert visit.troubles == []
    assert all("cdn.jsdelivr.net" in url for url in visit.strangers)
    assert page.locator("html").evaluate("html => html.scrollWidth") <= size["width"]


@SIZES
def test_a_trades_page_is_for_everybody(visit: Visit, axe: str) -> None:
    page = visit.open("/trades/")
    page.locator("#trades a").first.click()
    expect(page.locator("#candles .candle").first).to_be_attached()
    page.locator("#candles-details summary").click()
    assert faults(page, axe) == {}


@SIZES
def test_the_doors_are_for_everybody(stranger: Visit, axe: str) -> None:
    page = stranger.open("/login/")
    assert faults(page, axe) == {}
    assert stranger.troubles == []
