"""Coinbase's transaction history: prices with a sign of money, sales below zero."""

from .reading import read

HEADER = (
    "\nTransactions\nUser,Jane Doe,1234-5678\n"
    "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,"
    "Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),"
    "Fees and/or Spread,Notes\n"
)
ROWS = (
    "1,2024-01-13 10:00:00 UTC,Buy,BTC,0.01,EUR,€40000.00,€400.00,€402.40,€2.40,Bought 0.01 BTC\n"
    "2,2024-01-14 10:00:00 UTC,Staking Income,ETH,0.0001,EUR,€2000.00,€0.20,€0.20,€0.00,\n"
    "3,2024-01-15 10:00:00 UTC,Advanced Trade Buy,SOL,10,EUR,€90.00,€900.00,€905.40,€5.40,\n"
    "4,2024-01-16 10:00:00 UTC,Sell,BTC,-0.01,EUR,€41000.00,€410.00,€407.54,€2.46,Sold 0.01 BTC\n"
    "5,2024-01-17 10:00:00 UTC,Advanced Trade Sell,SOL,-10,EUR,€95.00,€950.00,€944.30,€5.70,\n"
)


def test_purchases_and_sales_are_paired_by_asset() -> None:
    reading = read(HEADER + ROWS, zone=None)
    assert [(t.symbol, str(t.net_pnl)) for t in reading.trades] == [
        ("BTC-EUR", "5.14000000"),
        ("SOL-EUR", "38.90000000"),
    ]


def test_what_is_no_trade_and_the_lines_above_the_header_are_set_aside() -> None:
    assert read(HEADER + ROWS).report.set_aside == {"section": 2, "cash_flow": 1}


def test_a_coin_converted_is_not_held_any_more() -> None:
    converted = "6,2024-01-14 10:00:00 UTC,Convert,BTC,0.01,EUR,€40000.00,€400.00,€402.40,€2.40,\n"
    rows = ROWS.splitlines(keepends=True)
    reading = read(HEADER + "".join([rows[0], converted, *rows[1:]]))
    assert [t.symbol for t in reading.trades] == ["SOL-EUR"]
