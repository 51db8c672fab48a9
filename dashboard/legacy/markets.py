"""Which market a record names, and the money it is paid in where the market is a coin alone."""

from __future__ import annotations

import re

from .binding import Binding
from .cells import QUOTES, is_null, quote_of, split_asset
from .verdicts import Refusal, show


def symbol_of(fields: list[str], binding: Binding, named: str) -> str | Refusal:
    at = binding.roles.get("symbol")
    if at is None and binding.known is not None and binding.known.market:
        return _market_named(fields, binding, binding.known.market)
    if at is None:
        return named
    cell = fields[at].strip()
    if not cell or len(cell) > 40 or is_null(cell) or not any(char.isalpha() for char in cell):
        return Refusal("no_symbol", f"symbol is {show(cell)}")
    if not _MARKET.fullmatch(cell) or cell.casefold() in _NO_MARKET:
        return Refusal("no_symbol", f"symbol is {show(cell)}")
    if binding.venue >= 0 and not quote_of(cell):
        venue = fields[binding.venue].strip()
        if VENUES.get(venue.casefold(), binding.venue_money) != (binding.venue_money or None):
            return Refusal("pnl_kind_unknown", f"{show(cell)} for which money? Here and at other "
                           f"exchanges than {show(venue)} coins are paid in several")  # fmt: skip
    return _with_money(cell, fields, binding)


VENUES = {
    venue: money
    for money, names in {
        "KRW": "upbit|bithumb|coinone|korbit|gopax|업비트|빗썸|코인원|코빗|고팍스",
        "JPY": "bitflyer|coincheck|zaif|bitbank|gmo coin|gmoコイン|ビットフライヤー|コインチェック",
        "TRY": "btcturk|paribu",
        "BRL": "mercado bitcoin|mercadobitcoin|foxbit|novadax",
        "INR": "wazirx|coindcx|zebpay",
        "EUR": "bitvavo|bitpanda|bison|bitcoin.de",
        "USD": (
            "binance|binance futures|bybit|okx|okex|bitget|kucoin|gate|gateio|gate.io|mexc|htx|"
            "huobi|bitmex|deribit|coinbase|kraken|bitfinex|gemini|hyperliquid|dydx|phemex|bingx|"
            "바이낸스|바이비트|비트겟|币安|幣安|欧易|火币"
        ),
    }.items()
    for venue in names.split("|")
}
"""Exchanges, and the money most of their coins are paid in; every dollar as USD."""
MONEY_WORDS = {"원": "KRW", "₩": "KRW", "달러": "USD", "$": "USD", "US$": "USD", "€": "EUR"}


def _with_money(symbol: str, fields: list[str], binding: Binding) -> str:
    """A coin alone, with the money that a column of its own names: two moneys add up to nothing."""
    at = binding.roles.get("money")
    if at is None or quote_of(symbol):
        return symbol
    cell = fields[at].strip().upper()
    money = MONEY_WORDS.get(cell, cell)
    return f"{symbol}/{money}" if money in QUOTES and money != symbol.upper() else symbol


def _market_named(fields: list[str], binding: Binding, form: str) -> str | Refusal:
    """A market from its assets' own columns."""
    assets = {}
    for role, amount in (("base_asset", "quantity"), ("quote_asset", "price")):
        at = binding.roles.get(role)
        behind = split_asset(fields[binding.roles[amount]])[1] if at is None else ""
        assets[role] = behind if at is None else fields[at].strip().upper()
    for asset in assets.values():
        if not _ASSET.fullmatch(asset):
            return Refusal("no_symbol", f"asset is {show(asset)}")
    if assets.get("base_asset") in QUOTES_OF_ACCOUNTS:
        return Refusal("not_a_trade", f"money moved: {show(assets['base_asset'])}")
    return form.format(**assets)


_ASSET = re.compile(r"[A-Z0-9]{1,15}")
QUOTES_OF_ACCOUNTS = frozenset(("KRW", "EUR", "GBP", "JPY", "BRL"))
_NO_MARKET = frozenset(
    ("nan", "inf", "infinity", "null", "none", "nil", "undefined", "unknown", "true", "false",
     "total", "totals", "sum", "subtotal", "all", "portfolio", "account", "합계", "총계",
     "소계", "누계", "итого", "всего", "summe", "gesamt", "合计", "合計", "总计", "總計",
     "soma", "suma", "razem", "toplam", "totale", "usd", "usdt", "usdc", "busd", "fdusd",
     "tusd", "krw", "eur", "jpy", "gbp", "brl")
)  # fmt: skip
_MARKET = re.compile(r"[\w.:/\-]{1,40}(?: ?\([\w ]{1,12}\))?")
