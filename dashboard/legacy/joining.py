"""Fills of one history in several files: a position opened in one may be closed in the next.

Files whose names differ in digits alone (`trades.csv.1`, `2024-05/fills.csv`) may tell one
history, where they are counted with none of them left out. Whether they do, their fills decide:
they must not overlap in time but for fills that both tell, and joined they must leave fewer fills
over than each file by itself. So the logs of two bots are not mixed.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .binding import Binding
from .outcome import FileOutcome
from .pairing import Paired, Part, pair
from .records import Record
from .report import columns_of
from .settling_fills import settle_fills
from .verdicts import Aside, Fill, Judged

_CHANGING = re.compile(r"[\W\d_]+")
_NUMBER = re.compile(r"(?a:\d{1,9})")
_DATE = re.compile(r"(?a)(?<!\d)20\d\d[-_.]?(0[1-9]|1[0-2])")


def history_of(label: str) -> str:
    """What the names of one log's files have in common: their letters."""
    return _CHANGING.sub("", label).casefold().removesuffix("gz")


def are_neighbours(one: str, other: str) -> bool:
    """Whether no file is missing between two of these names, as far as names can tell.

    Counters (none, .1, .2) follow one another; days and months may be left out, a bot can rest.
    """
    if _DATE.search(one) or _DATE.search(other):
        return True
    first, second = (list(map(int, _NUMBER.findall(name))) for name in (one, other))
    if len(first) > len(second):
        first, second = second, first
    if len(first) < len(second):
        return second == [*first, 1]
    differing = [abs(a - b) for a, b in zip(first, second, strict=True) if a != b]
    return differing in ([], [1])


@dataclass(slots=True)
class _Told:
    """The fills of one layout in one file."""

    outcome: FileOutcome
    binding: Binding
    part: Part

    @property
    def span(self) -> tuple[int, int]:
        """The first and last time, microseconds."""
        times = [fill.time for fill in self.part.fills]
        return min(times), max(times)


def finish_together(
    outcomes: Sequence[FileOutcome], settled: Callable[[FileOutcome], None]
) -> None:
    """Pair the fills of these files, joined where they are one history; then close each file.

    `settled` hears of each file whose trades the next ones may repeat.
    """
    by_layout: dict[tuple[object, ...], list[_Told]] = {}
    for outcome in outcomes:
        for binding, part in outcome.fills():
            if part.fills:
                key = (binding.layout, tuple(columns_of(binding)), binding.uncertain)
                by_layout.setdefault(key, []).append(_Told(outcome, binding, part))
    for told in by_layout.values():
        for run in _runs(sorted(told, key=lambda each: each.span)):
            _settle(run)
            for each in run:
                settled(each.outcome)
    for outcome in outcomes:
        outcome.close()


def _settle(run: list[_Told]) -> None:
    fresh = list(_fresh(run))
    owners = {id(f.record): told.outcome for told in run for f in told.part.fills}
    for told, part in zip(run, fresh, strict=True):
        kept = {id(fill) for fill in part.fills}
        for fill in told.part.fills:
            if id(fill) not in kept:
                told.outcome.repeated_fill(fill)

    def owner(record: Record) -> FileOutcome:
        return owners[id(record)]

    settle_fills(pair(fresh, run[0].binding), owner)


def _fresh(run: Iterable[_Told]) -> Iterator[Part]:
    """The parts without the fills that an earlier file tells: the n-th of equals is the same."""
    seen: Counter[tuple[object, ...]] = Counter()
    for told in run:
        here: Counter[tuple[object, ...]] = Counter()
        kept: list[Fill] = []
        for fill in told.part.fills:
            key = _same(fill)
            here[key] += 1
            if here[key] > seen[key]:
                kept.append(fill)
        seen |= here
        yield Part(kept, told.part.gaps)


def _same(fill: Fill) -> tuple[object, ...]:
    if fill.exchange_id:
        return fill.symbol, fill.exchange_id
    return (
        fill.symbol, fill.time, fill.side, fill.price, fill.quantity, fill.fee, fill.group,
    )  # fmt: skip


def _runs(told: list[_Told]) -> list[list[_Told]]:
    """Which files, in their order, are one history; each in a run of its own where none are."""
    if len(told) == 1:
        return [told]
    fresh = list(_fresh(told))
    apart = [_left_over([each.part], each.binding) for each in told]
    found = _step_by_step(told, fresh, apart)
    if _follow(told, fresh) and len(found) > 1:
        # A file by itself may look whole that closes what the one before it left.
        costs = sum(_left_over(list(_fresh(run)), run[0].binding) for run in found)
        if _left_over(fresh, told[0].binding) < costs:
            return [told]
    return found


def _step_by_step(told: list[_Told], fresh: list[Part], apart: list[int]) -> list[list[_Told]]:
    runs = [[told[0]]]
    held = _open(told[0].part, told[0].binding)
    for at in range(1, len(told)):
        binding = told[at].binding
        joined = [Part(held), fresh[at]]
        last = runs[-1][-1]
        follows = _follow([last, told[at]], [last.part, fresh[at]])
        if follows and _left_over(joined, binding) < len(held) + apart[at]:
            runs[-1].append(told[at])
            held = _open(Part([*held, *fresh[at].fills], fresh[at].gaps), binding)
        else:
            runs.append([told[at]])
            held = _open(told[at].part, binding)
    return runs


def _follow(told: Sequence[_Told], parts: Sequence[Part]) -> bool:
    """Whether each begins when the one before it has ended, and no file is left out."""
    names = [each.outcome.report.path for each in told]
    if not all(are_neighbours(*two) for two in itertools.pairwise(names)):
        return False
    spans = [
        (min(fill.time for fill in part.fills), max(fill.time for fill in part.fills))
        for part in parts
        if part.fills
    ]
    return all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


def _left_over(parts: Sequence[Part], binding: Binding) -> int:
    """How many fills are part of no trade."""
    return sum(isinstance(each, Judged) for each in pair(parts, binding))


def _open(part: Part, binding: Binding) -> list[Fill]:
    """The fills of the positions that are open at the end."""
    results: Paired = pair([part], binding)
    still = {
        id(each.record)
        for each in results
        if isinstance(each, Judged) and isinstance(each.verdict, Aside)
    }
    return [fill for fill in part.fills if id(fill.record) in still]
