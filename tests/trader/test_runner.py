"""A bot that is killed anywhere and started again ends where it would have ended unharmed."""

from decimal import Decimal
from typing import Any

import pytest

from tests.trader.fakes import Died, MemoryEvent, MemoryLog
from tests.trader.plans import go, open_time, plan, session
from trader.domain import events
from trader.domain.book import Book, identity
from trader.runner import OtherHistory, read_book, run

CANDLES = 420


def unharmed() -> MemoryLog:
    log = MemoryLog()
    go(plan(log, CANDLES))
    return log


WHOLE = unharmed()
EVERY_STEP = [event.seq for event in WHOLE.events[:-1] if event.kind != events.STATE_SNAPSHOT]


def bodies(log: MemoryLog, kind: str) -> list[Any]:
    return [event.body for event in log.of_kind(kind)]


@pytest.mark.parametrize("survived", EVERY_STEP)
def test_killed_at_any_step_the_trades_are_the_same(survived: int) -> None:
    log = MemoryLog(dies_at=survived)
    with pytest.raises(Died):
        go(plan(log, CANDLES))
    log.dies_at = None
    go(plan(log, CANDLES))
    assert bodies(log, events.TRADE_CLOSED) == bodies(WHOLE, events.TRADE_CLOSED)
    assert state(log) == state(WHOLE)


@pytest.mark.parametrize("survived", EVERY_STEP[::5])
def test_killed_at_any_step_no_event_is_recorded_twice(survived: int) -> None:
    log = MemoryLog(dies_at=survived)
    with pytest.raises(Died):
        go(plan(log, CANDLES))
    log.dies_at = None
    go(plan(log, CANDLES))
    marks = [(e.kind, mark) for e in log.events if (mark := identity(e.kind, e.body)) is not None]
    assert len(marks) == len(set(marks))


def state(log: MemoryLog) -> dict[str, Any]:
    last = log.newest(limit=1, kind=events.STATE_SNAPSHOT)[0].body
    return {name: last[name] for name in ("balance", "equity", "realised", "deposits", "candle")}


def test_the_same_command_again_appends_nothing() -> None:
    log = unharmed()
    count = len(log.events)
    assert go(plan(log, CANDLES)) == "finished"
    assert len(log.events) == count


def test_a_longer_feed_goes_on_where_the_shorter_ended() -> None:
    log = MemoryLog()
    go(plan(log, CANDLES // 2))
    go(plan(log, CANDLES))
    assert bodies(log, events.TRADE_CLOSED) == bodies(WHOLE, events.TRADE_CLOSED)


def test_other_candles_under_the_same_name_are_refused() -> None:
    log = unharmed()
    with pytest.raises(OtherHistory, match="give the bot another name with --bot"):
        go(plan(log, CANDLES, seed=8))


def test_the_first_start_pays_in_the_starting_balance_once() -> None:
    log = MemoryLog()
    go(plan(log, 10))
    go(plan(log, 20))
    assert [body["amount"] for body in bodies(log, events.CASH_DEPOSITED)] == ["10000"]


def test_versions_trade_one_after_another() -> None:
    log = MemoryLog()
    sessions = [session("8.01", open_time(299)), session("8.02", open_time(349)), session("8.03")]
    go(plan(log, CANDLES, sessions=sessions))
    versions = [event.version for event in log.of_kind(events.STATE_SNAPSHOT)]
    assert versions == ["8.01"] * 300 + ["8.02"] * 50 + ["8.03"] * (CANDLES - 350)


def test_a_version_whose_time_is_over_is_not_started_again() -> None:
    log = MemoryLog()
    sessions = [session("8.01", open_time(299)), session("8.02")]
    go(plan(log, 320, sessions=sessions))
    go(plan(log, CANDLES, sessions=sessions))
    started = [event.version for event in log.of_kind(events.BOT_STARTED)]
    assert started == ["8.01", "8.02", "8.02"]


def test_a_bot_that_is_told_to_stop_says_that_it_was_interrupted() -> None:
    log = MemoryLog()
    candles = iter(range(25))
    outcome = run(plan(log), lambda: next(candles, None) is None, lambda: None)
    assert outcome == "interrupted"
    assert bodies(log, events.BOT_STOPPED)[-1]["reason"] == "interrupted"


def test_a_real_time_bot_says_that_it_started_before_its_first_candle() -> None:
    log = MemoryLog()
    go(plan(log, 0, announce=True))
    kinds = [event.kind for event in log.events]
    assert kinds[:2] == [events.BOT_STARTED, events.SETTINGS_CHANGED]


def test_the_settings_recorded_are_those_of_strategy_risk_and_costs() -> None:
    given = bodies(WHOLE, events.SETTINGS_CHANGED)[0]["settings"]
    assert {"adx_threshold", "stop_atr", "risk_fraction", "fee_rate"} <= set(given)


@pytest.mark.parametrize("until", range(0, len(WHOLE.events), 97))
def test_a_book_from_the_newest_snapshot_is_the_fold_of_all_events(until: int) -> None:
    history = MemoryLog(events=WHOLE.events[:until])
    folded = Book()
    folded.apply_all(history.events)
    price = folded.last_price or Decimal(1)
    assert read_book(history).state(price) == folded.state(price)


def test_reading_an_empty_stream_gives_an_empty_book() -> None:
    assert read_book(MemoryLog()).equity(Decimal(1)) == 0


def test_trades_of_the_whole_run_are_many_enough_to_mean_something() -> None:
    closed: list[MemoryEvent] = WHOLE.of_kind(events.TRADE_CLOSED)
    assert len(closed) >= 5
