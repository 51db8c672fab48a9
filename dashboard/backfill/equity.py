"""An equity history where none was recorded: deposits, and the results of closed trades."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

DAY = 86_400_000_000  # microseconds


class Moment(NamedTuple):
    """The account at one time, 1e-8 quote. `deposits` is None where nobody knows of any."""

    time: int
    equity: int
    realised: int
    deposits: int | None
    version: str


class Result(NamedTuple):
    """A closed trade: what it brought (1e-8 quote) and when (microseconds)."""

    exit_time: int
    net_pnl: int
    version: str


def history(
    results: Iterable[Result], flows: Sequence[tuple[int, int]], began: int
) -> Iterator[Moment]:
    """The account after each trade and each cash flow (time, signed amount), oldest first.

    It begins at `began`, with nothing or with what was paid in by then; results come in the
    order of their exits. No two moments have one time: what happens at once is summed.
    Unrealised results are in none of it: nobody recorded them.
    """
    known = bool(flows)
    moved = sum(amount for time, amount in flows if time <= began)
    waiting = _by_time(flow for flow in flows if flow[0] > began)
    realised, version = 0, ""
    deposits = moved if known else None
    yield Moment(began, moved, 0, deposits, version)
    for time, closed in groupby(results, key=lambda result: result.exit_time):
        while waiting and waiting[0][0] < time:
            at, amount = waiting.pop(0)
            moved += amount
            yield Moment(at, moved + realised, realised, moved, version)
        while waiting and waiting[0][0] == time:
            moved += waiting.pop(0)[1]
        for result in closed:
            realised += result.net_pnl
            version = result.version
        yield Moment(time, moved + realised, realised, moved if known else None, version)
    for at, amount in waiting:
        moved += amount
        yield Moment(at, moved + realised, realised, moved, version)


def _by_time(flows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cash flows in order, those of one time in one."""
    return [
        (time, sum(amount for _, amount in of_time))
        for time, of_time in groupby(sorted(flows), key=lambda flow: flow[0])
    ]


def thinned(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Of each UTC day its first, lowest, highest and last, and every change of the deposits."""
    before: int | None = None
    for _, of_day in groupby(moments, key=lambda moment: moment.time // DAY):
        day = list(of_day)
        kept = {day[0], day[-1]}
        kept.add(min(day, key=lambda moment: moment.equity))
        kept.add(max(day, key=lambda moment: moment.equity))
        for moment in day:
            if moment.deposits != before:
                kept.add(moment)
            before = moment.deposits
        yield from sorted(kept)
