"""Header cells read by their names (header_names.py): role, currency, percent sign, zone.

Words are compared without case, spaces, punctuation and units, so "Entry Price (USDT)" and
"entry_price" agree.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .cells import MONEYS, QUOTES
from .header_names import ALIASES
from .header_names_more import MORE
from .sides import ACTIONS, SIDES

_UNITS = re.compile(r"[(\[（【<]\s*([^)\]）】>]{0,24})\s*[)\]）】>]")
_ZONE = re.compile(r"(?:utc|gmt)\s*(?:([+-])\s*(\d{1,2})(?::?(\d{2}))?)?", re.IGNORECASE)
_NAMED_ZONES = {"KST": 540, "JST": 540, "HKT": 480, "SGT": 480, "MSK": 180, "BRT": -180}
_NAMED_ZONE = re.compile(rf"[_\s]*(?<![^\W_])({'|'.join(_NAMED_ZONES)})(?![^\W_])", re.IGNORECASE)


def _key(text: str) -> str:
    kept = "".join(char for char in text if char.isalnum() or char in "#№")
    return kept or text.strip()


def normalise(name: str) -> str:
    """A header name as names are compared: case, spaces and punctuation do not count."""
    text = unicodedata.normalize("NFKC", name).casefold().strip().strip("'\"\ufeff ")
    return _key(text)


@dataclass(frozen=True, slots=True)
class Heading:
    """A header cell read: role ("" unknown), currency in it, percent or not, UTC offset in it."""

    name: str
    role: str
    currency: str = ""
    percent: bool = False
    offset: int | None = None


_DONE = re.compile(
    r"av(?:era)?g|fill|exec|dealt|체결|평균|成交|均价|均價|ausgef|durchschnitt|m[ée]di[oa]|約定|средн"
)


def is_of_execution(name: str) -> bool:
    """True for a header that says what was dealt: "Avg Price", "Executed Qty"."""
    return _DONE.search(normalise(name)) is not None


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for role, names in (*ALIASES.items(), *MORE.items()):
        for name in names.split("|"):
            table.setdefault(normalise(name), role)
    return table


ROLES = _table()
_CURRENCIES = tuple(
    sorted((quote.casefold() for quote in QUOTES if quote != "PERP"), key=len, reverse=True)
)
_NO_MONEY = frozenset(
    ("cent", "cents", "ct", "c", "¢", "k", "k$", "kusd", "kusdt", "m", "mio", "bps", "bp",
     "pips", "pip", "points", "point", "pts", "pt", "ticks", "tick", "r", "rr", "sat", "sats",
     "satoshi", "satoshis", "x", "ratio", "punkte", "pontos", "puntos", "пункты", "пунктов",
     "тыс", "тыс.", "tsd", "tsd.", "천원", "만원", "백만원", "억원", "포인트", "틱",
     "千元", "万元", "萬元", "千円", "万円", "点", "點")
)  # fmt: skip
"""Units in a header's brackets by which a result is no money, or another amount of it."""
_IN_CELLS = (
    *SIDES,
    *ACTIONS,
    "年 月 日 时 分 秒 上午 下午 信号 止损 止盈 移动止损",
    "년 월 일 시 분 초 오전 오후 신호 손절 익절 트레일링",
    "сигнал стоп тейк трейлинг märz mär março",
)
VOCABULARY = frozenset(
    word
    for names in (*ALIASES.values(), *MORE.values(), *_IN_CELLS)
    for word in re.findall(r"[^\W\d_]+", names.casefold())
    if not word.isascii()
)
"""Words that tell encodings apart when bytes leave it open."""


def heading(cell: str) -> Heading:
    """What one header cell names."""
    text = unicodedata.normalize("NFKC", cell).strip().strip("'\"\ufeff ")
    offset = None
    currency = ""
    percent = no_money = "%" in text or "‰" in text
    for unit in _UNITS.findall(text):
        zone = _ZONE.fullmatch(unit.strip())
        if zone:
            minutes = int(zone[2] or 0) * 60 + int(zone[3] or 0)
            offset = -minutes if zone[1] == "-" else minutes
        elif unit.strip().upper() in _NAMED_ZONES:
            offset = _NAMED_ZONES[unit.strip().upper()]
        elif unit.strip().upper() in QUOTES:
            currency = unit.strip().upper()
        no_money = no_money or unit.strip().casefold() in _NO_MONEY
    bare = _UNITS.sub(" ", text.lstrip("# ")) if ROLES.get(normalise(text)) is None else text
    if offset is None and re.search(r"(?<![a-z])utc(?![a-z])", bare, re.IGNORECASE):
        offset = 0
        bare = re.sub(r"[_\s]*(?<![a-zA-Z])utc(?![a-zA-Z])", "", bare, flags=re.IGNORECASE) or bare
    named = _NAMED_ZONE.search(bare) if offset is None else None
    if named:
        offset, bare = _NAMED_ZONES[named[1].upper()], _NAMED_ZONE.sub("", bare) or bare
    key = normalise(bare.replace("%", " pct ")) if percent else normalise(bare)
    role = ROLES.get(key, "")
    if not role and percent:
        role = ROLES.get(normalise(bare.replace("%", "")), "")
    if not role or role == "other":
        for money in _CURRENCIES:
            if key.endswith(money) and len(key) > len(money) and ROLES.get(key[: -len(money)]):
                role, currency = ROLES[key[: -len(money)]], currency or money.upper()
                break
    if percent or no_money or key.endswith(("pct", "percent")):
        role = {
            "pnl": "pnl_pct",
            "net_pnl": "pnl_pct",
            "gross_pnl": "pnl_pct",
            "cum_pnl": "cum_pct",
        }.get(role, role)
        percent = True
        if role in ("mae", "mfe", "fee", "quantity", "price"):
            role = "other"
    if role == "quantity" and currency in MONEYS:
        role = "notional"  # "amount_usdt": an amount of the quote is no number of coins
    return Heading(cell.strip(), role, currency, percent, offset)
