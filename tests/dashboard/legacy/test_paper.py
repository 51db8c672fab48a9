"""Logs that say of themselves that nothing was traded with real money."""

import pytest

from .made import Made, log, made
from .reading import read

TRADES = made(40, seed=11)
MANY = made(4_000, seed=3)
NAMES = "time,symbol,side,entry,exit,qty,fee,pnl"


def row(t: Made) -> str:
    return f"{t.left},{t.symbol},{t.word},{t.entry},{t.exit},{t.quantity},{t.fee},{t.net}"


THROUGHOUT = [
    ("mode", "backtest"), ("source", "paper"), ("paper", "True"), ("is_live", "0"),
    ("exchange", "Binance Testnet"), ("구분", "모의투자"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "word"), THROUGHOUT)
def test_a_log_whose_every_row_says_paper_has_no_real_trades(header: str, word: str) -> None:
    reading = read(log(f"{NAMES},{header}", TRADES, lambda t: f"{row(t)},{word}"))
    assert (reading.trades, reading.report.set_aside) == ([], {"simulated": 40})


@pytest.mark.parametrize(("header", "word"), THROUGHOUT)
def test_asked_for_it_is_read(header: str, word: str) -> None:
    content = log(f"{NAMES},{header}", TRADES, lambda t: f"{row(t)},{word}")
    assert len(read(content, mode="paper").trades) == 40


TITLES = ["# Backtest results 2024", "# 백테스트 결과", "// mode: paper trading", "Backtest Report"]


@pytest.mark.parametrize("title", TITLES)
def test_a_title_says_it_of_the_whole_file(title: str) -> None:
    content = f"{title}\n{log(NAMES, TRADES, row)}"
    assert read(content).trades == []
    assert len(read(content, mode="replay").trades) == 40


@pytest.mark.parametrize("title", ["# dry_run: false", "# live, no paper", "# 실전 (모의 아님)"])
def test_a_title_that_denies_it_does_not(title: str) -> None:
    assert len(read(f"{title}\n{log(NAMES, TRADES, row)}").trades) == 40


@pytest.mark.parametrize(
    ("word", "late", "kind"),
    [
        ("live", "paper", "simulated"),
        ("grid", "backtest", "simulated"),
        ("3.5", "testnet", "simulated"),
        ("x", "funding_fee", "cash_flow"),
    ],
)
def test_words_that_come_late_count_as_the_first_do(word: str, late: str, kind: str) -> None:
    """Long after the rows that settled how the log is read."""
    words = {id(t): word if at % 100 or at < 3_500 else late for at, t in enumerate(MANY)}
    reading = read(log(f"{NAMES},foo", MANY, lambda t: f"{row(t)},{words[id(t)]}"))
    assert reading.report.set_aside == {kind: 5}
    assert len(reading.trades) == 3_995


@pytest.mark.parametrize("word", ["funding_fee", "입금"])
def test_without_a_header_money_moved_is_no_trade_either(word: str) -> None:
    rows = [f"{row(t)},tp" for t in TRADES]
    rows[9] = rows[9][:-2] + word
    assert read("\n".join(rows) + "\n").report.set_aside == {"cash_flow": 1}
