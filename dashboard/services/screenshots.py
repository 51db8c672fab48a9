"""Screenshots: a stranger's bytes become a picture of our own making, or are refused with a reason.

Nothing of the file is kept: it is decoded, turned upright, made smaller where it is large, and
encoded anew, so that no metadata, no trailing bytes and no other format's trick survives.
"""

import hashlib
import io
import threading
import warnings
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageOps, UnidentifiedImageError

from dashboard.counters import bump
from dashboard.models import Screenshot

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 16_000_000  # decoded: 64 MB
LONGEST_SIDE = 2_000  # pixels kept
MOST_EACH = 12  # pictures of one trade or day
MOST_KEPT = 1024 * 1024 * 1024  # bytes of all pictures
FORMATS = ("PNG", "JPEG", "WEBP")
QUALITY = 88

# One at a time: several large ones decoded at once would take the site's memory.
_decoding = threading.Lock()


class Readable(Protocol):
    """What a file is read from."""

    def read(self, size: int, /) -> bytes: ...


class Refused(ValueError):
    """A file that is not taken; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of: a trade (bot and trade_id) or a UTC day."""

    bot: str = ""
    trade_id: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as we encoded it (WebP)."""

    data: bytes
    width: int
    height: int


def add(
    subject: Subject, file: Readable, size: int, *, user: AbstractBaseUser | None, by: str
) -> Screenshot:
    """Keep a picture. Raises Refused."""
    picture = reencoded(file, size)
    with transaction.atomic():
        kept = Screenshot.objects.filter(removed_at=None)
        own = kept.filter(bot=subject.bot, trade_id=subject.trade_id, day=subject.day)
        if own.count() >= MOST_EACH:
            raise Refused(f"There are {MOST_EACH} pictures here already; remove one first.")
        if sum(kept.values_list("size", flat=True)) + len(picture.data) > MOST_KEPT:
            raise Refused("All pictures together would take more than 1 GB; remove some first.")
        row = Screenshot.objects.create(
            bot=subject.bot,
            trade_id=subject.trade_id,
            day=subject.day,
            image=picture.data,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
            digest=hashlib.sha256(picture.data).hexdigest(),
            user_id=None if user is None else user.pk,
            by=by,
        )
        bump("annotations")
    return row


def remove(number: int, *, user: AbstractBaseUser | None, by: str) -> bool:
    """Show it no more; who did it is kept. False where there is no such picture."""
    with transaction.atomic():
        gone = Screenshot.objects.filter(pk=number, removed_at=None).update(
            removed_at=timezone.now(),
            removed_user_id=None if user is None else user.pk,
            removed_by=by,
        )
        if gone:
            bump("annotations")
    return bool(gone)


def reencoded(file: Readable, size: int) -> Picture:
    """The file's picture, upright, at most LONGEST_SIDE long, without anything else of the file.

    Raises Refused for what is too large, no PNG, JPEG or WebP, or damaged.
    """
    if size > MOST_BYTES:
        raise Refused(
            f"The file has {size / 1024 / 1024:.1f} MB; at most {MOST_BYTES // 1024 // 1024} MB"
            " are taken. Save it smaller, or as JPEG."
        )
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(file.read(MOST_BYTES + 1)), formats=FORMATS) as opened:
                return _encoded(_upright(opened))
        except (UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise Refused("The file is no PNG, JPEG or WebP picture that can be read.") from error
        except Image.DecompressionBombWarning as error:
            raise Refused(_too_many(str(error))) from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            if isinstance(error, Refused):
                raise
            raise Refused("The picture is damaged or incomplete; save it anew.") from error


def _upright(opened: Image.Image) -> Image.Image:
    """Decoded, only once its header has promised a size that can be borne."""
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise Refused(_too_many(f"{width} x {height} pixels"))
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded smaller
    upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return upright


def _encoded(upright: Image.Image) -> Picture:
    # A fresh picture: pixels alone are carried over, nothing the file said beside them.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    target = io.BytesIO()
    clean.save(target, "WEBP", quality=QUALITY, method=4)
    return Picture(target.getvalue(), *clean.size)


def _too_many(found: str) -> str:
    return f"The picture is too large ({found}); at most {MOST_PIXELS:,} pixels are taken."
