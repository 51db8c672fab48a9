"""Binance spot trade history: fills with their assets printed, paired flat to flat."""

from decimal import Decimal

from .reading import read

HEADER = "Date(UTC),Pair,Side,Price,Executed,Amount,Fee\n"


def test_a_buy_and_a_sell_are_one_trade() -> None:
    log = HEADER + (
        "2026-03-01 10:00:00,SOLUSDT,BUY,150.00,10.0000000000SOL,1500.00000000USDT,"
        "1.50000000USDT\n"
        "2026-03-02 10:00:00,SOLUSDT,SELL,160.00,10.0000000000SOL,1600.00000000USDT,"
        "1.60000000USDT\n"
    )
    reading = read(log)
    assert reading.nets == ["96.90000000"]


def test_both_records_of_a_pair_count_as_imported() -> None:
    log = HEADER + (
        "2026-03-01 10:00:00,SOLUSDT,BUY,150.00,10SOL,1500USDT,1.5USDT\n"
        "2026-03-02 10:00:00,SOLUSDT,SELL,160.00,10SOL,1600USDT,1.6USDT\n"
    )
    report = read(log).report
    assert (report.records, report.imported, report.trades) == (2, 2, 1)


def test_newest_first_pairs_the_same() -> None:
    log = HEADER + (
        "2026-03-02 10:00:00,SOLUSDT,SELL,160.00,10SOL,1600USDT,1.6USDT\n"
        "2026-03-01 10:00:00,SOLUSDT,BUY,150.00,10SOL,1500USDT,1.5USDT\n"
    )
    assert read(log).nets == ["96.90000000"]


def test_a_fee_in_the_bought_asset_is_taken_from_what_is_held() -> None:
    log = HEADER + (
        "2026-03-01 10:00:00,BTCUSDT,BUY,40000,0.1BTC,4000USDT,0.0001BTC\n"
        "2026-03-02 10:00:00,BTCUSDT,SELL,41000,0.0999BTC,4095.9USDT,4.0959USDT\n"
    )
    # 4095.9 - 4000 - 4.0959
    assert read(log).nets == ["91.80410000"]


def test_a_fee_in_bnb_is_named_and_no_part_of_the_pnl() -> None:
    log = HEADER + (
        "2026-03-01 10:00:00,BTCUSDT,BUY,40000,0.1BTC,4000USDT,0.005BNB\n"
        "2026-03-02 10:00:00,BTCUSDT,SELL,41000,0.1BTC,4100USDT,0.006BNB\n"
    )
    trade = read(log).trades[0]
    assert trade.other_fees == {"BNB": Decimal("0.011")}


def test_fifteen_identical_fills_stay_fifteen() -> None:
    log = HEADER + "2026-03-01 10:00:00,BTCUSDT,BUY,40000,0.1BTC,4000USDT,4USDT\n" * 15
    log += "2026-03-02 10:00:00,BTCUSDT,SELL,41000,1.5BTC,61500USDT,61.5USDT\n"
    assert str(read(log).trades[0].quantity) == "1.5"


def test_a_position_still_open_is_set_aside() -> None:
    log = HEADER + "2026-03-01 10:00:00,BTCUSDT,BUY,40000,0.1BTC,4000USDT,4USDT\n"
    assert read(log).report.set_aside == {"open": 1}


def test_a_sale_of_what_was_never_bought_is_quarantined() -> None:
    log = HEADER + "2026-03-01 10:00:00,BTCUSDT,SELL,40000,0.1BTC,4000USDT,4USDT\n"
    assert read(log).reasons == {2: "unmatched_fill"}


def test_times_are_utc_without_being_told() -> None:
    log = HEADER + (
        "2026-03-01 10:00:00,SOLUSDT,BUY,150.00,10SOL,1500USDT,1.5USDT\n"
        "2026-03-02 10:00:00,SOLUSDT,SELL,160.00,10SOL,1600USDT,1.6USDT\n"
    )
    assert read(log, zone=None).trades[0].exit_time == 1772445600000000


def test_a_position_sold_in_parts_is_one_trade() -> None:
    log = HEADER + (
        "2026-03-01 10:00:00,ETHUSDT,BUY,2000,2ETH,4000USDT,4USDT\n"
        "2026-03-01 11:00:00,ETHUSDT,SELL,2100,1ETH,2100USDT,2.1USDT\n"
        "2026-03-01 12:00:00,ETHUSDT,SELL,2200,1ETH,2200USDT,2.2USDT\n"
    )
    assert read(log).nets == ["291.70000000"]
