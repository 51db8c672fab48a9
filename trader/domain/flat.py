"""Flat dataclasses as mappings: how candle, order, fill and position stand in an event's body."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any


def by_name(value: Any) -> dict[str, Any]:
    """Every public field of a dataclass with slots by its name, in the order of the class.

    Not `dataclasses.asdict`, which copies deeply each Decimal and datetime: nothing here is
    nested, and the copying cost a replay more than everything else in it.
    """
    names, get = fields_of(type(value))
    return dict(zip(names, get(value), strict=True))


@cache
def fields_of(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a class's public fields, two at least, and what gets all their values."""
    names = tuple(name for name in kind.__slots__ if not name.startswith("_"))
    return names, attrgetter(*names)
