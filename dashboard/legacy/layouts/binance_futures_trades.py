"""Binance, USD-M Futures > Trade History: a fill a row, the realized profit on closing fills."""

from .base import Layout, columns

LAYOUT = Layout(
    name="binance-futures-trades",
    title="Binance futures trade history",
    shape="fills",
    utc=True,
    time_form="short",
    shorts=True,
    pnl="gross",
    columns=columns(
        ("Date(UTC)|Time(UTC)|Time", "time"),
        ("Symbol", "symbol"),
        ("Side", "side"),
        ("Price", "price"),
        ("Quantity", "quantity"),
        ("Amount|Quote Quantity", "notional", False),
        ("Fee|Commission", "fee"),
        ("Realized Profit|Realized PNL", "gross_pnl"),
        ("Quote Asset", "other", False),
        ("Position Side", "position_side", False),
        ("Trade ID", "exchange_trade_id", False),
        ("Order ID", "order_id", False),
    ),
)
