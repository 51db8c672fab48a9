"""Which money a result is in, where nothing computes it."""

from __future__ import annotations

from .binding import Binding
from .cells import QUOTES, is_inverse, quote_of
from .values import DOLLARS, MONEY_WORDS, show

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
