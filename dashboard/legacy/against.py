"""What speaks against a layout that arithmetic proves: rows of no closed trade agree as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .aliases import Heading
from .binding import Binding
from .records import Record

_AGAIN = 3
"""So many rows with one entry are no trades closed in two parts, but a position looked at."""


def has_no_end(binding: Binding, headings: Sequence[Heading]) -> bool:
    """The one time there is, is the entry's: when it ended stands in a column nobody can read.

    So says the header, where it is still about these rows: their entry price is under its name.
    """
    named = {role: headings[at].role for role, at in binding.roles.items()}
    ends = named["exit_time"] == "entry_time" and "entry_time" not in named
    return ends and named["entry_price"] == "entry_price"


def tells_of_one(rows: Sequence[Record], binding: Binding) -> bool:
    """Most rows tell of a position again and again, how it stands: its entry stays the same."""
    entries = [
        binding.roles[role]
        for role in ("symbol", "side", "entry_time", "entry_price", "quantity")
        if role in binding.roles
    ]
    seen = Counter(tuple(row.fields[at].strip() for at in entries) for row in rows)
    again = sum(times for times in seen.values() if times >= _AGAIN)
    return again * 2 > len(rows)
