"""What a `trade.closed` body says, as one row of the Trade table."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from dashboard.events import Event
from dashboard.units import (
    Unreadable,
    decimal_text,
    exchange_text,
    instant,
    market_key,
    money,
    price_key,
)

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
    get = event.body.get
    return BookKey(event.mode, _word(get("quote_asset"), 32), _word(get("account"), 100))


def trade_id(event: Event) -> str:
    """The trade's own id; an event that names none is a trade of its own."""
    value = event.body.get("trade_id") or event.ref or f"{event.stream}-{event.seq}"
    return str(value)[:200]


def trade_facts(body: Mapping[str, Any], occurred_at: int) -> TradeFacts:
    """Read a body. Raises Unreadable where symbol or net_pnl is missing, or a value no use."""
    get = body.get
    side = get("side")
    if type(side) is not str or side not in SIDES:
        side = _side(side)
    if not get("symbol"):
        raise Unreadable("symbol is missing")
    net_pnl = get("net_pnl")
    if net_pnl is None:
        raise Unreadable("net_pnl is missing")
    entry_time, exit_time = get("entry_time"), get("exit_time")
    fee, funding, risk = get("fee"), get("funding"), get("initial_risk")
    mae, mfe = get("mae"), get("mfe")
    # By place, in the order of the fields: half a million of these are made at a time.
    return TradeFacts(
        _word(get("strategy"), 200),
        _word(get("symbol"), 50),
        side,
        None if entry_time is None else instant(entry_time, "entry_time"),
        occurred_at if exit_time is None else instant(exit_time, "exit_time"),
        decimal_text(get("entry_price"), "entry_price"),
        decimal_text(get("exit_price"), "exit_price"),
        decimal_text(get("quantity"), "quantity"),
        decimal_text(get("stop_loss_price"), "stop_loss_price"),
        decimal_text(get("take_profit_price"), "take_profit_price"),
        None if fee is None else money(fee, "fee"),
        0 if funding is None else money(funding, "funding"),
        money(net_pnl, "net_pnl"),
        None if risk is None else money(risk, "initial_risk"),
        None if mae is None else money(mae, "mae"),
        None if mfe is None else money(mfe, "mfe"),
        _word(get("exit_reason"), 200),
    )


def _side(value: object) -> str:
    side = str(value or "").lower()
    if side and side not in SIDES:
        raise Unreadable(f"side={value!r} is neither 'long' nor 'short'")
    return side


def match_key(mode: str, facts: TradeFacts) -> int:
    """A signed 64-bit key, equal for records of one trade made by different writers.

    Made of mode, symbol, side, entry and exit time to the second, prices and quantity. The
    exit's second comes first and 32 bits of a hash behind it: trades mostly come in order of
    their exits, and an index of keys in no order at all would be written anew all over.
    """
    entry, leaving = facts.entry_time, facts.exit_time // 1_000_000
    parts = (
        f"{mode}\x1f{market_key(facts.symbol)}\x1f{facts.side}\x1f"
        f"{None if entry is None else entry // 1_000_000}\x1f{leaving}\x1f"
        f"{price_key(facts.entry_price)}\x1f{price_key(facts.exit_price)}\x1f{price_key(facts.quantity)}"
    )
    digest = blake2b(parts.encode(), digest_size=4).digest()
    return ((leaving & 0xFFFF_FFFF) << 32 | int.from_bytes(digest, "big")) - 2**63


def exchange_key(mode: str, facts: TradeFacts, body: Mapping[str, Any]) -> int | None:
    """A signed 64-bit key of the exchange's own id of the trade; None where none is told.

    Above 0 for the fill that closed it, the last of `exchange_trade_ids`; below 0, of the same
    size for the same id, for an `exchange_trade_id` by itself, which may name something else.
    """
    ids = body.get("exchange_trade_ids")
    told = ids[-1] if type(ids) is list and ids else body.get("exchange_trade_id")
    if not told or type(told) not in (str, int):
        return None
    said = exchange_text(facts.symbol, facts.exit_time // 1_000_000, str(told)[:200])
    digest = blake2b(f"{mode}\x1f{said}".encode(), digest_size=8).digest()
    key = int.from_bytes(digest, "big") >> 1 or 1
    return key if type(ids) is list and ids else -key


def optional_money(body: Mapping[str, Any], name: str) -> int | None:
    """Money that may be missing or null."""
    value = body.get(name)
    return None if value is None else money(value, name)


def _word(value: object, longest: int) -> str:
    if type(value) is str and len(value) <= longest:
        return value
    return "" if value is None else str(value)[:longest]
