"""Bithumb, transactions: a fill a row, against KRW; deposits and withdrawals stand among them."""

from .base import Layout, columns

LAYOUT = Layout(
    name="bithumb-trades",
    title="Bithumb transactions",
    shape="fills",
    market="KRW-{base_asset}",
    columns=columns(
        ("거래일시", "time"),
        ("자산", "base_asset"),
        ("거래구분", "side"),
        ("거래수량", "quantity"),
        ("체결가격", "price"),
        ("거래금액", "notional"),
        ("수수료", "fee"),
        ("정산금액(수수료반영)|정산금액", "other", False),
    ),
)
