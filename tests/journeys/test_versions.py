"""The versions page: the table, and two versions compared as the address says."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SIZES, Visit

pytestmark = pytest.mark.journey

VERDICTS = re.compile("^(Too early|No visible difference|Probably better|Better)")


def compared(visit: Visit, path: str = "/versions/?a=8.02&b=8.03") -> Page:
    page = visit.open(path)
    expect(page.locator("#ruling")).to_have_text(VERDICTS)
    return page


@SIZES
def test_the_navigation_leads_to_the_newest_comparison(visit: Visit) -> None:
    page = visit.open()
    page.get_by_role("link", name="Versions", exact=True).click()
    expect(page.locator("#verdict-title")).to_have_text("8.03 against 8.02")
    expect(page.locator("#versions tr")).to_have_count(3)


@SIZES
def test_the_address_says_which_two(visit: Visit) -> None:
    page = compared(visit, "/versions/?a=8.01&b=8.03")
    expect(page.locator("#verdict-title")).to_have_text("8.03 against 8.01")
    expect(page.locator("#sentence")).to_have_text(re.compile(r"^v8\.03 made .* v8\.01"))


@SIZES
def test_nothing_goes_wrong_nobody_else_is_asked_and_nothing_scrolls_sideways(
    visit: Visit, size: dict[str, int]
) -> None:
    page = compared(visit)
    page.wait_for_load_state("networkidle")
    assert (visit.troubles, visit.strangers) == ([], set())
    assert page.locator("html").evaluate("html => html.scrollWidth") <= size["width"]


def test_another_choice_is_another_address(visit: Visit) -> None:
    page = compared(visit)
    page.get_by_label("better than").select_option("8.01")
    expect(page.locator("#verdict-title")).to_have_text("8.03 against 8.01")
    expect(page).to_have_url(re.compile("a=8.01&b=8.03"))


def test_going_back_shows_the_comparison_before(visit: Visit) -> None:
    page = compared(visit)
    page.get_by_role("button", name="Swap").click()
    expect(page.locator("#verdict-title")).to_have_text("8.02 against 8.03")
    page.go_back()
    expect(page.locator("#verdict-title")).to_have_text("8.03 against 8.02")


def test_the_difference_is_drawn_with_its_table_behind(visit: Visit) -> None:
    page = compared(visit)
    expect(page.locator("#intervals svg circle").first).to_be_visible()
    page.get_by_text("Differences as a table").click()
    expect(page.locator("#difference-rows tr")).to_have_count(3)


def test_winning_more_often_stands_beside_what_a_win_pays(visit: Visit) -> None:
    page = compared(visit)
    expect(page.locator("#wins-more-often")).to_have_text(
        re.compile(r"8\.03 wins more often with a chance of \d+ %.*times a loss")
    )
    expect(page.locator("#wins")).to_contain_text("Payoff ratio")


def test_the_meter_says_what_the_trades_can_show(visit: Visit) -> None:
    page = compared(visit)
    expect(page.locator("#evidence")).to_contain_text("can show a difference of")
    expect(page.locator("#tried")).to_contain_text("3 versions tried")


def test_versions_of_different_times_are_warned_of(visit: Visit) -> None:
    page = compared(visit)
    expect(page.locator("#cautions")).to_contain_text("They met different markets")


@pytest.mark.parametrize(
    ("query", "said"),
    [("a=8.02&b=9", "No version 9 has closed a trade"), ("a=8.02&b=8.02", "better than itself")],
)
def test_a_pair_that_is_none_is_told_why(visit: Visit, query: str, said: str) -> None:
    page = visit.open(f"/versions/?{query}")
    expect(page.locator("#comparison-why")).to_contain_text(said)
    expect(page.locator("#comparison")).to_be_hidden()
    expect(page.locator("#versions tr")).to_have_count(3)


def test_a_site_that_is_away_leaves_the_last_figures_with_their_age(visit: Visit) -> None:
    page = compared(visit)
    page.route("**/api/**", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#warning")).to_contain_text("The site does not answer")
    expect(page.locator("#ruling")).to_have_text(VERDICTS)


@SIZES
def test_without_any_version_a_sentence_says_what_to_do(visit: Visit) -> None:
    page = visit.open("/versions/?mode=paper")
    expect(page.locator("#versions-empty")).to_contain_text("No version has closed a trade yet")
    expect(page.locator("#comparison")).to_be_hidden()
    expect(page.locator("#pair")).to_be_hidden()
