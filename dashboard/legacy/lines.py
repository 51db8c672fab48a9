"""Physical lines of a file, one by one or a block at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, count
from typing import overload


@dataclass(slots=True)
class Line:
    """A physical line. `text` is None where no encoding reads it. `ended` has a newline."""

    number: int
    offset: int
    raw: bytes
    text: str | None
    ended: bool = True


class Lines(Sequence[Line]):
    """Physical lines that follow each other, all valid UTF-8 and with their ends.

    A block has thousands, and nearly all are only looked at together: made when asked for.
    """

    def __init__(self, number: int, offset: int, data: bytes, texts: list[str]) -> None:
        self.number, self.texts = number, texts
        self._offset, self._data = offset, data
        self._made: list[Line] = []

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> list[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | list[Line]:
        if at == 0:
            raw = self._data[: self._data.index(b"\n") + 1]
            return Line(self.number, self._offset, raw, self.texts[0])
        return self._all()[at]

    def _all(self) -> list[Line]:
        if not self._made:
            raws = [raw + b"\n" for raw in self._data.split(b"\n")[:-1]]
            offsets = accumulate(map(len, raws), initial=self._offset)
            places = zip(count(self.number), offsets, raws, self.texts, strict=False)
            self._made = [Line(*place) for place in places]
        return self._made


def texts_of(lines: Sequence[Line]) -> Sequence[str | None]:
    """The text of each line; None for one that no encoding reads, or whose end is missing."""
    if isinstance(lines, Lines):
        return lines.texts
    return [line.text if line.ended else None for line in lines]


def numbers_of(lines: Sequence[Line]) -> Sequence[int]:
    """The number of each line."""
    if isinstance(lines, Lines):
        return range(lines.number, lines.number + len(lines))
    return [line.number for line in lines]
