"""The engine on a stretch of market: what it records, in which order; and the money adds up."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.trader.fakes import MemoryLog
from tests.trader.plans import COSTS, go, plan
from trader.domain import events
from trader.domain.candle import Candle
from trader.exchange.paper import PaperExchange
from trader.feed import demo
from trader.feed.demo import DemoFeed


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    ran = MemoryLog()
    go(plan(ran, candles=1500))
    return ran


def bodies(log: MemoryLog, kind: str) -> list[dict[str, Any]]:
    return [dict(event.body) for event in log.of_kind(kind)]


def test_the_stretch_has_trades_of_every_ending(log: MemoryLog) -> None:
    endings = Counter(body["exit_reason"] for body in bodies(log, events.TRADE_CLOSED))
    assert set(endings) >= {"stop_loss", "take_profit", "trend_turned"}


def test_every_candle_leaves_a_snapshot(log: MemoryLog) -> None:
    assert len(log.of_kind(events.STATE_SNAPSHOT)) == 1500


def test_in_every_snapshot_equity_is_deposits_plus_realised_plus_unrealised(
    log: MemoryLog,
) -> None:
    for body in bodies(log, events.STATE_SNAPSHOT):
        deposits, realised, unrealised = (
            Decimal(body[name]) for name in ("deposits", "realised", "unrealised")
        )
        assert Decimal(body["equity"]) == deposits + realised + unrealised


def test_the_trades_add_up_to_what_was_realised(log: MemoryLog) -> None:
    last = bodies(log, events.STATE_SNAPSHOT)[-1]
    total = sum(Decimal(body["net_pnl"]) for body in bodies(log, events.TRADE_CLOSED))
    opened = sum(Decimal(position["realised"]) for position in last["positions"])
    assert total + opened == Decimal(last["realised"])


def test_a_trades_net_pnl_is_prices_times_quantity_less_fees(log: MemoryLog) -> None:
    for body in bodies(log, events.TRADE_CLOSED):
        entry, exit_, quantity, fee, net = (
            Decimal(body[name])
            for name in ("entry_price", "exit_price", "quantity", "fee", "net_pnl")
        )
        assert (exit_ - entry) * quantity - fee == net


def test_a_trades_events_come_in_their_natural_order(log: MemoryLog) -> None:
    trade_id = bodies(log, events.TRADE_CLOSED)[0]["trade_id"]
    kinds = [event.kind for event in log.events if event.ref == trade_id]
    assert kinds[:9] == [
        events.SIGNAL_RAISED,
        events.ORDER_SUBMITTED,
        events.ORDER_ACCEPTED,
        events.ORDER_FILLED,
        events.POSITION_OPENED,
        events.ORDER_SUBMITTED,
        events.ORDER_SUBMITTED,
        events.ORDER_ACCEPTED,
        events.ORDER_ACCEPTED,
    ]
    assert kinds[-1] == events.TRADE_CLOSED


def test_every_open_position_has_one_stop_and_one_target(log: MemoryLog) -> None:
    for body in bodies(log, events.STATE_SNAPSHOT):
        for position in body["positions"]:
            standing = Counter(
                order["purpose"]
                for order in body["orders"]
                if order["trade_id"] == position["trade_id"]
            )
            assert standing in ({"stop_loss": 1, "take_profit": 1}, {"exit": 1})


def test_no_order_id_is_used_twice(log: MemoryLog) -> None:
    ids = [body["order_id"] for body in bodies(log, events.ORDER_SUBMITTED)]
    assert len(ids) == len(set(ids))


def test_order_ids_are_ones_that_binance_takes(log: MemoryLog) -> None:
    ids = [body["order_id"] for body in bodies(log, events.ORDER_SUBMITTED)]
    assert all(len(each) <= 36 and each.replace("-", "").isalnum() for each in ids)


def test_the_stop_risks_a_hundredth_of_equity_at_most(log: MemoryLog) -> None:
    risks = [Decimal(body["initial_risk"]) for body in bodies(log, events.TRADE_CLOSED)]
    # Sized at the close, filled at the next open: the rounding of the stop's tick is all.
    assert max(risks) <= Decimal("101.5")


def test_intents_and_fills_are_durable_where_time_is_real() -> None:
    log = MemoryLog()
    go(plan(log, durable=True))
    durable = {event.kind for event in log.events if event.durable}
    assert durable == {events.ORDER_SUBMITTED, events.ORDER_FILLED}


def test_an_entry_whose_intent_is_not_on_the_disk_is_not_sent() -> None:
    log = MemoryLog(syncs=False)
    go(plan(log, durable=True))
    assert log.of_kind(events.ORDER_ACCEPTED) == []
    reasons = {body["reason"] for body in bodies(log, events.ORDER_REJECTED)}
    assert reasons == {"its intent could not be recorded durably"}


class LateBalance(PaperExchange):
    """An exchange whose account does not show at first what was just bought."""

    asked = 0

    def free(self, quantity: Decimal) -> Decimal:
        self.asked += 1
        return Decimal(0) if self.asked == 1 else super().free(quantity)


def test_what_could_not_be_protected_at_once_is_within_the_candle() -> None:
    log = MemoryLog()
    go(replace(plan(log), exchange=lambda: LateBalance(demo.RULES, COSTS)))
    kinds = [event.kind for event in log.events]
    opened = kinds.index(events.POSITION_OPENED)
    assert kinds[opened + 1 : opened + 3] == [events.ORDER_SUBMITTED] * 2


class LateFeed(DemoFeed):
    """A feed whose candles all closed long ago."""

    def fresh(self, candle: Candle) -> bool:
        return False


def test_a_candle_that_was_missed_is_not_entered_on() -> None:
    log = MemoryLog()
    go(replace(plan(log), feed=LateFeed(7, lambda: False, past=700)))
    assert log.of_kind(events.SIGNAL_RAISED) == []
    assert "missed while away: no entry" in {
        body["reason"] for body in bodies(log, events.STATE_SNAPSHOT)
    }
