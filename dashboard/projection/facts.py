"""What a `trade.closed` body says, as one row of the Trade table."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from dashboard.events import Event
from dashboard.units import Unreadable, decimal_text, instant, money

# Whose word counts where several streams recorded one trade: the lowest.
RANKS = {"bot": 0, "backfill": 1, "follow": 2, "import": 3}
SIDES = {"long", "short"}


class BookKey(NamedTuple):
    """What may be added up."""

    mode: str
    quote_asset: str
    account: str


class TradeFacts(NamedTuple):
    """The facts of a trade, in the order of FACT_COLUMNS."""

    strategy: str
    symbol: str
    side: str
    entry_time: int | None
    exit_time: int
    entry_price: str
    exit_price: str
    quantity: str
    stop_loss_price: str
    take_profit_price: str
    fee: int | None
    funding: int
    net_pnl: int
    initial_risk: int | None
    mae: int | None
    mfe: int | None
    exit_reason: str


FACT_COLUMNS = TradeFacts._fields


def book_key(event: Event) -> BookKey:
    """The book an event's money belongs to."""
    body = event.body
    return BookKey(event.mode, _word(body, "quote_asset", 32), _word(body, "account", 100))


def trade_id(event: Event) -> str:
    """The trade's own id; an event that names none is a trade of its own."""
    value = event.body.get("trade_id") or event.ref or f"{event.stream}-{event.seq}"
    return str(value)[:200]


def trade_facts(body: Mapping[str, Any], occurred_at: int) -> TradeFacts:
    """Read a body. Raises Unreadable where symbol or net_pnl is missing, or a value no use."""
    side = str(body.get("side") or "").lower()
    if side and side not in SIDES:
        raise Unreadable(f"side={body.get('side')!r} is neither 'long' nor 'short'")
    if not body.get("symbol"):
        raise Unreadable("symbol is missing")
    if body.get("net_pnl") is None:
        raise Unreadable("net_pnl is missing")
    exit_time = body.get("exit_time")
    return TradeFacts(
        strategy=_word(body, "strategy", 200),
        symbol=_word(body, "symbol", 50),
        side=side,
        entry_time=_time(body, "entry_time"),
        exit_time=occurred_at if exit_time is None else instant(exit_time, "exit_time"),
        entry_price=decimal_text(body.get("entry_price"), "entry_price"),
        exit_price=decimal_text(body.get("exit_price"), "exit_price"),
        quantity=decimal_text(body.get("quantity"), "quantity"),
        stop_loss_price=decimal_text(body.get("stop_loss_price"), "stop_loss_price"),
        take_profit_price=decimal_text(body.get("take_profit_price"), "take_profit_price"),
        fee=optional_money(body, "fee"),
        funding=optional_money(body, "funding") or 0,
        net_pnl=money(body["net_pnl"], "net_pnl"),
        initial_risk=optional_money(body, "initial_risk"),
        mae=optional_money(body, "mae"),
        mfe=optional_money(body, "mfe"),
        exit_reason=_word(body, "exit_reason", 200),
    )


def match_key(mode: str, facts: TradeFacts) -> int:
    """A signed 64-bit key, equal for records of one trade made by different writers.

    Made of mode, symbol, side, entry and exit time to the second, prices and quantity.
    """
    entry = None if facts.entry_time is None else facts.entry_time // 1_000_000
    parts = (
        mode,
        facts.symbol.upper(),
        facts.side,
        str(entry),
        str(facts.exit_time // 1_000_000),
        _plain(facts.entry_price),
        _plain(facts.exit_price),
        _plain(facts.quantity),
    )
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def optional_money(body: Mapping[str, Any], name: str) -> int | None:
    """Money that may be missing or null."""
    value = body.get(name)
    return None if value is None else money(value, name)


def _plain(number: str) -> str:
    """A decimal's text without the zeros that two writers may or may not write."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _time(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    return None if value is None else instant(value, name)


def _word(body: Mapping[str, Any], name: str, longest: int) -> str:
    value = body.get(name)
    if type(value) is str:
        return value if len(value) <= longest else value[:longest]
    return "" if value is None else str(value)[:longest]
