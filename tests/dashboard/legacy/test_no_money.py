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
