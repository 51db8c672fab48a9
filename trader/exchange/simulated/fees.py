"""What an execution costs, and in which asset that is taken."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from trader.domain.money import ZERO, round_money
from trader.domain.order import Fill, Order, OrderSide
from trader.domain.symbol import SymbolRules


class Charged(StrEnum):
    """Which asset pays the fee: paper mode charges QUOTE; Binance charges RECEIVED (base when
    buying, quote when selling) or, where the account holds and wants it, BNB.
    """

    QUOTE = "quote"
    RECEIVED = "received"
    BNB = "bnb"


@dataclass(frozen=True, slots=True)
class Costs:
    """`fee_rate` is a fraction of the notional, `slippage` a fraction of the price, at market.

    `bnb_price` is one BNB in quote currency, for fees charged in it.
    """

    fee_rate: Decimal
    slippage: Decimal
    charged: Charged = Charged.QUOTE
    bnb_price: Decimal = Decimal(600)


def fill_of(
    order: Order,
    price: Decimal,
    quantity: Decimal,
    at: datetime,
    number: int,
    rules: SymbolRules,
    costs: Costs,
    bnb: Decimal,
) -> Fill:
    """The `number`th fill of an order, its fee in the asset that pays it.

    Without enough `bnb` the asset received pays, as on Binance.
    """
    notional = round_money(price * quantity)
    fee, asset, value, kept = round_money(notional * costs.fee_rate), rules.quote_asset, None, ZERO
    if costs.charged is Charged.BNB and (in_bnb := round_money(fee / costs.bnb_price)) <= bnb:
        fee, asset, value = in_bnb, "BNB", round_money(in_bnb * costs.bnb_price)
    elif costs.charged is not Charged.QUOTE and order.side is OrderSide.BUY:
        fee = kept = round_money(quantity * costs.fee_rate)
        asset, value = rules.base_asset, round_money(fee * price)
    return Fill(
        fill_id=f"{order.order_id}-{number}",
        order_id=order.order_id,
        trade_id=order.trade_id,
        symbol=order.symbol,
        side=order.side,
        price=price,
        quantity=quantity,
        fee=fee,
        fee_asset=asset,
        filled_at=at,
        fee_value=value,
        base_fee=kept,
    )
