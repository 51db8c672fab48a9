"""This project's v8.x log without ids: the form of the bot's plain CSV."""

from .base import Layout, columns

LAYOUT = Layout(
    name="blotter-v8-plain",
    title="Blotter v8.x trades, plain",
    ordered=True,
    pnl="net",
    columns=columns(
        ("symbol", "symbol"),
        ("side", "side"),
        ("entry_time", "entry_time"),
        ("exit_time", "exit_time"),
        ("entry_price", "entry_price"),
        ("exit_price", "exit_price"),
        ("quantity", "quantity"),
        ("fee", "fee"),
        ("pnl", "pnl"),
        ("reason", "exit_reason"),
    ),
)
