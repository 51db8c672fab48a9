"""Bitstamp, Transactions > Export, as it was until 2023: the assets stand behind the amounts."""

from .base import Layout, columns

LAYOUT = Layout(
    name="bitstamp-transactions",
    title="Bitstamp transactions",
    shape="fills",
    utc=True,
    market="{base_asset}-{quote_asset}",
    columns=columns(
        ("Type", "status"),
        ("Datetime", "time"),
        ("Account", "other", False),
        ("Amount", "quantity"),
        ("Value", "notional"),
        ("Rate", "price"),
        ("Fee", "fee"),
        ("Sub Type", "side"),
    ),
)
