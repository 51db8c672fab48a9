"""Coinbase, Reports > Transaction history: a purchase or sale a row, the fee beside it."""

from .base import Layout, columns

LAYOUT = Layout(
    name="coinbase-transactions",
    title="Coinbase transaction history",
    shape="fills",
    utc=True,
    market="{base_asset}-{quote_asset}",
    columns=columns(
        ("ID", "exchange_trade_id", False),
        ("Timestamp", "time"),
        ("Transaction Type", "side"),
        ("Asset", "base_asset"),
        ("Quantity Transacted", "quantity"),
        ("Price Currency|Spot Price Currency", "quote_asset"),
        ("Price at Transaction|Spot Price at Transaction", "price"),
        ("Subtotal", "notional"),
        ("Total (inclusive of fees and/or spread)|Total (inclusive of fees)|Total", "other"),
        ("Fees and/or Spread|Fees", "fee"),
        ("Notes", "other", False),
    ),
)
