"""The journal: what mistakes cost, searching it, writing about a day."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SIZES, Visit

pytestmark = pytest.mark.journey


def annotated(visit: Visit, place: int, mistake: str, note: str) -> Page:
    """A trade with these words, and then the journal."""
    page = visit.open("/trades/?after=&version=8.01")
    page.locator("#trades a").nth(place).click()
    page.get_by_label("Mistake").fill(mistake)
    page.get_by_label("Note").fill(f"{note}, {page.viewport_size}")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#saved")).to_have_text("Saved.")
    return visit.open("/journal/")


def save_day(page: Page) -> None:
    """By the keyboard: a click misses its button while the lists above it still fill."""
    button = page.get_by_role("button", name="Save")
    expect(button).to_be_enabled()
    button.press("Enter")


@SIZES
def test_what_a_mistake_cost_stands_with_its_count(visit: Visit) -> None:
    page = annotated(visit, 0, "chased", "Jumped in after the move")
    expect(page.locator("#by-mistake")).to_contain_text("chased")
    expect(page.locator("#cost-total")).to_have_text(re.compile(r"^[+−][\d,.]+ USDT$"))
    expect(page.locator("#entries")).to_contain_text("Jumped in after the move")


def test_a_mistake_is_followed_to_its_trades(visit: Visit) -> None:
    page = annotated(visit, 1, "moved the stop", "Again")
    page.get_by_role("link", name="moved the stop").first.click()
    expect(page).to_have_url(re.compile("mistake=moved"))
    expect(page.locator(".entry")).to_have_count(1)


@SIZES
@pytest.mark.parametrize("place", ["/", "/trades/", "/journal/"])
def test_rating_and_plan_filter_every_page(visit: Visit, place: str) -> None:
    page = visit.open("/trades/?version=8.01")
    page.locator("#trades a").nth(4).click()
    page.get_by_label("Rating").select_option("2")
    page.get_by_label("Followed the plan").select_option("no")
    page.get_by_label("Note").fill(f"Rated, {place}, {page.viewport_size}")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#saved")).to_have_text("Saved.")
    visit.open(place)
    if not page.locator("#filters-fold[open]").count():
        page.locator("#filters-summary").click()
    page.locator("#filter-rating").select_option(label="Rated 2")
    page.locator("#filter-followed_plan").select_option(label="Plan broken")
    expect(page).to_have_url(re.compile("rating=2.*followed_plan=false"))
    expect(page.locator("#trades tr, .entry")).to_have_count(1)


def test_the_journal_is_searched(visit: Visit) -> None:
    page = annotated(visit, 2, "boredom", "A quiet afternoon")
    page.get_by_role("searchbox").fill("quiet AFTERNOON")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".entry")).to_have_count(1)
    page.get_by_role("searchbox").fill("never written")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#entries-empty")).to_contain_text("Nothing written matches")


@SIZES
def test_a_day_is_written_about_without_leaving(visit: Visit) -> None:
    page = visit.open("/journal/")
    page.get_by_label("Day (UTC)").fill("2026-01-02")
    expect(page.locator("#day-note")).to_have_text(re.compile("written|edited"))
    page.get_by_label("Note", exact=True).fill(f"Calm, {visit.page.viewport_size}")
    save_day(page)
    expect(page.locator("#day-saved")).to_have_text("Saved.")
    page.reload(wait_until="domcontentloaded")
    expect(page.locator("#entries")).to_contain_text("Calm")
    assert visit.troubles == []


def test_a_day_that_could_not_be_saved_keeps_its_text(visit: Visit) -> None:
    page = visit.open("/journal/")
    expect(page.locator("#day-note")).to_have_text(re.compile("written|edited"))
    page.route("**/api/days/**", lambda route: route.abort())
    page.get_by_label("Note", exact=True).fill("not lost")
    save_day(page)
    expect(page.locator("#day-saved")).to_contain_text("Not saved")
    expect(page.get_by_label("Note", exact=True)).to_have_value("not lost")
