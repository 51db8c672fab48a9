"""Binance spot by python-binance: candles, symbol rules, and the bot's orders."""

from trader.exchange.binance.account import Account
from trader.exchange.binance.client import (
    PUBLIC_ADDRESS,
    TESTNET_ADDRESS,
    TROUBLE,
    public_client,
    signed_client,
)
from trader.exchange.binance.connection import Connection, Timing
from trader.exchange.binance.feed import BinanceFeed, Waiting
from trader.exchange.binance.orders import BinanceExchange
from trader.exchange.binance.rules import symbol_rules

__all__ = [
    "PUBLIC_ADDRESS",
    "TESTNET_ADDRESS",
    "TROUBLE",
    "Account",
    "BinanceExchange",
    "BinanceFeed",
    "Connection",
    "Timing",
    "Waiting",
    "public_client",
    "signed_client",
    "symbol_rules",
]
