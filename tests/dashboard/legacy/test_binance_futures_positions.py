"""Binance futures position history: a closed position a row, its PnL before fees."""

from .reading import read

HEADER = (
    "Symbol,Margin Mode,Position Side,Entry Price,Avg. Close Price,Max Open Interest,Closed Vol.,"
    "Closing PNL,Opened,Closed,Status\n"
)


def test_a_closed_long() -> None:
    log = HEADER + (
        "BTCUSDT,Cross,Long,60000,60500,0.1,0.1,50,2025-01-01 10:00:00,2025-01-01 "
        "12:00:00,Closed\n"
        "ETHUSDT,Cross,Short,3000,2900,1,1,100,2025-01-02 10:00:00,2025-01-02 12:00:00,Closed\n"
    )
    reading = read(log)
    assert reading.nets == ["50.00000000", "100.00000000"]
    assert reading.report.segments[0].layout == "binance-futures-positions"


def test_a_contradicted_pnl_is_quarantined() -> None:
    log = HEADER + (
        "BTCUSDT,Cross,Long,60000,60500,0.1,0.1,50,2025-01-01 10:00:00,2025-01-01 "
        "12:00:00,Closed\n"
        "ETHUSDT,Cross,Short,3000,2900,1,1,-100,2025-01-02 10:00:00,2025-01-02 12:00:00,Closed\n"
        "ETHUSDT,Cross,Short,3000,2900,2,2,200,2025-01-03 10:00:00,2025-01-03 12:00:00,Closed\n"
    )
    assert read(log).reasons == {3: "contradicted"}
