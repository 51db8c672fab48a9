"""Upbit, investments > transactions: a fill a row, coin and market in columns of their own."""

from .base import Layout, columns

LAYOUT = Layout(
    name="upbit-trades",
    title="Upbit transactions",
    shape="fills",
    market="{quote_asset}-{base_asset}",
    columns=columns(
        ("체결시간", "time"),
        ("코인", "base_asset"),
        ("마켓", "quote_asset"),
        ("종류", "side"),
        ("거래수량", "quantity"),
        ("거래단가", "price"),
        ("거래금액", "notional"),
        ("수수료", "fee"),
        ("정산금액", "other", False),
        ("주문시간", "other", False),
    ),
)
