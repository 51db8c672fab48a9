"""Fills into trades: gaps, fees of either sign, amounts, and what an order's side means."""

from decimal import Decimal

from .made import made
from .reading import read

HEADER = "time,symbol,side,price,quantity,fee\n"


def _fills(count: int) -> list[str]:
    rows: list[str] = []
    for t in made(count, markets=["BTCUSDT"]):
        rows += [
            f"{t.entered},{t.symbol},BUY,{t.entry},0.01,0.1",
            f"{t.left},{t.symbol},SELL,{t.exit},0.01,0.1",
        ]
    return rows


def test_a_damaged_fill_costs_its_own_trade_and_no_other() -> None:
    rows = _fills(10)
    rows[7] = rows[7].replace(",0.01,", ",0.0l,")
    reading = read(HEADER + "\n".join(rows) + "\n")
    assert len(reading.trades) == 9
    assert reading.reasons == {8: "unmatched_fill", 9: "bad_number"}


def test_a_sale_of_more_than_is_held_books_nothing() -> None:
    rows = _fills(6)
    rows[5] = rows[5].replace(",0.01,", ",0.02,")
    reading = read(HEADER + "\n".join(rows) + "\n")
    assert len(reading.trades) == 5
    assert set(reading.reasons) == {6, 7}


def test_an_amount_that_is_not_price_times_quantity_shows_a_damaged_row() -> None:
    rows = [row + f",{Decimal(row.split(',')[3]) / 100}" for row in _fills(8)]
    rows[4] = rows[4].replace(",0.01,", ",0.07,")
    reading = read(HEADER.replace("fee", "fee,amount_usdt") + "\n".join(rows) + "\n")
    assert reading.reasons[6] == "contradicted"
    assert len(reading.trades) == 7


def test_a_rebate_is_none_of_a_log_nobody_knows() -> None:
    rows = _fills(6)
    rows[2] = rows[2].replace(",0.1", ",-0.1")
    assert read(HEADER + "\n".join(rows) + "\n").reasons[4] == "negative_fee"


def test_an_exchanges_own_export_may_print_a_rebate() -> None:
    rows = [row + ",0" for row in _fills(6)]
    rows[2] = rows[2].replace(",0.1,0", ",-0.1,0")
    header = "Date(UTC),Symbol,Side,Price,Quantity,Fee,Realized Profit\n"
    closing = [f"{row[:-1]}{_gross(rows, at)}" for at, row in enumerate(rows)]
    reading = read(header + "\n".join(closing) + "\n", zone=None)
    assert reading.trades[1].fee == Decimal("0.00000000")


def _gross(rows: list[str], at: int) -> Decimal:
    if at % 2 == 0:
        return Decimal(0)
    entry, left = (Decimal(rows[place].split(",")[3]) for place in (at - 1, at))
    return (left - entry) / 100


def test_buy_and_sell_beside_in_and_out_are_the_orders() -> None:
    rows: list[str] = []
    trades = made(8, markets=["BTCUSDT"])
    for t in trades:
        ways = ("buy", "sell") if t.side > 0 else ("sell", "buy")
        rows += [
            f"{t.entered},{t.symbol},{ways[0]},in,{t.quantity},{t.entry},0,0",
            f"{t.left},{t.symbol},{ways[1]},out,{t.quantity},{t.exit},{-t.fee},{t.gross}",
        ]
    header = "Time,Symbol,Type,Direction,Volume,Price,Commission,Profit\n"
    reading = read(header + "\n".join(rows) + "\n")
    assert [(trade.side, trade.net_pnl) for trade in reading.trades] == [
        (t.side, t.net) for t in trades
    ]


def test_an_entrys_fee_booked_as_its_result_is_part_of_the_trade() -> None:
    rows: list[str] = []
    trades = made(6, markets=["BTCUSDT"])
    for t in trades:
        rows += [
            f"{t.entered},BTC,Open {t.word.title()},{t.entry},{t.quantity},{t.fee},{-t.fee}",
            f"{t.left},BTC,Close {t.word.title()},{t.exit},{t.quantity},{t.fee},{t.gross - t.fee}",
        ]
    reading = read("time,coin,dir,px,sz,fee,closedPnl\n" + "\n".join(rows) + "\n")
    assert [trade.net_pnl for trade in reading.trades] == [
        (t.gross - 2 * t.fee).quantize(Decimal("1e-8")) for t in trades
    ]


def test_shorts_without_a_word_are_not_read_as_the_longs_between_them() -> None:
    rows = [row.replace(",BUY,", ",?,").replace(",SELL,", ",BUY,") for row in _fills(6)]
    shorts = [row.replace(",?,", ",SELL,") for row in rows]
    reading = read(HEADER + "\n".join(shorts) + "\n")
    assert (reading.trades, set(reading.reasons.values())) == ([], {"unmatched_fill"})


def test_a_history_that_begins_with_a_sale_keeps_the_rest() -> None:
    assert len(read(HEADER + "\n".join(_fills(6)[1:]) + "\n").trades) == 5


def test_open_and_close_beside_a_position_are_its_entry_and_exit() -> None:
    rows: list[str] = []
    trades = made(6, markets=["BTCUSDT"])
    for t in trades:
        rows += [
            f"{t.entered},OPEN,{t.symbol},{t.word},{t.entry},{t.quantity},0,",
            f"{t.left},CLOSE,{t.symbol},{t.word},{t.exit},{t.quantity},{t.fee},{t.gross}",
        ]
    reading = read("time,event,symbol,side,price,qty,fee,pnl\n" + "\n".join(rows) + "\n")
    assert [trade.net_pnl for trade in reading.trades] == [t.net for t in trades]


FILLS = (
    "time,symbol,side,price,quantity,fee,pnl\n"
    "2024-03-01 10:00:00,BTCUSDT,BUY,40000,1,16,\n2024-03-01 11:00:00,BTCUSDT,SELL,40100,1,16,68\n"
    "2024-03-02 10:00:00,BTCUSDT,BUY,40000,1,16,\n{}"
    "2024-03-02 11:00:00,BTCUSDT,SELL,40200,1,16,168\n"
    "2024-03-03 10:00:00,BTCUSDT,BUY,40000,1,16,\n2024-03-03 11:00:00,BTCUSDT,SELL,40300,1,16,268\n"
)


def test_after_damage_a_result_tells_of_a_closing_fill() -> None:
    reading = read(FILLS.format("2024-03-02 10:30:00,BTCUSDT,BU\n"))
    assert reading.nets == ["68.00000000", "268.00000000"]


def test_a_comment_with_numbers_is_no_damaged_fill() -> None:
    assert len(read(FILLS.format("# balance,1000,equity,1002.5\n")).trades) == 3


def test_results_in_whole_won_are_rounded_to_them() -> None:
    rows: list[str] = []
    trades = [t for t in made(40, seed=3) if t.side > 0]
    nets = []
    for t in trades:
        prices = [round(price * 1_350) for price in (t.entry, t.exit)]
        fees = [round(price * t.quantity / 2_000, 2) for price in prices]
        nets.append(round((prices[1] - prices[0]) * t.quantity - sum(fees)))
        market = f"KRW-{t.symbol[:-4]}"
        rows.append(f"{t.entered},{market},매수,{prices[0]},{t.quantity},{fees[0]},")
        rows.append(f"{t.left},{market},매도,{prices[1]},{t.quantity},{fees[1]},{nets[-1]}")
    reading = read("시간,종목,구분,단가,수량,수수료,수익\n" + "\n".join(rows) + "\n")
    assert sorted(trade.net_pnl for trade in reading.trades) == sorted(nets)


def test_a_settlement_is_no_fill() -> None:
    rows = [f"{row},TRADE" for row in _fills(6)]
    rows.insert(3, rows[2].replace("TRADE", "SETTLEMENT"))
    reading = read(HEADER.rstrip() + ",kind\n" + "\n".join(rows) + "\n")
    assert (len(reading.trades), reading.report.set_aside["cash_flow"]) == (len(rows) // 2, 1)
