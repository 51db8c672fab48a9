"""The ledger, and one trade: its candles, its story, its annotation and its pictures."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, SIZES, Visit

pytestmark = pytest.mark.journey


def ledger(visit: Visit, path: str = "/trades/") -> Page:
    page = visit.open(path)
    expect(page.locator("#trades tr").first).to_be_visible()
    return page


def trade(visit: Visit, place: int = 8) -> Page:
    page = ledger(visit)
    page.locator("#trades a").nth(place).click()
    expect(page.locator("#story li").first).to_be_visible()
    return page


@SIZES
def test_the_ledger_leads_to_a_trade_and_its_story(visit: Visit, size: dict[str, int]) -> None:
    page = trade(visit)
    expect(page.locator("#trade-title")).to_have_text("BTCUSDT long")
    expect(page.locator("#story")).to_contain_text("Position opened")
    expect(page.locator("#story")).to_contain_text("Trade closed")
    assert page.locator("html").evaluate("html => html.scrollWidth") <= size["width"]
    assert (visit.troubles, visit.strangers) == ([], set())


@SIZES
def test_entry_exit_stop_target_and_excursions_are_drawn(visit: Visit) -> None:
    page = trade(visit)
    for name in ("entry", "exit", "stop", "target", "worst", "best"):
        expect(page.locator(f"#candles .price.{name}")).to_have_text(re.compile(f"^{name} "))
    expect(page.locator("#candles .candle").first).to_be_attached()


def test_the_candles_are_read_by_keyboard(visit: Visit) -> None:
    page = trade(visit)
    before = page.locator("#readout").inner_text()
    page.get_by_role("slider", name="Candle").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#readout")).not_to_have_text(before)
    expect(page.locator("#readout")).to_contain_text("ADX")


def test_the_candles_stand_in_a_table_too(visit: Visit) -> None:
    page = trade(visit)
    page.get_by_text("Candles as a table").click()
    expect(page.locator("#candle-rows tr").first).to_be_visible()


@SIZES
def test_an_annotation_is_saved_without_leaving_the_page(visit: Visit) -> None:
    page = trade(visit, 3)
    page.get_by_label("Note").fill("Held <b>too</b> long")
    page.get_by_label("Tags").fill("news, Breakout")
    page.get_by_label("Mistake").fill("exited late")
    page.get_by_label("Followed the plan").select_option("no")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#saved")).to_have_text("Saved.")
    expect(page.get_by_label("Tags")).to_have_value("news, breakout")
    page.reload(wait_until="domcontentloaded")
    expect(page.get_by_label("Note")).to_have_value("Held <b>too</b> long")
    expect(page.locator("#history-summary")).to_contain_text("with who and when")


def test_an_annotation_that_could_not_be_saved_keeps_its_text(visit: Visit) -> None:
    page = trade(visit, 5)
    page.route("**/api/annotation**", lambda route: route.abort())
    page.get_by_label("Note").fill("not lost")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#saved")).to_contain_text("Not saved")
    expect(page.get_by_label("Note")).to_have_value("not lost")
    page.unroute("**/api/annotation**")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#saved")).to_have_text("Saved.")


def test_a_draft_survives_a_reload(visit: Visit) -> None:
    page = trade(visit, 6)
    page.get_by_label("Note").fill("half a thou")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload(wait_until="domcontentloaded")
    expect(page.get_by_label("Note")).to_have_value("half a thou")
    expect(page.locator("#saved")).to_have_text("Not saved yet.")


def test_a_screenshot_is_added_shown_and_removed(visit: Visit) -> None:
    page = trade(visit, 7)
    target = io.BytesIO()
    Image.new("RGB", (640, 360), (90, 120, 150)).save(target, "PNG")
    file = {"name": "x.png", "mimeType": "image/png", "buffer": target.getvalue()}
    page.get_by_label("Add a screenshot").set_input_files(file)  # type: ignore[arg-type]
    shot = page.locator("#shots img")
    expect(shot).to_be_visible()
    assert shot.evaluate("img => img.decode().then(() => img.naturalWidth)") == 640
    remove = page.get_by_role("button", name="Remove the screenshot")
    remove.click()
    remove.click()
    expect(shot).to_have_count(0)
    assert visit.troubles == []


def test_brackets_lead_to_the_neighbours(visit: Visit) -> None:
    page = trade(visit)
    here = page.url
    page.keyboard.press("]")
    page.wait_for_url(lambda url: url != here)
    expect(page.locator("#story li").first).to_be_visible()
    page.keyboard.press("[")
    page.wait_for_url(here)


def test_older_and_newest_stand_in_the_address(visit: Visit) -> None:
    page = ledger(visit)
    first = page.locator("#trades tr").first.inner_text()
    page.get_by_role("button", name="Older").click()
    expect(page).to_have_url(re.compile("after="))
    expect(page.locator("#trades tr").first).not_to_have_text(first)
    page.reload(wait_until="domcontentloaded")
    expect(page.locator("#trades tr").first).to_be_visible()
    page.get_by_role("button", name="Newest").click()
    expect(page.locator("#trades tr").first).to_have_text(re.compile(re.escape(first[:12])))


def test_a_day_is_jumped_to(visit: Visit) -> None:
    page = ledger(visit)
    page.get_by_role("textbox", name="Jump to").fill("2026-01-03")
    expect(page).to_have_url(re.compile("until=2026-01-04"))
    expect(page.locator("#trades tr").first).to_contain_text("Jan 2026")


def test_arrows_go_from_trade_to_trade(visit: Visit) -> None:
    page = ledger(visit)
    page.locator("#trades a").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#trades a").nth(1)).to_be_focused()


def test_filters_that_leave_nothing_say_what_to_do(visit: Visit) -> None:
    page = visit.open("/trades/?tag=nobody-ever-wrote-this")
    expect(page.locator("#trades-empty")).to_contain_text("Clear one of them")


@pytest.mark.parametrize("size", [PHONE], ids=["phone"], indirect=True)
def test_on_a_phone_a_trade_is_two_lines(visit: Visit) -> None:
    page = ledger(visit)
    box = page.locator("#trades tr").first.bounding_box()
    assert box is not None
    assert box["height"] < 80
    expect(page.locator("#filter-version")).to_be_hidden()
    page.locator("#filters-summary").click()
    expect(page.locator("#filter-version")).to_be_visible()


def test_an_unknown_trade_is_told(visit: Visit) -> None:
    page = visit.open("/trade/?bot=demo&trade_id=none")
    expect(page.locator("#warning")).to_contain_text("has no trade 'none'")
