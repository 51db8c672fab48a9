"""TradingView's list of trades: an entry and an exit row a trade, the profit on one or on "
"both."""

import pytest

from dashboard.legacy.batch import ImportRefused

from .reading import read

OLD = (
    "Trade #,Type,Signal,Date/Time,Price USDT,Contracts,Profit USDT,Profit %,Cum. Profit USDT,"
    "Cum. Profit %,Run-up USDT,Run-up %,Drawdown USDT,Drawdown %\n"
    "1,Entry Long,Long,2023-11-14 22:40,102.00,1,,,,,,,,\n"
    "1,Exit Long,Close,2023-11-14 22:42,107.00,1,5.00,4.90,5.00,0.05,6.00,5.9,-1.00,-1.0\n"
    "2,Entry Short,Short,2023-11-14 22:44,99.00,2,,,,,,,,\n"
    "2,Exit Short,Cover,2023-11-14 22:46,104.00,2,-10.00,-5.05,-5.00,-0.05,1.00,0.5,-12.00,-6.0\n"
)
BOTH = (
    "Trade #,Type,Date/Time,Signal,Price USDT,Position size (qty),Position size "
    "(value),Net P&L USDT,"
    "Net P&L %,Run-up USDT,Run-up %,Drawdown USDT,Drawdown %,Cumulative P&L USDT,Cumulative "
    "P&L %\n"
    "2,Exit long,2026-01-08 14:00,Close,2660.00,1,2645,15.00,0.57,20,0.8,-3,-0.1,25.00,0.25\n"
    "2,Entry long,2026-01-08 09:00,Long,2645.00,1,2645,15.00,0.57,20,0.8,-3,-0.1,25.00,0.25\n"
    "1,Exit short,2026-01-06 16:00,Close,2630.00,1,2640,10.00,0.38,12,0.5,-4,-0.2,10.00,0.10\n"
    "1,Entry short,2026-01-06 10:00,Short,2640.00,1,2640,10.00,0.38,12,0.5,-4,-0.2,10.00,0.10\n"
)


def test_entry_and_exit_rows_are_one_trade() -> None:
    assert read(OLD, name="Strategy_BINANCE_SOLUSDT.csv").nets == ["5.00000000", "-10.00000000"]


def test_the_market_is_in_the_files_name() -> None:
    assert read(OLD, name="Strategy_BINANCE_SOLUSDT.csv").trades[0].symbol == "SOLUSDT"


def test_a_profit_printed_on_both_legs_counts_once() -> None:
    reading = read(BOTH)
    assert sorted(reading.nets) == ["10.00000000", "15.00000000"]
    assert reading.report.segments[0].layout == "tradingview-trades"


def test_four_records_become_two_trades_and_none_is_lost() -> None:
    report = read(BOTH).report
    assert (report.records, report.imported, report.trades) == (4, 4, 2)


def test_an_open_trade_is_set_aside() -> None:
    log = OLD + (
        "3,Entry Long,Long,2023-11-15 22:40,102.00,1,,,,,,,,\n"
        "3,Exit Long,Open,2023-11-15 22:42,107.00,1,5.00,4.90,0.00,0.0,6.00,5.9,-1.00,-1.0\n"
    )
    assert read(log).report.set_aside == {"open": 2}


def test_legs_that_print_different_profits_are_quarantined() -> None:
    log = BOTH.replace("Long,2645.00,1,2645,15.00", "Long,2645.00,1,2645,99.00")
    assert set(read(log).reasons.values()) == {"contradicted"}


def test_times_without_a_zone_need_one() -> None:
    with pytest.raises(ImportRefused, match="--timezone"):
        read(OLD, zone=None)


def test_chinese_headers() -> None:
    log = (
        "交易 #,類型,訊號,日期/時間,價格 USDT,合約,獲利 USDT\n"
        "1,多頭進場,Long,2024-01-03 15:00,100.00,2,\n"
        "1,多頭出場,Close,2024-01-05 09:00,103.00,2,6.00\n"
    )
    assert read(log).nets == ["6.00000000"]
