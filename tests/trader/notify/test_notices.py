"""What notices say is what the events say."""

import logging
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.trader.fakes import MemoryLog
from tests.trader.plans import go, plan
from trader.domain import events
from trader.notify import AlarmHandler, Notice, NotifyingLog
from trader.notify.notices import notice_of
from trader.runner import Plan


def telling(log: MemoryLog, told: list[Notice], hour: int = 0, candles: int = 700) -> Plan:
    of = plan(log, candles)
    return replace(
        of, open_log=lambda version: NotifyingLog(of.open_log(version), told.append, hour)
    )


@pytest.fixture(scope="module")
def ran() -> tuple[MemoryLog, list[Notice]]:
    log, told = MemoryLog(), list[Notice]()
    go(telling(log, told))
    return log, told


Ran = tuple[MemoryLog, list[Notice]]


def test_each_entry_and_exit_is_told(ran: Ran) -> None:
    log, told = ran
    kinds = [notice.kind for notice in told]
    assert kinds.count("entry") == len(log.of_kind(events.POSITION_OPENED)) > 5
    assert kinds.count("exit") + kinds.count("stop") == len(log.of_kind(events.TRADE_CLOSED))


def test_a_stop_is_told_as_one(ran: Ran) -> None:
    log, told = ran
    stops = [e for e in log.of_kind(events.TRADE_CLOSED) if e.body["exit_reason"] == "stop_loss"]
    assert [n.kind for n in told].count("stop") == len(stops) > 0


def test_an_exit_tells_the_books_own_net_pnl(ran: Ran) -> None:
    log, told = ran
    exits = [notice.text for notice in told if notice.kind in ("exit", "stop")]
    for event, text in zip(log.of_kind(events.TRADE_CLOSED), exits, strict=True):
        net = Decimal(event.body["net_pnl"])
        assert text.split()[2].lstrip("+") == format(net, "f").rstrip("0").rstrip(".")


def test_each_day_is_summed_up_once_with_the_days_own_trades(ran: Ran) -> None:
    log, told = ran
    days: dict[str, Decimal] = {}
    for event in log.of_kind(events.STATE_SNAPSHOT):
        days.setdefault(event.body["candle"]["open_time"][:10], Decimal(0))
    for event in log.of_kind(events.TRADE_CLOSED):
        days[event.body["exit_time"][:10]] += Decimal(event.body["net_pnl"])
    over = list(days)[:-1]  # the last is not over
    summaries = [notice for notice in told if notice.kind == "summary"]
    assert [notice.title.split()[0] for notice in summaries] == over
    for notice, day in zip(summaries, over, strict=True):
        said = Decimal(notice.text.split("net PnL ")[1].split()[0])
        assert said == days[day]


def test_a_restarted_bot_sums_up_no_day_again() -> None:
    log, told = MemoryLog(), list[Notice]()
    go(telling(log, told, candles=350))
    go(telling(log, told, candles=360))
    titles = [notice.title for notice in told if notice.kind == "summary"]
    assert len(titles) == len(set(titles)) == 3


def test_the_summary_waits_for_its_hour() -> None:
    log, told = MemoryLog(), list[Notice]()
    go(telling(log, told, hour=8, candles=96 + 8 * 4 - 1))
    early = [notice for notice in told if notice.kind == "summary"]
    go(telling(log, told, hour=8, candles=96 + 8 * 4 + 1))
    assert (early, [n.kind for n in told].count("summary")) == ([], 1)


def test_a_bot_started_before_the_hour_still_sums_up_yesterday() -> None:
    log, told = MemoryLog(), list[Notice]()
    go(telling(log, told, hour=8, candles=96 + 10))
    go(telling(log, told, hour=8, candles=96 + 8 * 4 + 1))
    go(telling(log, told, hour=8, candles=96 + 9 * 4))
    summaries = [notice.title for notice in told if notice.kind == "summary"]
    assert summaries == ["2026-01-01 in sum"]


def test_halts_say_why_and_until_when() -> None:
    body = {"mode": "reduce_only", "reason": "equity 9 is 10 % under", "until": None}
    notice = notice_of(events.RISK_HALTED, body)
    assert notice == Notice(
        "halt", "No more entries", "equity 9 is 10 % under; until you resume it"
    )


def test_most_events_are_not_told() -> None:
    assert notice_of(events.ORDER_SUBMITTED, {}) is None


def test_what_comes_from_outside_is_no_tag() -> None:
    notice = Notice("alarm", "<b>x", "<a href='evil'>&")
    assert notice.html() == "<b>&lt;b&gt;x</b>\n&lt;a href=&#x27;evil&#x27;&gt;&amp;"


def test_a_log_goes_on_when_no_notice_can_be_made() -> None:
    log, told = MemoryLog(), list[Notice]()
    body: dict[str, Any] = {"trade_id": "t"}
    receipt = NotifyingLog(log, told.append, 0).append(events.TRADE_CLOSED, body)
    assert (len(log.events), told, receipt is not None) == (1, [], True)


def test_an_error_in_the_log_is_an_alarm_and_told_once() -> None:
    told: list[Notice] = []
    logger = logging.getLogger("tests.alarm")
    handler = AlarmHandler(told.append)
    logger.addHandler(handler)
    try:
        for _ in range(3):
            logger.error("no candle of %s", "BTCUSDT")
        logger.warning("a warning is none")
    finally:
        logger.removeHandler(handler)
    assert told == [Notice("alarm", "Alarm", "no candle of BTCUSDT")]
