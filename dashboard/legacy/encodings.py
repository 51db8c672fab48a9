"""How much bytes look like text of one encoding or another."""

from __future__ import annotations

import re

CANDIDATES = (
    "cp949", "cp1251", "cp1252", "gb18030", "cp932", "cp1250", "cp1254", "latin-1"
)  # fmt: skip
_LESS = {"latin-1": 0.05, "cp1250": 0.02, "cp1254": 0.03}
"""Western encodings differ in few letters: without a word known from layouts cp1252 is meant."""
_HIGH = re.compile(rb"[\x80-\xff]+")


SPACES = "\u00a0\u202f\u2009"
"""What stands before thousands in spreadsheets of many countries: no letters, no damage."""


def is_printable(text: str) -> bool:
    return all(char.isprintable() or char in "\t\r\n\ufeff" + SPACES for char in text)


def plausible(name: str, raw: bytes, text: str, vocabulary: frozenset[str]) -> float:
    """How much a line looks like text of this encoding; 0 refuses it.

    Cyrillic comes in whole words of high bytes, western accents alone among ASCII letters,
    Hangul and Chinese in pairs. Words known from layouts settle what bytes leave open.
    """
    if not is_printable(text):
        return 0.0
    high = [char for char in text if not char.isascii() and char not in SPACES]
    if not high:  # the same space in every encoding of single bytes
        return 0.5 if len(raw) == len(text) else 0.0
    if "\u00a0" in text:
        raw = raw.replace(b"\xa0", b" ")
    runs = [len(run) for run in _HIGH.findall(raw)]
    longest = max(runs, default=0)
    known = sum(word in vocabulary for word in re.findall(r"[^\W\d_]+", text.casefold()))
    known -= sum(word in vocabulary for word in re.findall(r"[A-Za-z]+", text.casefold()))
    bonus = min(known, 4) * 0.5
    if name == "cp949":
        share = sum("\uac00" <= char <= "\ud7a3" for char in high) / len(high)
        return (1.2 + bonus) * share if share > 0.7 and all(run % 2 == 0 for run in runs) else 0.0
    if name == "gb18030":
        share = sum("\u4e00" <= char <= "\u9fff" for char in high) / len(high)
        return (0.9 + bonus) * share if share > 0.7 and all(run % 2 == 0 for run in runs) else 0.0
    if name == "cp932":
        share = sum("\u3040" <= char <= "\u30ff" or "\u4e00" <= char <= "\u9fff" for char in high)
        kana = any("\u3040" <= char <= "\u30ff" for char in high)
        share /= len(high)
        return (0.8 + 0.4 * kana + bonus) * share if share > 0.7 else 0.0
    if name == "cp1251":
        share = sum("\u0400" <= char <= "\u04ff" for char in high) / len(high)
        whole = _whole_words(text)
        return (1.0 + bonus) * share * whole if share > 0.7 and longest >= 2 else 0.0
    letters = sum(char.isalpha() or char in "€₩°ºª§–—’‘“”…" for char in high) / len(high)
    base = 0.8 if longest <= 2 else 0.3
    return (base + bonus) * letters - _LESS.get(name, 0)


def _whole_words(text: str) -> float:
    """Share of the words with high letters that hold no ASCII letter: near 1 for Cyrillic."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not word.isascii()]
    if not words:
        return 0.0
    return sum(not any(char.isascii() for char in word) for word in words) / len(words)
