"""Sides, spaces and numbers as people and programs spell them."""

import pytest

from .made import log, made
from .reading import read

WORDS = [("BOT", "SLD"), ("1", "-1"), ("🟢 LONG", "🔴 SHORT"), ("acquisto", "vendita")]


@pytest.mark.parametrize(("long", "short"), WORDS)
def test_sides_in_other_words(long: str, short: str) -> None:
    trades = made(24, seed=3)
    content = log(
        "time,symbol,side,entry,exit,qty,fee,pnl", trades,
        lambda t: f"{t.left},{t.symbol},{long if t.side > 0 else short},{t.entry},{t.exit},"
        f"{t.quantity},{t.fee},{t.net}",
    )  # fmt: skip
    assert [(t.side, t.net_pnl) for t in read(content).trades] == [(t.side, t.net) for t in trades]


def test_spaces_before_quotes_are_no_part_of_a_cell() -> None:
    trades = made(24, seed=3)
    content = log(
        '"Time", "Symbol", "Side", "PnL"', trades,
        lambda t: f'"{t.left}", "{t.symbol}", "{t.word}", "{t.net:.2f}"',
    )  # fmt: skip
    assert len(read(content).trades) == 24


def test_the_comma_of_won_stands_before_thousands() -> None:
    trades = made(24, seed=3)
    content = log(
        "time,symbol,side,entry,exit,qty,fee,pnl", trades,
        lambda t: f"{t.left},KRW-{t.symbol[:-4]},{t.word},{t.entry * 1000},{t.exit * 1000},"
        f'{t.quantity},{t.fee * 1000},"{t.net * 1000:,.0f}원"',
    )  # fmt: skip
    assert [t.net_pnl for t in read(content).trades] == [round(t.net * 1000) for t in trades]
