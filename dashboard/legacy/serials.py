"""Times that a spreadsheet has turned into numbers of days since the end of 1899."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from .times import TimeForm

_SERIAL = re.compile(r"(?a)(\d{5})(?:[.,](\d{1,15}))?")
_BEGIN = datetime(1899, 12, 30)  # noqa: DTZ001 - such a time has no zone
_FIRST, _LAST = 40_000, 73_050  # the summer of 2009, and the year 2100
_FINE, _FINER = 5, 9
"""Decimals from which a number tells the second, and from which the thousandth of one."""


def _read(cell: str) -> tuple[datetime, bool] | None:
    found = _SERIAL.fullmatch(cell)
    if found is None or not _FIRST <= int(found[1]) < _LAST:
        return None
    days = Decimal(f"0.{found[2] or 0}")
    grain = 1000 if len(found[2] or "") >= _FINER else 1
    steps = round(days * 86_400 * grain)
    return _BEGIN + timedelta(days=int(found[1]), milliseconds=steps * 1000 // grain), False


SERIAL = TimeForm("serial", _read)


def serial_form(cells: Iterable[str]) -> TimeForm | None:
    """The form of a column whose header names it a time and whose cells are such numbers.

    Prices can be numbers of this size: so it must be fine enough to tell the second, and go one
    way as times in a log do.
    """
    texts = [text for cell in cells if (text := cell.strip())]
    told = [text for text in texts if _read(text) is not None]
    fine = sum(len(re.split("[.,]", text)[-1]) >= _FINE for text in told if not text.isdigit())
    if len(told) < 3 or len(told) * 10 < len(texts) * 8 or fine * 10 < len(told) * 6:
        return None
    numbers = [Decimal(text.replace(",", ".")) for text in told]
    rises = sum(a <= b for a, b in itertools.pairwise(numbers))
    falls = sum(a >= b for a, b in itertools.pairwise(numbers))
    return SERIAL if max(rises, falls) * 10 >= (len(numbers) - 1) * 8 else None
