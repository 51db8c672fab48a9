"""The bot's book and the exchange's are equal, or nothing is entered."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.faults.exchange_life import (
    CANDLES,
    MARKET,
    RULES,
    START,
    STEP,
    Clock,
    Scripted,
    candles_of,
    make_exchange,
    plan_on,
)
from tests.trader.exchange.live.life import CALM, Script, Start, an_order
from tests.trader.fakes import MemoryLog
from trader.domain import events
from trader.domain.order import OrderSide, OrderType, Purpose
from trader.domain.signal import Action
from trader.exchange.binance.reading import requests_of
from trader.exchange.paper import PaperExchange
from trader.exchange.simulated.faults import Fault, Kind
from trader.exchange.simulated.fees import Charged, Costs
from trader.feed.replay import ReplayFeed
from trader.order_desk import client_order_id
from trader.runner import Session, run


def test_a_life_without_faults_ends_with_equal_books(start: Start) -> None:
    life = start()
    life.live(5, {1: Action.ENTER, 2: Action.ENTER, 3: Action.EXIT, 4: Action.ENTER})
    assert life.wrong() == []
    endings = [body["exit_reason"] for body in life.bodies(events.TRADE_CLOSED)]
    assert endings == ["stop_loss", "script 3"]


@pytest.mark.parametrize("charged", list(Charged))
def test_r08_books_are_equal_whatever_asset_pays_the_fee(start: Start, charged: Charged) -> None:
    life = start(make_exchange(charged=charged))
    book = life.live(5, {1: Action.ENTER, 2: Action.ENTER, 3: Action.EXIT, 4: Action.ENTER})
    assert life.wrong() == []
    assert {body["fee_asset"] for body in life.bodies(events.ORDER_FILLED)} == {
        Charged.QUOTE: {"USDT"},
        Charged.RECEIVED: {"BTC", "USDT"},
        Charged.BNB: {"BNB"},
    }[charged]
    paid = sum(Decimal(body["fee"]) for body in life.bodies(events.TRADE_CLOSED))
    assert paid > 0
    assert book.equity(Decimal(100)) == book.deposits + book.realised + book.unrealised(
        Decimal(100)
    )


def test_r08_no_more_is_sold_than_is_free(start: Start) -> None:
    life = start()
    book = life.live(2)
    (stop,) = [o.order for o in book.orders.values() if o.order.purpose is Purpose.STOP_LOSS]
    bought = Decimal(life.bodies(events.ORDER_FILLED)[0]["quantity"])
    assert stop.quantity <= life.exchange.venue.matching.held < bought


def test_r09_what_filled_while_away_is_booked_to_its_trade(start: Start) -> None:
    life = start()
    life.live(2)
    life.exchange.advance(3 * STEP)
    life.live(6, {})
    (closed,) = life.bodies(events.TRADE_CLOSED)
    assert closed["exit_reason"] == "stop_loss"
    assert {body["trade_id"] for body in life.bodies(events.ORDER_FILLED)} == {closed["trade_id"]}
    assert life.wrong() == []


def test_r15_coins_that_are_missing_stop_entries(start: Start) -> None:
    life = start(make_exchange(candles_of([CALM] * 8)))
    life.live(2)
    venue = life.exchange.venue
    for each in [o for o in venue.orders if o.open][:1]:
        venue.cancel({"symbol": "BTCUSDT", "orderId": str(each.number)})
    venue.matching.held = Decimal(0)
    life.live(5, dict.fromkeys(range(9), Action.ENTER))
    assert len([o for o in venue.orders if o.kind == "MARKET"]) == 1


def test_r15_an_order_with_the_bots_own_id_that_it_does_not_know_stops_entries(
    start: Start,
) -> None:
    life = start(make_exchange(candles_of([CALM] * 8)))
    placed = an_order(OrderType.TAKE_PROFIT, Decimal(1), Decimal(90))
    order_id = client_order_id(MARKET, START, Purpose.ENTRY, 7)
    _, parameters = requests_of(RULES, [replace(placed, order_id=order_id, side=OrderSide.BUY)])
    life.exchange.venue.place(parameters)
    life.live(3)
    assert any("orders stand that the record does not know" in each for each in life.reasons())
    assert life.log.of_kind(events.ORDER_SUBMITTED) == []


def test_r15_cash_that_was_paid_in_is_recorded_as_such_and_trading_goes_on(start: Start) -> None:
    life = start(make_exchange(candles_of([CALM] * 8)))
    life.live(1, {})
    life.exchange.venue.matching.cash += 500
    book = life.live(4, {2: Action.ENTER})
    amounts = [Decimal(body["amount"]) for body in life.bodies(events.CASH_DEPOSITED)]
    assert amounts == [Decimal(10_000), Decimal(500)]
    assert book.cash == life.exchange.venue.matching.cash
    assert len(book.positions) == 1


def test_r15_nothing_is_entered_before_book_and_exchange_were_compared(start: Start) -> None:
    life = start(make_exchange(candles_of([CALM] * 8)))
    life.exchange.faults.on("GET", "/account", Fault(Kind.HTML_502), times=200)
    life.live(3, dict.fromkeys(range(9), Action.ENTER))
    assert life.exchange.venue.orders == []
    assert all(reason.startswith("no entry: ") for reason in life.reasons())


def test_r17_paper_and_live_fill_the_same_trades(start: Start) -> None:
    """On the same candles with the same costs, by the same matching engine."""
    script = {1: Action.ENTER, 2: Action.ENTER, 3: Action.EXIT, 4: Action.ENTER}
    life = start(make_exchange(charged=Charged.QUOTE))
    life.live(5, script)
    paper = paper_trades(life.root, life.clock, life.exchange.venue.matching.costs, script)
    names = ("entry_price", "exit_price", "quantity", "fee", "net_pnl", "exit_reason")

    def figures(body: Mapping[str, Any]) -> list[Any]:
        return [Decimal(body[n]) if n != "exit_reason" else body[n] for n in names]

    live = life.bodies(events.TRADE_CLOSED)
    assert [figures(each) for each in live] == [figures(each) for each in paper]


def paper_trades(root: str, clock: Clock, costs: Costs, script: Script) -> list[Any]:

    class Past(ReplayFeed):
        def __init__(self) -> None:
            self._candles = CANDLES[:6]
            self.interval = STEP

    log = MemoryLog()
    with plan_on(root, clock, lambda _: log, lambda: log) as plan:
        on_paper = replace(
            plan,
            feed=Past(),
            exchange=lambda: PaperExchange(RULES, costs),
            sessions=[Session("8.03", lambda: Scripted(script))],
            announce=False,
        )
        run(on_paper, lambda: False, lambda: None)
    return [event.body for event in log.of_kind(events.TRADE_CLOSED)]
