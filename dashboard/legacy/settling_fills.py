"""Telling the files whose fills were paired what became of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .pairing import Paired
from .records import Record
from .report import FileReport
from .verdicts import Judged, Trade


class Owner(Protocol):
    """The file that a record stands in, as outcome.FileOutcome has it."""

    report: FileReport

    def settle_trade(self, trade: Trade) -> bool:
        """A trade that a fill of this file closes; whether it is imported."""

    def settle_fill(self, result: Judged) -> None:
        """A fill that is part of no trade."""

    def settle_part(self, lines: tuple[int, ...], *, imported: bool) -> None:
        """These fills are of a trade that another file closes."""


def settle_fills(results: Paired, owner: Callable[[Record], Owner]) -> None:
    """Tell the files whose records these are what became of them, trades first."""
    for result in results:
        if not isinstance(result, Judged):
            _settle_paired(*result, owner)
    for result in results:
        if isinstance(result, Judged):
            owner(result.record).settle_fill(result)


def _settle_paired(trade: Trade, records: list[Record], owner: Callable[[Record], Owner]) -> None:
    closing = owner(records[-1])
    others: dict[int, tuple[Owner, list[int]]] = {}
    for record in records:
        outcome = owner(record)
        if outcome is not closing:
            others.setdefault(id(outcome), (outcome, []))[1].append(record.line)
    if others:
        trade.lines = tuple(sorted({r.line for r in records if owner(r) is closing}))
        trade.also = tuple(
            {
                "file": other.report.path, "batch": other.report.batch,
                "sha256": other.report.sha256, "lines": sorted(set(lines)),
            }
            for other, lines in others.values()
        )  # fmt: skip
    imported = closing.settle_trade(trade)
    for other, lines in others.values():
        other.settle_part(tuple(lines), imported=imported)
