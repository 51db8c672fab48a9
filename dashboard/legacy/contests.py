"""Rows that two layouts of one file read as different trades, where one gives way to the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise

from .binding import Binding
from .cells import UNIT
from .choosing import is_proven, judge_one
from .judging import EXCHANGED, is_like_a_fee
from .records import Record
from .values import Context
from .verdicts import Refusal, Trade

Read = tuple[Record, Trade, Binding]
"""A record that is a trade under a binding."""


def contested(
    rows: Iterable[Record], outcomes: Mapping[int, tuple[object, Binding | None]], context: Context
) -> dict[int, Refusal]:
    """Refusals by record id, for rows of one header in the order of the file.

    Where fee and PnL have changed places, or the column has become a percentage, some rows agree
    with the layout before as well. Between two runs of rows, those up to the first that only its
    own layout reads belong to neither.
    """
    trades = [
        (row, outcome, binding)
        for row in rows
        for outcome, binding in [outcomes[id(row)]]
        if isinstance(outcome, Trade) and binding is not None
    ]
    runs = [list(run) for _, run in groupby(trades, key=lambda each: each[2].number)]
    found: dict[int, Refusal] = {}
    for before, after in pairwise(runs):
        found |= _doubtful(before[::-1], after[0][2], context)
        found |= _doubtful(after, before[0][2], context)
    return found


def _doubtful(run: Sequence[Read], other: Binding, context: Context) -> dict[int, Refusal]:
    """The first rows of a run, as long as the neighbour's layout reads other trades in them."""
    found: dict[int, Refusal] = {}
    for record, trade, _ in run:
        rival = judge_one(record, other, context)
        if isinstance(rival, Refusal) and rival.detail.endswith(EXCHANGED):
            if not _is_like_a_fee(trade, other):
                break
            found[id(record)] = rival
            continue
        told = is_proven(rival, other) or other.pnl_kind == "percent"
        if not isinstance(rival, Trade) or not told or abs(rival.net_pnl - trade.net_pnl) <= UNIT:
            break
        found[id(record)] = Refusal(
            "contradicted",
            f"a PnL of {trade.net_pnl} by one layout of this file, of {rival.net_pnl} by another",
        )
    return found


def _is_like_a_fee(trade: Trade, other: Binding) -> bool:
    if trade.entry_price is None or trade.exit_price is None or not trade.quantity:
        return False
    turnover = (trade.entry_price + trade.exit_price) * trade.quantity
    return is_like_a_fee(trade.net_pnl / turnover, other)
