"""Rows that look alike: the classes of their cells, and the largest group of a kind."""

from __future__ import annotations

import re
from collections import defaultdict

from .cells import is_null, is_symbol
from .records import Record
from .sides import side_of
from .times import ISO, is_clock_only

_DATED = re.compile(
    r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}\D+\d{1,2}:\d{2}|1\d{9}\.\d{1,9}$|\d{8} \d{2}:\d{2}"
)
"""A date and a time of day, whichever of its numbers is the year, or an epoch's fraction."""


def like_first(rows: list[Record]) -> list[Record]:
    """The rows that look like the first one under their header."""
    signatures = [signature(record.fields) for record in rows]
    return [record for record, each in zip(rows, signatures, strict=True) if each == signatures[0]]


def who_and_when(fields: list[str]) -> list[str]:
    """The market and the times of a row: the same on both sides of a conflict, the same trade."""
    times = [cell for cell in fields if looks_of(cell) in "TC" or _DATED.match(cell.strip())]
    # A quantity of ten digits looks like an epoch.
    times = times or [cell for cell in fields if looks_of(cell) == "E"]
    markets = [cell for cell in fields if is_symbol(cell)]
    return markets + times if times else []


def usual_width(rows: list[Record]) -> int:
    counts: dict[int, int] = defaultdict(int)
    for record in rows:
        counts[len(record.fields)] += 1
    return max(counts, key=lambda width: counts[width]) if counts else 0


def largest_cluster(rows: list[Record], tried: set[tuple[int, str]]) -> list[Record] | None:
    """The most rows of one width whose cells look alike, not tried before; None below two."""
    clusters: dict[tuple[int, str], list[Record]] = defaultdict(list)
    for record in rows:
        if not record.trouble and len(record.fields) >= 5:
            clusters[len(record.fields), signature(record.fields)].append(record)
    best = max(
        (item for item in clusters.items() if item[0] not in tried),
        key=lambda item: len(item[1]),
        default=None,
    )
    if best is None or len(best[1]) < 2 or len(tried) > 12:
        return None
    return best[1]


def signature(fields: list[str]) -> str:
    return "".join(looks_of(cell) for cell in fields)


def looks_of(cell: str) -> str:
    text = cell.strip()
    if is_null(text):
        return "X"
    if text[0] in "($€£₩" or text[1:2] in ("$", "€", "£", "₩"):
        text = text.strip("()").replace("$", "").strip("€£₩ ") or text
    if text[0].isdigit() or text[0] in "+-.−":
        if is_clock_only(text):
            return "C"
        if ISO.read(text) is not None:
            return "T"
        digits = text.replace(".", "").replace(",", "").lstrip("+-−")
        if text.isdigit() and len(text) in (10, 13) and text[0] == "1":
            return "E"
        return "N" if digits.replace(" ", "").isdigit() else "D"
    if side_of(text) is not None:
        return "S"
    if is_symbol(text):
        return "M"
    return "X"
