"""Bybit closed P&L: the direction is that of the closing order, the PnL net of unprinted fees."""

from .reading import read

HEADER = (
    "Contracts,Closing Direction,Qty,Entry Price,Exit Price,Closed P&L,Exit Type,Trade "
    "Time(UTC+0)\n"
)


def test_a_closing_sell_was_a_long() -> None:
    log = HEADER + (
        "BTCUSDT,Sell,0.01,60000,60500,4.30,Trade,2025-12-01 15:00:00\n"
        "BTCUSDT,Buy,0.01,61000,60800,1.31,Trade,2025-12-02 15:00:00\n"
        "BTCUSDT,Sell,0.02,60000,60500,8.61,Trade,2025-12-03 15:00:00\n"
    )
    assert [trade.side for trade in read(log).trades] == [1, -1, 1]


def test_close_long_says_it_outright() -> None:
    log = HEADER + (
        "OPUSDT,Close Long,793.7,0.6299,0.6331,1.98870000,Trade,2025-06-05 10:05:40\n"
        "TRXUSDT,Close Short,1190,0.27301,0.27194,0.92100000,Trade,2025-06-05 10:06:40\n"
        "TRXUSDT,Close Long,1190,0.27301,0.27194,-1.62710000,Trade,2025-06-05 10:07:40\n"
    )
    reading = read(log)
    assert [trade.side for trade in reading.trades] == [1, -1, 1]
    assert reading.nets == ["1.98870000", "0.92100000", "-1.62710000"]


def test_a_pnl_no_fee_explains_is_quarantined() -> None:
    log = HEADER + (
        "BTCUSDT,Sell,0.01,60000,60500,4.30,Trade,2025-12-01 15:00:00\n"
        "BTCUSDT,Buy,0.01,61000,60800,1.31,Trade,2025-12-02 15:00:00\n"
        "BTCUSDT,Sell,0.02,60000,60500,3708.61,Trade,2025-12-03 15:00:00\n"
        "BTCUSDT,Sell,0.02,60000,60500,8.61,Trade,2025-12-04 15:00:00\n"
    )
    assert read(log).reasons == {4: "contradicted"}
