"""This project's v8.00 and v8.01 log. Rows of v8.00 were also appended to v7 files, headerless."""

from .base import Layout, columns

LAYOUT = Layout(
    name="blotter-v8",
    title="Blotter v8.00 and v8.01 trades",
    ordered=True,
    pnl="net",
    version_column=True,
    columns=columns(
        ("trade_id|id", "bot_trade_id"),
        ("version", "version"),
        ("symbol", "symbol"),
        ("side", "side"),
        ("entry_time", "entry_time"),
        ("exit_time", "exit_time"),
        ("entry_price", "entry_price"),
        ("exit_price", "exit_price"),
        ("quantity", "quantity"),
        ("fee", "fee"),
        ("pnl_usdt|pnl", "pnl"),
        ("exit_reason|reason", "exit_reason"),
    ),
)
