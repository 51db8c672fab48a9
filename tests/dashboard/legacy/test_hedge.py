"""Positions of one market held at once, a long and a short or two accounts': each by itself."""

from datetime import timedelta

import pytest

from .made import Made, made
from .reading import read

LONGS = [t for t in made(60, seed=5, markets=["BTCUSDT"]) if t.side > 0][:12]
SHORTS = [
    Made(t.symbol, -1, t.entered + timedelta(seconds=7), t.left + timedelta(seconds=11),
         t.entry + 5, t.exit - 3, t.quantity, t.fee)
    for t in LONGS
]  # fmt: skip
TRADES = LONGS + SHORTS
NETS = sorted(trade.net for trade in TRADES)


def fills(
    words: dict[str, str], row: str = "{time},{symbol},{way},{hold},{price},{qty},{fee}"
) -> str:
    """Each trade's two fills by time, in the words of a language."""
    told = []
    for t in TRADES:
        ways = ("BUY", "SELL") if t.side > 0 else ("SELL", "BUY")
        for at, (when, price) in enumerate(((t.entered, t.entry), (t.left, t.exit))):
            told.append((when, row.format(
                time=when, symbol=t.symbol, way=words[ways[at]], hold=words[t.word], price=price,
                qty=t.quantity, fee=t.fee / 2, pnl=t.gross * at,
            )))  # fmt: skip
    return "\n".join(line for _, line in sorted(told)) + "\n"


ENGLISH = {each: each for each in ("BUY", "SELL", "LONG", "SHORT")}
KOREAN = {"BUY": "매수", "SELL": "매도", "LONG": "롱", "SHORT": "숏"}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("time,symbol,side,positionSide,price,qty,commission", ENGLISH),
        ("체결시간,종목,매매구분,포지션,체결가,체결수량,수수료", KOREAN),
    ],
)
def test_each_side_is_paired_by_itself(header: str, words: dict[str, str]) -> None:
    reading = read(f"{header}\n{fills(words)}")
    assert sorted(trade.net_pnl for trade in reading.trades) == NETS


def test_the_exchanges_export_with_a_position_side_as_well() -> None:
    header = "Time(UTC),Symbol,Side,Position Side,Price,Quantity,Fee,Realized Profit\n"
    rows = fills(ENGLISH, "{time},{symbol},{way},{hold},{price},{qty},{fee},{pnl}")
    assert sorted(trade.net_pnl for trade in read(header + rows).trades) == NETS


def test_actions_tell_the_position_too() -> None:
    told = []
    for t in TRADES:
        told.append(
            (
                t.entered,
                f"{t.entered},{t.symbol},Open {t.word},{t.entry},{t.quantity},{t.fee / 2},0",
            )
        )
        told.append(
            (
                t.left,
                f"{t.left},{t.symbol},Close {t.word},{t.exit},{t.quantity},{t.fee / 2},{t.gross}",
            )
        )
    rows = "\n".join(line for _, line in sorted(told)) + "\n"
    reading = read("time,symbol,type,deal price,qty,fee,realized pnl\n" + rows)
    assert sorted(trade.net_pnl for trade in reading.trades) == NETS


def test_a_position_that_only_repeats_buy_and_sell_says_nothing() -> None:
    rows = []
    for t in LONGS:
        rows.append(f"{t.entered},{t.symbol},BUY,LONG,{t.entry},{t.quantity},{t.fee / 2}")
        rows.append(f"{t.left},{t.symbol},SELL,SHORT,{t.exit},{t.quantity},{t.fee / 2}")
    reading = read("time,symbol,side,position,price,qty,fee\n" + "\n".join(rows) + "\n")
    assert [trade.net_pnl for trade in reading.trades] == [trade.net for trade in LONGS]


@pytest.mark.parametrize(
    "header",
    [
        "Time(UTC),Symbol,Side,Price,Quantity,Fee,Realized Profit",
        "time,symbol,side,price,qty,fee,pnl",
    ],
)
def test_two_positions_that_nothing_tells_apart_make_no_trade(header: str) -> None:
    """Some of their fills agree with a printed result by chance: those are no trades either."""
    told = []
    for at, trade in enumerate(LONGS):
        apart = trade.entry + 9 * (at % 4 > 0)
        for moment, way, price, pnl in (
            (trade.entered, "BUY", trade.entry, 0),
            (trade.entered + timedelta(seconds=1), "SELL", apart, 0),
            (trade.left, "SELL", trade.exit, trade.gross),
            (trade.left + timedelta(seconds=1), "BUY", trade.exit + 7, -trade.gross),
        ):
            told.append((moment, f"{moment},BTCUSDT,{way},{price},{trade.quantity},0.1,{pnl}"))
    rows = "\n".join(line for _, line in sorted(told)) + "\n"
    assert read(f"{header}\n{rows}").trades == []


@pytest.mark.parametrize("name", ["account", "exchange", "거래소"])
def test_each_account_holds_positions_of_its_own(name: str) -> None:
    told = []
    for t in LONGS:
        for who, later in (("one", 0), ("two", 5)):
            for when, way, price in ((t.entered, "buy", t.entry), (t.left, "sell", t.exit)):
                moment = when + timedelta(seconds=later)
                told.append(
                    (moment, f"{moment},{who},{t.symbol},{way},{price},{t.quantity},{t.fee / 2}")
                )
    rows = "\n".join(line for _, line in sorted(told)) + "\n"
    reading = read(f"time,{name},symbol,side,price,qty,fee\n{rows}")
    assert sorted(t.net_pnl for t in reading.trades) == sorted([t.net for t in LONGS] * 2)
