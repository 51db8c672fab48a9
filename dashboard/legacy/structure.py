"""Lines that are no record of the log: comments, markers, titles, totals; named damage."""

from __future__ import annotations

import re

from .binding import Binding
from .cells import PLAIN_NUMBER, is_symbol
from .headings import is_header
from .records import Record
from .statuses import any_status_word
from .times import ISO
from .verdicts import Aside, Refusal, Verdict

_MARKER = re.compile(r"(<{7}|>{7}|={7}|\|{7})(\s.*)?")
_COMMENT = re.compile(r"\s*(#|//|--\s|\"#).*|sep=.", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*\"?#\d")
"""A row that begins with its number."""
_TOTAL = re.compile(
    r"(grand\s*)?(total|totals|sum|subtotal|합계|총계|총합|소계|일계|주계|월계|누계|gesamt|summe|gesamtsumme|合计|总计|總計|合計|total\s+geral|soma|итого|всего)\b.*",
    re.IGNORECASE,
)
_FILL_CHARACTERS = set("\0\ufffd-_=*.~#xX?, ;\t|'\"")
TELLING = frozenset(
    [
        "time_without_date",
        "ambiguous_date",
        "time_in_future",
        "time_too_old",
        "exit_before_entry",
        "contradicted",
        "pnl_not_available",
        "pnl_kind_unknown",
        "not_a_trade",
    ]
)
"""Reasons that say more than the name of any damage could."""
REASON_WORDS = frozenset(
    [
        "signal",
        "stop_loss",
        "take_profit",
        "trailing",
        "trailing_stop",
        "stop",
        "target",
        "sl",
        "tp",
        "stoploss",
        "takeprofit",
        "roi",
        "exit_signal",
        "liquidation",
        "manual",
        "timeout",
        "time_exit",
        "reverse",
        "stop-loss",
        "take-profit",
        "신호",
        "손절",
        "익절",
        "트레일링",
        "止损",
        "止盈",
        "信号",
        "stopp",
        "ziel",
        "alvo",
        "sinal",
        "стоп",
        "тейк",
        "сигнал",
    ]
)
"""Why trades end, in whole words of several languages."""
OTHER = "other"
"""Comments and blank lines: not records at all."""


_PAPER = re.compile(
    r"(?<![^\W_])(back-?test(s|ed|ing|er)?|strategy tester|paper|papertrad(e|es|ing)|dry[ _-]?run|"
    r"simulat(ed|ion|or)|simuliert|simulado|simulação|testnet)(?![^\W_])|"
    r"백테스트|모의|回测|回測|模拟|模擬|бэктест",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"(?<![^\W_])(live|real|no|not|non|kein|nicht|não|не|false|off|0)(?![^\W_])|"
    r"실전|实盘|實盤|非|아님",
    re.IGNORECASE,
)
_LONGEST_TITLE = 200


def says_paper(record: Record) -> bool:
    """Whether a comment or title says that what follows was never traded with real money."""
    text = record.text
    if len(text) > _LONGEST_TITLE or not _PAPER.search(text) or _NOT_SO.search(text):
        return False
    if _COMMENT.fullmatch(text):
        return True
    return sum(bool(cell.strip()) for cell in record.fields) <= 2 and not _has_values(record)


def is_title(record: Record) -> bool:
    """Whether a line above a file's header can be no row of it: few cells, no value in them."""
    filled = sum(bool(cell.strip()) for cell in record.fields)
    return filled <= 3 and not record.trouble and not _has_values(record)


def marker_of(record: Record) -> str:
    """ "ours", "base", "theirs" or "end" for a merge marker, else ""."""
    text = record.text.strip()
    found = _MARKER.fullmatch(text)
    if not found:
        return ""
    return {"<": "ours", "|": "base", "=": "theirs", ">": "end"}[text[0]]


def structural(record: Record, width: int) -> Verdict | str | None:
    """The verdict on a line that can be no row; OTHER for a comment; None for a row."""
    text = record.text
    if record.trouble:
        if not text.strip("\0 "):
            return Refusal("filler", "nothing but zero bytes") if text else None
        return None
    other = width > 0 and len(record.fields) != width and not _NUMBERED.match(text)
    if _COMMENT.fullmatch(text) and (other or not _has_values(record)):
        return None if len(record.fields) > 3 and is_header(record.fields) else OTHER
    if text[:7] in ("<<<<<<<", "=======", ">>>>>>>", "|||||||") and marker_of(record):
        return Refusal("conflict_marker", repr(text[:60]))
    if not set(text) - _FILL_CHARACTERS:
        return Refusal("filler", repr(text[:40]))
    filled = [cell for cell in record.fields if cell.strip()]
    if filled and _TOTAL.fullmatch(filled[0].strip()) and len(filled) <= max(4, width - 3):
        return Aside("total")
    wrapped = len(record.fields) == 1 and sum(text.count(mark) for mark in ",;\t") >= 4
    if (
        width >= 4
        and not wrapped
        and len(filled) <= 3
        and len(record.fields) != width
        and not _has_values(record)
    ):
        return Aside("section")
    return None


def _has_values(record: Record) -> bool:
    return any(
        PLAIN_NUMBER.fullmatch(cell.strip()) or ISO.read(cell.strip()) or is_symbol(cell)
        for cell in record.fields
    )


def name_damage(record: Record, refusal: Refusal, binding: Binding | None, width: int) -> Verdict:
    """The refusal of a row that stayed unread, by the most telling name there is for it."""
    fields = record.fields
    if refusal.reason in TELLING:
        return refusal
    status = any_status_word(record)
    near = width - 3 <= len(fields) <= width + 3
    if status and not record.trouble and (near or (status == "heartbeat" and len(fields) < width)):
        return Aside(status)
    if len(fields) == 1 and sum(fields[0].count(mark) for mark in ",;\t") >= 4:
        return Refusal("double_encoded", repr(fields[0][:60]))
    if record.trouble in ("unclosed_quote", "bad_quotes") and not record.ended:
        return Refusal("torn_line", repr(record.text[-60:]))
    if width and len(fields) != width and not record.trouble:
        if not record.ended and len(fields) < width:
            return Refusal("torn_line", f"{len(fields)} of {width} fields, then the file ends")
        if len(fields) > width and _glued(fields, width):
            return Refusal("glued_rows", f"{len(fields)} fields, the layout has {width}")
        return Refusal("field_count", f"{len(fields)} fields, the layout has {width}")
    if not record.ended and not record.trouble:
        return Refusal("torn_line", f"the file ends in it; {refusal.detail}")
    if "\0" in record.text:
        return Refusal("filler", "zero bytes in the line")
    if binding is None and not record.trouble:
        return Refusal("unproven_layout", "no known layout fits and arithmetic proves none")
    return refusal


def _glued(fields: list[str], width: int) -> bool:
    symbols = sum(map(is_symbol, fields))
    return len(fields) >= 2 * width - 2 or symbols >= 2


def is_reason(cell: str) -> bool:
    """Whether a cell says why a trade ended."""
    return cell.strip().casefold().replace(" ", "_") in REASON_WORDS


def complete_ending(record: Record, binding: Binding) -> bool:
    """True where a last line without a newline still ends as the others do.

    A torn write can leave a row that reads well but for its last cell.
    """
    if record.ended:
        return True
    last = record.fields[-1]
    if last in binding.last_cells or is_reason(last):
        return True
    if not binding.last_cells:
        return False
    shapes = {_shape(cell) for cell in binding.last_cells}
    return len(shapes) == 1 and _shape(last) in shapes and any(char.isdigit() for char in last)


def _shape(cell: str) -> str:
    """Digits before the mark as one, after it each: a number cut short has another shape."""
    text = cell.strip().lstrip("+-−")
    whole, mark, rest = text.partition(".") if "." in text else text.partition(",")
    return re.sub(r"\d+", "9", whole) + mark + re.sub(r"\d", "9", rest)
