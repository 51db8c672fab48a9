"""Screenshots: a stranger's file is decoded and encoded anew, or refused with its reason."""

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, PngImagePlugin

from dashboard.models import Screenshot, Trade
from dashboard.services import screenshots
from dashboard.services.screenshots import Refused, reencoded
from tests.dashboard.builder import History
from tests.dashboard.test_annotation_api import csrf

pytestmark = pytest.mark.django_db
SECRET = "a canary that must not survive"


def picture(kind: str = "PNG", size: tuple[int, int] = (320, 200), **more: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (0, 114, 178)).save(target, kind, **more)
    return target.getvalue()


def with_metadata() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SECRET)
    exif = Image.Exif()
    exif[0x010E] = SECRET
    return picture(pnginfo=told, exif=exif) + SECRET.encode()


def bomb(width: int, height: int) -> bytes:
    """A few bytes of PNG that promise this many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + header + body + chunk(b"IEND", b"")


def made(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(reencoded(io.BytesIO(data), len(data)).data))


def send(page: Client, data: bytes, **of: str) -> Any:
    trade = Trade.objects.order_by("seq")[0]
    where = of or {"bot": trade.bot, "trade_id": trade.trade_id}
    query = "&".join(f"{name}={value}" for name, value in where.items())
    file = SimpleUploadedFile("../../evil.html", data, content_type="text/html")
    return page.post(
        f"/api/screenshots?{query}", {"file": file}, headers={"x-csrftoken": csrf(page)}
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_one_of_our_own(kind: str) -> None:
    with made(picture(kind)) as found:
        assert (found.format, found.size) == ("WEBP", (320, 200))


def test_nothing_but_the_pixels_survives() -> None:
    data = with_metadata()
    assert SECRET.encode() in data
    assert SECRET.encode() not in reencoded(io.BytesIO(data), len(data)).data


def test_a_large_one_is_made_smaller() -> None:
    with made(picture("JPEG", (3_600, 2_400))) as found:
        assert max(found.size) == screenshots.LONGEST_SIDE


def test_a_turned_one_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with made(picture("JPEG", (320, 200), exif=exif)) as found:
        assert found.size == (200, 320)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no PNG, JPEG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no PNG, JPEG or WebP"),
        (picture("GIF"), "no PNG, JPEG or WebP"),
        (picture("TIFF"), "no PNG, JPEG or WebP"),
        (picture("PNG", (900, 900), compress_level=0)[:5000], "damaged"),
        (bomb(60_000, 60_000), "PNG, JPEG or WebP|too large"),
        (bomb(5_000, 4_000), "too large"),
        (bomb(100, 100), "damaged"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        reencoded(io.BytesIO(data), len(data))


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    class Unread:
        def read(self, size: int, /) -> bytes:
            raise AssertionError("it was read")

    with pytest.raises(Refused, match="at most 8 MB"):
        reencoded(Unread(), screenshots.MOST_BYTES + 1)


def test_a_picture_of_a_trade_is_kept_and_served_safely(page: Client, told: History) -> None:
    link = send(page, picture()).json()["link"]
    response = page.get(link)
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == (
        "image/webp",
        "nosniff",
    )
    assert "evil" not in response["Content-Disposition"]
    assert Client().get(link).status_code == 302


def test_a_picture_of_a_day_stands_in_the_journal(page: Client, told: History) -> None:
    assert send(page, picture(), day="2026-01-02").status_code == 200
    assert len(page.get("/api/days/2026-01-02").json()["screenshots"]) == 1


def test_a_refusal_says_why(page: Client, told: History) -> None:
    response = send(page, b"nothing")
    assert (response.status_code, "no PNG" in response.json()["title"]) == (422, True)


def test_a_picture_needs_a_trade_that_is_there(page: Client, told: History) -> None:
    assert send(page, picture(), bot="demo", trade_id="none").status_code == 404


def test_there_are_only_so_many_of_one_trade(
    page: Client, told: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "MOST_EACH", 1)
    assert [send(page, picture()).status_code for _ in range(2)] == [200, 422]


def test_a_removed_one_is_shown_no_more_but_kept_with_who(page: Client, told: History) -> None:
    shot = send(page, picture()).json()
    headers = {"x-csrftoken": csrf(page)}
    assert page.delete(f"/api/screenshots/{shot['id']}", headers=headers).status_code == 204
    assert page.get(shot["link"]).status_code == 404
    row = Screenshot.objects.get()
    assert (row.removed_user is not None, row.removed_by) == (True, "page")
