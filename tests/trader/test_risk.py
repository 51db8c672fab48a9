from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.domain.symbol import SymbolRules
from trader.risk import RiskLimits, Sizing, size_entry

RULES = SymbolRules(
    symbol="BTCUSDT",
    base_asset="BTC",
    quote_asset="USDT",
    tick_size=Decimal("0.01"),
    step_size=Decimal("0.00001"),
    min_quantity=Decimal("0.00001"),
    min_notional=Decimal(5),
)
money = st.decimals("0", "1000000", places=8)
prices = st.decimals("0.01", "100000", places=2)


def sized(equity: str, balance: str, price: str, distance: str) -> Sizing:
    return size_entry(
        RiskLimits(),
        RULES,
        equity=Decimal(equity),
        balance=Decimal(balance),
        price=Decimal(price),
        stop_distance=Decimal(distance),
    )


def test_the_loss_at_the_stop_is_the_risked_fraction() -> None:
    assert sized("10000", "10000", "100", "5").quantity == Decimal(20)


def test_free_cash_caps_the_quantity() -> None:
    assert sized("10000", "1000", "100", "1").quantity == Decimal("9.5")


def test_what_could_not_be_sold_at_the_stop_is_not_bought() -> None:
    sizing = sized("10", "10", "100", "99.9")
    assert sizing.quantity is None
    assert "under the exchange's minimum" in sizing.refusal


@pytest.mark.parametrize("distance", ["0", "-1", "100", "101"])
def test_a_stop_that_cannot_be_is_refused(distance: str) -> None:
    assert sized("10000", "10000", "100", distance).quantity is None


@given(equity=money, balance=money, price=prices, distance=prices)
def test_no_size_breaks_a_limit_or_a_filter(
    equity: Decimal, balance: Decimal, price: Decimal, distance: Decimal
) -> None:
    limits = RiskLimits()
    sizing = size_entry(
        limits, RULES, equity=equity, balance=balance, price=price, stop_distance=distance
    )
    if sizing.quantity is None:
        assert sizing.refusal
        return
    assert sizing.quantity * distance <= equity * limits.risk_fraction
    assert sizing.quantity * price <= balance * limits.exposure_fraction
    assert RULES.refusal(sizing.quantity, RULES.price_down(price)) is None


@pytest.mark.parametrize("fraction", ["0", "-0.1", "1.1"])
def test_limits_beyond_the_account_are_refused(fraction: str) -> None:
    with pytest.raises(ValueError, match="must be above 0 and at most 1"):
        RiskLimits(risk_fraction=Decimal(fraction))
