"""Order histories and fills as exchanges print them: what was asked for beside what was dealt."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from .made import Made, made
from .reading import Reading, read

LONGS = [trade for trade in made(40, seed=11) if trade.side > 0]
Row = Callable[[str, Made, Decimal], str]


def legs(row: Row, trades: list[Made] = LONGS) -> str:
    """A row for each entry and exit, in time: what it did, the trade, the price dealt."""
    rows = [(t.entered, row("BUY" if t.side > 0 else "SELL", t, t.entry)) for t in trades]
    rows += [(t.left, row("SELL" if t.side > 0 else "BUY", t, t.exit)) for t in trades]
    return "\n".join(f"{time},{cells}" for time, cells in sorted(rows)) + "\n"


def fee(trade: Made, price: Decimal, share: str = "0.0004") -> Decimal:
    return (price * trade.quantity * Decimal(share)).quantize(Decimal("1e-8"))


def net(trade: Made) -> Decimal:
    return trade.gross - fee(trade, trade.entry) - fee(trade, trade.exit)


def nets(reading: Reading) -> list[Decimal]:
    return sorted(trade.net_pnl for trade in reading.trades)


TRUE = sorted(map(net, LONGS))


# -- which price, which quantity


def test_the_price_dealt_counts_not_the_limit() -> None:
    def row(side: str, t: Made, price: Decimal) -> str:
        limit = price * (Decimal("1.004") if side == "BUY" else Decimal("0.996"))
        return f"{t.symbol},{side},{limit:.2f},{t.quantity},{price},{t.quantity},{fee(t, price)}"

    reading = read("time,symbol,side,price,amount,avg price,filled,fee\n" + legs(row))
    assert nets(reading) == TRUE


def test_an_average_that_may_be_the_positions_computes_nothing() -> None:
    rows = legs(lambda side, t, p: f"{t.symbol},{side},{p},{t.entry},{t.quantity},{fee(t, p)}")
    reading = read("time,symbol,side,price,avg price,quantity,fee\n" + rows)
    assert (reading.trades, set(reading.reasons.values())) == ([], {"pnl_not_available"})


def test_a_volume_that_is_price_x_amount_is_no_quantity() -> None:
    rows = legs(
        lambda side, t, p: f"{t.symbol},{side},{p},{p * t.quantity},{t.quantity},{fee(t, p)}"
    )
    assert nets(read("time,symbol,side,price,volume,amount,fee\n" + rows)) == TRUE


def test_what_was_dealt_before_an_order_was_cancelled_counts() -> None:
    rows = []
    for t in LONGS:
        half = (t.quantity / 2).quantize(Decimal("0.0001"))
        between = (t.entered + (t.left - t.entered) / 2).replace(microsecond=0)
        for time, side, price, asked, done, status in (
            (t.entered, "BUY", t.entry, t.quantity, t.quantity, "FILLED"),
            (between, "SELL", t.exit, t.quantity, half, "CANCELED"),
            (between, "SELL", t.exit, t.quantity, 0, "CANCELED"),
            (t.left, "SELL", t.exit, t.quantity - half, t.quantity - half, "FILLED"),
        ):
            rows.append(f"{time},{t.symbol},{side},{price},{asked},{done},0.01,{status}")
    header = "time,symbol,side,price,origQty,executedQty,fee,status\n"
    reading = read(header + "\n".join(sorted(rows)) + "\n")
    assert nets(reading) == sorted(t.gross - Decimal("0.03") for t in LONGS)
    assert reading.report.set_aside == {"cancelled": len(LONGS)}


# -- what a quantity is


@pytest.mark.parametrize("size", ["0.0001", "0.01", "0.1"])
def test_contracts_whose_size_is_not_told_compute_nothing(size: str) -> None:
    def row(side: str, t: Made, price: Decimal) -> str:
        count = round(t.quantity / Decimal(size)) + 1
        paid = price * count * Decimal(size) * Decimal("0.0005")
        return f"{t.symbol[:3]}_USDT,{side},{price},{count},{paid:.8f}"

    assert read("Time,Contract,Side,Price,Amount,Fee\n" + legs(row)).trades == []


def test_whole_quantities_with_a_usual_fee_are_quantities() -> None:
    rows = legs(lambda side, t, p: f"{t.symbol},{side},{p},7,{p * 7 * Decimal('0.001')}")
    assert len(read("time,symbol,side,price,quantity,fee\n" + rows).trades) == len(LONGS)


@pytest.mark.parametrize("market", ["BTC-PERPETUAL", "BTC-29MAR24", "BTC-29MAR24-50000-C"])
def test_markets_that_pay_in_the_coin_compute_nothing(market: str) -> None:
    rows = legs(lambda side, _, p: f"{market},{side},{p},7,{p * 7 * Decimal('0.001')}")
    assert read("time,instrument,side,price,amount,fee\n" + rows).trades == []


@pytest.mark.parametrize("money", ["XBt", "BTC"])
def test_a_result_in_another_money_than_the_markets_is_refused(money: str) -> None:
    rows = [f"{t.left},XBTUSD,{t.word},{t.net:.2f},{money}" for t in LONGS]
    reading = read("time,symbol,side,realised pnl,currency\n" + "\n".join(rows) + "\n")
    assert (reading.trades, set(reading.reasons.values())) == ([], {"pnl_kind_unknown"})


# -- columns that a registered export has not


def test_fees_in_another_asset_count_in_a_known_export_with_a_column_more() -> None:
    rows = legs(
        lambda side, t, p: (
            f"{t.symbol},{side},{p},{t.quantity},0.01,BNB,{t.gross if side == 'SELL' else 0}"
        )
    )
    header = "Time(UTC),Symbol,Side,Price,Quantity,Fee,Fee Asset,Realized Profit\n"
    assert nets(read(header + rows)) == sorted(trade.gross for trade in LONGS)


def test_funding_among_fills_is_set_aside_in_a_known_export_with_a_column_more() -> None:
    def row(side: str, t: Made, price: Decimal) -> str:
        result = t.gross if side == "SELL" else 0
        cells = f"{t.symbol},{{}},{side},{price},{t.quantity},{fee(t, price)},{result}"
        if side == "SELL":
            return cells.format("TRADE")
        funding = f"{t.entered + timedelta(seconds=9)},{cells.format('FUNDING')}"
        return f"{cells.format('TRADE')}\n{funding}"

    header = "Time(UTC),Symbol,Type,Side,Price,Quantity,Fee,Realized Profit\n"
    reading = read(header + legs(row))
    assert (nets(reading), reading.report.set_aside) == (TRUE, {"cash_flow": len(LONGS)})


# -- times


def test_a_half_of_the_day_in_a_column_of_its_own_is_part_of_the_time() -> None:
    def row(t: Made, time: str) -> str:
        return f"{time},{t.symbol},{t.word},{t.entry},{t.exit},{t.quantity},{t.fee},{t.net}"

    names = "symbol,side,entry,exit,qty,fee,pnl\n"
    trades = made(20, seed=5)
    halves = "\n".join(row(t, f"{t.left:%m/%d/%Y,%I:%M:%S,%p}") for t in trades)
    whole = "\n".join(row(t, str(t.left)) for t in trades)
    first = read(f"date,time,am/pm,{names}{halves}\n")
    second = read(f"time,{names}{whole}\n")
    assert [t.exit_time for t in first.trades] == [t.exit_time for t in second.trades]


def test_of_a_rejected_order_nothing_was_executed() -> None:
    """Whatever stands in its columns: one that was cancelled may have been dealt in part."""
    header = "time,symbol,side,avg_price,executedQty,fee,status\n"
    rows = [
        "2024-01-01 10:00:00,BTCUSDT,BUY,100,1,0.1,FILLED",
        "2024-01-01 11:00:00,BTCUSDT,SELL,90,1,0.1,REJECTED",
        "2024-01-01 12:00:00,BTCUSDT,SELL,110,1,0.1,FILLED",
    ]
    reading = read(header + "\n".join(rows) + "\n")
    assert [trade.net_pnl for trade in reading.trades] == [Decimal("9.8")]
    assert reading.report.set_aside == {"rejected": 1}


def test_an_order_that_failed_is_no_trade_and_one_that_ended_so_is() -> None:
    header = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,pnl,reason\n"
    rows = [
        f"BTCUSDT,LONG,2024-01-{day:02d} 10:00:00,2024-01-{day:02d} 11:00:00,100,{100 + day},1,"
        f"0.1,{day - Decimal('0.1')},SIGNAL"
        for day in range(1, 9)
    ]
    failed = "BTCUSDT,LONG,2024-01-10 10:00:00,2024-01-10 10:00:00,100,100,1,0,0,error"
    ended = "BTCUSDT,LONG,2024-01-11 10:00:00,2024-01-11 11:00:00,100,90,1,0.1,-10.1,error"
    reading = read(header + "\n".join([*rows, failed, ended]) + "\n")
    assert reading.report.set_aside == {"error": 1}
    assert [trade.line for trade in reading.trades] == [*range(2, 10), 11]
