"""What stands in the events that the engine appends, beside orders and fills."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.flat import by_name
from trader.domain.market import Market
from trader.domain.order import Order, Purpose
from trader.domain.position import Position
from trader.domain.signal import Signal


def signal_raised(market: Market, candle: Candle, signal: Signal, trade_id: str) -> dict[str, Any]:
    return {
        "trade_id": trade_id,
        "symbol": market.symbol,
        "action": signal.action.value,
        "side": "long",
        "price": candle.close,
        "reason": signal.reason,
        "candle_time": candle.open_time,
        "indicators": dict(signal.indicators),
    }


def order_note(order: Order, reason: str) -> dict[str, Any]:
    """Of an order accepted, rejected or cancelled; what it was stands in order.submitted."""
    return {
        "order_id": order.order_id,
        "trade_id": order.trade_id,
        "symbol": order.symbol,
        "reason": reason,
    }


def position_opened(
    market: Market, position: Position, planned: Mapping[Purpose, Decimal]
) -> dict[str, Any]:
    """`planned` holds the prices of the stop and the target that are sent next."""
    return {
        "trade_id": position.trade_id,
        "symbol": position.symbol,
        "version": position.version,
        "side": "long",
        "quantity": position.quantity,
        "entry_price": position.entry_price,
        "entry_time": position.entry_time,
        "stop_loss_price": planned.get(Purpose.STOP_LOSS),
        "take_profit_price": planned.get(Purpose.TAKE_PROFIT),
        "fee": position.fee,
        "quote_asset": market.quote_asset,
        "account": market.account,
    }


def trade_closed(market: Market, position: Position, strategy: str) -> dict[str, Any]:
    return {
        "trade_id": position.trade_id,
        "symbol": position.symbol,
        "version": position.version,
        "strategy": strategy,
        "side": "long",
        "entry_time": position.entry_time,
        "exit_time": position.exit_time,
        "entry_price": position.entry_price,
        "exit_price": position.exit_price,
        "quantity": position.sold,
        "dust": position.quantity,
        "fee": position.fee,
        "funding": Decimal(0),
        "net_pnl": position.realised,
        "exit_reason": position.exit_reason,
        "stop_loss_price": position.stop_loss_price,
        "take_profit_price": position.take_profit_price,
        "initial_risk": position.initial_risk,
        "mae": position.mae,
        "mfe": position.mfe,
        "quote_asset": market.quote_asset,
        "account": market.account,
    }


def left_as_dust(market: Market, position: Position) -> dict[str, Any]:
    """Of a position too small for the exchange to sell; it stays in the account at its cost."""
    return {
        "trade_id": position.trade_id,
        "symbol": position.symbol,
        "change": "dust",
        "quantity": position.quantity,
        "cost": position.cost,
        "quote_asset": market.quote_asset,
        "account": market.account,
    }


def cash_found(market: Market, amount: Decimal) -> dict[str, Any]:
    """Of quote currency that came to the account, or left it, without an order of the bot."""
    return {
        "asset": market.quote_asset,
        "amount": abs(amount),
        "account": market.account,
        "reason": "found on the exchange",
    }


def state_snapshot(market: Market, book: Book, candle: Candle, signal: Signal) -> dict[str, Any]:
    """Everything the bot knew at a candle's close; `Book.from_snapshot` reads the book's part."""
    return {
        "symbol": market.symbol,
        "interval": market.interval,
        "quote_asset": market.quote_asset,
        "account": market.account,
        "candle": by_name(candle),
        "indicators": dict(signal.indicators),
        "signal": signal.action.value,
        "reason": signal.reason,
        **book.state(candle.close),
    }
