"""The book folds fills exactly, and rebuilds itself from a snapshot as from all events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from trader.domain import events
from trader.domain.book import Book
from trader.domain.money import floor_to, round_money
from trader.domain.order import Fill, Order, OrderSide, OrderType, Purpose

AT = datetime(2024, 1, 1, tzinfo=UTC)
prices = st.decimals("0.01", "90000", places=2)
quantities = st.decimals("0.00001", "40", places=5)


def order(number: int, side: OrderSide, quantity: Decimal) -> Order:
    return Order(
        order_id=f"o{number}",
        trade_id="t1",
        symbol="BTCUSDT",
        side=side,
        type=OrderType.MARKET,
        purpose=Purpose.ENTRY if side is OrderSide.BUY else Purpose.EXIT,
        quantity=quantity,
        placed_at=AT,
    )


def fill(of: Order, price: Decimal, quantity: Decimal | None = None, number: int = 1) -> Fill:
    filled = of.quantity if quantity is None else quantity
    return Fill(
        fill_id=f"{of.order_id}-{number}",
        order_id=of.order_id,
        trade_id=of.trade_id,
        symbol=of.symbol,
        side=of.side,
        price=price,
        quantity=filled,
        fee=round_money(price * filled * Decimal("0.001")),
        fee_asset="USDT",
        filled_at=AT + timedelta(minutes=number),
    )


def deposit(book: Book, amount: str = "1000000000") -> None:
    book.apply(events.CASH_DEPOSITED, {"amount": amount, "asset": "USDT", "account": "a"}, "1")


def submit(book: Book, placed: Order) -> None:
    book.apply(events.ORDER_SUBMITTED, events.order_body(placed), "1")


def take(book: Book, filled: Fill) -> None:
    book.apply(events.ORDER_FILLED, events.fill_body(filled), "1")


def snapshot(book: Book, price: Decimal) -> dict[str, Any]:
    candle = {
        "open_time": AT,
        "close_time": AT + timedelta(days=1),
        "low": price,
        "high": price,
        "close": price,
    }
    return {"candle": candle} | book.state(price)


@given(entry=prices, quantity=quantities, marks=st.lists(prices, min_size=1, max_size=5))
def test_equity_is_deposits_plus_realised_plus_unrealised(
    entry: Decimal, quantity: Decimal, marks: list[Decimal]
) -> None:
    book = Book()
    deposit(book)
    bought = order(1, OrderSide.BUY, quantity)
    submit(book, bought)
    take(book, fill(bought, entry))
    for price in marks:
        assert book.equity(price) == book.deposits + book.realised + book.unrealised(price)


@given(entry=prices, exit_=prices, quantity=quantities, part=st.decimals("0.1", "0.9", places=1))
def test_a_trade_sold_in_parts_realises_exactly_what_moved_the_cash(
    entry: Decimal, exit_: Decimal, quantity: Decimal, part: Decimal
) -> None:
    book = Book()
    deposit(book)
    bought, sold = order(1, OrderSide.BUY, quantity), order(2, OrderSide.SELL, quantity)
    submit(book, bought)
    take(book, fill(bought, entry))
    submit(book, sold)
    first = quantity * part
    take(book, fill(sold, exit_, first, 2))
    take(book, fill(sold, exit_, quantity - first, 3))
    position = book.positions["t1"]
    assert position.quantity == 0
    assert position.cost == 0
    assert book.cash == book.deposits + position.realised == book.deposits + book.realised


@given(entry=prices, quantity=quantities, mark=prices)
def test_a_book_from_a_snapshot_is_the_book_that_wrote_it(
    entry: Decimal, quantity: Decimal, mark: Decimal
) -> None:
    book = Book()
    deposit(book)
    bought = order(1, OrderSide.BUY, quantity)
    submit(book, bought)
    take(book, fill(bought, entry))
    submit(book, order(2, OrderSide.SELL, quantity))
    book.mark(mark, mark, AT + timedelta(days=1))
    recorded = snapshot(book, mark)
    book.apply(events.STATE_SNAPSHOT, recorded, "1")
    again = Book.from_snapshot(recorded)
    assert snapshot(again, mark) == snapshot(book, mark)


def test_an_event_is_known_until_the_next_snapshot() -> None:
    book = Book()
    deposit(book)
    bought = order(1, OrderSide.BUY, Decimal(1))
    submit(book, bought)
    assert book.knows(events.ORDER_SUBMITTED, events.order_body(bought))
    book.apply(events.STATE_SNAPSHOT, snapshot(book, Decimal(1)), "1")
    assert not book.knows(events.ORDER_SUBMITTED, events.order_body(bought))


def test_starting_twice_is_two_events() -> None:
    book = Book()
    book.apply(events.BOT_STARTED, {"strategy": "x"}, "1")
    assert not book.knows(events.BOT_STARTED, {"strategy": "x"})


def test_excursions_are_the_worst_and_the_best_since_entry() -> None:
    book = Book()
    deposit(book)
    bought = order(1, OrderSide.BUY, Decimal(2))
    submit(book, bought)
    take(book, fill(bought, Decimal(100)))
    for low, high in ((95, 103), (97, 110)):
        book.mark(Decimal(low), Decimal(high), AT + timedelta(minutes=15))
    position = book.positions["t1"]
    assert (position.mae, position.mfe) == (Decimal(-10), Decimal(20))


def test_a_position_keeps_the_version_that_opened_it() -> None:
    book = Book()
    deposit(book)
    bought = order(1, OrderSide.BUY, Decimal(1))
    submit(book, bought)
    book.apply(events.ORDER_FILLED, events.fill_body(fill(bought, Decimal(10))), "8.02")
    assert book.positions["t1"].version == "8.02"


def test_a_candle_that_closed_before_the_entry_does_not_mark_it() -> None:
    book = Book()
    deposit(book)
    bought = order(1, OrderSide.BUY, Decimal(2))
    submit(book, bought)
    take(book, fill(bought, Decimal(100)))
    book.mark(Decimal(50), Decimal(150), AT + timedelta(seconds=30))
    assert book.positions["t1"].mfe == 0


charges = st.sampled_from(["quote", "base", "third"])


def charged(of: Order, price: Decimal, how: str, quantity: Decimal | None = None) -> Fill:
    """A fill whose fee is paid in quote, in base or in a third asset."""
    plain = fill(of, price, quantity)
    if how == "quote":
        return plain
    if how == "base" and of.side is OrderSide.BUY:
        kept = round_money(plain.quantity * Decimal("0.001"))
        worth = round_money(kept * price)
        return replace(plain, fee=kept, fee_asset="BTC", fee_value=worth, base_fee=kept)
    if how == "third":
        return replace(plain, fee=Decimal("0.01"), fee_asset="BNB", fee_value=plain.fee)
    return plain


@given(entry=prices, exit_=prices, quantity=quantities, buy=charges, sell=charges, mark=prices)
def test_equity_holds_whatever_pays_the_fees_and_with_dust(
    entry: Decimal, exit_: Decimal, quantity: Decimal, buy: str, sell: str, mark: Decimal
) -> None:
    book = Book()
    deposit(book)
    bought = order(1, OrderSide.BUY, quantity)
    submit(book, bought)
    take(book, charged(bought, entry, buy))
    law(book, mark)
    left = floor_to(book.held, Decimal("0.00001"))
    sold = order(2, OrderSide.SELL, left)
    if left:
        submit(book, sold)
        take(book, charged(sold, exit_, sell))
        law(book, mark)
    held = book.held
    closed = {"trade_id": "t1", "exit_time": AT, "net_pnl": "0"}
    book.apply(events.TRADE_CLOSED, closed, "1")
    law(book, mark)
    assert book.dust == book.held == held


def law(book: Book, price: Decimal) -> None:
    assert book.equity(price) == book.deposits + book.realised + book.unrealised(price)


def test_a_fee_in_base_leaves_less_to_sell_and_the_price_as_it_was() -> None:
    book = Book()
    deposit(book)
    bought = order(1, OrderSide.BUY, Decimal(1))
    submit(book, bought)
    take(book, charged(bought, Decimal(100), "base"))
    position = book.positions["t1"]
    assert (position.quantity, position.entry_price) == (Decimal("0.999"), Decimal(100))
    assert (position.fee, position.cost) == (Decimal("0.1"), Decimal(100))


def test_a_fee_in_a_third_asset_is_part_of_the_result_and_takes_no_cash() -> None:
    book = Book()
    deposit(book, "100")
    bought, sold = order(1, OrderSide.BUY, Decimal(1)), order(2, OrderSide.SELL, Decimal(1))
    submit(book, bought)
    take(book, charged(bought, Decimal(100), "third"))
    submit(book, sold)
    take(book, charged(sold, Decimal(100), "third"))
    figures = (book.cash, book.realised, book.deposits)
    assert figures == (Decimal(100), Decimal("-0.2"), Decimal("100.2"))
