"""What a single cell says: money, sides, symbols, nulls. Whole cells only, nothing by prefix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

UNIT = Decimal("0.00000001")
"""The smallest amount of money the site keeps: 1e-8 of the quote currency."""

LARGEST = Decimal("1e15")

LAKH = ",,"
"""The thousands mark of a grammar that groups by two digits beyond the thousands."""
_EXPONENT = r"(?:[eE][+-]?[0-9]{1,2})?"
_PATTERNS = {
    # (decimal mark, thousands mark): the whole cell, sign and exponent included
    (".", ""): rf"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+){_EXPONENT}",
    (",", ""): rf"[+-]?[0-9]+(?:,[0-9]+)?{_EXPONENT}",
    (".", ","): r"[+-]?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?",
    (",", "."): r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})*(?:,[0-9]+)?",
    (",", " "): r"[+-]?[0-9]{1,3}(?: [0-9]{3})*(?:,[0-9]+)?",
    (".", " "): r"[+-]?[0-9]{1,3}(?: [0-9]{3})*(?:\.[0-9]+)?",
    (".", "'"): r"[+-]?[0-9]{1,3}(?:'[0-9]{3})*(?:\.[0-9]+)?",
    # Lakhs and crores: "12,34,567.89". The mark counts for one comma.
    (".", LAKH): r"[+-]?(?:[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}|[0-9]{1,3})(?:\.[0-9]+)?",
}
_COMPILED = {marks: re.compile(pattern) for marks, pattern in _PATTERNS.items()}
_HAS_DIGIT = re.compile(r"[0-9]")
_NOUGHT = re.compile(r"[+-]?0[.,]0+")
"""Nothing under either decimal mark: a default of a program that wrote it the other way."""
PLAIN_NUMBER = _COMPILED[(".", "")]

NULLS = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "–",
        "n/a",
        "na",
        "#n/a",
        "none",
        "null",
        "nil",
        "\\n",
        "미정",
        "없음",
    }
)
"""Cells that say a value is not available. NaN is none of them: it is a failed calculation."""

TRUE, FALSE = frozenset(("true", "1", "yes", "y")), frozenset(("false", "0", "no", "n"))

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u2212": "-"})


def is_null(cell: str) -> bool:
    """True where the cell says in words or by emptiness that there is no value."""
    return cell.strip().casefold() in NULLS


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a segment writes its numbers: decimal mark, thousands mark ("" for none)."""

    decimal: str = "."
    thousands: str = ""

    def number(self, cell: str) -> Decimal | None:
        """The cell's value, or None where the whole cell is not one number of this grammar."""
        text = cell.strip()
        if not text.isascii():
            text = text.translate(_SPACES)
        if _COMPILED[self.decimal, self.thousands].fullmatch(text) is None and (
            not self.thousands or _COMPILED[self.decimal, ""].fullmatch(text) is None
        ):
            return Decimal(0) if _NOUGHT.fullmatch(text) else None
        if self.thousands:
            text = text.replace(self.thousands[0], "")
        if self.decimal == ",":
            text = text.replace(",", ".")
        if len(text) > 40:
            return None
        value = Decimal(text)
        if value and not (-20 <= value.adjusted() <= 14):
            return None
        return value


POINT = Grammar()
GRAMMARS = tuple(Grammar(decimal, thousands) for decimal, thousands in _PATTERNS)


def decide_grammar(cells: Iterable[str]) -> Grammar:
    """The one grammar of a segment's numeric cells: the one that reads the most of them.

    A grammar with a thousands mark counts only where more numbers have it in its places than
    have it elsewhere, or have four digits or more without it: so one stray "1,234" among plain
    numbers stays unreadable.
    """
    texts = [text for cell in cells if _HAS_DIGIT.search(text := cell.strip())]
    if all(PLAIN_NUMBER.fullmatch(text) for text in texts):
        return POINT
    best, best_score = POINT, -1.0
    for grammar in GRAMMARS:
        score = _fit(grammar, texts)
        if score > best_score:
            best, best_score = grammar, score
    return POINT if best == Grammar(",") and _may_be_thousands(texts) else best


_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")


def _may_be_thousands(texts: list[str]) -> bool:
    """Whether every comma may as well stand before thousands: "1,234" is read as neither then."""
    marked = [text.translate(_SPACES) for text in texts if "," in text]
    return marked != [] and all(map(_GROUPED.fullmatch, marked))


def _fit(grammar: Grammar, texts: list[str]) -> float:
    pattern = _COMPILED[grammar.decimal, grammar.thousands]
    read = grouped = ungrouped = misplaced = fractions = 0
    for raw in texts:
        text = raw if raw.isascii() else raw.translate(_SPACES)
        if grammar.thousands and re.match(r"[+-]?[0-9]{4,}(?![0-9])", text):
            ungrouped += 1
        if pattern.fullmatch(text) is None:
            misplaced += grammar.thousands != "" and grammar.thousands[0] in text
            continue
        read += 1
        if grammar.thousands and grammar.thousands[0] in text:
            grouped += 1
        if grammar.decimal in text:
            fractions += 1
    if grammar.thousands and (grouped <= ungrouped + misplaced or not fractions):
        return -1.0
    # On equal readings the plainer grammar, listed first, wins.
    return float(read)


def may_be_either(cells: Iterable[str], grammar: Grammar) -> bool:
    """Whether a column's thousands may be the decimals of rows written another way.

    "1.234" on some rows and "1,234" on others: each mark before three digits, never both.
    """
    texts = [text.translate(_SPACES) for cell in cells if (text := cell.strip())]
    marks = grammar.thousands, grammar.decimal
    grouped, whole = ([text for text in texts if mark in text] for mark in marks)
    if not grouped or not whole or any(text in grouped for text in whole):
        return False
    ends = [text.rpartition(mark)[2] for mark, some in zip(marks, (grouped, whole), strict=True)
            for text in some]  # fmt: skip
    return all(len(end) == 3 for end in ends) and all(t.count(marks[0]) == 1 for t in grouped)


def decimals(cell: str, decimal_mark: str = ".") -> int:
    """How many digits stand after the decimal mark as printed ("93.50" has 2)."""
    text = cell.strip()
    mantissa, _, exponent = text.lower().partition("e")
    places = len(mantissa.partition(decimal_mark)[2])
    if exponent:
        places -= int(exponent)
    return max(places, 0)


def plain(value: Decimal) -> str:
    """A decimal without exponent or trailing zeros: the canonical form ids are made from."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def to_unit(value: Decimal) -> Decimal:
    """Money rounded to 1e-8, half to even."""
    return value.quantize(UNIT)


# -- symbols ---------------------------------------------------------------------------------

QUOTES = (
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDP", "DAI", "PERP", "USD", "EUR", "GBP", "JPY",
    "KRW", "BRL", "TRY", "AUD", "CAD", "CHF", "CNY", "RUB", "UAH", "BTC", "XBT", "ETH", "BNB",
)  # fmt: skip
MONEYS = frozenset(QUOTES) - {"PERP", "BTC", "XBT", "ETH", "BNB"}
"""Those that are no coins with a price of their own."""
_SYMBOL = re.compile(r"[A-Za-z0-9]{1,15}(?:[/_:.\-][A-Za-z0-9]{2,12}){0,2}")
_KRAKEN = re.compile(r"[XZ]?([A-Z0-9]{3,5})[XZ]([A-Z]{3})")


def is_symbol(cell: str) -> bool:
    """True where the cell can only be a market: a known quote at its end, or BASE/QUOTE."""
    text = cell.strip()
    if len(text) < 5 or _SYMBOL.fullmatch(text) is None or text.replace(".", "").isdigit():
        return False
    upper = text.upper()
    if any(mark in upper for mark in "/_-:"):
        return any(part in QUOTES for part in re.split(r"[/_:.\-]", upper))
    return any(upper.endswith(quote) and len(upper) > len(quote) + 1 for quote in QUOTES)


def quote_of(symbol: str) -> str:
    """The currency a market is paid in, or "" where the name does not say ("BTCUSDT" -> "USDT")."""
    upper = symbol.upper().split(":")[0]
    parts = re.split(r"[/_\-]", upper)
    if len(parts) >= 2:
        if parts[0] == "KRW" or (parts[0] in ("USDT", "BTC") and parts[1] not in QUOTES):
            return parts[0]  # Upbit writes quote first: KRW-BTC
        return parts[1] if parts[1] != "PERP" else "USDT"
    kraken = _KRAKEN.fullmatch(upper)
    if kraken and upper[0] in "XZ" and kraken[2] in QUOTES:
        return kraken[2]
    body = upper.removesuffix("PERP").removesuffix(".P")
    for quote in QUOTES:
        base = body.removesuffix(quote)
        if base and base != body and not (_is_dollar_of_its_own(quote) and len(base) < 3):
            return quote
    return ""


def _is_dollar_of_its_own(quote: str) -> bool:
    """DOTUSD is DOT in dollars: a base of two letters before TUSD or BUSD has lost its third."""
    return quote.endswith("USD") and quote != "USD"


def base_of(symbol: str) -> str:
    """What a market trades ("BTCUSDT" -> "BTC"), or "" where the name does not say."""
    upper = symbol.upper().split(":")[0]
    parts = re.split(r"[/_\-]", upper)
    quote = quote_of(symbol)
    if len(parts) >= 2:
        return parts[1] if quote == parts[0] else parts[0]
    kraken = _KRAKEN.fullmatch(upper)
    if kraken and upper[0] in "XZ" and kraken[2] == quote:
        return kraken[1]
    return upper[: -len(quote)] if quote and upper.endswith(quote) else ""


_INVERSE = re.compile(
    r"[A-Z0-9]{2,10}USD_(?:PERP|\d{6})|[A-Z0-9]{2,10}-USD-(?:SWAP|\d{6})|PI_[A-Z]+USD|"
    r"([A-Z0-9]{2,10})/USD:\1(?:-\d{6})?|"
    r"[A-Z]{2,6}-(?:PERPETUAL|\d{1,2}[A-Z]{3}\d{2}(?:-\d+-[CP])?)"
)


def is_inverse(symbol: str) -> bool:
    """True for coin-margined contracts by name: quantity in contracts, PnL in the coin.

    (exit - entry) x quantity is no money there.
    """
    return _INVERSE.fullmatch(symbol.upper()) is not None


_AMOUNT = re.compile(
    r"([+\-\u2212]?[0-9][0-9.,' \u00a0\u202f]*?(?:[eE][+-]?\d{1,2})?)\s*([A-Za-z][A-Za-z0-9]{1,11})"
)
_PRICED = re.compile(r"([+\-\u2212]?)\s*(R\$|US\$|[$€£₩])\s*([0-9][^A-Za-z]*)")
_MONEY_SIGNS = {"R$": "BRL", "US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "₩": "KRW"}


def split_asset(cell: str) -> tuple[str, str]:
    """ "0.0233BTC" as ("0.0233", "BTC"), "€12.50" as ("12.50", "EUR"); ("", "") for neither."""
    text = cell.strip()
    found = _AMOUNT.fullmatch(text)
    if found:
        return found[1].strip(), found[2].upper()
    priced = _PRICED.fullmatch(text)
    return (priced[1] + priced[3].strip(), _MONEY_SIGNS[priced[2]]) if priced else ("", "")


def without_asset(cell: str) -> str:
    """ "0.0233BTC" as "0.0233"; a cell without an asset behind it as it is."""
    return split_asset(cell)[0] or cell


def column_unit(cells: Iterable[str]) -> tuple[str, Callable[[str], str]] | None:
    """The unit every non-null cell of a column is printed with, and how to take it off; else None.

    A unit is a currency or a percent sign in each cell ("12.5 USDT", "-$3.20", "1.2%"), or
    losses in brackets throughout, as accountants write them, or with their minus behind them.
    One cell with a unit among plain ones is damage, and so is a plain one among them: it comes
    back empty.
    """
    filled = [cell.strip() for cell in cells if not is_null(cell)]
    brackets = sum(_NEGATED.fullmatch(cell) is not None for cell in filled)
    signed = sum(cell.lstrip("$€£₩ ")[:1] in _MINUS for cell in filled)
    accounting = brackets >= 2 and brackets > 10 * signed
    bare = [_unbracketed(cell) for cell in filled] if accounting else filled
    # Nothing is nothing in any unit: what the opening of a trade has for its result.
    bare = [cell for cell in bare if cell.strip("0.,")] or bare
    for pattern, clean in ((_UNIT_SUFFIX, _without_suffix), (_UNIT_PREFIX, _without_prefix)):
        units = Counter(m["unit"].strip() for cell in bare if (m := pattern.fullmatch(cell)))
        unit, times = max(units.items(), key=lambda item: item[1], default=("", 0))
        if times * 10 >= len(bare) * 8 and times >= 2 - (len(bare) == 1):
            return unit, partial(_bare, clean=clean, unit=unit, accounting=accounting)
    return ("", _unbracketed) if accounting else None


def _bare(cell: str, clean: Callable[[str, str], str], unit: str, *, accounting: bool) -> str:
    if not cell.strip().strip("0.,"):
        return cell
    return clean(_unbracketed(cell) if accounting else cell.strip(), unit)


def _unbracketed(cell: str) -> str:
    """ "(12.50)" and "12.50-" as "-12.50"; "($12.50)" as "-$12.50"; anything else as it is."""
    text = cell.strip()
    found = _NEGATED.fullmatch(text)
    return f"-{found[1] or found[2]}" if found else text


def _without_suffix(cell: str, unit: str) -> str:
    return cell[: -len(unit)].rstrip() if cell.endswith(unit) else ""


def _without_prefix(cell: str, unit: str) -> str:
    found = _UNIT_PREFIX.fullmatch(cell)
    if found is None or found["unit"].strip() != unit:
        return ""
    return f"{found['sign'] or found['after'] or ''}{found['value']}"


_MINUS = "-\u2212"
_NEGATED = re.compile(r"\(\s*([^()+\-\u2212]*\d[^()+\-\u2212]*)\)|([^()+\-\u2212]*\d)\s?[\-\u2212]")
_VALUE = r"[0-9][0-9.,' \u00a0\u202f]*?"
_UNIT_SUFFIX = re.compile(
    rf"[+\-\u2212]?{_VALUE}(?P<unit>\s*(?:%|[A-Za-z]{{3,5}}|₩|원|元|€|\$|R\$|£|¥))"
)
_UNIT_PREFIX = re.compile(
    rf"(?P<sign>[+\-\u2212])?\s*(?P<unit>US\$|R\$|[$€£¥₩]|USD|EUR|KRW|BRL|USDT)\s*"
    rf"(?P<after>[+\-\u2212])?(?P<value>{_VALUE})"
)
