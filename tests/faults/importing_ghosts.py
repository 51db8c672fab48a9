"""Files whose numbers agree and that hold no trade, or none whose result can be told."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from .importing_logs import Row, Trade, random_style

_WORDS = {1: "LONG", -1: "SHORT"}


def _when(t: Trade) -> str:
    return f"{t.entered:%Y-%m-%d %H:%M:%S},{t.left:%Y-%m-%d %H:%M:%S}"


def _start(t: Trade) -> str:
    return f"{t.symbol},{_WORDS[t.side]},{_when(t)},{t.entry},{t.exit},{t.quantity}"


def _brief(t: Trade) -> str:
    return f"{t.left:%Y-%m-%d %H:%M:%S},{t.symbol},{_WORDS[t.side]}"


def _percent(t: Trade) -> Decimal:
    return (t.net / (t.entry * t.quantity) * 100).quantize(Decimal("0.01"))


_HEAD = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity"
GHOSTS: dict[str, tuple[str, Callable[[Trade], str]]] = {
    "unrealised": (
        "time,symbol,side,entry_price,mark_price,quantity,unrealized_pnl",
        lambda t: f"{_brief(t)},{t.entry},{t.exit},{t.quantity},{t.gross}",
    ),
    "planned": (
        "time,symbol,side,entry_price,stop_loss,quantity,risk",
        lambda t: f"{_brief(t)},{t.entry},{t.exit},{t.quantity},{abs(t.gross)}",
    ),
    "leverage": (f"{_HEAD},leverage,fee", lambda t: f"{_start(t)},10,{t.fee * 10}"),
    "rate": (f"{_HEAD},fee,pnl", lambda t: f"{_start(t)},0.0004,{t.gross}"),
    "other asset": (f"{_HEAD},fee_bnb", lambda t: f"{_start(t)},{t.fee / 600:.8f}"),
    "no fee": (_HEAD, _start),
    "percent": (
        "time,symbol,side,entry,exit,pnl",
        lambda t: f"{_brief(t)},{t.entry},{t.exit},{_percent(t)}",
    ),
    "percent sign": ("time,symbol,side,pnl", lambda t: f"{_brief(t)},{_percent(t)}%"),
    "points": (
        "time,symbol,side,entry,exit,pnl",
        lambda t: f"{_brief(t)},{t.entry},{t.exit},{(t.exit - t.entry) * t.side}",
    ),
    "prices": ("time,symbol,side,price,pnl", lambda t: f"{_brief(t)},{t.entry},{t.exit}"),
    "cash flows": (
        "time,type,pnl,asset,symbol",
        lambda t: f"{t.left:%Y-%m-%d %H:%M:%S},REALIZED_PNL,{t.gross},USDT,{t.symbol}",
    ),
    "cancelled": (
        f"{_HEAD},fee,pnl,status",
        lambda t: f"{_start(t)},{t.fee},{t.net},Cancelled by user",
    ),
    "flipped": (f"{_HEAD},fee,pnl", lambda t: f"{_start(t)},{t.fee},{-t.net}"),
    "quote quantity": (
        f"{_HEAD},fee",
        lambda t: (
            f"{t.symbol},{_WORDS[t.side]},{_when(t)},{t.entry},{t.exit},"
            f"{t.entry * t.quantity:.2f},{t.fee}"
        ),
    ),
    "balances": (
        "timestamp,equity,balance,pnl",
        lambda t: f"{t.left:%Y-%m-%d %H:%M:%S},{10_000 + t.net},{10_000 + t.net},{t.net}",
    ),
    "days": ("date,trades,wins,losses,pnl", lambda t: f"{t.left:%Y-%m-%d},5,3,2,{t.net}"),
    "orders": (
        "time,symbol,side,order_price,quantity,order_id",
        lambda t: f"{_brief(t)},{t.entry},{t.quantity},{t.number}",
    ),
    "signals": ("time,symbol,signal,price,score", lambda t: f"{_brief(t)},{t.entry},0.7"),
}
"""Name -> header and how a row of it is made of a trade's numbers."""


def ghost(rng: random.Random, trades: list[Trade]) -> list[Row | str]:
    """The lines of one ghost: a header, and rows of which none is a trade."""
    header, row = GHOSTS[rng.choice(list(GHOSTS))]
    style = random_style(rng, "en")
    made: list[Row | str] = [header]
    made += [Row([], style, t, None, bad="a ghost", raw=row(t)) for t in trades]
    return made
