"""What the bot sends passes what the exchange checks."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.exchange_life import RULES, make_exchange
from tests.trader.exchange.live.life import Start, an_order
from trader.domain.order import OrderType
from trader.domain.symbol import SymbolRules
from trader.exchange.binance import public_client, symbol_rules
from trader.exchange.binance.reading import requests_of
from trader.exchange.simulated.listing import Listing, Refusal
from trader.risk import RiskLimits, size_entry

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


def test_r07_both_lot_sizes_bind(start: Start) -> None:
    listing = Listing(RULES, max_quantity=Decimal(50), market_max_quantity=Decimal(7))
    life = start(make_exchange(listing=listing))
    told = symbol_rules(public_client(f"{life.root}/api"), "BTCUSDT")
    assert (told.max_quantity, told.quantity_down(Decimal(20))) == (Decimal(7), Decimal(7))
