"""Flat dataclasses as mappings: how candle, order, fill and position stand in an event's body."""

from typing import Any


def by_name(value: Any) -> dict[str, Any]:
    """Every field of a dataclass with slots by its name, in the order of the class.

    Not `dataclasses.asdict`, which copies deeply each Decimal and datetime: nothing here is
    nested, and the copying cost a replay more than everything else in it.
    """
    return {name: getattr(value, name) for name in value.__slots__}
