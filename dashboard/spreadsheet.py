"""CSV that a spreadsheet shows and never runs."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

# What Excel, LibreOffice or Google Sheets take for the start of a formula, or drop before one;
# the full-width forms are read alike in East Asian settings.
_STARTS = frozenset("=+-@\t\r\n＝＋－＠−")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_LINE_ENDS = str.maketrans({"\r": None, "\n": "⏎"})


def harmless(value: object) -> str:
    """A cell's text, with an apostrophe before what would be run as a formula.

    A plain number stays one, its sign included. None is an empty cell; line ends become ⏎, since
    a record is a line for most readers of logs.
    """
    if value is None:
        return ""
    text = str(value)
    starts = {text[:1], text.lstrip()[:1]}
    if starts & _STARTS and _PLAIN_NUMBER.fullmatch(text) is None:
        text = f"'{text}"
    return text.replace("\r\n", "\n").translate(_LINE_ENDS)


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file, every cell quoted and harmless; a piece of text for each row."""
    buffer = StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")

    def line(cells: Sequence[object]) -> str:
        writer.writerow([harmless(cell) for cell in cells])
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield line(header)
    for row in rows:
        yield line(row)
