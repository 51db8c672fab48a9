"""Bybit, Derivatives > Closed P&L: a closed position a row, the side that of the closing order."""

from .base import Layout, columns

LAYOUT = Layout(
    name="bybit-closed-pnl",
    title="Bybit closed P&L",
    side="closing",
    utc=True,
    pnl="net",
    columns=columns(
        ("Contracts|Market", "symbol"),
        ("Closing Direction|Trade Type|Side", "side"),
        ("Qty|Quantity|Order Quantity|Filled Qty", "quantity"),
        ("Entry Price|Avg. Entry Price", "entry_price"),
        ("Exit Price|Filled Price|Avg. Exit Price", "exit_price"),
        ("Closed P&L|Realized P&L", "pnl"),
        ("Exit Type", "exit_reason", False),
        (
            (
                "Trade Time(UTC+0)|Trade Time(UTC)|Trade Time|Filled/Settlement "
                "Time(UTC+0)|Filled/Settlement Time"
            ),
            "exit_time",
        ),
        ("Opening Fee|Open Fee", "entry_fee", False),
        ("Closing Fee|Close Fee", "exit_fee", False),
        ("Funding Fee", "funding", False),
        ("Order No.|Order ID", "order_id", False),
        ("Create Time", "other", False),
    ),
)
