"""The bot's orders in Binance's words, and Binance's trades in the bot's."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from trader.domain.candle import from_milliseconds
from trader.domain.money import ZERO, plain, round_money
from trader.domain.order import Fill, Order, OrderSide, OrderType
from trader.domain.symbol import SymbolRules

# How far under its trigger a stop with a limit still sells; where stops at market are refused.
_STOP_SLACK = Decimal("0.01")


def requests_of(rules: SymbolRules, orders: Sequence[Order]) -> tuple[str, dict[str, str]]:
    """The client's method and its parameters for one order, or for a stop and a target as OCO."""
    if len(orders) == 1:
        return "create_order", _single(rules, orders[0])
    stop, target = sorted(orders, key=lambda each: each.type is OrderType.TAKE_PROFIT)
    assert stop.price is not None
    assert target.price is not None
    given = {
        "symbol": stop.symbol,
        "side": stop.side.upper(),
        "quantity": plain(stop.quantity),
        "listClientOrderId": f"{stop.order_id}L",
        "aboveType": "LIMIT_MAKER",
        "abovePrice": plain(target.price),
        "aboveClientOrderId": target.order_id,
        "belowType": "STOP_LOSS",
        "belowStopPrice": plain(stop.price),
        "belowClientOrderId": stop.order_id,
    }
    if not rules.stop_at_market:
        given |= {
            "belowType": "STOP_LOSS_LIMIT",
            "belowPrice": plain(_limit(rules, stop.price)),
            "belowTimeInForce": "GTC",
        }
    return "create_oco_order", given


def _single(rules: SymbolRules, order: Order) -> dict[str, str]:
    given = {
        "symbol": order.symbol,
        "side": order.side.upper(),
        "type": order.type.upper(),
        "quantity": plain(order.quantity),
        "newClientOrderId": order.order_id,
        "newOrderRespType": "FULL",
    }
    match order.type:
        case OrderType.STOP_LOSS:
            assert order.price is not None
            given["stopPrice"] = plain(order.price)
            if not rules.stop_at_market:
                limit = plain(_limit(rules, order.price))
                given |= {"type": "STOP_LOSS_LIMIT", "price": limit, "timeInForce": "GTC"}
        case OrderType.TAKE_PROFIT:
            assert order.price is not None
            given |= {"type": "LIMIT_MAKER", "price": plain(order.price)}
    return given


def _limit(rules: SymbolRules, stop: Decimal) -> Decimal:
    return rules.price_down(stop * (1 - _STOP_SLACK))


def fill_of(
    trade: dict[str, Any], order: Order, rules: SymbolRules, price_of: Callable[[str], Decimal]
) -> Fill:
    """A trade of the account as the fill of `order`; `price_of(asset)` values a third asset."""
    price, quantity = Decimal(trade["price"]), Decimal(trade["qty"])
    fee, asset = Decimal(trade["commission"]), trade["commissionAsset"]
    value, kept = None, ZERO
    if asset == rules.base_asset:
        value = round_money(fee * price)
        kept = fee if order.side is OrderSide.BUY else ZERO
    elif asset != rules.quote_asset:
        value = round_money(fee * price_of(asset)) if fee else ZERO
    return Fill(
        fill_id=f"{order.symbol}-{trade['id']}",
        order_id=order.order_id,
        trade_id=order.trade_id,
        symbol=order.symbol,
        side=order.side,
        price=price,
        quantity=quantity,
        fee=fee,
        fee_asset=asset,
        filled_at=from_milliseconds(trade["time"]),
        fee_value=value,
        base_fee=kept,
    )
