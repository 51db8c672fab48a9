"""Candles, the clock and the pauses the exchange asks for."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.faults.exchange_life import RULES, STEP, candles_of, make_exchange
from tests.trader.exchange.live.life import CALM, Start
from trader.domain import events
from trader.domain.signal import Action
from trader.exchange.binance import (
    BinanceExchange,
    Connection,
    Timing,
    public_client,
    signed_client,
)
from trader.exchange.simulated.faults import Fault, Kind, Planned
from trader.ports import Unreachable


def test_r01_a_candle_that_does_not_come_is_asked_for_again_and_alarmed(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    life = start()
    begun = len(["exchangeInfo", "time", "time", "klines", "openOrders", "account", "time"])
    life.exchange.faults.add(
        Planned(
            Fault(Kind.HTML_502),
            lambda number, _method, path: number > begun and path.endswith("/klines"),
            times=6,
        )
    )
    life.live(3, {})
    numbers = [b["candle"]["open_time"] for b in life.bodies(events.STATE_SNAPSHOT)]
    assert len(numbers) == len(set(numbers)) >= 2
    assert "did not tell candles" in caplog.text
    assert "No closed" in caplog.text


def test_r01_a_candle_that_closed_long_ago_is_not_entered_on(start: Start) -> None:
    life = start(make_exchange(candles_of([CALM] * 9)))
    life.live(2, {})
    life.exchange.advance(3 * STEP)
    life.live(6, dict.fromkeys(range(4), Action.ENTER))
    assert "missed while away: no entry" in life.reasons()
    assert life.exchange.venue.orders == []


def test_r02_a_clock_that_is_off_is_set_right_and_alarmed(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    life = start()
    life.clock.skew = -7.5
    life.live(2)
    assert life.wrong() == []
    assert "This machine's clock is -7.5 s off Binance's" in caplog.text


def test_r02_a_refusal_for_the_clock_syncs_and_sends_again(start: Start) -> None:
    life = start()
    life.exchange.faults.on("POST", "/order", Fault(Kind.CLOCK_1021))
    life.live(2)
    assert (life.wrong(), life.sent("POST", "order")) == ([], 2)


def test_r02_the_clock_is_synced_each_hour(start: Start) -> None:
    exchange = make_exchange(candles_of([CALM] * 14))
    life = start(exchange)
    life.live(12, {})
    asked_by_the_feed = len(life.bodies(events.STATE_SNAPSHOT)) + 1
    assert life.sent("GET", "time") - asked_by_the_feed >= 3


@pytest.mark.parametrize("kind", [Kind.LIMIT_429, Kind.BAN_418])
def test_r03_a_pause_is_kept_and_the_order_sent_after_it(start: Start, kind: Kind) -> None:
    life = start()
    life.exchange.faults.on("POST", "/order", Fault(kind, seconds=30))
    times: list[Any] = []
    life.exchange.faults.arrived = lambda _number: times.append(life.exchange.now)
    life.live(2)
    assert life.wrong() == []
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert timedelta(seconds=30) in gaps


def test_r03_a_pause_is_kept_over_a_restart(start: Start, tmp_path: Path) -> None:
    life = start()
    life.exchange.faults.on("GET", "/time", Fault(Kind.BAN_418, seconds=3600))

    def connection() -> Connection:
        timing = Timing(pause=life.clock.pause, time=life.clock.time)
        return Connection(public_client(f"{life.root}/api"), timing, tmp_path / "p.json")

    with pytest.raises(Unreachable):
        connection().sync()
    asked = len(life.exchange.requests)
    with pytest.raises(Unreachable, match="wants no request for 3600 s more"):
        connection().sync()
    assert len(life.exchange.requests) == asked


def test_a_wrong_key_is_trouble_that_is_named(start: Start) -> None:
    life = start()
    timing = Timing(pause=life.clock.pause, time=life.clock.time)
    client = signed_client(f"{life.root}/api", "wrong", "wrong")
    connection = Connection(client, timing)

    with pytest.raises(Unreachable, match="Invalid API-key"):
        BinanceExchange(RULES, connection, "x").opening_balance()
