"""Kraken, History > Export > Trades: a fill a row, its id the exchange's own."""

from .base import Layout, columns

LAYOUT = Layout(
    name="kraken-trades",
    title="Kraken trades",
    shape="fills",
    utc=True,
    columns=columns(
        ("txid", "exchange_trade_id"),
        ("ordertxid", "order_id"),
        ("pair", "symbol"),
        ("time", "time"),
        ("type", "side"),
        ("ordertype", "other", False),
        ("price", "price"),
        ("cost", "notional"),
        ("fee", "fee"),
        ("vol", "quantity"),
        ("margin", "other", False),
        ("misc", "other", False),
        ("ledgers", "other", False),
    ),
)
