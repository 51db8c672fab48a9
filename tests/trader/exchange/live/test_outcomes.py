"""What became of an order: its intent, its id, the answer that is lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.faults.exchange_life import AFTER_CLOSE, MARKET, START, STEP, candles_of, make_exchange
from tests.trader.exchange.live.life import CALM, Start
from trader.domain import events
from trader.domain.order import Purpose
from trader.domain.signal import Action
from trader.exchange.simulated.faults import Fault, Kind, Planned
from trader.order_desk import client_order_id

LOST = [Fault(kind, after=True, seconds=0.3) for kind in Kind if kind not in (
    Kind.HTML_403, Kind.CLOCK_1021, Kind.LIMIT_429, Kind.BAN_418)]  # fmt: skip


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault.kind.value)
def test_r04_an_order_whose_answer_is_lost_is_asked_for_not_sent_again(
    start: Start, fault: Fault
) -> None:
    life = start()
    if fault.kind in (Kind.TIMEOUT, Kind.SLOW):
        life.timeout = 0.25
    life.exchange.faults.on("POST", "/order", fault)
    life.live(2)
    assert (life.wrong(), life.sent("POST", "order")) == ([], 1)


def test_r04_not_accepted_is_concluded_only_when_it_can_no_longer_arrive(start: Start) -> None:
    life = start()
    life.exchange.faults.on("POST", "/order", Fault(Kind.ERROR_503))
    life.live(2)
    (intent,) = life.log.of_kind(events.ORDER_SUBMITTED)
    (rejected,) = life.log.of_kind(events.ORDER_REJECTED)
    assert rejected.body["reason"] == "it never reached the exchange"
    assert rejected.occurred_at - intent.occurred_at >= timedelta(seconds=15)  # type: ignore[operator]


def test_r04_the_intent_is_durable_before_the_order_is_sent(start: Start) -> None:
    life = start()
    seen: list[bool] = []

    def arrived(_number: int) -> None:
        if life.exchange.requests[-1] == ("POST", "/api/v3/order"):
            seen.append(any(e.durable for e in life.log.of_kind(events.ORDER_SUBMITTED)))

    life.exchange.faults.arrived = arrived
    life.live(2)
    assert seen == [True]


def test_r04_no_entry_while_an_outcome_is_unknown(start: Start) -> None:
    life = start(make_exchange(candles_of([CALM] * 9)))
    dark = Planned(
        Fault(Kind.ERROR_503),
        lambda _number, _method, path: (
            ("POST", "/api/v3/order") in life.exchange.requests
            and path.endswith(("/order", "/openOrders"))
        ),
        times=60,
    )
    life.exchange.faults.add(dark)
    life.live(6, dict.fromkeys(range(9), Action.ENTER))
    assert len(life.log.of_kind(events.ORDER_SUBMITTED)) == life.sent("POST", "order") == 1
    assert life.log.of_kind(events.ORDER_UNKNOWN)


def test_r05_an_id_follows_from_bot_symbol_candle_leg_and_attempt() -> None:
    def made(**other: Any) -> str:
        return client_order_id(
            replace(MARKET, bot=other.get("bot", "a"), symbol=other.get("symbol", "BTCUSDT")),
            other.get("at", START),
            other.get("purpose", Purpose.ENTRY),
            other.get("attempt", 1),
        )

    others = [
        made(bot="b"),
        made(symbol="ETHUSDT"),
        made(at=START + STEP),
        made(purpose=Purpose.EXIT),
        made(attempt=2),
    ]
    assert made() == made()
    assert len({made(), *others}) == 6
    assert all(len(each) <= 36 and set(each) <= set("0123456789abcdefESTX-") for each in others)


def test_r05_a_restart_within_the_candle_places_nothing_twice(start: Start) -> None:
    life = start()
    life.live(2)
    life.log.events = [e for e in life.log.events if e.kind != events.STATE_SNAPSHOT]
    life.exchange.now = max(life.exchange.now, START + STEP + AFTER_CLOSE)
    life.live(2)
    assert life.wrong() == []
