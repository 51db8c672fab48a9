"""Trades, what is told about one, and open positions in the API's words."""

from django.urls import reverse
from django.utils.http import urlencode

from dashboard.api.answers import Answer
from dashboard.events import Event
from dashboard.models import Annotation, Position, Trade
from dashboard.selectors.candles import Around, Candle
from dashboard.selectors.story import Story
from dashboard.services.journal import tag_list
from dashboard.units import iso, optional_iso, optional_text, text


def trade_answer(trade: Trade, mode: str | None, annotation: Annotation | None = None) -> Answer:
    """One closed trade, with the words the trader has for it."""
    return {
        "trade_id": trade.trade_id,
        "bot": trade.bot,
        "mode": mode,
        "version": trade.version,
        "symbol": trade.symbol,
        "side": trade.side,
        "entry_time": optional_iso(trade.entry_time),
        "exit_time": iso(trade.exit_time),
        "entry_price": trade.entry_price or None,
        "exit_price": trade.exit_price or None,
        "quantity": trade.quantity or None,
        "fee": optional_text(trade.fee),
        "net_pnl": text(trade.net_pnl),
        "exit_reason": trade.exit_reason or None,
        "source": trade.source,
        "corrected": trade.corrected,
        "tags": [] if annotation is None else tag_list(annotation.tags),
        "mistake": None if annotation is None else annotation.mistake or None,
        "link": trade_link(trade),
    }


def trade_link(trade: Trade) -> str:
    """The trade's own page."""
    query = urlencode({"bot": trade.bot, "trade_id": trade.trade_id})
    return f"{reverse('trade')}?{query}"


def standing(trade: Trade) -> str:
    """Whether a record counts, and if not, why."""
    if trade.voided:
        return "voided"
    if trade.pending:
        return "pending"
    return "counted" if trade.counted else "duplicate"


def story_answer(told: Story, candles: Around) -> Answer:
    """A trade with its events and candles."""
    trade = told.trade
    known = ("strategy", "stop_loss_price", "take_profit_price")
    return {
        "trade": trade_answer(trade, trade.book.mode)
        | {name: getattr(trade, name) or None for name in known}
        | {name: optional_text(getattr(trade, name)) for name in ("initial_risk", "mae", "mfe")}
        | {
            "funding": text(trade.funding),
            "regime": trade.regime,
            "excursions_from": trade.excursions_from or None,
            "regime_from": trade.regime_from or None,
            "standing": standing(trade),
            "quote_asset": trade.book.quote_asset,
            "account": trade.book.account,
            "recorded_at": iso(trade.recorded_at),
            "stream": trade.stream,
            "seq": trade.seq,
        },
        "candles": [candle_answer(candle) for candle in candles.candles],
        "merged": candles.merged,
        "left_out": candles.left_out,
        "candles_why": candles.why,
        "events": [event_answer(event) for event in told.events],
        "events_why": told.trouble,
        "others": [
            {name: getattr(other, name) for name in ("bot", "trade_id", "source", "stream")}
            | {"standing": standing(other), "link": trade_link(other)}
            for other in told.others
        ],
        "newer": trade_link(told.newer) if told.newer else None,
        "older": trade_link(told.older) if told.older else None,
    }


def candle_answer(candle: Candle) -> Answer:
    """One candle, prices as text."""
    prices = {name: f"{getattr(candle, name):f}" for name in ("open", "high", "low", "close")}
    return {**candle._asdict(), **prices, "indicators": dict(candle.indicators)}


def event_answer(event: Event) -> Answer:
    """One event as it stands in the store."""
    return {
        "stream": event.stream,
        "seq": event.seq,
        "kind": event.kind,
        "occurred_at": iso(event.occurred_at),
        "recorded_at": iso(event.recorded_at),
        "version": event.version,
        "body": dict(event.body),
    }


def position_answer(position: Position, mode: str | None) -> Answer:
    """One open position."""
    return {
        "trade_id": position.trade_id,
        "bot": position.bot,
        "mode": mode,
        "version": position.version,
        "symbol": position.symbol,
        "side": position.side,
        "quantity": position.quantity,
        "entry_price": position.entry_price,
        "entry_time": optional_iso(position.entry_time),
        "stop_loss_price": position.stop_loss_price or None,
        "take_profit_price": position.take_profit_price or None,
        "price": position.price or None,
        "fee": optional_text(position.fee),
        "unrealised": optional_text(position.unrealised),
        "updated_at": iso(position.updated_at),
    }
