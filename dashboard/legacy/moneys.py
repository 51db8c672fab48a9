"""Which money a result is in, where nothing computes it or the market is a coin alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from .binding import Binding
from .cells import QUOTES, is_inverse, quote_of
from .markets import MONEY_WORDS, VENUES
from .records import Record
from .values import DOLLARS, Values
from .verdicts import show

_SIGNS = {"€": "EUR", "£": "GBP", "₩": "KRW", "원": "KRW", "R$": "BRL", "元": "CNY"}


def other_money(fields: list[str], binding: Binding, symbol: str) -> str:
    """Why a result that nothing computes may be in another money than its market's, or "".

    A coin-margined market pays in the coin; a column may name the money itself.
    """
    if binding.currency:
        return ""
    quote = quote_of(symbol)
    at = binding.roles.get("money")
    if at is not None and quote:
        cell = fields[at].strip().upper()
        money = MONEY_WORDS.get(cell, cell)
        dollars = money in DOLLARS and quote in DOLLARS
        if money in QUOTES and money != quote and not dollars:
            return f"the market is paid in {quote}, the result is in {show(fields[at])}"
    sign = money_of_sign(binding)
    if sign and quote and sign != quote:
        return f"the market is paid in {quote}, the result is in {sign}"
    if is_inverse(symbol):
        return "the market is coin-margined, and whether the result is in the coin is not said"
    return ""


def money_of_sign(binding: Binding) -> str:
    """The money whose sign stands in every cell of the PnL column; "" for "$": several are so."""
    at = binding.roles.get(binding.pnl_role)
    return "" if at is None else _SIGNS.get(binding.unit_names.get(at, ""), "")


_MOST = 0.8
_APART = 50
"""Times: no coin's price moves so far without a trade between; its price in won is so far away."""


def settle_venues(binding: Binding, rows: Sequence[Record]) -> None:
    """Note which money a column of exchanges tells, where markets are coins alone."""
    at = binding.roles.get("symbol")
    if at is None or binding.currency or "money" in binding.roles:
        return
    bare = [row for row in rows if not quote_of(row.fields[at].strip())]
    if len(bare) * 2 < len(rows):
        return
    for place, each in enumerate(binding.headings):
        moneys = [VENUES.get(row.fields[place].strip().casefold()) for row in bare]
        if each.role in ("", "other") and len(bare) - moneys.count(None) >= _MOST * len(bare):
            told = set(moneys) - {None}
            binding.venue, binding.venue_money = place, "" if len(told) > 1 else told.pop() or ""
            return


def has_two_levels(read: Sequence[Values | None]) -> bool:
    """Whether a coin alone is traded at prices so far apart that they are in two moneys."""
    prices: dict[str, list[Decimal]] = {}
    for each in read:
        if each is not None and each.entry and not quote_of(each.symbol):
            prices.setdefault(each.symbol, []).append(each.entry)
    for told in prices.values():
        told.sort()
        few = max(2, len(told) // 20)
        middle = range(few, len(told) - few + 1)
        if any(told[at] > _APART * told[at - 1] for at in middle):
            return True
    return False
