"""Whole columns of what events say, read as `units` reads each value, in a fraction of the time.

What most columns hold, plain digits throughout, is checked and read as one text. A column that
holds anything else goes value by value, and raises Unreadable as the functions of `units` do:
those decide what a value means, here as everywhere.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from types import NoneType
from typing import Any, TypeGuard

from dashboard.units import EPOCH, LARGEST, SCALE, decimal_text, instant, money, price_key

DIGITS = b"0123456789"
POINT = slice(-SCALE - 1, -SCALE)  # where a number has it that tells all of its decimals
OFTEN = 4  # a column whose values stand there so many times each is read value by value, once
LONGEST = 30  # of a price's or a quantity's text


def moneys(values: Sequence[object], name: str) -> list[int | None]:
    """Each as `money` reads it; None where there is none."""
    return _known(values, lambda known: _moneys(known, name))


def instants(values: Sequence[object], name: str) -> list[int | None]:
    """Each as `instant` reads it; None where there is none."""
    return _known(values, lambda known: _instants(known, name))


def decimal_texts(values: Sequence[Any], name: str) -> Sequence[str]:
    """Each as `decimal_text` reads it."""
    plain = are_texts(values) and max(map(len, values)) <= LONGEST
    if plain and (lines := _numbers(values)) and "-" not in lines and "\n." not in f"\n{lines}":
        return values
    return [decimal_text(value, name) for value in values]


def price_keys(values: Sequence[str]) -> list[str]:
    """Each as `price_key` has it: most have a point among their last nine characters."""
    return [
        price.rstrip("0").rstrip(".") if "." in price[-SCALE - 1 :] else price_key(price)
        for price in values
    ]


def are_texts(values: Sequence[object]) -> TypeGuard[Sequence[str]]:
    """Whether all are text, and there are any."""
    return set(map(type, values)) == {str}


def _known(values: Sequence[object], read: Callable[[Sequence[Any]], list[int]]) -> list[Any]:
    """Read those that are not None."""
    kinds = set(map(type, values))
    if NoneType not in kinds:
        return read(values)
    if len(kinds) == 1:
        return list(values)
    known = iter(read([value for value in values if value is not None]))
    return [None if value is None else next(known) for value in values]


def _moneys(values: Sequence[Any], name: str) -> list[int]:
    if not are_texts(values):
        return [money(value, name) for value in values]
    distinct = set(values)
    if len(distinct) * OFTEN < len(values):
        units = {value: money(value, name) for value in distinct}
        return [units[value] for value in values]
    if _numbers(values):
        with suppress(ValueError):  # no digits at all, or finer ones than 1e-8
            # Most tell all of their decimals, and need but lose their point.
            told = [value if value[POINT] == "." else _all(value) for value in values]
            found = list(map(int, "\n".join(told).replace(".", "").split("\n")))
            if max(found) <= LARGEST and min(found) >= -LARGEST:
                return found
    return [money(value, name) for value in values]


def _instants(values: Sequence[Any], name: str) -> list[int]:
    try:
        since = [moment - EPOCH for moment in map(datetime.fromisoformat, values)]
    except (TypeError, ValueError):  # no text, no time, or one without an offset
        return [instant(value, name) for value in values]
    return [(one.days * 86_400 + one.seconds) * 1_000_000 + one.microseconds for one in since]


def _all(number: str) -> str:
    """The same number with all of its SCALE decimals. Raises ValueError where it has more."""
    whole, _, part = number.partition(".")
    if len(part) > SCALE:
        raise ValueError(number)
    return f"{whole}{part:0<{SCALE}}" if whole + part not in ("", "-") else ""


def _numbers(values: Sequence[str]) -> str:
    """The values, a line each, if each is in ASCII and digits with at most one point among them
    and one sign before them; else nothing. The digits may be missing."""
    lines = "\n".join(values)
    if not lines.isascii():
        return ""
    left = lines.encode().translate(None, DIGITS) + b"\n"
    ended = left.replace(b".\n", b"\n").replace(b"-\n", b"\n")
    return lines if ended == b"\n" * len(values) else ""
