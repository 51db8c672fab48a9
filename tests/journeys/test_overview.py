"""Logging in, seeing the figures, opening a trade, annotating it."""

import base64
import hashlib
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, SIZES, Visit

pytestmark = pytest.mark.journey

DRAWN = "#curve-plots[data-drawn=yes]"
# Whether a canvas has any pixel that is not clear.
PAINTED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, index) => index % 4 === 3 && value > 0);
}"""


def overview(visit: Visit) -> Page:
    page = visit.open()
    return _complete(page)


def _complete(page: Page) -> Page:
    expect(page.locator(DRAWN)).to_be_attached()
    expect(page.locator("#trades tr").first).to_be_visible()
    return page


@SIZES
def test_after_the_login_the_curve_is_drawn(stranger: Visit) -> None:
    page = _complete(stranger.log_in())
    expect(page.locator("#equity-chart")).to_be_visible()
    assert page.locator("#equity-chart").evaluate(PAINTED)


def test_the_drawdown_is_drawn_under_it(visit: Visit) -> None:
    page = overview(visit)
    assert page.locator("#drawdown-chart").evaluate(PAINTED)


def test_the_served_file_is_the_one_the_page_expects(visit: Visit, chart: bytes) -> None:
    page = overview(visit)
    digest = base64.b64encode(hashlib.sha384(chart).digest()).decode()
    expect(page.locator("#chart-file")).to_have_attribute("integrity", f"sha384-{digest}")


def test_the_page_tells_state_money_versions_and_parameters(visit: Visit) -> None:
    page = overview(visit)
    expect(page.locator("#money")).to_contain_text("Demo money")
    expect(page.locator("#state-who")).to_contain_text("8.03")
    expect(page.locator("#state-adx")).to_contain_text("enters above 25")
    expect(page.locator("#net-pnl")).to_have_text(re.compile(r"^[+−][\d,]+\.\d\d$"))
    expect(page.locator("#versions tr")).to_have_count(3)
    expect(page.locator("#parameters")).to_contain_text("ADX enters above")
    expect(page.locator("#age")).to_have_text(re.compile(r"^figures \d+ s old$"))


@SIZES
def test_nothing_goes_wrong_and_nobody_else_is_asked(visit: Visit) -> None:
    page = overview(visit)
    page.wait_for_load_state("networkidle")
    assert visit.troubles == []
    assert {url.split("@")[0] for url in visit.strangers} == {
        "https://cdn.jsdelivr.net/npm/chart.js"
    }


@SIZES
def test_nothing_scrolls_sideways(visit: Visit, size: dict[str, int]) -> None:
    page = overview(visit)
    assert page.locator("html").evaluate("html => html.scrollWidth") <= size["width"]


def test_a_version_is_chosen_and_stands_in_the_address(visit: Visit) -> None:
    page = overview(visit)
    whole = page.locator("#net-pnl").inner_text()
    page.get_by_label("Version", exact=True).select_option("8.02")
    expect(page.locator("#net-pnl")).not_to_have_text(whole)
    expect(page).to_have_url(re.compile(r"version=8\.02"))


def test_an_address_with_a_filter_is_a_view(visit: Visit) -> None:
    page = visit.open("/?version=8.01")
    expect(page.locator("#trades tr").first).to_be_visible()
    expect(page.get_by_label("Version", exact=True)).to_have_value("8.01")


def test_the_theme_is_remembered(visit: Visit) -> None:
    page = overview(visit)
    page.get_by_role("button", name="Switch to dark colours").click()
    page.reload(wait_until="domcontentloaded")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("cdn", ["refuses", "tampers"], indirect=True)
def test_without_the_chart_file_the_tables_stand_and_say_why(visit: Visit) -> None:
    page = visit.open()
    expect(page.locator("#curve-why")).to_contain_text("could not be fetched")
    expect(page.locator("#curve-rows tr").first).to_be_visible()
    expect(page.locator("#trades tr")).to_have_count(10)
    expect(page.locator("#versions tr")).to_have_count(3)


@pytest.mark.parametrize("cdn", ["hangs"], indirect=True)
def test_a_cdn_that_hangs_keeps_no_figure_waiting(visit: Visit) -> None:
    page = visit.open()
    expect(page.locator("#trades tr")).to_have_count(10)
    expect(page.locator("#curve-why")).to_contain_text("has not answered", timeout=15_000)


def test_a_site_that_is_away_leaves_the_last_figures_with_their_age(visit: Visit) -> None:
    page = overview(visit)
    figure = page.locator("#net-pnl").inner_text()
    page.route("**/api/**", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#warning")).to_contain_text("The site does not answer")
    expect(page.locator("#warning")).to_contain_text("old")
    expect(page.locator("#net-pnl")).to_have_text(figure)


def test_a_login_that_has_ended_is_said(visit: Visit) -> None:
    page = overview(visit)
    page.context.clear_cookies()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#warning a")).to_have_text("Log in again")


def test_the_newest_version_is_judged_in_words(visit: Visit) -> None:
    page = overview(visit)
    expect(page.locator("#against-title")).to_have_text("8.03 against 8.02")
    expect(page.locator("#verdict")).to_contain_text("8.03")


def test_days_and_bars_are_drawn_without_the_chart_file(visit: Visit) -> None:
    page = overview(visit)
    expect(page.locator("#calendar .gain, #calendar .loss").first).to_be_visible()
    expect(page.locator("#by-weekday tr").first).to_be_visible()
    expect(page.locator("#histogram div").first).to_be_attached()


@pytest.mark.parametrize("size", [PHONE], ids=["phone"], indirect=True)
def test_a_phone_has_the_rest_folded(visit: Visit) -> None:
    page = overview(visit)
    expect(page.locator("#calendar")).to_be_hidden()
    page.locator("#analysis > summary").click()
    expect(page.locator("#calendar .gain, #calendar .loss").first).to_be_visible()
