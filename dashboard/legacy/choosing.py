"""Which meaning of a header its rows bear out, and what a record is under one meaning."""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal

from .binding import Binding
from .clusters import like_first
from .columns import settle_mode
from .fill_rows import read_fill
from .finding import Block, acceptable
from .fit import Fit
from .judging import judge
from .records import Record
from .settling import settle
from .structure import TELLING, complete_ending
from .unnamed import with_unnamed
from .values import Context
from .verdicts import Fill, Refusal, Trade, Verdict


def judge_one(
    record: Record, binding: Binding, context: Context, before: Decimal | None = None
) -> Verdict | Fill:
    """One record under a settled binding, of whichever shape; a torn last line is none."""
    if binding.shape == "fills":
        outcome: Verdict | Fill = read_fill(record, binding, context)
    else:
        outcome = judge(record, binding, context, before)
    if isinstance(outcome, (Trade, Fill)) and context.paper:
        return Refusal("not_a_trade", f"the file says of itself {context.paper!r}: if so it is "
                       "meant to be imported, give its --mode")  # fmt: skip
    if isinstance(outcome, (Trade, Fill)) and not record.ended:
        if not complete_ending(record, binding):
            return Refusal("torn_line", f"the file ends in its last cell, {record.fields[-1]!r}")
        if (
            isinstance(outcome, Trade) and outcome.reconciled == "confirmed" and not outcome.exact
        ) and binding.exact:
            return Refusal("torn_line", "the file ends in it")
    return outcome


def is_proven(outcome: Verdict | Fill, binding: Binding) -> bool:
    """Whether a row is a trade under a binding that no header of its own names for it."""
    return isinstance(outcome, Trade) and (
        outcome.reconciled == "confirmed" or binding.pnl_kind == "computed"
    )


def choose(block: Block, context: Context) -> Binding | None:
    """The meaning of a block's header that its rows bear out."""
    best: tuple[tuple[int, float], Binding] | None = None
    for order, candidate in enumerate(block.bindings):
        binding = candidate.copy()
        fit = settle(binding, block.rows, context)
        few = binding.shape == "trades" and fit.read * 10 < fit.rows * 4
        if few or not acceptable(binding, fit):
            alone = _by_its_first(candidate, block.rows, context)
            if alone is not None:
                binding, fit = alone
            elif not acceptable(binding, fit):
                continue
        score = (2 if fit.proven else 1 if fit.confirmed else 0, float(-order))
        if best is None or score > best[0]:
            best = (score, binding)
        if fit.proven:  # those after it could only be its equals, and come after it
            break
    if best is None:
        return None
    # The rows that settled it may all be real ones; a paper trade may stand among the others.
    rows = [row for row in block.rows if len(row.fields) == best[1].width]
    binding = with_unnamed(best[1], rows, context)
    settle_mode(binding, rows, real=context.real)
    return binding


def _by_its_first(
    candidate: Binding, rows: list[Record], context: Context
) -> tuple[Binding, Fit] | None:
    """A header's meaning by the rows next to it: those of another layout may be in the majority."""
    for share in (1, 2, 4, 8):
        binding, first = candidate.copy(), rows[: len(rows) // share]
        fit = settle(binding, like_first(first) if share == 1 else first, context)
        if fit.rows and acceptable(binding, fit) and (share == 1 or fit.proven):
            return binding, fit
    return None


def refine(
    binding: Binding, rows: list[Record], context: Context, trades: Container[int]
) -> Binding:
    """The binding settled anew on the rows it reads: others among them decide nothing.

    `trades` are the ids of rows of which is known already that it reads them as trades.
    """
    own = [
        row
        for row in rows
        if id(row) in trades or isinstance(judge_one(row, binding, context), Trade)
    ]
    if len(own) < 5 or len(own) == len(rows):
        return binding
    refined = binding.copy()
    fit = settle(refined, own, context)
    if refined.price_like[1] == 0:
        refined.price_like = binding.price_like
    refined.watched, refined.worded = binding.watched, binding.worded
    refined.unsure, refined.says_trade = binding.unsure, binding.says_trade
    refined.swapped_lines = binding.swapped_lines
    return refined if acceptable(refined, fit) else binding


def diagnose(rows: list[Record], block: Block, context: Context) -> dict[int, Refusal]:
    """Why rows fail under the layout their header names: a better word than "unproven"."""
    found: dict[int, Refusal] = {}
    binding = block.bindings[0].copy()
    settle(binding, rows, context)
    for record in rows:
        outcome = judge_one(record, binding, context)
        if isinstance(outcome, Refusal) and outcome.reason in TELLING:
            found[id(record)] = outcome
    return found
