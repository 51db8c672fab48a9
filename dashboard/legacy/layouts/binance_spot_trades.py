"""Binance, Orders > Spot Order > Trade History: a fill a row, amounts with their asset printed."""

from .base import Layout, columns

LAYOUT = Layout(
    name="binance-spot-trades",
    title="Binance spot trade history",
    shape="fills",
    utc=True,
    columns=columns(
        ("Date(UTC)|Time|Time(UTC)|Date", "time"),
        ("Pair|Market", "symbol"),
        ("Side|Type", "side"),
        ("Price", "price"),
        ("Executed", "quantity"),
        ("Amount|Total", "notional"),
        ("Fee", "fee"),
        ("Fee Coin", "fee_asset", False),
    ),
)
