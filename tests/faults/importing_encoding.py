"""Random logs as bytes, in one encoding or two, with their truth by physical line."""

from __future__ import annotations

import csv
import io
import random
from decimal import Decimal

from .importing_logs import Log, Row, Style

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp949", "cp1251", "cp1252", "mixed")
LANGUAGES = {
    "utf-8": ["en", "ko", "de", "pt", "zh", "ru"],
    "utf-16-le": ["en", "ko", "zh", "ru"],
    "utf-16-be": ["en", "ko", "zh", "de"],
    "cp949": ["ko"],
    "cp1251": ["ru"],
    "cp1252": ["de", "pt"],
    "mixed": ["ko", "ru", "de", "pt", "zh"],
}
LEGACY = {"ko": "cp949", "ru": "cp1251", "de": "cp1252", "pt": "latin-1", "zh": "gb18030"}
NARROW = ("cp949", "cp1251", "cp1252", "mixed")


def joined(style: Style, cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(
        out,
        delimiter=style.delimiter,
        lineterminator="",
        quoting=csv.QUOTE_ALL if style.quote_all else csv.QUOTE_MINIMAL,
    ).writerow(cells)
    return out.getvalue()


def text_of(item: Row | str) -> str:
    if isinstance(item, str):
        return item
    return item.raw if item.raw is not None else joined(item.style, item.cells)


def encoded(
    rng: random.Random, items: list[Row | str], style: Style, encoding: str, language: str
) -> Log:
    newline = rng.choice(["\n", "\n", "\r\n"])
    switch = rng.randint(3, max(4, len(items) - 2))
    mixed = [LEGACY.get(language, "cp1252"), "utf-8"]
    if rng.random() < 0.5:
        mixed.reverse()
    marks = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    mark = marks.get(encoding, b"") if rng.random() < 0.6 else b""
    out = bytearray(mark)
    log = Log(b"")
    for at, item in enumerate(items):
        line = at + 1
        text = text_of(item)
        codec = mixed[at >= switch] if encoding == "mixed" else encoding
        ending = "" if isinstance(item, Row) and item.torn else newline
        try:
            out += (text + ending).encode(codec)
        except UnicodeEncodeError:
            out += (text + ending).encode(codec, "replace")
        if isinstance(item, str):
            named = text.startswith(("#", "DEBUG", "Trace", "Value", "{", "2024")) or (
                is_header_text(text, style)
            )
            if named:
                log.others.add(line)
            else:
                log.bad[line] = "no trade"
        elif item.leg:
            log.others.add(line)
        elif item.bad:
            log.bad[line] = item.bad
        elif item.optional:
            log.optional[line] = item.net
        else:
            assert item.net is not None
            assert item.trade is not None
            log.good[line] = (
                item.net,
                item.trade.version if "version" in item.style.columns else "",
            )
    log.data = bytes(out)
    return log


def is_header_text(text: str, style: Style) -> bool:
    return any(char.isalpha() for char in text) and text[:7] not in ("<<<<<<<", ">>>>>>>")


def true_versions(log: Log, items: list[Row | str], tag: str) -> None:
    for line, (net, version) in log.good.items():
        log.good[line] = (net, (version or tag).removeprefix("v"))


def total(log: Log) -> Decimal:
    """The sum a perfect import of the rows that must be there would show."""
    return sum((net for net, _ in log.good.values()), Decimal(0))
