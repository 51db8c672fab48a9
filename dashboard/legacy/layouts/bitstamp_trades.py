"""Bitstamp, Transactions > Export (RFC 4180): a fill a row, each amount's asset beside it."""

from .base import Layout, columns

LAYOUT = Layout(
    name="bitstamp-trades",
    title="Bitstamp transactions, assets in columns",
    shape="fills",
    utc=True,
    market="{base_asset}-{quote_asset}",
    columns=columns(
        ("ID", "exchange_trade_id"),
        ("Account", "other", False),
        ("Type", "status"),
        ("Subtype", "side"),
        ("Datetime", "time"),
        ("Amount", "quantity"),
        ("Amount currency", "base_asset"),
        ("Value", "notional"),
        ("Value currency", "other"),
        ("Rate", "price"),
        ("Rate currency", "quote_asset"),
        ("Fee", "fee"),
        ("Fee currency", "fee_asset"),
        ("Order ID", "order_id", False),
    ),
)
