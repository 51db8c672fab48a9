"""This project's v7.x log: one time, the close of the trade; PnL before the fee column."""

from .base import Layout, columns

LAYOUT = Layout(
    name="blotter-v7",
    title="Blotter v7.x trades",
    ordered=True,
    pnl="net",
    columns=columns(
        ("date", "exit_time"),
        ("pair", "symbol"),
        ("direction", "side"),
        ("entry_price", "entry_price"),
        ("exit_price", "exit_price"),
        ("size", "quantity"),
        ("profit", "pnl"),
        ("fee", "fee"),
        ("reason", "exit_reason"),
    ),
)
