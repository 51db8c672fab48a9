"""Bodies that are alike but for a few values: encoded once, then filled in.

An import of a million trades writes one body a million times with other numbers in it. What
is the same in all of them is redacted and encoded once; what differs is let through where
one pattern for a whole column shows that the canonical encoding would write it as it stands.
All else takes the long way, so the bytes are those that `append` would have written.
"""

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import repeat

from .codec import MAX_BODY, BadEvent, BodyEncoder
from .upcast import current_schema


class Slot(Enum):
    """A value that differs from event to event, given as text.

    NUMBER is written as text: decimal numbers and ISO times. TEXT may be any text. ID is
    text too, a name made by hashing. COUNT is a whole number, written without quotes.
    """

    NUMBER = "number"
    TEXT = "text"
    ID = "id"
    COUNT = "count"


# What the redactor lets pass wherever it stands, and JSON writes as it is. None has a line
# break, so that values joined by those match in one way only.
_PLAIN = {
    Slot.NUMBER: r"[0-9TZ:.+-]{0,31}",
    Slot.TEXT: r"[A-Za-z0-9_./+-]{0,19}",
    # Runs of hexadecimal digits look drawn from 32 on; the letters of imp are none.
    Slot.ID: r"(?:imp-[0-9a-f-]{1,60}|[0-9a-f]{0,31})",
    Slot.COUNT: r"(?:0|[1-9][0-9]{0,17})",
}
# Of the kinds that are nothing but letters and a length: those letters, and the length.
_LETTERS = {
    Slot.NUMBER: (b"0123456789TZ:.+-\n", 31),
    Slot.TEXT: (string.ascii_letters.encode() + b"0123456789_./+-\n", 19),
}
_FITS = {slot: re.compile(plain).fullmatch for slot, plain in _PLAIN.items()}
_ALL_FIT = {
    slot: re.compile(rf"(?:{_PLAIN[slot]}\n)*+{_PLAIN[slot]}").fullmatch
    for slot in (Slot.ID, Slot.COUNT)
}
_LONGEST = 64


class Form:
    """The fixed part of many events of one kind; made by BulkWriter.form.

    Attributes:
        columns: the payload's lines from kind to mode.
        values: how many values an event has.
        ref_at: which of them is its ref, -1 for none.
    """

    def __init__(
        self,
        encoder: BodyEncoder,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None,
        names: tuple[str, str, str],
    ) -> None:
        """Raises BadEvent. `names` are bot, version and mode; `ref` names a slot of `body`."""
        self._encoder, self.kind, self._body = encoder, encoder.column("kind", kind), body
        slots = list(_slots(body))
        self.values = len(slots)
        self._places = {name: at for at, (name, _) in enumerate(slots)}
        self._kinds = [slot for _, slot in slots]
        if ref is not None and ref not in self._places:
            raise BadEvent(f"the ref of a form is one of its values; {ref!r} is not among them")
        self.ref_at = -1 if ref is None else self._places[ref]
        if not slots:
            raise BadEvent(f"a form for {kind} has at least one Slot in its body")
        self.schema = current_schema(kind)
        bot, self.version, mode = names
        self.columns = f"{kind}\n{self.schema}\n{bot}\n{self.version}\n{mode}"
        self._pieces = self._compile()

    def _compile(self) -> list[str]:
        """The encoded body, cut where the values belong."""
        marks = [f"\x01{at}\x01" for at in range(self.values)]
        text = self._encoder.encode(self.kind, _filled(self._body, iter(marks)))
        if len(text) + _LONGEST * self.values > MAX_BODY:
            raise BadEvent(f"the body of {self.kind} takes {len(text)} bytes, over {MAX_BODY}")
        pieces = []
        for at, slot in enumerate(self._kinds):
            quote = "" if slot is Slot.COUNT else '"'
            mark = f'"\\u0001{at}\\u0001"'
            if text.count(mark) != 1:
                raise BadEvent(f"a value of the form for {self.kind} has the name of a secret")
            before, text = text.split(mark)
            pieces.append(before + quote)
            text = quote + text
        return [*pieces, text]

    def cells(self, columns: Sequence[str], count: int) -> list[list[str]]:
        """The values of so many events, of each slot in turn, from columns joined by line breaks.

        Raises BadEvent where they are not as many.
        """
        cells = [column.split("\n") for column in columns]
        sizes = {len(column) for column in cells}
        if len(cells) != self.values or sizes - {count}:
            raise BadEvent(
                f"{count} events of {self.kind} take as many of each of {self.values} values;"
                f" got {len(cells)} columns of {sorted(sizes)}"
            )
        return cells

    def misfits(self, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> set[int]:
        """Which events have a value that `texts` would not write as the encoder does."""
        found: set[int] = set()
        for slot, joined, column in zip(self._kinds, columns, cells, strict=True):
            if not _all_fit(slot, joined, column):
                fits = _FITS[slot]
                found.update(at for at, cell in enumerate(column) if fits(cell) is None)
        return found

    def texts(self, cells: Sequence[Sequence[str]]) -> list[str]:
        """The bodies of events that are no misfits."""
        first, *others = self._pieces
        parts: list[Iterable[str]] = [repeat(first)]
        for column, piece in zip(cells, others, strict=True):
            parts += (column, repeat(piece))
        return list(map("".join, zip(*parts, strict=False)))

    def body(self, cells: Sequence[str]) -> dict[str, object]:
        """The body of any event with these values, as `append` takes it. Raises BadEvent."""
        try:
            values = [
                int(cell) if slot is Slot.COUNT else cell
                for slot, cell in zip(self._kinds, cells, strict=True)
            ]
        except ValueError as error:
            raise BadEvent(f"a count of {self.kind} is no whole number: {error}") from error
        return _filled(self._body, iter(values))


def _all_fit(slot: Slot, joined: str, column: Sequence[str]) -> bool:
    """Whether all these values match the pattern of their kind."""
    if slot not in _LETTERS:
        return _ALL_FIT[slot](joined) is not None
    letters, longest = _LETTERS[slot]
    odd = joined.encode("utf-8", "surrogatepass").translate(None, letters)
    return not odd and len(max(column, key=len)) <= longest


def _slots(body: Mapping[str, object]) -> list[tuple[str, Slot]]:
    found: list[tuple[str, Slot]] = []
    for name, value in body.items():
        if isinstance(value, Slot):
            found.append((name, value))
        elif isinstance(value, Mapping):
            found += _slots(value)
    return found


def _filled(body: Mapping[str, object], values: Iterator[object]) -> dict[str, object]:
    """The body with the next of the values in each of its slots."""
    made: dict[str, object] = {}
    for name, value in body.items():
        if isinstance(value, Slot):
            made[name] = next(values)
        elif isinstance(value, Mapping):
            made[name] = _filled(value, values)
        else:
            made[name] = value
    return made
