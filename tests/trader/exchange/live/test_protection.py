"""What is held is protected, or left."""

from decimal import Decimal

from tests.faults.exchange_life import RULES, candles_of, make_exchange
from tests.trader.exchange.live.life import CALM, Start
from trader.domain import events
from trader.domain.order import OrderSide, OrderType, Purpose
from trader.exchange.simulated.listing import Listing


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
