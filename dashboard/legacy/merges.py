"""Rows between the markers of a git merge: repeats, and two versions of one trade."""

from __future__ import annotations

from .binding import Binding
from .clusters import who_and_when
from .records import Record
from .verdicts import Aside, Fill, Refusal, Repeated, Trade, Verdict


class Merges:
    """Follows the markers through a file."""

    def __init__(self) -> None:
        self.inside = ""
        """ours, base or theirs between markers, else ""."""
        self._ours: list[Record] = []
        self._pairs: list[tuple[Record, Record]] = []

    @property
    def undecided(self) -> bool:
        """Whether two versions of a trade wait for `settle`."""
        return bool(self._pairs)

    def turn(self, mark: str) -> None:
        """A marker: ours, base, theirs or end."""
        self.inside = "" if mark == "end" else mark
        if mark == "ours":
            self._ours = []

    def take(self, record: Record) -> Verdict | None:
        """A row: on the second side a repeat, or another version of one of the first's."""
        if self.inside == "ours":
            self._ours.append(record)
        if self.inside != "theirs":
            return None
        if any(record.text == each.text for each in self._ours):
            return Repeated()
        key = who_and_when(record.fields)
        for each in self._ours:
            if key and who_and_when(each.fields) == key:
                self._pairs.append((each, record))
        return None

    def settle(self, outcomes: dict[int, tuple[Verdict | Fill | str, Binding | None]]) -> None:
        """Of two versions of one trade the one that arithmetic confirms alone; else neither."""
        for pair in self._pairs:
            given = [outcomes.get(id(record), ("", None)) for record in pair]
            if any(isinstance(each, Aside) for each, _ in given):
                continue  # an order that was none is no other version
            sure = [isinstance(each, Trade) and each.reconciled == "confirmed" for each, _ in given]
            for record, (each, binding), keep in zip(pair, given, sure, strict=True):
                if isinstance(each, (Trade, Fill)) and not (keep and sum(sure) == 1):
                    refusal = Refusal("conflict", "the merge has this trade with other values too")
                    outcomes[id(record)] = (refusal, binding)
        self._pairs = []
