"""This project's early v7 log: no PnL column; it follows from prices, quantity and fee."""

from .base import Layout, columns

LAYOUT = Layout(
    name="blotter-v7-prices",
    title="Blotter v7.0 trades without PnL",
    ordered=True,
    columns=columns(
        ("symbol", "symbol"),
        ("side", "side"),
        ("entry_time", "entry_time"),
        ("exit_time", "exit_time"),
        ("entry_price", "entry_price"),
        ("exit_price", "exit_price"),
        ("quantity", "quantity"),
        ("fee", "fee"),
    ),
)
