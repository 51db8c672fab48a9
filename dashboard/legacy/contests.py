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

_FEW = 3
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
    found: dict[int, Refusal] = {}
    for before, after in pairwise(_runs(trades)):
        found |= _doubtful(before[::-1], after[0][2], context)
        found |= _doubtful(after, before[0][2], context)
    return found | _strays(_runs(each for each in trades if id(each[0]) not in found))


def _runs(trades: Iterable[Read]) -> list[list[Read]]:
    return [list(run) for _, run in groupby(trades, key=lambda each: each[2].number)]


def _strays(runs: list[list[Read]]) -> dict[int, Refusal]:
    """A row or two that only a layout out of nothing reads, among those of the header."""
    found: dict[int, Refusal] = {}
    for at, run in enumerate(runs):
        width = run[0][2].width
        beside = [each[0][2] for each in runs[max(at - 1, 0) : at + 2] if each is not run]
        if len(run) >= _FEW or not run[0][2].proposed or not beside:
            continue
        if all(each.width == width and not each.proposed for each in beside):
            detail = "only another layout of this file reads it, and rows beside it are of none"
            found |= {id(record): Refusal("contradicted", detail) for record, _, _ in run}
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
