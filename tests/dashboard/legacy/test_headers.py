"""What a header's words mean is told by the cells under them."""

from datetime import UTC

import pytest

from .made import Made, log, made
from .reading import read

START = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity"
TRADES = made(20)
NETS = [f"{t.net:.8f}" for t in TRADES]


def start(t: Made, side: str = "") -> str:
    facts = f"{t.entered},{t.left},{t.entry},{t.exit},{t.quantity}"
    return f"{t.symbol},{side or t.word},{facts}"


@pytest.mark.parametrize(
    "header",
    [
        f"{START},trading_fees,pnl",
        START.replace("entry_time", "time_open").replace("exit_time", "time_close") + ",fee,pnl",
        "Paire,Sens,Date d'entrée,Date de sortie,Prix d'entrée,Prix de sortie,Qté,Frais,Résultat",
        "Par,Lado,Fecha apertura,Fecha de cierre,Precio compra,Precio venta,Qtd,Tarifas,Ganancias",
        "銘柄,売買,新規日時,決済日時,新規価格,決済価格,数量,取引手数料,決済損益",
        "Paar,Seite,Kaufdatum,Verkaufsdatum,Kaufkurs,Verkaufskurs,Menge,Gebühr,Gewinn",
    ],
)
def test_names_of_columns(header: str) -> None:
    reading = read(log(header, TRADES, lambda t: f"{start(t)},{t.fee},{t.net}"))
    assert (reading.nets, reading.trades[0].fee) == (NETS, TRADES[0].fee)


@pytest.mark.parametrize("words", [("Compra", "Venta"), ("買", "売"), ("Acheter", "Vendre")])
def test_words_for_sides(words: tuple[str, str]) -> None:
    def row(t: Made) -> str:
        return f"{start(t, words[t.side < 0])},{t.fee},{t.net}"

    assert read(log(f"{START},fee,pnl", TRADES, row)).nets == NETS


def test_contracts_beside_a_market_are_how_many() -> None:
    header = f"{START},fee,pnl".replace("quantity", "contracts")
    reading = read(log(header, TRADES, lambda t: f"{start(t)},{t.fee},{t.net}"))
    assert [trade.quantity for trade in reading.trades] == [t.quantity for t in TRADES]


def test_fills_in_contracts_are_fills() -> None:
    lines = ["time,symbol,event,direction,price,contracts,fee,pnl"]
    for t in TRADES[:6]:
        lines.append(f"{t.entered},{t.symbol},ENTRY,{t.word},{t.entry},{t.quantity},0,{t.gross}")
        lines.append(f"{t.left},{t.symbol},EXIT,{t.word},{t.exit},{t.quantity},0,{t.gross}")
    reading = read("\n".join(lines) + "\n")
    assert {trade.line % 2 for trade in reading.trades} <= {1}


def test_a_type_that_says_long_and_short_is_the_side() -> None:
    header = "id,symbol,type,time,pnl,balance"
    rows = [f"{at},{t.symbol},{t.word},{t.left},{t.net},1000" for at, t in enumerate(TRADES)]
    state = f",BALANCE,,{TRADES[-1].left},1234.5,1234.5"
    reading = read("\n".join([header, *rows, state]) + "\n")
    assert (reading.nets, [t.side for t in reading.trades]) == (NETS, [t.side for t in TRADES])


@pytest.mark.parametrize("first", ["#", "# no"])
def test_a_header_may_begin_like_a_comment(first: str) -> None:
    rows = [f"{at},{t.symbol},{t.word},{t.left},{t.net}" for at, t in enumerate(TRADES)]
    lines = ["time,pair,pnl", *(f"{t.left},{t.symbol},{t.net}" for t in TRADES[:8])]
    reading = read("\n".join([*lines, f"{first},pair,side,time,pnl", *rows[8:]]) + "\n")
    assert reading.nets == NETS


def test_a_narrower_half_leaves_the_delimiter() -> None:
    lines = ["time|pair|side|pnl", *(f"{t.left}|{t.symbol}|{t.word}|{t.net}" for t in TRADES[:9])]
    lines += [f"{t.left}|{t.symbol}|{t.net}" for t in TRADES[9:]]
    assert read("\n".join(lines) + "\n").nets == NETS[:9]


def test_a_compact_date_before_a_clock() -> None:
    def row(t: Made) -> str:
        times = f"{t.entered:%Y%m%d %H:%M:%S},{t.left:%Y%m%d %H:%M:%S}"
        return f"{t.symbol},{t.word},{times},{t.entry},{t.exit},{t.quantity},{t.fee},{t.net}"

    reading = read(log(f"{START},fee,pnl", TRADES, row))
    moment = TRADES[0].left.replace(tzinfo=UTC)
    assert reading.trades[0].exit_time == int(moment.timestamp()) * 1_000_000


def test_three_columns_between_tabs_are_a_log() -> None:
    lines = ["time\tside\tpnl", *(f"{t.left}\t{t.word}\t{t.net}" for t in TRADES)]
    assert read("\n".join(lines) + "\n").nets == NETS


@pytest.mark.parametrize("names", ["kommission_xyz,zysk_xyz", "fee,zysk_xyz", "kommission_xyz,pnl"])
def test_results_and_fees_under_unknown_names_are_told_by_arithmetic(names: str) -> None:
    def row(t: Made) -> str:
        return f"{start(t)},{t.fee},{t.net:.2f}"

    assert read(log(f"{START},{names}", TRADES, row)).nets == [f"{t.net:.2f}000000" for t in TRADES]


def test_a_quantity_under_an_unknown_name_is_told_by_arithmetic() -> None:
    header = f"{START},fee,pnl".replace("quantity", "stueckelung")
    reading = read(log(header, TRADES, lambda t: f"{start(t)},{t.fee},{t.net}"))
    assert [trade.quantity for trade in reading.trades] == [t.quantity for t in TRADES]


def test_a_result_before_fees_under_an_unknown_name_of_theirs_is_no_net_one() -> None:
    def row(t: Made) -> str:
        return f"{start(t)},{t.fee},{t.gross}"

    assert read(log(f"{START},kommission_xyz,pnl", TRADES, row)).nets == NETS
