"""The kinds of event a bot appends, and how orders and fills stand in their bodies.

Bodies are written with Decimals and datetimes and read back with text in their place; the
readers here take either, so that folding fresh events and recorded ones is one code.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from trader.domain.flat import by_name
from trader.domain.order import Fill, Order, OrderSide, OrderType, Purpose
from trader.domain.times import moment

BOT_STARTED = "bot.started"
BOT_STOPPED = "bot.stopped"
SETTINGS_CHANGED = "settings.changed"
CASH_DEPOSITED = "cash.deposited"
CASH_WITHDRAWN = "cash.withdrawn"
SIGNAL_RAISED = "signal.raised"
ORDER_SUBMITTED = "order.submitted"
ORDER_ACCEPTED = "order.accepted"
ORDER_FILLED = "order.filled"
ORDER_REJECTED = "order.rejected"
ORDER_CANCELLED = "order.cancelled"
ORDER_UNKNOWN = "order.unknown"
POSITION_OPENED = "position.opened"
POSITION_CHANGED = "position.changed"
TRADE_CLOSED = "trade.closed"
RISK_HALTED = "risk.halted"
RISK_RESUMED = "risk.resumed"
STATE_SNAPSHOT = "state.snapshot"

Body = Mapping[str, Any]

_Words = TypeVar("_Words", bound=StrEnum)


def order_body(order: Order) -> dict[str, Any]:
    """An order as it stands in order.submitted and in a snapshot."""
    return by_name(order)


def order_from(body: Body) -> Order:
    return Order(
        order_id=body["order_id"],
        trade_id=body["trade_id"],
        symbol=body["symbol"],
        side=_member(OrderSide, body["side"]),
        type=_member(OrderType, body["type"]),
        purpose=_member(Purpose, body["purpose"]),
        quantity=Decimal(body["quantity"]),
        placed_at=moment(body["placed_at"]),
        price=_decimal(body["price"]),
        stop_distance=_decimal(body["stop_distance"]),
        target_distance=_decimal(body["target_distance"]),
        reason=body["reason"],
    )


def fill_body(fill: Fill) -> dict[str, Any]:
    """A fill as it stands in order.filled."""
    body = by_name(fill)
    body["notional"] = fill.notional
    return body


def fill_from(body: Body) -> Fill:
    return Fill(
        fill_id=body["fill_id"],
        order_id=body["order_id"],
        trade_id=body["trade_id"],
        symbol=body["symbol"],
        side=_member(OrderSide, body["side"]),
        price=Decimal(body["price"]),
        quantity=Decimal(body["quantity"]),
        fee=Decimal(body["fee"]),
        fee_asset=body["fee_asset"],
        filled_at=moment(body["filled_at"]),
        fee_value=_decimal(body.get("fee_value")),
        base_fee=Decimal(body.get("base_fee", 0)),
    )


def _member(kind: type[_Words], value: Any) -> _Words:
    return value if type(value) is kind else kind(value)


def _decimal(value: Decimal | str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
