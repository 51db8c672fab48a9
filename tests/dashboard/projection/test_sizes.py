"""Trades counted by size: exact for every distribution, whatever became of the trades."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.models import Book, DayRollup, SizeCount, Trade
from dashboard.projection import projector, rollups
from dashboard.projection.sizes import CHUNK, add, size
from dashboard.selectors.analysis import _round_width
from tests.dashboard.builder import History
from tests.dashboard.projection.streams import close, stream
from trader.store import Recorder

NETS = st.lists(st.integers(-(10**14), 10**14) | st.integers(-2_000, 2_000), min_size=1)


@given(NETS)
def test_a_bin_of_sizes_is_the_bin_of_the_trades(nets: list[int]) -> None:
    found = Counter(map(size, nets))
    width = _round_width(max(*found, 0) - min(*found, 0))
    assert Counter(net // width for net in nets) == Counter(
        low // width for low in found.elements()
    )


@given(st.integers(-(10**14), 10**14), st.integers(0, 10**14))
def test_a_larger_result_never_has_a_smaller_size(net: int, more: int) -> None:
    assert size(net) <= size(net + more)


def counted() -> Counter[int]:
    return Counter(dict(SizeCount.objects.values_list("low", "trades")))


def from_trades() -> Counter[int]:
    return Counter(map(size, Trade.objects.filter(counted=True).values_list("net_pnl", flat=True)))


def test_every_trade_is_counted_under_its_size(told: History) -> None:
    assert counted() == from_trades()
    assert counted().total() == len(told.net_pnls)


@pytest.mark.django_db
def test_a_voided_trade_leaves_its_size(data: Path) -> None:
    with stream(data, "bot") as recorder:
        close(recorder, trade_id="1", net_pnl="12.34")
        close(recorder, trade_id="2", net_pnl="-5")
    with stream(data, "bot") as recorder:
        recorder.append("trade.voided", {"trade_id": "1", "reason": "test"}, ref="1")
    assert counted() == {size(-500_000_000): 1}


def test_what_is_added_to_a_day_is_as_if_the_day_were_made_anew(told: History, data: Path) -> None:
    for candles in (3, 40, 1):
        _go_on(told, candles, data)
        projector.project()
    added = _rows()
    rollups.refold(set(DayRollup.objects.values_list("book_id", "day")))
    assert _rows() == added
    assert counted() == from_trades()


def _go_on(told: History, candles: int, data: Path) -> None:
    """The bot lives on for some candles; its writer leaves again."""
    told.recorder = Recorder("demo", version=told.recorder.version, mode="demo", folder=data)
    told.candles(candles)
    assert told.recorder.flush(30)
    told.recorder.close()


def _rows() -> list[tuple[object, ...]]:
    """The day rows, without their ids."""
    fields = ("book_id", "scope", "value", "day", "trades", "wins", "losses", "net_pnl", "summary")
    rows = DayRollup.objects.order_by("day", "scope", "value").values_list(*fields)
    return [(*row[:8], sorted(json.loads(row[8])) if row[1] == "size" else row[8]) for row in rows]


@pytest.mark.django_db
def test_more_sizes_than_one_statement_takes_are_all_added() -> None:
    book = Book.objects.create(mode="live").pk
    change = dict.fromkeys(range(CHUNK * 2 + 1), 1)
    for _ in range(2):
        add(book, change)
    assert counted() == dict.fromkeys(change, 2)
