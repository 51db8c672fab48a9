"""Words by which some rows of a log are no closed trades, in several languages."""

import pytest

from .made import Made, log, made
from .reading import read

TRADES = made(40, seed=21)


def told(header: str, usual: str, other: str) -> str:
    """Results that nothing computes, every fourth with another word."""
    words = dict(zip(TRADES, [other, usual, usual, usual] * 10, strict=True))
    return log(
        f"time,symbol,side,pnl,{header}",
        TRADES,
        lambda t: f"{t.left},{t.symbol},{t.word},{t.net:.2f},{words[t]}",
    )


@pytest.mark.parametrize(
    ("still", "done"),
    [
        ("진행", "종료"), ("미청산", "청산"), ("offen", "geschlossen"), ("持仓", "已平"),
        ("持有中", "已结束"), ("em aberto", "encerrada"), ("ativa", "finalizada"),
        ("holding", "sold"), ("保有", "決済済み"), ("en cours", "clôturée"),
    ],
)  # fmt: skip
def test_what_is_still_open_is_set_aside(still: str, done: str) -> None:
    reading = read(told("status", done, still))
    assert (len(reading.trades), reading.report.set_aside) == (30, {"open": 10})


def test_words_of_a_state_that_nobody_knows_are_refused_beside_each_other() -> None:
    assert read(told("status", "zzz", "qqq")).trades == []


@pytest.mark.parametrize(("win", "loss"), [("TP", "SL"), ("수익", "손실"), ("盈利", "亏损")])
def test_results_for_a_state_are_closed_trades(win: str, loss: str) -> None:
    assert len(read(told("status", win, loss)).trades) == 40


@pytest.mark.parametrize(
    ("header", "real", "paper"),
    [
        ("Konto", "Live", "Demo"), ("Account", "APEX-22", "Sim101"), ("env", "prod", "staging"),
        ("account", "live-01", "demo-01"), ("계좌", "실계좌", "모의투자"),
        ("账户", "实盘", "模拟盘"),
    ],
)  # fmt: skip
def test_accounts_on_paper_are_told_apart(header: str, real: str, paper: str) -> None:
    reading = read(told(header, real, paper))
    assert (len(reading.trades), reading.report.set_aside) == (30, {"simulated": 10})


@pytest.mark.parametrize(
    ("header", "trade", "other"),
    [
        ("type", "TRADE", "PROFIT_TRANSFER"), ("구분", "매매", "수익이체"),
        ("类型", "交易", "红包"),
        ("category", "trading", "referral"), ("event", "CLOSE", "rebalance"),
    ],
)  # fmt: skip
def test_rows_of_another_kind_than_trades_are_refused(header: str, trade: str, other: str) -> None:
    reading = read(told(header, trade, other))
    assert (len(reading.trades), set(reading.reasons.values())) == (30, {"not_a_trade"})


def test_quantities_may_name_their_asset() -> None:
    def row(t: Made) -> str:
        size = f"{t.quantity} {t.symbol[:-4]}"
        return f"{t.left},{t.symbol},{t.word},{t.entry},{t.exit},{size},{t.fee},{t.net}"

    reading = read(log("time,symbol,side,entry price,exit price,size,fee,pnl", TRADES, row))
    assert [t.net_pnl for t in reading.trades] == [t.net for t in TRADES]


def test_quantities_that_name_another_asset_are_none() -> None:
    def row(t: Made) -> str:
        size = f"{t.quantity * t.entry:.2f} USDT"
        return f"{t.left},{t.symbol},{t.word},{t.entry},{t.exit},{size},{t.fee},{t.net}"

    content = log("time,symbol,side,entry price,exit price,size,fee,pnl", TRADES, row)
    assert read(content).trades == []
