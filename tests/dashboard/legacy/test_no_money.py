"""Results that are no money, another amount of it, or of no trade that was made."""

from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from .made import Made, log, made
from .reading import read

TRADES = made(40, seed=11)
START = "time,symbol,side,entry,exit,qty,fee,pnl"


def start(t: Made) -> str:
    return f"{t.left},{t.symbol},{t.word},{t.entry},{t.exit},{t.quantity},{t.fee},{t.net}"


def brief(t: Made) -> str:
    return f"{t.left},{t.symbol},{t.word}"


@pytest.mark.parametrize(
    "unit", ["cents", "k$", "bps", "pips", "points", "R", "sats", "만원", "万元", "тыс", "‰"]
)
def test_a_unit_that_is_no_money_makes_no_result(unit: str) -> None:
    content = log(f"time,symbol,side,pnl ({unit})", TRADES, lambda t: f"{brief(t)},{t.net:.2f}")
    reading = read(content)
    assert (reading.trades, set(reading.reasons.values())) == ([], {"pnl_kind_unknown"})


def test_a_percentage_proves_no_quantity() -> None:
    def row(t: Made) -> str:
        move = (t.exit / t.entry - 1) * 100 * t.side
        return f"{brief(t)},{t.entry},{t.exit},{t.quantity},{move:.2f}"

    assert read(log("time,symbol,side,entry,exit,qty,profit", TRADES, row)).trades == []


@pytest.mark.parametrize("size", ["0.01", "0.1"])
def test_round_trips_in_contracts_compute_nothing(size: str) -> None:
    def row(t: Made) -> str:
        count = round(t.quantity / Decimal(size)) + 1
        fee = (t.entry + t.exit) * count * Decimal(size) * Decimal("0.0005")
        return f"{brief(t)},{count},{t.entry},{t.exit},{fee:.8f}"

    reading = read(log("time,symbol,side,size,entry price,exit price,fee", TRADES, row))
    assert (reading.trades, set(reading.reasons.values())) == ([], {"pnl_not_available"})


def test_results_of_days_are_no_trades() -> None:
    days = {trade: f"2024-01-{at + 1:02}" for at, trade in enumerate(TRADES[:30])}
    content = log("date,symbol,pnl", TRADES[:30], lambda t: f"{days[t]},{t.symbol},{t.net}")
    assert read(content).trades == []


def test_results_at_one_hour_a_day_are_trades() -> None:
    days = {trade: f"2024-01-{at + 1:02} 10:00:00" for at, trade in enumerate(TRADES[:30])}
    content = log("time,symbol,pnl", TRADES[:30], lambda t: f"{days[t]},{t.symbol},{t.net}")
    assert len(read(content).trades) == 30


PLANS: dict[str, tuple[str, Callable[[Made], str]]] = {
    "a result that is the target's": (
        "time,symbol,side,entry price,tp,qty,profit",
        lambda t: f"{t.entered},{t.symbol},{t.word},{t.entry},{t.exit},{t.quantity},{t.gross}",
    ),
    "a result that never loses": (
        "time,symbol,signal,entry,target,profit",
        lambda t: f"{t.entered},{t.symbol},{t.word},{t.entry},{t.exit},{abs(t.gross):.2f}",
    ),
}


@pytest.mark.parametrize("name", PLANS)
def test_what_is_planned_is_no_trade(name: str) -> None:
    header, row = PLANS[name]
    assert read(log(header, TRADES, row)).trades == []


def test_planned_rows_without_a_header_are_set_aside() -> None:
    content = "\n".join(f"{start(t)},planned" for t in TRADES) + "\n"
    assert read(content).trades == []


@pytest.mark.parametrize(
    ("header", "paper", "live"),
    [
        ("network", "testnet", "mainnet"),
        ("계좌구분", "모의", "실전"),
        ("dry_run", "True", "False"),
        ("is_live", "0", "1"),
    ],
)
def test_paper_trades_are_told_apart(header: str, paper: str, live: str) -> None:
    words = dict(zip(TRADES, [paper, live, live, live] * 10, strict=True))
    reading = read(log(f"{START},{header}", TRADES, lambda t: f"{start(t)},{words[t]}"))
    assert (len(reading.trades), reading.report.set_aside) == (30, {"simulated": 10})


def test_a_result_cut_off_is_none_although_it_agrees_as_far_as_it_goes() -> None:
    rows = [start(trade) for trade in TRADES]
    for at in (5, 17, 30):
        rows[at] = rows[at][:-4]
    reading = read(f"{START}\n" + "\n".join(rows) + "\n")
    assert set(reading.reasons) == {7, 19, 32}


@pytest.mark.parametrize("cell", ["error", "1e", "#REF!"])
def test_cells_that_are_no_numbers_are_not_measured(cell: str) -> None:
    rows = [start(trade) for trade in TRADES]
    for at in (5, 17, 30):
        rows[at] = rows[at].rpartition(",")[0] + f",{cell}"
    reading = read(f"{START}\n" + "\n".join(rows) + "\n")
    assert len(reading.trades) == len(TRADES) - 3


def test_a_number_that_ends_in_its_point_is_cut_off() -> None:
    rows = [f"{brief(trade)},{trade.net:.2f}" for trade in TRADES]
    rows[5] = rows[5][:-2]
    reading = read("time,symbol,side,pnl\n" + "\n".join(rows) + "\n")
    assert reading.reasons == {7: "bad_number"}


def test_a_sign_of_money_is_its_money() -> None:
    content = log("time,coin,side,pnl", TRADES, lambda t: f"{t.left},BTC,{t.word},{t.net:.2f}€")
    assert {trade.quote_asset for trade in read(content).trades} == {"EUR"}


def test_a_header_like_an_exchanges_says_nothing_of_the_zone() -> None:
    def row(t: Made) -> str:
        opens, closes = ("BUY", "SELL") if t.side > 0 else ("SELL", "BUY")
        fee = t.fee / 2
        return (
            f"{t.entered},{t.symbol},{opens},{t.entry},{t.quantity},{fee},0\n"
            f"{t.left},{t.symbol},{closes},{t.exit},{t.quantity},{fee},{t.gross}"
        )

    content = log("time,symbol,side,price,quantity,fee,realized_pnl", TRADES, row)
    here, there = (read(content, zone=ZoneInfo(zone)).trades for zone in ("UTC", "Asia/Seoul"))
    hours = {(a.exit_time - b.exit_time) / 3.6e9 for a, b in zip(here, there, strict=True)}
    assert hours == {9}


# -- which of two, and what stands beside it


def test_two_results_of_one_name_that_differ_are_none() -> None:
    content = log("time,symbol,side,profit,pnl", TRADES, lambda t: f"{brief(t)},0.5,{t.net:.2f}")
    reading = read(content)
    assert (reading.trades, set(reading.reasons.values())) == ([], {"pnl_kind_unknown"})


@pytest.mark.parametrize("name", ["qty", "fee"])
def test_a_result_beside_rows_whose_columns_changed_places_is_none(name: str) -> None:
    rows = [
        f"{brief(t)},{t.fee:.4f},{t.net:.2f}" if at < 20 else f"{brief(t)},{t.net:.2f},{t.fee:.4f}"
        for at, t in enumerate(TRADES)
    ]
    reading = read(f"time,symbol,side,{name},pnl\n" + "\n".join(rows) + "\n")
    assert max(trade.line for trade in reading.trades) <= 21


@pytest.mark.parametrize("symbol", ["TOTAL", "합계", "USDT"])
def test_what_is_no_market_has_no_trades(symbol: str) -> None:
    rows = [f"{t.left},{t.symbol},{t.net:.2f}" for t in TRADES]
    rows.insert(9, f"{TRADES[8].left},{symbol},1000.00")
    assert read("time,symbol,pnl\n" + "\n".join(rows) + "\n").reasons == {11: "no_symbol"}


@pytest.mark.parametrize("header", ["reason", "category"])
@pytest.mark.parametrize("word", ["funding_fee", "Deposit", "펀딩비"])
def test_money_that_moved_without_a_trade_is_set_aside(header: str, word: str) -> None:
    rows = [f"{brief(t)},{t.net:.2f},tp" for t in TRADES]
    rows.insert(9, f"{brief(TRADES[8])},-0.13,{word}")
    reading = read(f"time,symbol,side,pnl,{header}\n" + "\n".join(rows) + "\n")
    assert (len(reading.trades), reading.report.set_aside) == (40, {"cash_flow": 1})


@pytest.mark.parametrize(
    ("header", "still", "done"),
    [
        ("status", "laufend", "geschlossen"),
        ("상태", "보유", "청산완료"),
        ("is_open", "True", "False"),
        ("is_closed", "0", "1"),
    ],
)
def test_a_position_that_is_still_open_is_set_aside(header: str, still: str, done: str) -> None:
    words = dict(zip(TRADES, [still, done, done, done] * 10, strict=True))
    content = log(f"time,symbol,side,pnl,{header}", TRADES,
                  lambda t: f"{brief(t)},{t.net:.2f},{words[t]}")  # fmt: skip
    reading = read(content)
    assert (len(reading.trades), reading.report.set_aside) == (30, {"open": 10})


def test_a_status_nobody_knows_among_closed_ones_is_refused() -> None:
    words = dict(zip(TRADES, ["в работе", "закрыта", "закрыта", "закрыта"] * 10, strict=True))
    content = log("time,symbol,side,pnl,status", TRADES,
                  lambda t: f"{brief(t)},{t.net:.2f},{words[t]}")  # fmt: skip
    reading = read(content)
    assert (len(reading.trades), set(reading.reasons.values())) == (30, {"not_a_trade"})


# -- numbers


def test_a_comma_that_may_stand_before_thousands_is_read_as_neither() -> None:
    rows = [f'{brief(t)},"{t.side * (at + 1)},{at + 100}"' for at, t in enumerate(TRADES)]
    reading = read("time,symbol,side,pnl\n" + "\n".join(rows) + "\n")
    assert reading.trades == []


def test_fees_taken_from_the_coin_bought_compute_nothing() -> None:
    rows = []
    for t in TRADES:
        rows.append(f"{t.entered},{t.symbol},BUY,{t.entry},{t.quantity},{t.quantity / 1000}")
        paid = t.exit * t.quantity / 1000
        rows.append(f"{t.left},{t.symbol},SELL,{t.exit},{t.quantity},{paid}")
    reading = read("time,symbol,side,price,quantity,fee\n" + "\n".join(rows) + "\n")
    assert reading.trades == []


def test_prices_a_spreadsheet_shortened_compute_nothing() -> None:
    rows = []
    for t in TRADES:
        rows.append(f"{t.entered},{t.symbol},BUY,{t.entry:.2E},{t.quantity},{t.fee / 2}")
        rows.append(f"{t.left},{t.symbol},SELL,{t.exit:.2E},{t.quantity},{t.fee / 2}")
    reading = read("time,symbol,side,price,quantity,fee\n" + "\n".join(rows) + "\n")
    assert reading.trades == []


def test_times_of_day_beside_one_date_are_the_entrys_and_the_exits() -> None:
    def row(t: Made) -> str:
        return f"{t.symbol},{t.word},{t.entry},{t.exit},{t.quantity},{t.fee},{t.net}"

    names = "symbol,side,entry price,exit price,qty,fee,pnl\n"
    trades = [t for t in TRADES if t.entered.date() == t.left.date()]
    parts = "\n".join(f"{t.left:%Y-%m-%d},{t.entered:%H:%M:%S},{t.left:%H:%M:%S},{row(t)}"
                      for t in trades)  # fmt: skip
    whole = "\n".join(f"{t.entered},{t.left},{row(t)}" for t in trades)
    first = read(f"date,entry time,exit time,{names}{parts}\n")
    second = read(f"entry time,exit time,{names}{whole}\n")
    assert [(t.entry_time, t.exit_time) for t in first.trades] == [
        (t.entry_time, t.exit_time) for t in second.trades
    ]


# -- a coin alone, paid in won and in dollars


def two_moneys(names: tuple[str, str]) -> str:
    """Round trips of coins, every other in won."""
    rows = ["time,exchange,coin,side,entry,exit,qty,fee,pnl"]
    for at, t in enumerate(TRADES):
        k = (1, 1_300)[at % 2]
        rows.append(f"{t.left},{names[at % 2]},{t.symbol[:-4]},{t.word},{t.entry * k},{t.exit * k},"
                    f"{t.quantity},{t.fee * k},{t.net * k}")  # fmt: skip
    return "\n".join(rows) + "\n"


def test_coins_of_exchanges_that_pay_in_several_moneys_are_not_added_up() -> None:
    content = log(
        "time,exchange,coin,side,pnl", TRADES,
        lambda t: f"{t.left},{'upbit' if t.side > 0 else 'binance'},BTC,{t.word},{t.net:.2f}",
    )  # fmt: skip
    reading = read(content)
    assert (reading.trades, set(reading.reasons.values())) == ([], {"pnl_kind_unknown"})


def test_an_exchange_of_another_money_that_comes_late_is_refused() -> None:
    trades = made(3_500, seed=5)
    late = trades[-1]
    content = log(
        "time,exchange,coin,side,entry,exit,qty,fee,pnl", trades,
        lambda t: f"{t.left},{'upbit' if t is late else 'bybit'},{t.symbol[:-4]},{t.word},"
        f"{t.entry},{t.exit},{t.quantity},{t.fee},{t.net}",
    )  # fmt: skip
    reading = read(content)
    assert (len(reading.trades), reading.reasons) == (3_499, {3_501: "pnl_kind_unknown"})


def test_prices_of_a_coin_a_thousand_times_apart_are_in_two_moneys() -> None:
    assert read(two_moneys(("", ""))).trades == []


def test_exchanges_of_one_money_are_read() -> None:
    content = log("time,exchange,coin,side,entry,exit,qty,fee,pnl", TRADES,
                  lambda t: f"{t.left},{'bybit' if t.side > 0 else 'OKX'},{t.symbol[:-4]},{t.word},"
                  f"{t.entry},{t.exit},{t.quantity},{t.fee},{t.net}")  # fmt: skip
    assert len(read(content).trades) == 40


@pytest.mark.parametrize("name", ["lots", "계약수", "Kontrakte"])
def test_contracts_of_a_size_not_said_compute_nothing_however_usual_the_fee(name: str) -> None:
    content = log(f"entry time,exit time,symbol,side,entry price,exit price,{name},fee", TRADES,
                  lambda t: f"{t.entered},{t.left},{t.symbol},{t.word},{t.entry},{t.exit},"
                  f"{t.quantity * 2},{t.fee}")  # fmt: skip
    assert read(content).trades == []


# -- what a trade costs beside its fee


def bought_and_sold(row: Callable[[Made, bool], str]) -> str:
    return "\n".join(row(t, bought) for t in TRADES for bought in (True, False)) + "\n"


def test_a_tax_is_a_cost_as_the_fee_is() -> None:
    def row(t: Made, bought: bool) -> str:
        when, price = (t.entered, t.entry) if bought else (t.left, t.exit)
        way, tax = ("매수", 0) if bought else ("매도", price * t.quantity * Decimal("0.0018"))
        return f"{when},{t.symbol},{way},{price},{t.quantity},{t.fee / 2},{tax}"

    reading = read("체결시간,종목,매매구분,체결가,체결수량,수수료,세금\n" + bought_and_sold(row))
    taxed = [
        (t.exit - t.entry) * t.quantity - t.fee - t.exit * t.quantity * Decimal("0.0018")
        for t in TRADES
    ]
    assert sum(trade.net_pnl for trade in reading.trades) == pytest.approx(
        sum(taxed), abs=Decimal("1e-6")
    )


def test_of_two_fees_nothing_says_what_they_add_up_to() -> None:
    content = log(
        "entry time,exit time,symbol,side,entry price,exit price,qty,fee,commission", TRADES,
        lambda t: f"{t.entered},{t.left},{t.symbol},{t.word},{t.entry},{t.exit},{t.quantity},"
        f"{t.fee},{t.fee / 4}",
    )  # fmt: skip
    assert read(content).trades == []


def test_results_beside_openings_that_pay_fees_are_before_them() -> None:
    """Whether what is printed at the close includes the fee of the opening is not said."""
    rows = []
    for t in TRADES:
        rows.append(f"{t.entered},{t.symbol},Open {t.word.title()},{t.fee / 2},0")
        rows.append(f"{t.left},{t.symbol},Close {t.word.title()},{t.fee / 2},{t.gross:.4f}")
    reading = read("time,symbol,type,fee,realized pnl\n" + "\n".join(rows) + "\n")
    assert reading.trades == []


# -- fills of markets that nobody names


def test_fills_of_several_coins_without_a_market_make_no_trade() -> None:
    def row(t: Made, bought: bool) -> str:
        when, price = (t.entered, t.entry) if bought else (t.left, t.exit)
        return f"{when},{'buy' if bought else 'sell'},{price},{t.quantity},{t.fee / 2}"

    assert read("time,side,price,amount,fee\n" + bought_and_sold(row)).trades == []


def test_fills_of_one_coin_in_won_and_in_dollars_make_no_trade() -> None:
    def row(t: Made, bought: bool) -> str:
        when, price = (t.entered, t.entry) if bought else (t.left, t.exit)
        k = 1_300 if t.side > 0 else 1
        way = "buy" if bought else "sell"
        return f"{when},{t.symbol[:-4]},{way},{price * k},{t.quantity},{t.fee * k / 2}"

    assert read("time,coin,side,price,amount,fee\n" + bought_and_sold(row)).trades == []


def test_a_fee_in_dollars_of_a_coin_alone_is_part_of_its_result() -> None:
    def row(t: Made, bought: bool) -> str:
        when, price = (t.entered, t.entry) if bought else (t.left, t.exit)
        way = "buy" if bought else "sell"
        return f"{when},{t.symbol[:-4]},{way},{price},{t.quantity},{t.fee / 2},USDT"

    reading = read("time,coin,side,price,amount,fee,fee coin\n" + bought_and_sold(row))
    assert [(trade.net_pnl, trade.other_fees) for trade in reading.trades[:1]] == [
        ((t.exit - t.entry) * t.quantity - t.fee, None)
        for t in sorted(TRADES, key=lambda t: t.symbol != TRADES[0].symbol)[:1]
    ]


def test_a_result_before_fees_told_as_a_rate_is_none() -> None:
    content = log(
        "time,symbol,side,entry,exit,qty,fee_rate,pnl", TRADES,
        lambda t: f"{t.left},{t.symbol},{t.word},{t.entry},{t.exit},{t.quantity},0.04%,{t.gross}",
    )  # fmt: skip
    assert read(content).trades == []


@pytest.mark.parametrize("word", ["TOTAL", "합계"])
def test_the_sum_of_a_trades_parts_is_no_part(word: str) -> None:
    rows = []
    for t in TRADES:
        rows += [f"{brief(t)},TP1,{t.net:.2f}", f"{brief(t)},TP2,{t.net / 2:.2f}"]
        rows.append(f"{brief(t)},{word},{t.net * 3 / 2:.2f}")
    reading = read("time,symbol,side,reason,pnl\n" + "\n".join(rows) + "\n")
    assert (len(reading.trades), reading.report.set_aside) == (80, {"total": 40})


def test_decimals_written_another_way_half_way_are_no_thousands() -> None:
    values = [f"{(-1) ** at * (at * 37 % 90)}.{at * 137 % 1000:03}" for at in range(30)]
    values[15:] = [value.replace(".", ",") for value in values[15:]]
    rows = [f"XRPUSDT;LONG;2024-03-{at + 1:02} 10:00:00;{value}" for at, value in enumerate(values)]
    reading = read("\n".join(["symbol;side;time;pnl", *rows]) + "\n")
    assert max((abs(trade.net_pnl) for trade in reading.trades), default=0) < 100


@pytest.mark.parametrize("fee", ["0,04", "0,05", "0,001", "1,5"])
def test_one_fee_on_every_row_computes_nothing_with_a_decimal_comma_either(fee: str) -> None:
    header = "Symbol;Seite;Einstiegszeit;Ausstiegszeit;Einstiegspreis;Ausstiegspreis;Menge;Gebühr\n"
    rows = [
        f"BTCUSDT;LONG;2024-03-{day:02d} 10:00:00;2024-03-{day:02d} 11:00:00;"
        f"4{day}000,5;4{day}100,5;0,{day}1;{fee}"
        for day in range(10, 24)
    ]
    assert read(header + "\n".join(rows) + "\n").trades == []
