"""How a block begins: the row that heads it, and what its first rows settle.

The rows that settled a binding are then judged by it the short way, where that reads them; so
the head of a long log is judged once, and told by columns as the rest of it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .aliases import heading
from .binding import Binding, bindings_for
from .cells import PLAIN_NUMBER
from .choosing import choose, refine
from .fast import FastJudge
from .finding import Block
from .headings import could_be_header, is_header, no_trades
from .lines import Line
from .plains import Plains
from .records import Record
from .structure import is_title
from .values import Context
from .verdicts import Trade

TITLES = 20
"""So many lines may stand above a header that says what they are."""
Compile = Callable[[Binding], FastJudge | None]
"""Makes the short way of a binding, where it has one."""


@dataclass(slots=True)
class PlainRows:
    """Rows of a block that were judged the short way, in their order."""

    binding: Binding
    records: list[Record] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    """What each of them was made of."""
    plains: Plains | None = None
    places: dict[int, int] = field(default_factory=dict)
    """Which of them a record is, by its id."""

    def trades(self) -> Iterator[tuple[Record, Trade]]:
        """Each of them, and what judging.judge makes of it."""
        if self.plains is not None:
            for at, (record, line) in enumerate(zip(self.records, self.lines, strict=True)):
                yield record, self.plains.trade(at, line, self.binding.layout)

    def run(self, records: Sequence[Record]) -> tuple[list[Line], Plains]:
        """Some of them that follow each other, as FileOutcome.take_plain has them."""
        assert self.plains is not None
        start = self.places[id(records[0])]
        stop = start + len(records)
        return self.lines[start:stop], self.plains.part(start, stop)


def begins_block(record: Record, block: Block, following: Sequence[Record]) -> bool:
    """Whether a record heads those after it; `following` are the next few."""
    if record.trouble or not record.fields:
        return False
    if is_header(record.fields):
        return True
    if block.rows or block.width or not could_be_header(record.fields):
        return False
    alike = [row for row in following if len(row.fields) == len(record.fields)]
    return len(alike) >= 2 or any(
        PLAIN_NUMBER.fullmatch(cell.strip()) for row in alike for cell in row.fields
    )


def take_titles(block: Block) -> list[Record]:
    """The few lines above a file's first header that can be no rows of it, taken off the block."""
    if block.width or len(block.rows) > TITLES:
        return []
    titles = [row for row in block.rows if is_title(row)]
    block.rows = [row for row in block.rows if not any(row is each for each in titles)]
    return titles


def open_block(header: list[str], known: Iterable[Binding]) -> Block:
    """The block under a header; `known` are the bindings of this file's blocks before it."""
    aside = no_trades(header)
    bindings = [] if aside else bindings_for(header)
    made = Block(tuple(heading(cell) for cell in header), bindings, len(header), aside=aside)
    names = [each.name for each in made.headings]
    for binding in known:
        if binding.headings and [each.name for each in binding.headings] == names:
            made.current = binding
    return made


def settle_head(
    block: Block, rows: list[Record], context: Context, delimiter: str, compile_one: Compile | None
) -> PlainRows | None:
    """Settle a block's binding; those of these rows of it that the short way reads under it."""
    chosen = choose(block, context)
    if chosen is None:
        return None
    plain = _plain_rows(rows, chosen, delimiter, compile_one)
    block.current = refine(chosen, rows, context, plain.places)
    if block.current is not chosen:
        plain = _plain_rows(rows, block.current, delimiter, compile_one)
    return plain


def _plain_rows(
    rows: Sequence[Record], binding: Binding, delimiter: str, compile_one: Compile | None
) -> PlainRows:
    """The rows that the short way judges under a binding; none where it has no short way."""
    fast = None if compile_one is None else compile_one(binding)
    found = PlainRows(binding)
    if fast is None:
        return found
    rows = [row for row in rows if not row.trouble and row.text.split(delimiter) == row.fields]
    lines = [Line(row.line, row.offset, row.raw, row.text, row.ended) for row in rows]
    found.plains, places = fast.judge(lines)
    found.records = [rows[place] for place in places]
    found.lines = [lines[place] for place in places]
    found.places = {id(record): at for at, record in enumerate(found.records)}
    return found
