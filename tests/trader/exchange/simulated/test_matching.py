"""What fills, when, and at which price: each ambiguity of a candle decided for the worse."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from trader.domain.candle import Candle
from trader.domain.money import plain
from trader.domain.order import (
    Fill,
    Order,
    OrderCancelled,
    OrderRejected,
    OrderSide,
    OrderType,
    OrderUpdate,
    Purpose,
)
from trader.domain.symbol import SymbolRules
from trader.exchange.simulated.fees import Costs
from trader.exchange.simulated.matching import MatchingEngine
from trader.ports import OrderRefused

OPENED = datetime(2024, 1, 1, tzinfo=UTC)
RULES = SymbolRules(
    symbol="BTCUSDT",
    base_asset="BTC",
    quote_asset="USDT",
    tick_size=Decimal("0.01"),
    step_size=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    min_notional=Decimal(5),
)


def candle(open_: str, high: str, low: str, close: str, number: int = 0) -> Candle:
    opened = OPENED + number * timedelta(minutes=15)
    figures = [Decimal(text) for text in (open_, high, low, close, "1")]
    return Candle(opened, opened + timedelta(minutes=15), *figures)


def engine(*, fee: str = "0", slippage: str = "0", cash: str = "1000", held: str = "0") -> Any:
    made = MatchingEngine(RULES, Costs(Decimal(fee), Decimal(slippage)))
    made.cash, made.held = Decimal(cash), Decimal(held)
    return made


def order(
    side: OrderSide, kind: OrderType, quantity: str = "1", price: str | None = None, **other: Any
) -> Order:
    purpose = Purpose(kind.value) if kind is not OrderType.MARKET else Purpose.EXIT
    given: dict[str, Any] = {"order_id": kind.value, "placed_at": OPENED} | other
    return Order(
        trade_id="t",
        symbol="BTCUSDT",
        side=side,
        type=kind,
        purpose=purpose,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
        **given,
    )


BUY = order(OrderSide.BUY, OrderType.MARKET)
STOP = order(OrderSide.SELL, OrderType.STOP_LOSS, price="90")
TARGET = order(OrderSide.SELL, OrderType.TAKE_PROFIT, price="110")


def fills(updates: list[OrderUpdate]) -> list[tuple[str, str]]:
    return [(each.order_id, plain(each.price)) for each in updates if isinstance(each, Fill)]


def test_a_market_order_fills_at_the_open() -> None:
    matching = engine()
    matching.place(BUY)
    assert fills(list(matching.play(candle("100", "105", "95", "101")))) == [("market", "100")]


def test_a_market_order_placed_at_the_close_waits_for_the_next_candle() -> None:
    matching = engine()
    first, second = candle("100", "105", "95", "101"), candle("102", "103", "99", "100", 1)
    matching.place(order(OrderSide.BUY, OrderType.MARKET, placed_at=first.close_time))
    assert list(matching.play(first)) == []
    assert fills(list(matching.play(second))) == [("market", "102")]


def test_the_stop_comes_before_the_target_in_one_candle() -> None:
    matching = engine(held="1")
    matching.place(STOP, TARGET)
    assert fills(list(matching.play(candle("100", "120", "80", "115")))) == [("stop_loss", "90")]


def test_an_open_beyond_the_stop_fills_at_the_open() -> None:
    matching = engine(held="1")
    matching.place(STOP)
    assert fills(list(matching.play(candle("85", "88", "80", "86")))) == [("stop_loss", "85")]


def test_an_open_beyond_the_target_fills_at_the_target() -> None:
    matching = engine(held="1")
    matching.place(TARGET)
    assert fills(list(matching.play(candle("115", "120", "112", "118")))) == [
        ("take_profit", "110")
    ]


def test_a_price_that_is_touched_is_reached() -> None:
    matching = engine(held="1")
    matching.place(STOP)
    assert fills(list(matching.play(candle("100", "101", "90", "95")))) == [("stop_loss", "90")]


def test_a_price_that_is_not_touched_leaves_the_order_standing() -> None:
    matching = engine(held="1")
    matching.place(STOP, TARGET)
    assert list(matching.play(candle("100", "109.99", "90.01", "95"))) == []
    assert set(matching.orders) == {"stop_loss", "take_profit"}


def test_the_fill_of_one_of_a_pair_cancels_the_other() -> None:
    matching = engine(held="1")
    matching.place(STOP, TARGET)
    updates = list(matching.play(candle("100", "111", "95", "105")))
    assert [type(each) for each in updates] == [Fill, OrderCancelled]
    assert matching.orders == {}


def test_a_buy_slips_up_to_the_next_tick() -> None:
    matching = engine(slippage="0.0001")
    matching.place(BUY)
    assert fills(list(matching.play(candle("33.33", "34", "33", "33.5")))) == [("market", "33.34")]


def test_a_stop_slips_down() -> None:
    matching = engine(held="1", slippage="0.001")
    matching.place(STOP)
    updates = list(matching.play(candle("100", "101", "80", "85")))
    assert fills(updates) == [("stop_loss", "89.91")]


def test_the_fee_is_a_share_of_the_notional_in_quote() -> None:
    matching = engine(fee="0.001")
    matching.place(BUY)
    (fill,) = matching.play(candle("100", "101", "99", "100"))
    assert (fill.fee, fill.fee_asset, matching.cash) == (
        Decimal("0.1"),
        "USDT",
        Decimal("899.9"),
    )


def test_what_cannot_be_paid_is_rejected() -> None:
    matching = engine(cash="99", fee="0")
    matching.place(BUY)
    (update,) = matching.play(candle("100", "101", "99", "100"))
    assert update == OrderRejected("market", "costs 100.00000000 where 99 is free", OPENED)


def test_what_is_not_held_cannot_be_sold() -> None:
    matching = engine(held="0.5")
    matching.place(STOP)
    (update,) = matching.play(candle("80", "81", "79", "80"))
    assert isinstance(update, OrderRejected)


def test_an_order_placed_between_two_updates_is_matched_in_the_same_candle() -> None:
    matching = engine()
    matching.place(BUY)
    updates = matching.play(candle("100", "101", "89", "95"))
    assert isinstance(next(updates), Fill)
    matching.place(STOP)
    assert [each.order_id for each in updates] == ["stop_loss"]


def test_a_cancelled_order_does_not_fill() -> None:
    matching = engine(held="1")
    matching.place(STOP)
    matching.cancel("stop_loss")
    assert list(matching.play(candle("80", "81", "79", "80"))) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (order(OrderSide.BUY, OrderType.MARKET, "0.0001"), "is under 0.001"),
        (order(OrderSide.BUY, OrderType.TAKE_PROFIT, "1", "10.001"), "no multiple of the tick"),
        (order(OrderSide.BUY, OrderType.TAKE_PROFIT, "1.0001", "10"), "no multiple of the step"),
        (order(OrderSide.BUY, OrderType.TAKE_PROFIT, "0.4", "10"), "worth less than the minimum"),
    ],
)
def test_an_order_against_the_symbols_filters_is_refused(wrong: Order, said: str) -> None:
    with pytest.raises(OrderRefused, match=said):
        engine().place(wrong)


def test_an_order_id_in_use_is_refused() -> None:
    matching = engine()
    matching.place(BUY)
    with pytest.raises(OrderRefused, match="in use"):
        matching.place(BUY)
