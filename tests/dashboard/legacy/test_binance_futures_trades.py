"""Binance futures trade history: fills both ways, realized profit on the closing ones."""

from .reading import read

HEADER = (
    "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID\n"
)


def test_a_long_with_its_realized_profit_confirmed() -> None:
    log = HEADER + (
        "862706699,26-03-01 09:34:12,BTCUSDT,BUY,68000,0.1,6800,3.40000000 USDT,0,"
        "true,false,1001,5001\n"
        "862706699,26-03-02 09:30:00,BTCUSDT,SELL,69500,0.1,6950,3.47500000 USDT,150,"
        "false,false,1002,5002\n"
    )
    reading = read(log)
    assert (reading.nets, reading.trades[0].reconciled) == (["143.12500000"], "confirmed")


def test_a_short() -> None:
    log = HEADER + (
        "1,26-03-01 09:34:12,ETHUSDT,SELL,3000,1,3000,1.5 USDT,0,true,false,1,1\n"
        "1,26-03-02 09:30:00,ETHUSDT,BUY,2900,1,2900,1.45 USDT,100,false,false,2,2\n"
    )
    reading = read(log)
    assert (reading.nets, reading.trades[0].side) == (["97.05000000"], -1)


def test_the_short_year_comes_first() -> None:
    log = HEADER + (
        "1,26-03-01 09:34:12,ETHUSDT,SELL,3000,1,3000,1.5 USDT,0,true,false,1,1\n"
        "1,26-03-02 09:30:00,ETHUSDT,BUY,2900,1,2900,1.45 USDT,100,false,false,2,2\n"
    )
    assert read(log).trades[0].exit_time == 1772443800000000


def test_a_fill_that_reverses_closes_one_trade_and_opens_the_next() -> None:
    log = HEADER + (
        "1,26-03-01 09:00:00,ETHUSDT,BUY,3000,1,3000,1 USDT,0,true,false,1,1\n"
        "1,26-03-01 10:00:00,ETHUSDT,SELL,3100,2,6200,2 USDT,100,false,false,2,2\n"
        "1,26-03-01 11:00:00,ETHUSDT,BUY,3050,1,3050,1 USDT,50,false,false,3,3\n"
    )
    reading = read(log)
    assert reading.nets == ["98.00000000", "48.00000000"]
    assert (reading.report.records, reading.report.imported) == (3, 3)


def test_a_realized_profit_that_prices_contradict_is_quarantined() -> None:
    log = HEADER + (
        "1,26-03-01 09:34:12,BTCUSDT,BUY,68000,0.1,6800,3.4 USDT,0,true,false,1,1\n"
        "1,26-03-02 09:30:00,BTCUSDT,SELL,69500,0.1,6950,3.4 USDT,1500,false,false,2,2\n"
    )
    assert set(read(log).reasons.values()) == {"contradicted"}


def test_a_closing_fill_whose_opening_is_not_in_the_file_is_quarantined() -> None:
    log = HEADER + "1,26-03-02 09:30:00,BTCUSDT,SELL,69500,0.1,6950,3.4 USDT,150,false,false,2,2\n"
    assert read(log).reasons == {2: "unmatched_fill"}


def test_the_same_trade_id_twice_is_a_duplicate() -> None:
    row = "1,26-03-01 09:34:12,BTCUSDT,BUY,68000,0.1,6800,3.4 USDT,0,true,false,1,1\n"
    close = "1,26-03-02 09:30:00,BTCUSDT,SELL,69500,0.1,6950,3.475 USDT,150,false,false,2,2\n"
    reading = read(HEADER + row + row + close)
    assert (reading.report.duplicate_lines, len(reading.trades)) == ([3], 1)


def test_ids_are_unique_within_a_market_only() -> None:
    """Two markets count their fills each by itself: equal ids are no duplicates there."""
    eth = (
        "1,26-03-01 09:34:12,ETHUSDT,BUY,3000,1,3000,1.5 USDT,0,true,false,1,1\n"
        "1,26-03-02 09:30:00,ETHUSDT,SELL,3100,1,3100,1.55 USDT,100,false,false,2,2\n"
    )
    reading = read(HEADER + eth + eth.replace("ETHUSDT", "SOLUSDT"))
    assert (len(reading.trades), reading.report.duplicates) == (2, 0)
    assert reading.trades[0].exchange_ids == ("1", "2")
