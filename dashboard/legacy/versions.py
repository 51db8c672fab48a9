"""Which version of the bot a record belongs to, and on what evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import category

from .structure import is_reason

_IN_NAME = re.compile(r"(?<![A-Za-z0-9])[vV](\d{1,3}(?:\.\d{1,4}){0,2})(?![0-9A-Za-z]|\.\d)")
_BARE_V = re.compile(r"[vV](?=\d)")
_LIKE = re.compile(r"[vV]?(\d{1,3})(?:\.\d{1,4}){1,3}(?:[-_.+ ]?[A-Za-z][\w.\-]{0,12})?")
UNKNOWN = "unknown"


def belongs(cell: str, seen: frozenset[str]) -> bool:
    """True where a cell can be a version beside those already seen in its column.

    A drifted row puts an ADX or a number where the version was: another form, or a major
    version far from all others.
    """
    if not seen or cell in seen or not cell:
        return True
    if is_reason(cell):
        return False
    majors = [int(found[1]) for each in seen if (found := _LIKE.fullmatch(each))]
    if len(majors) < len(seen):
        # Tags in words: any text, but no bare number.
        return not cell.replace(".", "").replace(",", "").isdigit() and len(majors) == 0
    found = _LIKE.fullmatch(cell)
    return found is not None and min(abs(int(found[1]) - major) for major in majors) <= 2


def clean(tag: str) -> str:
    """A version tag as it is kept: "v8.01" becomes "8.01", and direction marks and the like go."""
    text = tag.strip()
    if not text.isprintable():  # a spreadsheet has put them there; a control character is damage
        text = "".join(letter for letter in text if category(letter) != "Cf").strip()
    return text[1:] if _BARE_V.match(text) else text


def are_versions(seen: frozenset[str], tags: list[str]) -> bool:
    """True where a column without a header holds versions: few values, each written like one."""
    if not seen or any(_LIKE.fullmatch(tag) is None for tag in seen):
        return False
    distinct = len(set(tags))
    if distinct > 1 and distinct * 3 > len(tags):
        return False
    return sum(tag in seen for tag in tags) * 10 >= len(tags) * 8


@dataclass(slots=True)
class Versions:
    """The version of each record: a column wins over the tag, the tag over the file's name."""

    tag: str = ""
    file_name: str = ""

    def __post_init__(self) -> None:
        found = set(_IN_NAME.findall(self.file_name))
        # Two versions in one name ("v7_then_v8") say nothing about a row.
        self._named = found.pop() if len(found) == 1 else ""

    _named: str = ""

    def of(self, fields: list[str], column: int | None) -> tuple[str, str]:
        """(version, evidence) of a record; the evidence is column, tag, file name or none."""
        if column is not None and column < len(fields):
            cell = fields[column].strip()
            if cell and len(cell) <= 40 and any(char.isalnum() for char in cell):
                return clean(cell), "column"
        return self.default()

    def default(self) -> tuple[str, str]:
        """(version, evidence) of records without a version column."""
        if self.tag:
            return clean(self.tag), "tag"
        if self._named:
            return self._named, "file name"
        return UNKNOWN, "none"

    def majors(self) -> set[int]:
        """Major versions the tag or name speak of, and their neighbours."""
        known = {int(text) for text in re.findall(r"^\d+", clean(self.tag))}
        known |= {int(found.split(".")[0]) for found in _IN_NAME.findall(self.file_name)}
        return {major + step for major in known for step in (-1, 0, 1)}
