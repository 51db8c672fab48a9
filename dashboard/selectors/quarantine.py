"""Quarantined lines: their text for the screen, and their very bytes to be mended."""

import csv
import re
import unicodedata
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from django.db.models import BinaryField, Func, IntegerField, Q, QuerySet, Value

from dashboard.models import Batch, Quarantined

WIDE = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}  # with the mark a file begins with
PAGE = 2_000  # lines of one reading
# What changes the look of what stands beside it: direction marks, joiners, fillers.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def shown(raw: bytes, encodings: str) -> str:
    """A line as text: what cannot be seen, and bytes that are no text, are spelled out.

    encodings: those the import met in the file, as "utf-8+cp949".
    """
    wide = _wide(raw)
    for name in (wide,) if wide else ("utf-8", *encodings.split("+")):
        try:
            text = raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return "".join(_visible(character) for character in text.rstrip("\r\n"))
    text = raw.rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character == "\t" or unicodedata.category(character) not in UNSEEN:
        return character
    return character.encode("unicode_escape").decode()


def search(lines: QuerySet[Quarantined], term: str) -> QuerySet[Quarantined]:
    """Lines that hold the term, byte for byte, in any of the encodings logs are written in."""
    ways = {term.encode()}
    for name in ("utf-16-le", "utf-16-be", "cp949", "cp1251", "cp1252"):
        with suppress(UnicodeEncodeError):
            ways.add(term.encode(name))
    places = [
        Func("raw", Value(way, BinaryField()), function="instr", output_field=IntegerField())
        for way in sorted(ways)
    ]
    held = Q(detail__contains=term)
    for at, place in enumerate(places):
        lines = lines.alias(**{f"at_{at}": place})
        held |= Q(**{f"at_{at}__gt": 0})
    return lines.filter(held)


def file_name(batch: Batch) -> str:
    """The export's name: the file's own, so that a version or a market in it is read again."""
    own = re.split(r"[\\/!]", batch.path)[-1].removesuffix(".gz")
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", re.sub(r"\.[A-Za-z]{2,4}$", "", own))
    # .txt: an editor opens it, and no spreadsheet, which would change dates and numbers.
    return f"{stem.strip('._')[:80] or 'log'}.quarantined.txt"


def export(batch: Batch, lines: QuerySet[Quarantined]) -> Iterator[bytes]:
    """The batch's lines exactly, in order, each under the header line it had in its file.

    Where it had none, the columns are named as the import recognised them.
    """
    heads = _heads(batch)
    starts = [line for line, _ in heads]
    above: bytes | str | None = None
    first = True
    for line, raw in _in_order(lines.filter(batch=batch)):
        wide = _wide(raw)
        head = heads[max(bisect_right(starts, line) - 1, 0)][1] if heads else None
        pieces = [raw]
        if head and head != above:
            above = head
            pieces.insert(0, head.encode(wide or "utf-8") if isinstance(head, str) else head)
        for piece in pieces:
            if first and wide and not piece.startswith(WIDE[wide]):
                yield WIDE[wide]
            first = False
            newline = "\n".encode(_wide(piece) or "utf-8")
            yield piece if piece.endswith(newline) else piece + newline


def _wide(raw: bytes) -> str:
    """ "utf-16-le" or "utf-16-be" where every other byte is zero, as in wide text; else ""."""
    sample = raw[:2000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 5 < len(sample) * 2:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _in_order(lines: QuerySet[Quarantined]) -> Iterator[tuple[int, bytes]]:
    """A bounded page at a time: a reader at the end of a slow line would hold up every writer."""
    ordered = lines.prefetch_related(None).order_by("line", "id")
    rest = ordered
    while page := list(rest.values_list("line", "id", "raw")[:PAGE]):
        yield from ((line, bytes(raw)) for line, _, raw in page)
        line, key, _ = page[-1]
        rest = ordered.filter(line__gte=line).filter(Q(line__gt=line) | Q(id__gt=key))


def _heads(batch: Batch) -> list[tuple[int, bytes | str]]:
    """Header lines by the line from which on they hold: the file's own, and for segments that
    are under none of their width, one made of the roles of their columns (text)."""
    own = [
        (int(head["line"]), str(head["raw_file"]).encode("latin-1"))
        for head in batch.layout.get("headings") or []
    ]
    found: dict[int, bytes | str] = dict(own)
    delimiter = str(batch.body.get("delimiter") or ",")
    if len(delimiter) != 1:  # a database's rows, or JSON: no header would help
        return list(found.items())
    for segment in batch.layout.get("segments") or []:
        columns, first = segment.get("columns") or [], int(segment["first_line"])
        above = [raw for line, raw in own if line <= first]
        if above and _width(above[-1], delimiter) == len(columns):
            continue
        names = [name or f"other_{at}" for at, name in enumerate(columns, start=1)]
        found[first] = delimiter.join(names)
    return sorted(found.items())


def _width(raw: bytes, delimiter: str) -> int:
    """How many cells a header line has; the zero bytes of wide text part none."""
    line = raw.replace(b"\0", b"").decode("latin-1").strip("\r\n")
    return len(next(csv.reader([line], delimiter=delimiter), []))


def export_all(lines: QuerySet[Quarantined], batches: dict[int, Batch], into: IO[bytes]) -> None:
    """The lines of several files as a zip, a file each; import_csv reads it as it is."""
    used: set[str] = set()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for batch in batches.values():
            name = file_name(batch)
            if name in used:
                name = f"{batch.pk}.{name}"
            used.add(name)
            with archive.open(name, "w") as member:
                for piece in export(batch, lines):
                    member.write(piece)


def batches_of(lines: QuerySet[Quarantined]) -> dict[int, Batch]:
    """The batches the lines are of."""
    keys = lines.order_by().values_list("batch_id", flat=True).distinct()
    found: dict[int, Any] = Batch.objects.in_bulk(list(keys))
    return dict(sorted(found.items()))
