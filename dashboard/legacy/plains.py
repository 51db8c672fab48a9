"""Confirmed trades of plain lines, by columns: a block of a log is thousands of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import groupby, islice
from operator import lt
from typing import NamedTuple

from .lines import Line
from .verdicts import Trade


@dataclass(slots=True)
class Plains:
    """Trades of plain lines. Each column has a value for each of them, in the lines' order."""

    keys: Sequence[int]
    names: Sequence[str]
    """Of the identities, as duplicates.digest_of gives both."""
    identities: Sequence[str]
    versions: Sequence[tuple[str, str]]
    """Each with its evidence."""
    symbols: Sequence[str]
    sides: Sequence[int]
    entry_times: Sequence[int | None]
    exit_times: Sequence[int]
    entry_prices: Sequence[Decimal]
    exit_prices: Sequence[Decimal]
    quantities: Sequence[Decimal]
    fees: Sequence[Decimal]
    net_pnls: Sequence[Decimal]
    net_texts: Sequence[str]
    """The net PnL as str() has it."""
    exit_reasons: Sequence[str | None]
    quote_assets: Sequence[str]
    own_ids: Sequence[str]
    exact: Sequence[bool]
    written: Sequence[Sequence[str]]
    """The columns from symbol to identity as the trades' bodies have them, those left out that
    the file does not have."""

    def __len__(self) -> int:
        return len(self.keys)

    def part(self, start: int, stop: int) -> Plains:
        """Some of them that follow each other."""
        if start == 0 and stop == len(self):
            return self
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        part = {name: column[start:stop] for name, column in columns.items()}
        return Plains(**part | {"written": [column[start:stop] for column in self.written]})

    def end_after(self, second: int) -> bool:
        """Whether each ends in a later second than the one before it, the first than `second`."""
        seconds = [time // 1_000_000 for time in self.exit_times]
        return second < seconds[0] and all(map(lt, seconds, islice(seconds, 1, None)))

    def runs(self, apart: Sequence[bool]) -> Iterator[tuple[int, int]]:
        """Where each run of trades starts and ends whose bodies have the same fixed part.

        `apart` is for each of them whether it may follow those for which the same is said.
        """
        has_id = list(map(bool, self.own_ids))
        if len(set(self.versions)) == len(set(has_id)) == len(set(apart)) == 1:
            yield 0, len(self)
            return
        start = 0
        for _, run in groupby(zip(self.versions, has_id, apart, strict=True)):
            stop = start + sum(1 for _ in run)
            yield start, stop
            start = stop

    def trade(self, at: int, line: Line, layout: str) -> Trade:
        """One of them, as judging.judge gives it; `line` is the one it stands on."""
        version, evidence = self.versions[at]
        return Trade(
            line.number, line.offset, self.symbols[at], self.sides[at], self.entry_times[at],
            self.exit_times[at], self.entry_prices[at], self.exit_prices[at],
            self.quantities[at], self.fees[at], self.net_pnls[at], version, evidence, layout,
            "confirmed", self.quote_assets[at], self.exit_reasons[at], own_id=self.own_ids[at],
            exact=self.exact[at], identity=self.identities[at],
        )  # fmt: skip


class ShortWay(NamedTuple):
    """What of some lines was judged the short way."""

    plains: Plains
    places: Sequence[int]
    """In which of the lines the trades stand."""
    taken: int
    """How many lines: those of them that hold none of the trades go the long way."""
