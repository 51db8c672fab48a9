"""Flat dataclasses as mappings: how candle, order, fill and position stand in an event's body."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

_Fields = tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]
_known: dict[type, _Fields] = {}


def by_name(value: Any) -> dict[str, Any]:
    """Every public field of a dataclass with slots by its name, in the order of the class.

    Not `dataclasses.asdict`, which copies deeply each Decimal and datetime: nothing here is
    nested, and the copying cost a replay more than everything else in it.
    """
    names, get = _known.get(type(value)) or fields_of(type(value))
    return dict(zip(names, get(value), strict=True))


def fields_of(kind: Any) -> _Fields:
    """The names of a class's public fields, two at least, and what gets all their values."""
    if (known := _known.get(kind)) is None:
        names = tuple(name for name in kind.__slots__ if not name.startswith("_"))
        known = _known[kind] = names, attrgetter(*names)
    return known
