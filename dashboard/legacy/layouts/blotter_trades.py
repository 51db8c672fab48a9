"""This project's trades as `export_trades` and the bot's own log write them, columns by name.

Every row names its layout, so that no later change of columns can pass unseen.
"""

from .base import Layout, columns

LAYOUT = Layout(
    name="blotter-trades",
    title="Blotter trades, exported or logged by the bot",
    pnl="net",
    own=True,
    version_column=True,
    may_lack_entry=True,
    columns=columns(
        ("layout", "other"),
        ("trade_id", "bot_trade_id"),
        ("bot", "other"),
        ("version", "version"),
        ("mode", "other"),
        ("strategy", "strategy"),
        ("symbol", "symbol"),
        ("side", "side"),
        ("entry_time", "entry_time"),
        ("exit_time", "exit_time"),
        ("entry_price", "entry_price"),
        ("exit_price", "exit_price"),
        ("quantity", "quantity"),
        ("fee", "fee"),
        ("funding", "funding", False),
        ("net_pnl", "net_pnl"),
        ("exit_reason", "exit_reason"),
        ("stop_loss_price", "stop_loss_price", False),
        ("take_profit_price", "take_profit_price", False),
        ("initial_risk", "other", False),
        ("mae", "other", False),
        ("mfe", "other", False),
        ("quote_asset", "other", False),
        ("account", "other", False),
    ),
)
