"""Files that invite a made-up number: none of their rows may become a trade."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from dashboard.legacy.batch import ImportRefused

from .made import Made, log, made
from .reading import read

TRADES = made(30, seed=7)
START = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity"


def start(t: Made) -> str:
    return f"{t.symbol},{t.word},{t.entered},{t.left},{t.entry},{t.exit},{t.quantity}"


def brief(t: Made) -> str:
    return f"{t.left},{t.symbol},{t.word}"


def percent(t: Made) -> Decimal:
    return (t.net / (t.entry * t.quantity) * 100).quantize(Decimal("0.01"))


Row = Callable[[Made], object]
GHOSTS: dict[str, tuple[str, Row]] = {
    "a position's unrealised result": (
        "time,symbol,side,entry_price,mark_price,quantity,unrealized_pnl",
        lambda t: f"{brief(t)},{t.entry},{t.exit},{t.quantity},{t.gross}",
    ),
    "the same in Korean": (
        "시간,종목,방향,진입가,현재가,수량,평가손익",
        lambda t: f"{brief(t)},{t.entry},{t.exit},{t.quantity},{t.gross}",
    ),
    "what an order would risk": (
        "time,symbol,side,entry_price,stop_loss,quantity,risk",
        lambda t: f"{brief(t)},{t.entry},{t.exit},{t.quantity},{abs(t.gross)}",
    ),
    "a quantity that may be before leverage": (
        f"{START},leverage,fee",
        lambda t: f"{start(t)},10,{t.fee * 10}",
    ),
    "a fee that is a rate": (f"{START},fee", lambda t: f"{start(t)},0.04"),
    "a rate beside a gross result": (
        f"{START},fee,pnl",
        lambda t: f"{start(t)},0.04%,{t.gross}",
    ),
    "a fee in another coin": (f"{START},fee_bnb", lambda t: f"{start(t)},{t.fee / 600:.8f}"),
    "the same, the coin behind it": (f"{START},fee", lambda t: f"{start(t)},{t.fee / 600:.8f} BNB"),
    "no fee and no result": (START, start),
    "funding of unknown sign": (
        f"{START},fee,funding_fee",
        lambda t: f"{start(t)},{t.fee},{t.fee / 3:.8f}",
    ),
    "a share of the price": (
        "time,symbol,side,entry,exit,pnl",
        lambda t: f"{brief(t)},{t.entry},{t.exit},{percent(t)}",
    ),
    "points": (
        "time,symbol,side,entry,exit,pnl",
        lambda t: f"{brief(t)},{t.entry},{t.exit},{(t.exit - t.entry) * t.side}",
    ),
    "close prices": (
        "time,symbol,side,price,pnl",
        lambda t: f"{brief(t)},{t.entry},{t.exit}",
    ),
    "money in and out": (
        "time,type,pnl,asset,symbol",
        lambda t: f"{t.left},COMMISSION,{-t.fee},USDT,{t.symbol}",
    ),
    "orders never filled": (
        f"{START},fee,pnl,status",
        lambda t: f"{start(t)},{t.fee},{t.net},Cancelled by user",
    ),
    "coin-margined contracts": (
        "time,symbol,side,price,quantity,fee",
        lambda t: (
            f"{t.entered},BTCUSD_PERP,BUY,{t.entry},7,0.01\n{t.left},BTCUSD_PERP,SELL,{t.exit},7,0.01"
        ),
    ),
    "contracts whose amount is no price x quantity": (
        "time,symbol,side,price,quantity,amount_usdt,fee",
        lambda t: (
            f"{t.entered},{t.symbol},BUY,{t.entry},7,{t.entry * 7 / 1000},0.01\n"
            f"{t.left},{t.symbol},SELL,{t.exit},7,{t.exit * 7 / 1000},0.01"
        ),
    ),
    "fills without a fee": (
        "time,symbol,side,price,quantity",
        lambda t: (
            f"{t.entered},{t.symbol},BUY,{t.entry},{t.quantity}\n"
            f"{t.left},{t.symbol},SELL,{t.exit},{t.quantity}"
        ),
    ),
}


@pytest.mark.parametrize("name", GHOSTS)
def test_no_trade_comes_of(name: str) -> None:
    header, row = GHOSTS[name]
    assert read(log(header, TRADES, row)).trades == []


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("timestamp,equity,balance,pnl", lambda t: f"{t.left},{t.net},{t.net},{t.net}"),
        ("date,trades,wins,losses,pnl", lambda t: f"{t.left:%Y-%m-%d},3,2,1,{t.net}"),
    ],
)
def test_a_file_of_balances_or_sums_is_no_trading_log(header: str, row: Row) -> None:
    with pytest.raises(ImportRefused, match="not a trading log"):
        read(log(header, TRADES, row))


def test_paper_trades_among_real_ones_are_set_aside() -> None:
    mode = dict(zip(TRADES, ["live", "paper"] * 15, strict=True))
    content = log(
        f"{START},fee,pnl,mode", TRADES, lambda t: f"{start(t)},{t.fee},{t.net},{mode[t]}"
    )
    reading = read(content)
    assert (len(reading.trades), reading.report.set_aside) == (15, {"simulated": 15})


def test_close_prices_among_results_stay_out() -> None:
    trades = made(60, seed=7)
    content = log(
        "symbol,side,time,pnl",
        trades,
        lambda t: (
            f"{t.symbol},{t.word},{t.left},{t.exit if trades.index(t) % 6 == 5 else t.net:.2f}"
        ),
    )
    assert max(abs(trade.net_pnl) for trade in read(content).trades) < 90


def test_a_rate_that_the_printed_net_proves_is_a_fee() -> None:
    content = log(f"{START},fee,pnl", TRADES, lambda t: f"{start(t)},0.0004,{t.net}")
    reading = read(content)
    assert reading.nets == [str(t.net) for t in TRADES]
    assert reading.trades[0].fee == TRADES[0].fee


def test_a_pnl_cut_short_is_none_although_it_is_within_the_prices_precision() -> None:
    rows = [f"{start(t)},{t.fee},{t.net}" for t in TRADES]
    rows[10] = rows[10][:-5]
    reading = read("\n".join([f"{START},fee,pnl", *rows]) + "\n")
    assert reading.reasons == {12: "contradicted"}


def test_a_last_digit_that_is_another_is_seen_where_all_others_agree() -> None:
    rows = [f"{start(t)},{t.fee},{t.net}" for t in TRADES]
    printed = TRADES[10].net + Decimal("0.00000001")
    rows[10] = f"{start(TRADES[10])},{TRADES[10].fee},{printed}"
    assert read("\n".join([f"{START},fee,pnl", *rows]) + "\n").reasons == {12: "contradicted"}


def test_a_net_printed_to_eight_digits_is_no_gross_rounded_to_two() -> None:
    gross = [f"{start(t)},{t.fee},{t.net + t.fee:.2f}" for t in TRADES[:20]]
    net = [f"{start(t)},{t.fee},{t.net}" for t in TRADES[20:]]
    small = "XRPUSDT,LONG,2024-03-01 00:00:00,2024-03-01 01:00:00,0.9360,0.9280,1.8179"
    net.insert(2, f"{small},0.00254142,-0.01708462")
    reading = read("\n".join([f"{START},fee,gross_pnl", *gross, *net]) + "\n")
    assert reading.nets[22] == "-0.01708462"


def test_results_of_their_own_are_no_running_total() -> None:
    rows = [f"{start(t)},{t.fee},{t.net}" for t in TRADES]
    rows[-1] = rows[-1][:-2]
    reading = read("\n".join([f"{START},fee,pnl", *rows]) + "\n")
    assert reading.report.segments[0].pnl_kind == "net"


@pytest.mark.parametrize(("word", "kind"), [("error", "error"), ("paper", "simulated")])
def test_a_column_that_moved_still_says_that_it_was_no_trade(word: str, kind: str) -> None:
    words = dict(zip(TRADES, ["closed"] * 20 + ["closed", word] * 5, strict=True))

    def row(t: Made) -> str:
        extra = ",24.5" if TRADES.index(t) >= 15 else ""
        return f"{t.symbol}{extra},{start(t).partition(',')[2]},{t.fee},{t.net},{words[t]}"

    reading = read(log(f"{START},fee,pnl,status", TRADES, row))
    assert (len(reading.trades), reading.report.set_aside) == (25, {kind: 5})


@pytest.mark.parametrize("anew", [True, False])
def test_a_running_total_under_a_second_header_begins_anew_or_goes_on(*, anew: bool) -> None:
    content, total = "", Decimal(0)
    for name, part in (("pnl_total", TRADES[:15]), ("cum_pnl", TRADES[15:])):
        total = Decimal(0) if anew else total
        content += f"{START},fee,{name}\n"
        for t in part:
            total += t.net
            content += f"{start(t)},{t.fee},{total}\n"
    assert read(content).nets == [str(t.net) for t in TRADES]


def test_of_two_results_the_one_that_names_a_currency_is_money() -> None:
    content = log("time,symbol,side,pnl,pnl_usd", TRADES, lambda t: f"{brief(t)},0.5,{t.net:.2f}")
    assert read(content).nets == [f"{t.net:.2f}000000" for t in TRADES]


def test_a_side_named_closing_is_that_of_the_order() -> None:
    words = {1: "SELL", -1: "BUY"}
    content = log(
        "time,symbol,close side,qty,entry,exit,pnl",
        TRADES,
        lambda t: f"{t.left},{t.symbol},{words[t.side]},{t.quantity},{t.entry},{t.exit},{t.net}",
    )
    assert [trade.side for trade in read(content).trades] == [t.side for t in TRADES]


def test_sides_the_other_way_round_on_a_few_rows_are_no_layout() -> None:
    turned = {8, 15, 23}
    words = ("BUY", "SELL")
    lines = []
    for at, t in enumerate(TRADES):
        facts = f"{t.entered},{t.left},{t.entry},{t.exit},{t.quantity}"
        word = words[(t.side < 0) != (at in turned)]
        lines.append(f"{t.symbol},{word},{facts},{t.gross:.2f},{t.fee}")
    reading = read("\n".join([f"{START},gross_pnl,fee", *lines]) + "\n")
    assert set(reading.reasons) == {at + 2 for at in turned}


def test_a_wrong_net_result_is_refused_beside_a_right_gross_one() -> None:
    def row(t: Made) -> str:
        wrong = TRADES.index(t) in (5, 6, 11)
        return f"{start(t)},{t.gross},{t.net * 100 if wrong else t.net},{t.fee}"

    reading = read(log(f"{START},gross_pnl,net_pnl,fee", TRADES, row))
    assert reading.reasons == {7: "contradicted", 8: "contradicted", 13: "contradicted"}


def test_results_after_fees_nobody_printed_are_no_running_total() -> None:
    # With one quantity throughout, a result follows some earlier one by chance.
    trades = [replace(t, quantity=Decimal("0.5")) for t in made(40, markets=["SOLUSDT"])]
    rates = (Decimal("0.0002"), Decimal("0.0005"))
    nets = [
        t.gross - (t.entry * rates[at % 2] + t.exit * rates[at // 2 % 2]) * t.quantity
        for at, t in enumerate(trades)
    ]
    lines = [f"{start(t)},{net:.8f}" for t, net in zip(trades, nets, strict=True)]
    reading = read("\n".join([f"{START},pnl", *lines]) + "\n")
    assert reading.nets == [f"{net:.8f}" for net in nets]


def test_the_rows_next_to_a_header_tell_its_meaning_where_most_are_of_another() -> None:
    lines = [f"{start(t)},{t.net}" for t in TRADES[:10]]
    lines += [f"{start(t)},{percent(t)}" for t in TRADES[10:]]
    reading = read("\n".join([f"{START},pnl", *lines]) + "\n")
    assert reading.nets == [f"{t.net:.8f}" for t in TRADES[:10]]


def test_where_a_fee_is_missing_the_result_must_leave_room_for_one_as_the_others_are() -> None:
    one = replace(TRADES[20], exit=TRADES[20].entry * (1 + TRADES[20].side * Decimal("0.008")))
    lines = [f"{start(t)},{t.fee},{t.net}" for t in TRADES[:20]]
    shifted = f"{start(one)},,{one.fee}"
    reading = read("\n".join([f"{START},fee,pnl", *lines, shifted]) + "\n")
    assert list(reading.reasons) == [22]


def test_numbers_of_rows_are_no_fees() -> None:
    header = "#,symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,gross_pnl"
    rows = [f"{at},{start(t)},{t.fee},{t.gross}" for at, t in enumerate(TRADES[:4], start=1)]
    # From here on entry and exit times have changed places.
    rows += [
        f"{at},{t.symbol},{t.word},{t.left},{t.entered},{t.entry},{t.exit},20000,{t.fee},"
        f"{(t.exit - t.entry) * 20000 * t.side}"
        for at, t in enumerate(made(4, markets=["SOLUSDT"]), start=500)
    ]
    reading = read("\n".join([header, *rows]) + "\n")
    assert not {trade.fee for trade in reading.trades} & {Decimal(at) for at in range(500, 504)}


def test_a_fee_of_one_amount_on_every_trade_is_a_fee_on_the_small_ones_too() -> None:
    trades = [replace(t, fee=Decimal("1.0")) for t in TRADES]
    trades[3] = replace(trades[3], side=1, exit=trades[3].entry + 1, quantity=Decimal("3.5"))
    reading = read(log(f"{START},fee,pnl", trades, lambda t: f"{start(t)},{t.fee},{t.net}"))
    assert reading.nets == [f"{t.net:.8f}" for t in trades]


def test_fills_whose_results_carry_their_unit() -> None:
    lines = ["time,symbol,type,side,price,quantity,fee,net_pnl"]
    for t in TRADES[:8]:
        lines.append(f"{t.entered},{t.symbol},ENTRY,{t.word},{t.entry},{t.quantity},0,None")
        sign = "-" if t.gross < 0 else "+"
        result = f"{sign}${abs(t.gross):.3f}"
        lines.append(f"{t.left},{t.symbol},EXIT,{t.word},{t.exit},{t.quantity},0,{result}")
    assert len(read("\n".join(lines) + "\n").trades) == 8


def test_numbers_of_rows_inserted_half_way_are_no_fees_where_there_are_none() -> None:
    trades = [replace(t, quantity=Decimal(1)) for t in made(24, markets=["BTCUSDT"])]
    lines = [f"{start(t)},{t.gross},0.00" for t in trades[:12]]
    lines += [f"{start(t)},{t.gross},{at},0.00" for at, t in enumerate(trades[12:], start=8)]
    reading = read("\n".join([f"{START},pnl,fee", *lines]) + "\n")
    assert {trade.fee for trade in reading.trades} <= {None, Decimal(0)}


def test_a_result_before_fees_is_not_taken_where_the_header_names_one_after_them() -> None:
    # In cents the two are so near that either seems to agree.
    small = [replace(t, quantity=t.quantity / 200) for t in TRADES]
    lines = [f"{start(t)},{t.net:.3f},{t.gross:.3f},{t.fee:.2f}" for t in small[:15]]
    lines += [f"{start(t)},{t.fee:.2f},{t.gross:.3f},{t.net:.3f}" for t in small[15:]]
    reading = read("\n".join([f"{START},net_pnl,gross_pnl,fee", *lines]) + "\n")
    gross = {t.gross.quantize(Decimal("0.001")) for t in small if t.fee > Decimal("0.005")}
    assert not gross & {trade.net_pnl for trade in reading.trades}


def test_a_fee_of_one_whole_amount_leaves_no_room_of_half_of_it() -> None:
    trades = [replace(t, fee=Decimal(1)) for t in TRADES]
    nets = [t.net + (Decimal("0.4") if at == 20 else 0) for at, t in enumerate(trades)]
    lines = [f"{start(t)},1,{net:.2f}" for t, net in zip(trades, nets, strict=True)]
    reading = read("\n".join([f"{START},fee,pnl", *lines]) + "\n")
    assert reading.reasons == {22: "contradicted"}


def test_a_result_that_is_missing_is_not_computed_with_a_fee_that_is_none() -> None:
    lines = [f"{start(t)},{t.fee},{t.net}" for t in TRADES[:20]]
    one = TRADES[20]
    lines.append(f"{start(one).rpartition(',')[0]},{one.fee},{one.gross + 50},")
    reading = read("\n".join([f"{START},fee,pnl", *lines]) + "\n")
    assert list(reading.reasons) == [22]


def test_a_percentage_of_nought_is_no_small_one() -> None:
    lines = [f"{start(t)},{t.fee},{percent(t)}" for t in TRADES]
    lines[9] = f"{start(TRADES[9])},{TRADES[9].fee},0"
    reading = read("\n".join([f"{START},fee,pnl_pct", *lines]) + "\n")
    assert 11 in reading.reasons


def test_results_that_are_net_to_the_last_digit_are_not_gross_to_the_prices() -> None:
    # With so many coins the prices' last digit bears nearly anything.
    lines, nets = [], []
    for at in range(13):
        fee = Decimal("0.2761") + at / Decimal(100)
        last = ("0.00000809", "0.00000805", "0.00000807")[at % 3 if at < 3 else 2]
        net = (Decimal(last) - Decimal("0.00000807")) * 41_528_122 - fee
        times = f"2024-06-{10 + at} 12:17:05,2024-06-{10 + at} 12:17:44"
        printed = f"{net:.8f}" if at < 3 else f"-0.{at:02}"
        lines.append(f"SHIBUSDT,LONG,{times},0.00000807,{last},41528122,{fee},{printed}")
        nets.append(printed)
    reading = read("\n".join([f"{START},fee,pnl", *lines]) + "\n")
    assert all(str(t.net_pnl) == nets[t.line - 2] for t in reading.trades if t.line < 5)


def test_one_running_total_says_nothing_of_its_trade() -> None:
    t = TRADES[0]
    reading = read(f"{START},fee,cum_pnl\n{start(t)},{t.fee},{t.net + 1000}\n")
    assert reading.reasons == {2: "pnl_not_available"}


def test_a_column_that_slipped_into_the_fees_place_here_and_there_is_none() -> None:
    # Without fees, net and gross are one; an indicator is no fee because it is small.
    lines = [f"{start(t)},{t.gross},0.00000000,20.25" for t in TRADES]
    for at in (7, 19):
        lines[at] = f"{start(TRADES[at])},{TRADES[at].gross},1.29,"
    reading = read("\n".join([f"{START},pnl,fee,atr", *lines]) + "\n")
    assert set(reading.reasons) == {9, 21}


def test_a_leverage_is_no_fee() -> None:
    trades = [replace(t, quantity=Decimal(1)) for t in made(30, markets=["SOLUSDT"])]
    total = Decimal(0)
    lines = []
    for at, t in enumerate(trades):
        total += t.gross
        lines.append(f"{start(t)},3,0,{t.gross if at < 10 else total}")
    reading = read("\n".join([f"{START},leverage,fee,pnl", *lines]) + "\n")
    assert {trade.fee for trade in reading.trades} <= {None, Decimal(0)}


def test_an_indicator_is_no_fee_of_a_result_that_agrees_without_one() -> None:
    # ADX is between ten and sixty, and so may fees be of positions all about as large.
    trades = [replace(t, quantity=Decimal(1)) for t in made(40, markets=["ETHUSDT"])]
    lines = [f"{start(t)},{t.gross},0.0" for t in trades[:20]]
    adx = (10 + (at * 37 % 90) / Decimal(10) for at in range(20))
    lines += [f"{start(t)},{t.gross},0.0,{each}" for t, each in zip(trades[20:], adx, strict=True)]
    reading = read("\n".join([f"{START},pnl,fee", *lines]) + "\n")
    assert {trade.fee for trade in reading.trades} <= {None, Decimal(0)}


@pytest.mark.parametrize("more", ["", ",3"])
def test_results_without_their_fee_after_results_with_one_are_not_net(more: str) -> None:
    lines = [f"{start(t)},{t.fee},{t.gross}" for t in TRADES[:15]]
    lines += [f"{start(t)},{t.gross}{more}" for t in TRADES[15:]]
    reading = read("\n".join([f"{START},fee,gross_pnl", *lines]) + "\n")
    assert max(trade.line for trade in reading.trades) == 16


def test_a_result_that_is_what_most_fees_are_is_one() -> None:
    trades = [replace(t, fee=Decimal("1.0")) for t in TRADES]
    lines = [f"{start(t)},{t.net:.2f},{t.fee}" for t in trades[:18]]
    lines += [f"{start(t)},{t.fee},{t.net:.2f}" for t in trades[18:]]
    reading = read("\n".join([f"{START},pnl,fee", *lines]) + "\n")
    assert Decimal(1) not in [trade.net_pnl for trade in reading.trades]


def test_two_rows_are_no_running_total() -> None:
    one, other = made(2, markets=["SOLUSDT"])
    lines = [f"{start(one)},{one.net}", f"{start(other)},{one.net + other.gross}"]
    assert read("\n".join([f"{START},pnl", *lines]) + "\n").trades == []


def test_rows_here_and_there_that_lost_a_time_are_no_layout() -> None:
    lines = [f"{start(t)},{t.fee},{t.net},x" for t in TRADES]
    for at in (6, 17):
        cells = lines[at].split(",")
        lines[at] = ",".join([*cells[:3], *cells[4:], ""])
    reading = read("\n".join([f"{START},fee,pnl,note", *lines]) + "\n")
    assert set(reading.reasons) == {8, 19}


def test_a_quantity_too_large_does_not_make_room_for_any_result() -> None:
    lines = []
    for at in range(14):
        last = Decimal("0.00000859") + (-1) ** at * Decimal(1 + at % 3) / Decimal(10**8)
        fee = (Decimal("0.00000859") + last) * 211_467_234 * Decimal("0.0006")
        net = (last - Decimal("0.00000859")) * 211_467_234 - fee + Decimal("0.3")
        size = 21_146_723_400 if at == 9 else 211_467_234
        times = f"2024-06-{10 + at} 12:17:05,2024-06-{10 + at} 12:17:44"
        lines.append(f"SHIBUSDT,LONG,{times},0.00000859,{last},{size},{fee:.2f},{net:.2f}")
    assert 11 in read("\n".join([f"{START},fee,pnl", *lines]) + "\n").reasons


def test_a_result_of_nought_is_as_exact_as_its_column() -> None:
    small = [replace(t, quantity=t.quantity / 1000) for t in TRADES]
    lines = [f"{start(t)},{t.fee / 1000},{t.gross - t.fee / 1000} $" for t in small]
    for at in range(0, 24, 4):
        lines[at] = f"{start(small[at])},{small[at].fee / 1000},0"
    reading = read("\n".join([f"{START},fee,pnl", *lines]) + "\n")
    assert 0 not in [trade.net_pnl for trade in reading.trades]


def test_one_row_under_its_own_header_does_not_turn_sides() -> None:
    header = f"{START},fee,pnl"
    wrong = ("SELL", "BUY")
    first = TRADES[0]
    facts = start(first).split(",", 2)[2]
    lines = [
        header,
        f"{first.symbol},{wrong[first.side < 0]},{facts},{first.fee},{first.net}",
        header,
    ]
    lines += [
        f"{t.symbol},{wrong[t.side > 0]},{start(t).split(',', 2)[2]},{t.fee},{t.net}"
        for t in TRADES[1:]
    ]
    assert list(read("\n".join(lines) + "\n").reasons) == [2]


def test_fees_in_cents_hide_in_no_result_without_a_header() -> None:
    small = [replace(t, quantity=t.quantity / 100) for t in made(40)]
    lines = [f"{start(t)},{t.fee / 100:.2f},{t.gross}" for t in small]
    gross = {f"{t.gross:.8f}" for t in small if t.fee >= 1}
    assert not gross & set(read("\n".join(lines) + "\n").nets)


def test_results_short_of_one_amount_are_no_running_total() -> None:
    trades = [replace(t, quantity=Decimal("0.102")) for t in made(30, markets=["SOLUSDT"])]
    trades[4] = replace(trades[4], exit=trades[4].entry)
    lines = [f"{start(t)},{t.gross - Decimal('0.02')}" for t in trades]
    reading = read("\n".join([f"{START},pnl", *lines]) + "\n")
    wrong = {t.gross.quantize(Decimal("1e-8")) for t in trades}
    assert not wrong & {trade.net_pnl for trade in reading.trades}
