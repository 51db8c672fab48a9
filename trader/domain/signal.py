"""What a strategy wants after one candle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Action(StrEnum):
    ENTER = "enter"
    EXIT = "exit"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Signal:
    """`stop_distance` and `target_distance` are in quote currency from the entry price.

    `indicators` holds what the strategy saw, by name; None where there is no value yet.
    """

    action: Action
    reason: str
    indicators: Mapping[str, float | None] = field(default_factory=dict)
    stop_distance: Decimal | None = None
    target_distance: Decimal | None = None
