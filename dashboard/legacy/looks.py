"""What the columns of a run of rows look like by their values: times, sides, markets, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .cells import Grammar, column_unit, decide_grammar, decimals, is_null, is_symbol
from .records import Record
from .sides import side_of
from .times import EPOCH, OLDEST, TimeForm, decide_form

_STEP = 20
"""How far numbers of rows are apart at most, where rows between them are of another layout."""


@dataclass(slots=True)
class Columns:
    """The columns of a run of rows by what their values look like."""

    numbers: dict[int, list[float | None]]
    places: dict[int, int]
    times: dict[int, TimeForm]
    sides: list[int]
    symbols: list[int]
    counters: list[int]
    grammar: Grammar


def look_at(rows: Sequence[Record], width: int, order: str) -> Columns:
    """The columns of these rows; numbers in the one grammar that reads most of them."""
    columns = [[row.fields[at] for row in rows] for at in range(width)]
    numeric: dict[int, list[str]] = {}
    times: dict[int, TimeForm] = {}
    sides: list[int] = []
    symbols: list[int] = []
    counters: list[int] = []
    for at, cells in enumerate(columns):
        filled = [cell for cell in cells if not is_null(cell)]
        if len(filled) * 2 < len(cells):
            continue
        form = decide_form(filled, order=order)
        if form is not None and _really_times(filled, form):
            times[at] = form
            continue
        if sum(side_of(cell) is not None for cell in filled) * 10 >= len(filled) * 8:
            sides.append(at)
            continue
        if sum(map(is_symbol, filled)) * 10 >= len(filled) * 8:
            symbols.append(at)
            continue
        if counts_up(filled):
            counters.append(at)
            continue
        unit = column_unit(filled)
        texts = [unit[1](cell) for cell in cells] if unit else cells
        if sum(any(c.isdigit() for c in text) for text in texts) * 10 >= len(texts) * 6:
            numeric[at] = texts
    grammar = decide_grammar(text for texts in numeric.values() for text in texts)
    numbers: dict[int, list[float | None]] = {}
    places: dict[int, int] = {}
    for at, texts in numeric.items():
        values = [grammar.number(text) for text in texts]
        if sum(value is not None for value in values) * 10 < len(values) * 6:
            continue
        numbers[at] = [None if value is None else float(value) for value in values]
        places[at] = max(
            decimals(text, grammar.decimal)
            for text, value in zip(texts, values, strict=True)
            if value is not None
        )
    return Columns(numbers, places, times, sides, symbols, counters, grammar)


def _really_times(cells: list[str], form: TimeForm) -> bool:
    moments = [read[0] for cell in cells if (read := form.read(cell.strip()))]
    if len(moments) * 10 < len(cells) * 7:
        return False
    if form.name != "epoch":
        return True
    inside = sum(moment >= OLDEST and (moment - EPOCH).days < 24_000 for moment in moments)
    return inside * 10 >= len(moments) * 8


def counts_up(cells: list[str]) -> bool:
    """True for numbers of rows, which are no amounts however steady."""
    if not all(cell.isascii() and cell.isdigit() and len(cell) < 10 for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    return len(numbers) > 2 and all(0 < b - a <= _STEP for a, b in pairwise(numbers))
