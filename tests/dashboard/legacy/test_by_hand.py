"""Files as people keep them: saved by a spreadsheet, in Korean, with open positions between."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.dashboard.legacy.made import Made, log, made
from tests.dashboard.legacy.reading import Reading, read
from tests.faults.importing_damage import make_log

TRADES = made(24, seed=3)
NAMES = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,pnl"
KOREAN = "종목,방향,진입시간,청산시간,진입가,청산가,수량,수수료,손익"


def cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def whole(trade: Made, **other: object) -> str:
    """The trade's row under NAMES."""
    cells: dict[str, object] = {
        "symbol": trade.symbol, "side": trade.word, "entered": trade.entered, "left": trade.left,
        "entry": trade.entry, "exit": trade.exit, "quantity": trade.quantity, "fee": trade.fee,
        "net": trade.net,
    }  # fmt: skip
    return ",".join(str(cell) for cell in (cells | other).values())


def nets(reading: Reading) -> list[Decimal]:
    return [trade.net_pnl for trade in reading.trades]


TRUE = [trade.net for trade in TRADES]


# -- times a spreadsheet turned into numbers


def serial(moment: datetime, places: int = 6) -> str:
    return f"{(moment - datetime(1899, 12, 30)).total_seconds() / 86_400:.{places}f}"  # noqa: DTZ001


@pytest.mark.parametrize("first", [0, 10])
@pytest.mark.parametrize("places", [5, 6, 10])
def test_dates_turned_into_serials_are_times(first: int, places: int) -> None:
    """All of them, or from a pasted row on."""
    rows = [
        whole(trade, entered=serial(trade.entered, places), left=serial(trade.left, places))
        if at >= first
        else whole(trade)
        for at, trade in enumerate(TRADES)
    ]
    reading = read(NAMES + "\n" + "\n".join(rows) + "\n")
    assert nets(reading) == TRUE
    plain = read(log(NAMES, TRADES, whole))
    assert [t.exit_time for t in reading.trades] == [t.exit_time for t in plain.trades]


def test_serials_too_coarse_to_tell_the_second_are_none() -> None:
    rows = log(NAMES, TRADES, lambda t: whole(t, left=serial(t.left, 2)))
    assert nets(read(rows)) == []


def test_prices_in_the_place_of_times_are_no_serials() -> None:
    """BTC at 45,000 has the size of a day in 2023, and goes up and down."""
    prices = iter(f"{45_000 + (at * 7_919) % 3_000}.123456" for at in range(99))
    rows = log("time,symbol,side,pnl", TRADES, lambda t: f"{next(prices)},{t.symbol},LONG,{t.net}")
    assert nets(read(rows)) == []


# -- positions looked at, not closed


def looked_at(trade: Made, row: Callable[[datetime, Decimal, bool], str]) -> Iterable[str]:
    for at in range(1, 5):
        price = cents(trade.entry + (trade.exit - trade.entry) * at / 4)
        yield row(trade.entered + timedelta(minutes=5 * at), price, at == 4)


def gross(trade: Made, price: Decimal) -> Decimal:
    return (price - trade.entry) * trade.quantity * trade.side


@pytest.mark.parametrize("header", ["time,symbol,side,entry_price,price,quantity,pnl\n", ""])
def test_a_position_looked_at_again_and_again_is_no_trade(header: str) -> None:
    """Every row's arithmetic agrees, and none says that anything was closed."""
    rows = [
        line
        for t in TRADES
        for line in looked_at(
            t,
            lambda time, price, _, t=t: (  # type: ignore[misc]
                f"{time},{t.symbol},{t.word},{t.entry},{price},{t.quantity},{gross(t, price)}"
            ),
        )
    ]
    assert nets(read(header + "\n".join(rows) + "\n")) == []


@pytest.mark.parametrize(("hold", "close"), [("HOLD", "CLOSE"), ("보유", "청산"), ("유지", "종료")])
def test_a_row_that_says_hold_is_none_either(hold: str, close: str) -> None:
    rows = [
        line
        for t in TRADES
        for line in looked_at(
            t,
            lambda time, price, last, t=t: (  # type: ignore[misc]
                f"{t.symbol},{t.word},{t.entered},{time},{t.entry},{price},{t.quantity},"
                f"{close if last else hold},{gross(t, price)}"
            ),
        )
    ]
    header = "symbol,side,entry_time,time,entry_price,price,quantity,action,pnl\n"
    reading = read(header + "\n".join(rows) + "\n")
    assert {trade.line % 4 for trade in reading.trades} <= {1}
    assert reading.report.records == 96


def test_a_row_under_current_prices_that_says_closed_is_told() -> None:
    """It is not set aside with the positions that stand still: a person can mend it."""
    rows = [
        line
        for t in TRADES
        for line in looked_at(
            t,
            lambda time, price, last, t=t: (  # type: ignore[misc]
                f"{time},{t.symbol},{'롱' if t.side > 0 else '숏'},{'청산' if last else '보유'},"
                f"{t.entry},{price},{t.quantity},{gross(t, price)}"
            ),
        )
    ]
    reading = read("시간,종목,포지션,상태,진입가,현재가,수량,손익\n" + "\n".join(rows) + "\n")
    assert (reading.report.set_aside, reading.report.quarantined) == ({"open": 72}, 24)


# -- percentages


@pytest.mark.parametrize("leverage", [5, 10, 125])
@pytest.mark.parametrize("column", ["leverage,", ""])
def test_a_percentage_times_leverage_is_no_money(leverage: int, column: str) -> None:
    lever = f"{leverage}," if column else ""
    rows = log(
        f"symbol,side,{column}entry_time,exit_time,entry_price,exit_price,pnl",
        TRADES,
        lambda t: (
            f"{t.symbol},{t.word},{lever}{t.entered},{t.left},{t.entry},{t.exit},"
            f"{cents((t.exit - t.entry) / t.entry * 100 * leverage * t.side)}"
        ),
    )
    reading = read(rows)
    assert (nets(reading), set(reading.reasons.values())) == ([], {"pnl_kind_unknown"})


def test_money_of_trades_of_other_sizes_is_still_money() -> None:
    rows = log(
        "symbol,side,entry_time,exit_time,entry_price,exit_price,pnl",
        TRADES,
        lambda t: f"{t.symbol},{t.word},{t.entered},{t.left},{t.entry},{t.exit},{cents(t.net)}",
    )
    assert nets(read(rows)) == [cents(trade.net) for trade in TRADES]


# -- results in cents, balances, sums, signs


def entries_and_exits(fee: str) -> str:
    rows = []
    for t in TRADES:
        half = f"{t.fee / 2:.4f}," if fee else ""
        opens, closes = ("매수", "매도") if t.side > 0 else ("매도", "매수")
        rows += [
            f"{t.entered},{t.symbol},{opens},{t.entry},{t.quantity},{half}0",
            f"{t.left},{t.symbol},{closes},{t.exit},{t.quantity},{half}{cents(t.net)}",
        ]
    return f"시간,종목,매매구분,가격,수량,{fee}실현손익\n" + "\n".join(rows) + "\n"


def test_fills_whose_result_is_printed_in_cents_are_confirmed() -> None:
    """A small quantity's prices are finer than a cent: what was rounded is the result."""
    reading = read(entries_and_exits("수수료,").encode("cp949"))
    assert sorted(nets(reading)) == sorted(cents(trade.net) for trade in TRADES)
    assert {trade.reconciled for trade in reading.trades} == {"confirmed"}


def test_fills_without_fees_and_a_net_result_are_told_by_a_steady_share() -> None:
    rows = []
    for t in TRADES:
        word = "롱" if t.side > 0 else "숏"
        rows += [
            f"{t.entered},{t.symbol},{word},진입,{t.entry},{t.quantity},",
            f"{t.left},{t.symbol},{word},청산,{t.exit},{t.quantity},{cents(t.net)}",
        ]
    rows[11] = rows[11].replace(rows[11].rpartition(",")[2], "4000.10")
    text = "시간,종목,방향,구분,가격,수량,손익\n" + "\n".join(rows) + "\n"
    reading = read(text.encode("cp949"))
    others = [cents(t.net) for at, t in enumerate(TRADES) if at != 5]
    assert sorted(nets(reading)) == sorted(others)
    assert {(t.fee, t.reconciled) for t in reading.trades} == {(None, "not_computable")}
    assert reading.reasons == {12: "contradicted", 13: "contradicted"}


def test_a_balance_in_cents_called_profit_gives_each_its_own_result() -> None:
    balance, rows = Decimal(1000), []
    for t in TRADES:
        balance += t.net
        rows.append(whole(t, net=cents(balance)))
    reading = read(NAMES.replace("pnl", "profit") + "\n" + "\n".join(rows) + "\n")
    assert nets(reading) == TRUE[1:]
    assert reading.reasons == {2: "contradicted"}


@pytest.mark.parametrize("word", ["일계", "소계", "누계", "합계"])
def test_sums_between_the_rows_are_set_aside(word: str) -> None:
    rows = [whole(trade) for trade in TRADES]
    rows.insert(12, f"{word},,,,,,,,{sum(TRUE[:12])}")
    reading = read(KOREAN + "\n" + "\n".join(rows) + "\n")
    assert (nets(reading), reading.report.set_aside) == (TRUE, {"total": 1})


def test_shorts_with_a_quantity_below_zero_are_shorts() -> None:
    reading = read(log(NAMES, TRADES, lambda t: whole(t, quantity=t.quantity * t.side)))
    assert nets(reading) == TRUE
    assert [trade.side for trade in reading.trades] == [trade.side for trade in TRADES]


def test_a_sign_that_contradicts_the_side_is_refused() -> None:
    rows = [whole(trade, quantity=trade.quantity * trade.side) for trade in TRADES]
    at = next(at for at, trade in enumerate(TRADES) if trade.side > 0)
    rows[at] = whole(TRADES[at], quantity=-TRADES[at].quantity)
    reading = read(NAMES + "\n" + "\n".join(rows) + "\n")
    assert reading.reasons == {at + 2: "quantity_not_positive"}


def test_a_quantity_below_zero_here_and_there_is_damage() -> None:
    rows = [whole(trade) for trade in TRADES]
    for at in (3, 8):
        rows[at] = whole(TRADES[at], quantity=-TRADES[at].quantity)
    reading = read(NAMES + "\n" + "\n".join(rows) + "\n")
    assert reading.reasons == {5: "quantity_not_positive", 10: "quantity_not_positive"}


# -- two moneys in one file


@pytest.mark.parametrize("word", ["KRW", "krw", "원"])
@pytest.mark.parametrize("prices", [True, False])
def test_a_column_that_names_the_money_keeps_two_of_them_apart(word: str, prices: bool) -> None:
    """Bare coins: nothing else tells a result in won from one in dollars."""
    rows = []
    for at, t in enumerate(TRADES):
        money = word if at % 2 else "USDT"
        row = whole(t, symbol=t.symbol[:3])
        short = f"{t.symbol[:3]},{t.word},{t.left},{cents(t.net)}"
        rows.append(f"{row if prices else short},{money}")
    header = NAMES.replace("symbol", "coin") if prices else "coin,side,exit_time,pnl"
    reading = read(f"{header},currency\n" + "\n".join(rows) + "\n")
    assert [trade.quote_asset for trade in reading.trades] == ["USDT", "KRW"] * 12
    assert reading.trades[0].symbol == f"{TRADES[0].symbol[:3]}/USDT"


def test_a_market_that_names_its_money_itself_is_believed() -> None:
    rows = log(NAMES + ",통화", TRADES, lambda t: whole(t) + ",원")
    assert {trade.quote_asset for trade in read(rows).trades} == {"USDT"}


def test_fills_of_one_coin_in_two_moneys_are_two_markets() -> None:
    rows = []
    for day in range(1, 9):
        for money, price in (("KRW", 50_000_000), ("USDT", 40_000)):
            for side, hour in (("BUY", 9), ("SELL", 15)):
                at = f"2024-01-{day:02} {hour + (money == 'USDT'):02}:00:00"
                cost = price + 10 * day + (hour == 15) * price // 100
                rows.append(f"{at},BTC,{side},{cost},0.1,{price // 10000},{money}")
    text = "time,coin,side,price,quantity,fee,currency\n" + "\n".join(sorted(rows)) + "\n"
    reading = read(text)
    assert sorted(trade.symbol for trade in reading.trades) == ["BTC/KRW"] * 8 + ["BTC/USDT"] * 8


@pytest.mark.parametrize("leverage", [1, 10])
def test_entries_and_exits_whose_result_is_the_move_in_percent_are_no_money(leverage: int) -> None:
    rows = []
    for t in TRADES:
        move = cents((t.exit - t.entry) / t.entry * 100 * t.side * leverage)
        rows += [
            f"{t.entered},{t.symbol},{t.word},진입,{t.entry},",
            f"{t.left},{t.symbol},{t.word},청산,{t.exit},{move}",
        ]
    reading = read("시간,종목,방향,구분,가격,손익\n" + "\n".join(rows) + "\n")
    assert nets(reading) == []


def test_a_quantity_in_quote_currency_shows_in_fees_too_small_for_it() -> None:
    """No PnL is printed: computed from it, each would be thousands of times too large.

    Where a coin is worth a dollar, as some of this log's are, the quantity is right by chance.
    """
    assert nets(read(make_log(9_108_325, "ghost", "utf-16-be").data)) == []
    header = NAMES.removesuffix(",pnl")
    assert nets(read(log(header, TRADES, lambda t: whole(t).rpartition(",")[0]))) == TRUE
