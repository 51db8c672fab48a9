"""Which money a result is in, where nothing computes it or the market is a coin alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from .binding import Binding
from .cells import QUOTES, is_inverse, quote_of
from .fill_rows import amount_of
from .markets import MONEY_WORDS, VENUES
from .records import Record
from .sides import side_of
from .values import DOLLARS
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
_COIN = re.compile(r"[A-Z0-9]{0,6}[A-Z]{2}[A-Z0-9]{0,4}")
_APART, _FAR = 50, 4
"""Times: no coin's price moves so far without a trade between. Its price in won is farther away,
and that of another coin may be."""


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


def prices_apart(binding: Binding, rows: Sequence[Record]) -> str:
    """Why prices under one name cannot be those of one market, or "".

    A coin alone may be paid in two moneys; where no market is named, there may be several.
    """
    place = binding.roles.get("symbol")
    at = binding.roles.get("price", binding.roles.get("entry_price"))
    named = "money" in binding.roles or (binding.known is not None and binding.known.market)
    if at is None or named or (place is None and binding.shape == "trades"):
        return ""
    prices: dict[str, list[Decimal]] = {}
    for row in rows:
        symbol = "" if place is None else row.fields[place].strip()
        price = amount_of(row.fields[at], binding.grammar)
        if price and not quote_of(symbol) and (place is None or _is_coin(symbol)):
            prices.setdefault(symbol, []).append(price)
    far = _FAR if place is None else _APART
    if not any(_stand_apart(told, far) for told in prices.values()):
        return ""
    if place is None:
        return "prices of several markets, by their looks, and none is named"
    return "coins are paid in two moneys by their prices, and nothing tells which"


def _is_coin(symbol: str) -> bool:
    return _COIN.fullmatch(symbol) is not None and side_of(symbol) is None


def _stand_apart(prices: list[Decimal], far: int) -> bool:
    """Whether they fall into two heaps, so many times apart."""
    prices = sorted(prices)
    few = max(2, len(prices) // 20)
    return any(prices[at] > far * prices[at - 1] for at in range(few, len(prices) - few + 1))
