"""Bytes to text, honestly: an encoding per file, then per line, never a replacement character."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .encodings import CANDIDATES, is_printable, plausible
from .lines import Line, Lines
from .sources import Reader

BLOCK = 1 << 18
MAX_LINE = 1 << 20
"""A line longer than this is cut and refused: no log has one."""

_TOGETHER = 60


@dataclass(slots=True)
class Decoder:
    """Decodes lines of one file, remembering which encodings it met and how often."""

    wide: str = ""
    fallback: str = ""
    met: dict[str, int] = field(default_factory=dict)
    vocabulary: frozenset[str] = frozenset()

    def name(self) -> str:
        """The file's encodings, the commonest first, joined by "+" ("utf-8+cp949")."""
        if not self.met:
            return self.wide or "utf-8"
        return "+".join(sorted(self.met, key=lambda name: -self.met[name]))

    def decode(self, raw: bytes) -> str | None:
        """One line's text, or None. Counts the encoding unless the line is plain ASCII."""
        if b"\0" in raw or self.wide:
            wide = self._decode_wide(raw)
            if wide is not None:
                return wide
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            return self._decode_narrow(raw)
        if not text.isascii():
            other = self._by_chance_utf8(raw, text)
            if other is not None:
                return other
            self.met["utf-8"] = self.met.get("utf-8", 0) + 1
        return text

    def _by_chance_utf8(self, raw: bytes, text: str) -> str | None:
        """Two Chinese or Korean letters of the file's own encoding can be valid UTF-8 by chance."""
        if self.fallback not in ("cp949", "gb18030") or max(text) >= "\u0800":
            return None
        try:
            other = raw.decode(self.fallback)
        except UnicodeDecodeError:
            return None
        words = (set(re.findall(r"[^\W\d_]+", each.casefold())) for each in (text, other))
        here, there = (len(each & self.vocabulary) for each in words)
        if there <= here:
            return None
        self.met[self.fallback] = self.met.get(self.fallback, 0) + 1
        return other

    def _decode_wide(self, raw: bytes) -> str | None:
        for name, body in (
            ("utf-16-le", raw[1:] if raw[:1] == b"\0" and len(raw) % 2 else raw),
            ("utf-16-be", raw[:-1] if raw[-1:] == b"\0" and len(raw) % 2 else raw),
        ):
            if len(body) % 2 or (self.wide and self.wide != name):
                continue
            try:
                text = body.decode(name)
            except UnicodeDecodeError:
                continue
            if is_printable(text) and (self.wide or _mostly_ascii(text)):
                self.met[name[:6]] = self.met.get(name[:6], 0) + 1
                return text
        return None

    def settle_fallback(self, pieces: list[bytes]) -> None:
        """Let the lines that are no UTF-8 decide together which encoding the file falls back to.

        One short word reads well in several; a few dozen lines do so in one alone.
        """
        if self.fallback or self.wide:
            return
        strange = [raw for raw in pieces if not raw.isascii() and not _is_utf8(raw)][:_TOGETHER]
        scores: dict[str, float] = {}
        for name in CANDIDATES:
            for raw in strange:
                try:
                    text = raw.decode(name)
                except UnicodeDecodeError:
                    continue
                found = plausible(name, raw, text.strip("\r\n"), self.vocabulary)
                scores[name] = scores.get(name, 0.0) + found
        best = max(scores, key=lambda name: scores[name], default="")
        if best and scores[best] > 0:
            self.fallback = best

    def _decode_narrow(self, raw: bytes) -> str | None:
        best, best_score = "", 0.0
        best_text: str | None = None
        for name in CANDIDATES:
            try:
                text = raw.decode(name)
            except UnicodeDecodeError:
                continue
            score = plausible(name, raw, text, self.vocabulary) + (
                0.4 if name == self.fallback else 0
            )
            if score > best_score:
                best, best_score, best_text = name, score, text
        if best_text is not None:
            self.met[best] = self.met.get(best, 0) + 1
            self.fallback = self.fallback or best
        return best_text


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mostly_ascii(text: str) -> bool:
    return 2 * sum(char.isascii() for char in text) >= len(text)


def wide_encoding(head: bytes) -> str:
    """ "utf-16-le" or "utf-16-be" where a file starts like one, by mark or by its zero bytes."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = head[:2000]
    if len(sample) >= 8:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        half = len(sample) / 2
        # From the start on: wide lines may also have been appended to a narrow file.
        if odd > 0.4 * half and even < 0.1 * half and 0 in sample[1:100:2]:
            return "utf-16-le"
        if even > 0.4 * half and odd < 0.1 * half and 0 in sample[0:100:2]:
            return "utf-16-be"
    return ""


def lines(read: Reader, decoder: Decoder) -> Iterator[Sequence[Line]]:
    """The physical lines of a file in blocks, each with number (from 1), offset and raw bytes.

    A block that is valid UTF-8 is decoded in one piece; else line by line.
    """
    head = read(BLOCK)
    decoder.wide = wide_encoding(head)
    newline = b"\r" if b"\n" not in head and b"\r" in head and not decoder.wide else b"\n"
    carry, offset, number, dropped = b"", 0, 1, 0
    block = head
    while block or carry:
        following = read(BLOCK) if block else b""
        data = carry + block
        if whole := _whole_lines(data, newline, offset, number, decoder, final=not following):
            yield whole
            taken = data.rfind(b"\n") + 1
            carry, offset, number = data[taken:], offset + dropped + taken, number + len(whole)
            dropped, block = 0, following
            continue
        pieces, carry = _split(data, newline, decoder.wide)
        if not following:
            if carry:
                pieces.append(carry)
            carry = b""
        elif len(carry) > 2 * MAX_LINE:
            # One line without end: its start is kept, what follows counts as the same line.
            # The same rest of a byte pair stays, so that what follows is still aligned.
            kept = MAX_LINE + 2 + len(carry) % 2
            carry, dropped = carry[:kept], dropped + len(carry) - kept
        made = _decode_block(pieces, newline, offset, number, decoder)
        if made:
            yield made
            number = made[-1].number + 1
            offset += dropped
            dropped = 0
        offset += sum(map(len, pieces))
        block = following


def _whole_lines(
    data: bytes, newline: bytes, offset: int, number: int, decoder: Decoder, *, final: bool
) -> Lines | None:
    """The whole lines of these bytes where they are UTF-8 and nothing is odd about their ends."""
    end = data.rfind(b"\n") + 1
    if final and end < len(data):
        return None
    if decoder.wide or newline != b"\n" or not 0 < end < MAX_LINE or b"\0" in data:
        return None
    data = data[:end]
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\r" in whole:
        if whole.count("\r") != whole.count("\r\n"):
            return None
        whole = whole.replace("\r\n", "\n")
    if not whole.isascii():
        if "\ufeff" in whole:
            return None
        decoder.met["utf-8"] = decoder.met.get("utf-8", 0) + 1
    return Lines(number, offset, data, whole.split("\n")[:-1])


def _split(data: bytes, newline: bytes, wide: str) -> tuple[list[bytes], bytes]:
    """Pieces with their line ends still on, and the unfinished rest."""
    if not wide:
        parts = data.split(newline)
        rest = parts.pop()
        return [part + newline for part in parts], rest
    mark = b"\n\0" if wide == "utf-16-le" else b"\0\n"
    pieces, start, at = [], 0, data.find(mark)
    while at >= 0:
        if (at - start) % 2 == 0:
            piece = data[start : at + 2]
            pieces += _narrow_inside(piece)
            start = at + 2
            at = data.find(mark, start)
        else:
            at = data.find(mark, at + 1)
    rest = data[start:]
    if rest.count(0) * 5 < len(rest) and rest.count(b"\n") > 1:
        # Plain text was appended to a UTF-16 file: its lines end with one byte.
        parts = rest.split(b"\n")
        rest = parts.pop()
        pieces += [part + b"\n" for part in parts]
    return pieces, rest


def _narrow_inside(piece: bytes) -> list[bytes]:
    if piece.count(0) * 5 >= len(piece) or piece.count(b"\n") < 2:
        return [piece]
    return piece.splitlines(keepends=True)


def _decode_block(
    pieces: list[bytes], newline: bytes, offset: int, number: int, decoder: Decoder
) -> list[Line]:
    made: list[Line] = []
    if not decoder.wide:
        joined = b"".join(pieces)
        texts = None
        if b"\0" not in joined and len(joined) < MAX_LINE:
            try:
                whole = joined.decode("utf-8")
            except UnicodeDecodeError:
                texts = None
            else:
                texts = whole.split(newline.decode())
                if not whole.isascii():
                    decoder.met["utf-8"] = decoder.met.get("utf-8", 0) + 1
        if texts is not None:
            for raw, plain in zip(pieces, texts, strict=False):
                made.append(Line(number, offset, raw, plain, raw.endswith(newline)))
                number += 1
                offset += len(raw)
            if "\ufeff" in whole:
                # At the start, and wherever another file with a mark was appended.
                for line in made:
                    line.text = (line.text or "").removeprefix("\ufeff")
            return [_without_cr(line) for line in made] if b"\r" in joined else made
    decoder.settle_fallback(pieces)
    for raw in pieces:
        ended = raw.endswith((newline, b"\n\0"))
        text = (
            decoder.decode(_without_end(raw, newline, decoder.wide))
            if len(raw) <= MAX_LINE
            else None
        )
        if text is not None:
            text = text.removeprefix("\ufeff")
        made.append(_without_cr(Line(number, offset, raw, text, ended)))
        number += 1
        offset += len(raw)
    return made


def _without_cr(line: Line) -> Line:
    if line.text is not None:
        line.text = line.text.strip("\r\n")
    return line


def _without_end(raw: bytes, newline: bytes, wide: str) -> bytes:
    if wide == "utf-16-le" and raw.endswith(b"\n\0"):
        return raw[:-2]
    if wide == "utf-16-be" and raw.endswith(b"\0\n"):
        return raw[:-2]
    return raw.removesuffix(newline)


class LineFeed:
    """The physical lines of a file that still grows, as its bytes come in.

    The encoding is decided with the first whole line; a line counts once its end is there.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._carry = b""
        self._newline: bytes | None = None
        self._offset, self._number = 0, 1

    @property
    def waiting(self) -> bytes:
        """The line whose end is not there yet."""
        return self._carry

    def add(self, data: bytes) -> list[Line]:
        """The lines that these bytes complete."""
        self._carry += data
        if self._newline is None and not self._begin():
            return []
        assert self._newline is not None
        pieces, self._carry = _split(self._carry, self._newline, self._decoder.wide)
        if len(self._carry) > MAX_LINE:
            pieces.append(self._carry)
            self._carry = b""
        return self._made(pieces)

    def finish(self) -> list[Line]:
        """The last line, if the file ends without its end."""
        if self._newline is None:
            self._decoder.wide = wide_encoding(self._carry)
            self._newline = b"\n"
        pieces = [self._carry] if self._carry else []
        self._carry = b""
        return self._made(pieces)

    def _begin(self) -> bool:
        if b"\n" not in self._carry:
            if len(self._carry) < BLOCK:
                return False
            self._newline = b"\r" if b"\r" in self._carry else b"\n"
            return True
        self._newline = b"\n"
        self._decoder.wide = wide_encoding(self._carry)
        return True

    def _made(self, pieces: list[bytes]) -> list[Line]:
        assert self._newline is not None
        made = _decode_block(pieces, self._newline, self._offset, self._number, self._decoder)
        self._offset += sum(map(len, pieces))
        self._number += len(made)
        return made
