"""Binance, USD-M Futures > Position History: a closed position a row."""

from .base import Layout, columns

LAYOUT = Layout(
    name="binance-futures-positions",
    title="Binance futures position history",
    utc=True,
    pnl="gross",
    columns=columns(
        ("Symbol", "symbol"),
        ("Position Side|Side", "side"),
        ("Entry Price|Avg. Entry Price", "entry_price"),
        ("Avg. Close Price|Avg Close Price|Close Price", "exit_price"),
        ("Closed Vol.|Closed Vol|Closed Volume", "quantity"),
        ("Closing PNL|Closed PNL|Realized PNL", "pnl"),
        ("Opened|Open Time", "entry_time"),
        ("Closed|Close Time", "exit_time"),
        ("Status", "status", False),
        ("Margin Mode", "other", False),
        ("Max Open Interest", "other", False),
    ),
)
