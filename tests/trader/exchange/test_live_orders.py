"""The bot's orders on Binance, requirement by requirement: the real engine, the real python-binance
client, the simulated exchange. Nothing of any of them is patched.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.exchange_life import (
    AFTER_CLOSE,
    CANDLES,
    MARKET,
    RULES,
    START,
    STEP,
    Clock,
    NearLever,
    candles_of,
    faults_found,
    make_exchange,
    plan_on,
    served,
    to_the_end,
)
from tests.trader.fakes import MemoryLog
from trader.domain import events
from trader.domain.book import Book
from trader.domain.order import Order, OrderSide, OrderType, Purpose
from trader.domain.signal import Action
from trader.domain.symbol import SymbolRules
from trader.exchange.binance import (
    Connection,
    Timing,
    public_client,
    signed_client,
    symbol_rules,
)
from trader.exchange.binance.reading import requests_of
from trader.exchange.simulated.faults import Fault, Kind, Planned
from trader.exchange.simulated.fees import Charged, Costs
from trader.exchange.simulated.listing import Listing, Refusal
from trader.exchange.simulated.server import SimulatedExchange
from trader.order_desk import client_order_id
from trader.ports import Unreachable
from trader.risk import RiskLimits, size_entry
from trader.runner import read_book, run

Script = Mapping[int, Action]
ENTER_ONCE: Script = {1: Action.ENTER}
CALM = ("100", "100.5", "99.5", "100")


class Life:
    """A bot on an exchange of its own; `live` runs it until that candle opens."""

    def __init__(self, exchange: SimulatedExchange, root: str, folder: Path) -> None:
        self.exchange = exchange
        self.root = root
        self.pause_file = folder / "pause.json"
        self.log = MemoryLog()
        self.clock = Clock(NearLever(exchange), START)
        self.timeout = 10.0  # real seconds; a busy machine shall not look like a fault

    def live(self, candles: int, wants: Script = ENTER_ONCE) -> Book:
        self.clock.until = START + candles * STEP
        to_the_end(
            self.root,
            self.clock,
            lambda _version: self.log,
            lambda: self.log,
            wants=wants,
            pause_file=self.pause_file,
            timeout=self.timeout,
        )
        return read_book(self.log)

    def wrong(self) -> list[str]:
        return faults_found(self.exchange, read_book(self.log), self.log.events)

    def bodies(self, kind: str) -> list[Mapping[str, Any]]:
        return [event.body for event in self.log.of_kind(kind)]

    def sent(self, method: str, path: str) -> int:
        return self.exchange.requests.count((method, f"/api/v3/{path}"))

    def reasons(self) -> list[str]:
        """Of the candles: why nothing was done, or what was."""
        return [body["reason"] for body in self.bodies(events.STATE_SNAPSHOT)]


Start = Callable[..., Life]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Makes a life on an exchange; `make_exchange`'s arguments, or its own candles."""
    open_servers: list[Any] = []

    def begin(exchange: SimulatedExchange | None = None) -> Life:
        made = exchange or make_exchange()
        server = served(made)
        root = server.__enter__()
        open_servers.append(server)
        return Life(made, root, tmp_path)

    yield begin
    for server in open_servers:
        server.__exit__(None, None, None)


def test_a_life_without_faults_ends_with_equal_books(start: Start) -> None:
    life = start()
    life.live(5, {1: Action.ENTER, 2: Action.ENTER, 3: Action.EXIT, 4: Action.ENTER})
    assert life.wrong() == []
    endings = [body["exit_reason"] for body in life.bodies(events.TRADE_CLOSED)]
    assert endings == ["stop_loss", "script 3"]


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


def test_r06_a_part_filled_entry_is_protected_for_what_was_filled(start: Start) -> None:
    life = start()
    life.exchange.venue.matching.liquidity = lambda order, left: (
        left / 2 if order.side is OrderSide.BUY else left
    )
    book = life.live(2)
    (position,) = book.positions.values()
    stop = next(o.order for o in book.orders.values() if o.order.purpose is Purpose.STOP_LOSS)
    assert stop.quantity == RULES.quantity_down(position.quantity)
    assert life.wrong() == []


def test_r06_what_is_too_small_to_sell_is_dust_and_no_crash_loop(start: Start) -> None:
    life = start(make_exchange(candles_of([CALM] * 6)))
    life.exchange.venue.matching.liquidity = lambda _order, _left: Decimal("0.002")
    book = life.live(4)
    assert (book.positions, book.orders) == ({}, {})
    assert book.dust == life.exchange.venue.matching.held > 0
    assert life.wrong() == []
    assert life.sent("POST", "orderList/oco") == 0


def test_r06_a_target_filled_in_part_gets_a_new_pair_for_the_rest(start: Start) -> None:
    rises = candles_of([CALM, CALM, ("100", "110", "99.5", "105"), *[("105",) * 4] * 4])
    life = start(make_exchange(rises))
    life.exchange.venue.matching.liquidity = lambda order, left: (
        RULES.quantity_down(left / 4) if order.type is OrderType.TAKE_PROFIT else left
    )
    book = life.live(3)
    (position,) = book.positions.values()
    assert position.quantity < position.entry_quantity
    assert life.wrong() == []


rules = st.builds(
    lambda tick, step, least, notional: SymbolRules(
        symbol="BTCUSDT",
        base_asset="BTC",
        quote_asset="USDT",
        tick_size=Decimal(1).scaleb(-tick),
        step_size=Decimal(1).scaleb(-step),
        min_quantity=Decimal(1).scaleb(-step) * least,
        min_notional=Decimal(notional),
        max_quantity=Decimal(5000),
    ),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(1, 50),
    st.integers(1, 100),
)


@given(
    rules=rules,
    price=st.decimals("0.5", "90000", places=6),
    equity=st.decimals("10", "1000000", places=8),
    part=st.decimals("0.001", "0.2", places=3),
)
@settings(max_examples=300, deadline=None)
def test_r07_what_the_bot_sends_passes_every_filter(
    rules: SymbolRules, price: Decimal, equity: Decimal, part: Decimal
) -> None:
    listing = Listing(rules, max_quantity=Decimal(5000), market_max_quantity=Decimal(5000))
    market_price = rules.price_up(price)
    distance = market_price * part
    sizing = size_entry(
        RiskLimits(),
        rules,
        equity=equity,
        balance=equity,
        price=market_price,
        stop_distance=distance,
    )
    if sizing.quantity is None:
        return
    stop = rules.price_down(market_price - distance)
    target = rules.price_up(market_price + distance)
    if stop <= 0 or sizing.quantity * stop < rules.min_notional:
        return  # the tick took the stop under the minimum; the exchange says so, the bot leaves
    orders = [
        an_order(OrderType.MARKET, sizing.quantity),
        an_order(OrderType.STOP_LOSS, sizing.quantity, stop),
        an_order(OrderType.TAKE_PROFIT, sizing.quantity, target),
    ]
    for order in orders:
        _method, sent = requests_of(rules, [order])
        prices = [Decimal(sent[name]) for name in ("price", "stopPrice") if name in sent]
        try:
            listing.check(sent["type"], Decimal(sent["quantity"]), prices, market_price)
        except Refusal as refusal:
            raise AssertionError(f"{sent}: {refusal}") from refusal
        assert not {"E", "e"} & set(sent["quantity"] + "".join(map(str, prices)))


def an_order(kind: OrderType, quantity: Decimal, price: Decimal | None = None) -> Order:
    purpose = Purpose.ENTRY if kind is OrderType.MARKET else Purpose(kind.value)
    side = OrderSide.BUY if kind is OrderType.MARKET else OrderSide.SELL
    return Order("id-1", "t", "BTCUSDT", side, kind, purpose, quantity, START, price)


def test_r07_both_lot_sizes_bind(start: Start) -> None:
    listing = Listing(RULES, max_quantity=Decimal(50), market_max_quantity=Decimal(7))
    life = start(make_exchange(listing=listing))
    told = symbol_rules(public_client(f"{life.root}/api"), "BTCUSDT")
    assert (told.max_quantity, told.quantity_down(Decimal(20))) == (Decimal(7), Decimal(7))


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


def test_r10_a_gap_over_a_stop_limit_is_left_by_the_bots_own_watch(start: Start) -> None:
    kinds = ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS_LIMIT")
    gap = [CALM, CALM, CALM, ("80", "81", "79", "80"), *[("80", "80.5", "79.5", "80")] * 4]
    life = start(make_exchange(candles_of(gap), listing=Listing(RULES, order_types=kinds)))
    book = life.live(5)
    assert book.positions == {}
    (closed,) = life.bodies(events.TRADE_CLOSED)
    assert closed["exit_reason"] == "stop_loss"
    assert Decimal(closed["exit_price"]) < 81
    assert life.wrong() == []


def test_r10_a_stop_sells_at_market_where_the_symbol_allows_it(start: Start) -> None:
    life = start()
    life.live(2)
    assert "STOP_LOSS" in {each.kind for each in life.exchange.venue.orders}


def test_r11_a_stop_that_the_price_is_past_is_left_at_once(start: Start) -> None:
    life = start(make_exchange(candles_of([CALM] * 6)))

    def arrived(_number: int) -> None:
        if life.exchange.requests[-1] == ("POST", "/api/v3/orderList/oco"):
            life.exchange.venue.moved_price = Decimal(93)

    life.exchange.faults.arrived = arrived
    book = life.live(2)
    assert book.positions == {}
    (closed,) = life.bodies(events.TRADE_CLOSED)
    assert closed["exit_reason"] == "stop_loss"
    assert life.wrong() == []


def test_protection_that_is_impossible_ends_the_position(start: Start) -> None:
    kinds = ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS")
    listing = Listing(RULES, order_types=kinds, factor_down=Decimal("0.97"))
    life = start(make_exchange(candles_of([CALM] * 6), listing=listing))
    book = life.live(2)
    assert book.positions == {}
    (closed,) = life.bodies(events.TRADE_CLOSED)
    assert closed["exit_reason"] == "protection_impossible"
    assert life.wrong() == []


def test_a_target_that_cannot_stand_leaves_the_stop_alone(start: Start) -> None:
    listing = Listing(RULES, factor_up=Decimal("1.05"))
    life = start(make_exchange(candles_of([CALM] * 6), listing=listing))
    life.live(3)
    standing = [each.kind for each in life.exchange.venue.orders if each.open]
    assert standing == ["STOP_LOSS"]


def test_protection_taken_away_by_hand_is_replaced(start: Start) -> None:
    life = start(make_exchange(candles_of([CALM] * 6)))
    life.live(2)
    stop = next(each for each in life.exchange.venue.orders if each.kind == "STOP_LOSS")
    life.exchange.venue.cancel({"symbol": "BTCUSDT", "orderId": str(stop.number)})
    life.live(3)
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
    from tests.faults.exchange_life import Scripted
    from trader.exchange.paper import PaperExchange
    from trader.feed.replay import ReplayFeed
    from trader.runner import Session

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


def test_a_wrong_key_is_trouble_that_is_named(start: Start) -> None:
    life = start()
    timing = Timing(pause=life.clock.pause, time=life.clock.time)
    client = signed_client(f"{life.root}/api", "wrong", "wrong")
    connection = Connection(client, timing)
    from trader.exchange.binance import BinanceExchange

    with pytest.raises(Unreachable, match="Invalid API-key"):
        BinanceExchange(RULES, connection, "x").opening_balance()
