"""Physical lines to records: delimiters, quoting, quotes that run over lines, and what is torn."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from .lines import Line

DELIMITERS = (";", "\t", "|", ",")
MAX_QUOTED_LINES = 8
MAX_FIELDS = 400
MAX_CELL = 10_000


@dataclass(slots=True)
class Record:
    """One record: where it starts, its bytes, its cells, and what is wrong with it, if known."""

    line: int
    offset: int
    raw: bytes
    text: str
    fields: list[str]
    trouble: str = ""
    ended: bool = True


def sniff_delimiter(texts: Iterable[str]) -> str:
    """The delimiter of a file's first lines: one that splits most of them alike.

    Comma is asked last, since decimal commas split lines too.
    """
    lines = [text for text in texts if text.strip()][:400]
    for delimiter in DELIMITERS[:-1]:
        counts = Counter(text.count(delimiter) for text in lines)
        two, more = counts[2], sum(times for count, times in counts.items() if count >= 3)
        if more * 4 >= len(lines) and (two + more) * 2 >= len(lines):
            return delimiter
        if lines and two * 10 >= len(lines) * 9:  # three columns, throughout
            return delimiter
    return ","


def cells_of(text: str, delimiter: str) -> list[str] | None:
    """A line's cells, or None where its quotes do not close or close in the middle of a cell."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        spaced = f'{delimiter} "' in text
        rows = list(csv.reader([text], delimiter=delimiter, strict=True, skipinitialspace=spaced))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _other_delimiter(text: str, delimiter: str) -> str:
    """Another delimiter this one line clearly uses, or the file's own."""
    if delimiter != "," and delimiter not in text and text.count(",") >= 3:
        return ","
    for other in DELIMITERS[:-1]:
        if (
            other != delimiter
            and text.count(other) >= 4
            and text.count(other) >= text.count(delimiter) // 2
        ):
            return other
    return delimiter


def all_wrapped(texts: Iterable[str], delimiter: str) -> bool:
    """True where every line is one quoted cell with a whole record in it."""
    lines = [text for text in texts if text.strip()][:50]
    if len(lines) < 2 or not all(text.startswith('"') for text in lines):
        return False
    rows = [cells_of(text, delimiter) for text in lines]
    return all(row is not None and len(row) == 1 and row[0].count(delimiter) >= 3 for row in rows)


def unwrapped(blocks: Iterable[Sequence[Line]], delimiter: str) -> Iterator[list[Line]]:
    """Lines with the quotes around the whole of them taken off."""
    for block in map(list, blocks):
        for line in block:
            row = (
                cells_of(line.text, delimiter) if line.text and line.text.startswith('"') else None
            )
            if row is not None and len(row) == 1:
                line.text = row[0]
        yield block


class Assembler:
    """Makes records of lines, a block at a time. Lines that hold nothing are left out."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.waiting: list[Line] = []
        """Lines of a record whose quote is still open."""

    def add(self, block: Sequence[Line]) -> list[Record]:
        """The records that the next lines complete."""
        lines = [*self.waiting, *block]
        made, self.waiting = _of_block(lines, self.delimiter, final=False)
        return made

    def finish(self) -> list[Record]:
        """The records of what is left."""
        made, self.waiting = _of_block(self.waiting, self.delimiter, final=True)
        return made


def _of_block(lines: list[Line], delimiter: str, *, final: bool) -> tuple[list[Record], list[Line]]:
    made: list[Record] = []
    at, count = 0, len(lines)
    while at < count:
        line = lines[at]
        text = line.text
        if text is not None and '"' not in text and "\r" not in text and len(text) < MAX_CELL:
            fields = text.split(delimiter)
            if len(fields) < 4 or ";" in text or "\t" in text or "|" in text:
                if not text.strip():
                    at += 1
                    continue
                fields = text.split(_other_delimiter(text, delimiter))
            made.append(Record(line.number, line.offset, line.raw, text, fields, "", line.ended))
            at += 1
            continue
        if text is not None and not text.strip():
            at += 1
            continue
        record, used = _awkward(lines, at, delimiter, final=final)
        if record is None:
            return made, lines[at:]
        made.append(record)
        at += used
    return made, []


def _awkward(
    lines: list[Line], at: int, delimiter: str, *, final: bool
) -> tuple[Record | None, int]:
    """A record whose line has quotes, stray carriage returns, no reading or no bounds.

    (None, 0) when more lines are needed to see where a quote closes.
    """
    line = lines[at]
    if line.text is None:
        trouble = "line_too_long" if len(line.raw) >= MAX_CELL else "undecodable"
        return Record(line.number, line.offset, line.raw, "", [], trouble, line.ended), 1
    if len(line.text) > MAX_CELL * 10:
        return Record(line.number, line.offset, line.raw, "", [], "line_too_long", line.ended), 1
    own = _other_delimiter(line.text, delimiter)
    text = line.text
    fields = cells_of(text, own) if "\r" not in text else None
    if fields is not None:
        return Record(line.number, line.offset, line.raw, text, fields, "", line.ended), 1
    if "\r" in text:
        return Record(line.number, line.offset, line.raw, text, [], "glued_rows", line.ended), 1
    if text.count('"') % 2 == 0:
        return Record(line.number, line.offset, line.raw, text, [], "bad_quotes", line.ended), 1
    joined, raw = text, line.raw
    for extra in range(1, MAX_QUOTED_LINES + 1):
        if at + extra >= len(lines):
            if not final:
                return None, 0
            break
        following = lines[at + extra]
        if following.text is None:
            break
        joined += "\n" + following.text
        raw += following.raw
        if following.text.count('"') % 2 == 1:
            rows = _multiline(joined, own)
            # A quote torn open earlier would swallow whole rows: their delimiters show.
            if rows is not None and not any(cell.count(own) >= 4 for cell in rows if "\n" in cell):
                return Record(
                    line.number, line.offset, raw, joined, rows, "", following.ended
                ), extra + 1
            break
    return Record(line.number, line.offset, line.raw, text, [], "unclosed_quote", line.ended), 1


def _multiline(text: str, delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
