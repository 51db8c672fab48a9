"""Live and in the past: what polling keeps, what an absent site leaves, what time travel shows."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SIZES, Visit

pytestmark = pytest.mark.journey

AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"
PAST = "2026-01-03T12:00:00Z"
ALL_ANSWERED = (
    "performance.getEntriesByType('resource')"
    ".filter(({ name }) => name.includes('/api/')).length >= 9"
)
TWO_FRAMES = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def overview(visit: Visit, path: str = "/") -> Page:
    page = visit.open(path)
    expect(page.locator("#trades tr").first).to_be_visible()
    return page


def test_a_refresh_without_news_leaves_scroll_focus_and_every_row(visit: Visit) -> None:
    page = overview(visit)
    page.wait_for_function(ALL_ANSWERED)  # what is drawn late would move what is below it
    page.evaluate(TWO_FRAMES)
    page.locator("#trades a").nth(4).focus()
    page.evaluate("scrollTo(0, 500)")
    page.evaluate("document.querySelector('#trades tr').dataset.same = 'yes'")
    with page.expect_response(lambda answer: "/api/trades" in answer.url) as answered:
        page.evaluate(AGAIN)
    assert answered.value.status == 304
    page.wait_for_load_state("networkidle")
    expect(page.locator("#trades a").nth(4)).to_be_focused()
    expect(page.locator("#trades tr").first).to_have_attribute("data-same", "yes")
    assert page.evaluate("scrollY") == 500


def test_everything_is_asked_for_at_once(visit: Visit) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    overview(visit)
    figures = [url for url in asked if "/api/" in url]
    assert len(figures) == len(set(figures)) == 9


def test_a_new_trade_is_announced_politely(visit: Visit) -> None:
    page = overview(visit)
    expect(page.locator("#announce")).to_have_attribute("aria-live", "polite")

    def with_one_more(route: object) -> None:
        asked = route.request.headers  # type: ignore[attr-defined]
        whole = {name: value for name, value in asked.items() if name != "if-none-match"}
        answer = route.fetch(headers=whole)  # type: ignore[attr-defined]
        body = answer.json()
        body["items"].insert(0, {**body["items"][0], "trade_id": "new", "net_pnl": "12.5"})
        route.fulfill(json=body)  # type: ignore[attr-defined]

    page.route("**/api/trades**", with_one_more)
    page.evaluate(AGAIN)
    expect(page.locator("#announce")).to_have_text(re.compile("New trade: BTCUSDT long, .12.50"))


@SIZES
@pytest.mark.parametrize(
    ("risk", "state", "strip"),
    [
        (
            {"mode": "halted", "reason": "an order is unclear", "until": None},
            "halted since 3 Jan 2026",
            r"Halted since 3 Jan 2026.*: an order is unclear\. .*python -m trader resume",
        ),
        (
            {"mode": "reduce_only", "reason": "6 losses.", "until": "2026-01-04T00:00:00Z"},
            "reduce only since 3 Jan 2026",
            r"No new entries since 3 Jan 2026.*: 6 losses\. .*Until 4 Jan 2026, 01:00\.",
        ),
    ],
    ids=["halted", "reduce_only"],
)
def test_a_bot_that_may_not_trade_says_so_and_why_with_no_lever(
    visit: Visit, risk: dict[str, object], state: str, strip: str
) -> None:
    def restrained(route: object) -> None:
        body = route.fetch().json()  # type: ignore[attr-defined]
        body["bots"][0] |= {
            "risk": {"rule": "operator", "since": "2026-01-03T12:00:00Z", **risk},
            "quiet_after": None,
        }
        route.fulfill(json=body)  # type: ignore[attr-defined]

    visit.page.route("**/api/status**", restrained)
    page = overview(visit)
    expect(page.locator("#state-risk")).to_contain_text(state)
    expect(page.locator("#warning")).to_have_text(re.compile(strip))
    assert (
        page.get_by_role("button", name=re.compile("resume|halt|pause", re.IGNORECASE)).count() == 0
    )


def test_an_absent_site_is_said_and_greys_what_was_known_until_it_is_back(visit: Visit) -> None:
    page = overview(visit)
    page.route("**/api/**", lambda route: route.abort())
    page.evaluate(AGAIN)
    expect(page.locator("#warning")).to_contain_text("Trying again")
    expect(page.locator("#main")).to_have_class(re.compile("stale"))
    page.unroute("**/api/**")
    page.evaluate(AGAIN)
    expect(page.locator("#main")).not_to_have_class(re.compile("stale"))
    expect(page.locator("#warning")).not_to_contain_text("Trying again")


@SIZES
def test_the_past_is_travelled_to_and_back(visit: Visit) -> None:
    page = overview(visit)
    net = page.locator("#net-pnl").inner_text()
    page.locator("#past-open").click()
    page.get_by_label("A moment").fill("2026-01-03T13:00")
    page.get_by_role("button", name="Go there").click()
    expect(page).to_have_url(re.compile("as_of=2026-01-03T12%3A00"))
    expect(page.locator("#past")).to_contain_text("as it stood at 3 Jan 2026")
    expect(page.locator("#net-pnl")).not_to_have_text(net)
    page.get_by_role("button", name="Back to now").click()
    expect(page.locator("#past")).to_be_hidden()
    expect(page.locator("#net-pnl")).to_have_text(net)


def test_the_past_goes_along_to_the_other_pages(visit: Visit) -> None:
    page = overview(visit, f"/?as_of={PAST}")
    page.get_by_role("link", name="Trades", exact=True).click()
    expect(page.locator("#past")).to_contain_text("3 Jan 2026")
    expect(page.locator("#trades tr").first).to_contain_text("Jan 2026")


def test_what_was_known_then_is_a_question_of_its_own(visit: Visit) -> None:
    page = overview(visit)
    page.locator("#past-open").click()
    page.get_by_label("Only what was known then").check()
    page.get_by_label("A moment").fill("2026-01-03T13:00")
    page.get_by_role("button", name="Go there").click()
    expect(page).to_have_url(re.compile("known_at="))
    expect(page.locator("#past")).to_contain_text("what was known at")


def test_times_are_utc_where_the_reader_says_so_and_that_is_remembered(visit: Visit) -> None:
    page = visit.open("/trades/?until=2026-01-02")
    first = page.locator("#trades td.c").first
    expect(first).to_be_visible()
    own = first.inner_text()
    page.get_by_role("button", name="switch to UTC").click()
    expect(page.locator("#zone")).to_have_text("UTC")
    expect(first).not_to_have_text(own)
    hour, minute = first.inner_text()[-5:].split(":")
    assert f"{hour}:{minute}" in (first.get_attribute("title") or "")


def test_a_filter_that_names_nothing_says_what_there_is_and_leads_out(visit: Visit) -> None:
    page = visit.open("/?version=9.99")
    expect(page.locator("#warning")).to_contain_text("there is 8.01, 8.02, 8.03")
    page.get_by_role("link", name="Show everything").click()
    expect(page.locator("#trades tr").first).to_be_visible()
