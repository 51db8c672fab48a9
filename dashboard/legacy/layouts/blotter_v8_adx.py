"""This project's v8.02 log: v8.01 with ADX at entry and the PnL in percent."""

from .base import Layout, columns

LAYOUT = Layout(
    name="blotter-v8-adx",
    title="Blotter v8.02 trades",
    ordered=True,
    pnl="net",
    version_column=True,
    columns=columns(
        ("trade_id|id", "bot_trade_id"),
        ("version", "version"),
        ("symbol", "symbol"),
        ("side", "side"),
        ("adx", "other"),
        ("entry_time", "entry_time"),
        ("exit_time", "exit_time"),
        ("entry_price", "entry_price"),
        ("exit_price", "exit_price"),
        ("quantity", "quantity"),
        ("fee", "fee"),
        ("pnl_usdt|pnl", "pnl"),
        ("pnl_pct", "pnl_pct"),
        ("exit_reason|reason", "exit_reason"),
    ),
)
