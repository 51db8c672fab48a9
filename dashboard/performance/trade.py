"""One closed trade as the statistics see it, in whole units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

UNIT = 10**8  # money: an int in units of 1e-8 quote currency
R_UNIT = 10**12  # R multiples: an int in units of 1e-12


class TradeResult(NamedTuple):
    """What the statistics need of one closed trade.

    Money in units of 1e-8 quote, times in microseconds since the epoch. `risk` is the money
    at risk from the entry to the first stop (> 0), `mae` <= 0 <= `mfe` the worst and best
    unrealised money; they and the fee are None where nobody recorded them. A tuple, because a
    million are made from database rows: `TradeResult._make(row)`.
    """

    trade_id: str
    exit_time: int
    net_pnl: int
    fee: int | None = 0
    entry_time: int | None = None
    risk: int | None = None
    mae: int | None = None
    mfe: int | None = None

    @property
    def sort_key(self) -> tuple[int, str]:
        return (self.exit_time, self.trade_id)


def r_multiple(net_pnl: int, risk: int | None) -> int | None:
    """net_pnl / initial risk in units of 1e-12, rounded half to even; signed.

    None when the risk is unknown or not positive: a trade without a stop has no R.
    """
    if risk is None or risk <= 0:
        return None
    return divide_half_even(net_pnl * R_UNIT, risk)


def r_multiples(net_pnls: Sequence[int], risks: Sequence[int | None]) -> list[int | None]:
    """The `r_multiple` of each: where all risks are known, in two thirds of the time."""
    known = [risk for risk in risks if risk is not None and risk > 0]
    if len(known) < len(risks):
        return list(map(r_multiple, net_pnls, risks))
    both = zip(net_pnls, known, strict=True)
    rounded_up = [divmod(2 * R_UNIT * net_pnl + risk, 2 * risk) for net_pnl, risk in both]
    # Nothing is left over where it was a tie.
    return [whole if left or not whole & 1 else whole - 1 for whole, left in rounded_up]


def divide_half_even(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest int, ties to even. Denominator > 0."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient
