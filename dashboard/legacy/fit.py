"""How well a binding suits a run of rows."""

from __future__ import annotations

from dataclasses import dataclass

MINIMUM_DIGITS = 8.0
"""Decimal digits of agreement a segment must show in all before its arithmetic is a proof."""


@dataclass(slots=True)
class Fit:
    """How well a binding suits a run of rows."""

    read: int = 0
    rows: int = 0
    confirmed: int = 0
    contradicted: int = 0
    digits: float = 0.0
    aside: int = 0
    """Rows that are no closed trades by their own word."""
    aside_fees: int = 0
    """Rows whose PnL is near price x quantity, the fee being in another asset."""
    ambiguous: bool = False
    """Either of fee and PnL could be the other: no row loses, and both are steady."""
    swapped: bool = False
    """The columns called fee and PnL stand for each other."""

    few_rates: bool = True
    """The fees are shares of the turnover that recur, as an exchange's do."""

    @property
    def proven(self) -> bool:
        """Arithmetic alone proves the columns: three rows and enough digits agree."""
        return self.confirmed >= 3 and self.digits >= MINIMUM_DIGITS
