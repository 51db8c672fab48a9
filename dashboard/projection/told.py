"""What trades and snapshots tell, read from a part of a batch at once, column by column."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from dashboard.columns import are_texts, instants, moneys
from dashboard.events import Event
from dashboard.performance.regimes import UNKNOWN
from dashboard.projection.facts import (
    Body,
    BookKey,
    Told,
    book_key,
    columns_of,
    exchange_keys,
    facts_of,
    match_keys,
    merged,
    trade_id,
)
from dashboard.projection.rows import Rows, Snapshot
from dashboard.units import Unreadable

ACCOUNT = ("balance", "equity", "realised", "unrealised", "deposits")
SNAPSHOT = "state.snapshot"
LONGEST_ID = 200


def read_ahead(rows: Rows, events: Sequence[Event]) -> None:
    """Take the trades among these, and read the snapshots.

    Where any one of a kind cannot be read, all of its kind are left: they are read one by one
    when their turn comes, and the one is counted then.
    """
    closed = [event for event in events if event.kind == "trade.closed"]
    rows.snapshots = {}
    with suppress(Unreadable):
        if closed:
            rows.take(trades(closed))
    with suppress(Unreadable):
        rows.snapshots = snapshots([event for event in events if event.kind != "trade.closed"])


def trades(events: Sequence[Event]) -> Told:
    """What `trade.closed` events tell, the columns of TRADE.

    Raises Unreadable where one of them cannot be read.
    """
    columns = zip(*events, strict=True)
    told: Told = dict(zip(Event._fields, columns, strict=True))
    modes, bodies = told["mode"], told["body"]
    batches = [str(body.get("batch") or "") for body in bodies]
    told |= facts_of(bodies, told["occurred_at"])
    return told | {
        "trade_id": _ids(events),
        "bot": merged(told["bot"]),
        "version": merged(told["version"]),
        "book": _books(events),
        "source": _sources(bodies, batches),
        "batch": batches,
        "regime": [UNKNOWN] * len(events),
        "match_key": match_keys(modes, told),
        "exchange_key": exchange_keys(modes, told, bodies),
    }


def _sources(bodies: Sequence[Body], batches: Sequence[str]) -> list[str]:
    kinds = [body.get("source_kind") for body in bodies]
    if not any(kinds) and not any(batches):
        return ["bot"] * len(bodies)
    sources = zip(kinds, batches, strict=True)
    return [str(kind or ("import" if batch else "bot")) for kind, batch in sources]


def snapshots(events: Sequence[Event]) -> dict[int, Snapshot]:
    """What the `state.snapshot`s among consecutive events tell, by seq.

    Raises Unreadable where one of them cannot be read.
    """
    candles = [event for event in events if event.kind == SNAPSHOT]
    if not candles:
        return {}
    bodies = [event.body for event in candles]
    closed = [object_of(body, "candle").get("close_time") for body in bodies]
    for body in bodies:
        object_of(body, "indicators")
    times = [
        event.occurred_at if time is None else time
        for event, time in zip(candles, instants(closed, "candle.close_time"), strict=True)
    ]
    account = zip(ACCOUNT, columns_of(bodies, ACCOUNT), strict=True)
    balances, *others = [moneys(column, name) for name, column in account]
    follows = {one.seq for one, next_ in pairwise(events) if next_.kind == SNAPSHOT}
    superseded = [event.seq in follows for event in candles]
    told = zip(_books(candles), balances, times, *others, superseded, strict=True)
    return dict(zip([event.seq for event in candles], map(Snapshot._make, told), strict=True))


def object_of(body: Body, name: str) -> Mapping[str, Any]:
    """An object inside a body; an empty one where there is none. Raises Unreadable."""
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise Unreadable(f"{name}={value!r} is not an object")
    return value


def _ids(events: Sequence[Event]) -> Sequence[str]:
    """The `trade_id` of each."""
    ids = [event.body.get("trade_id") for event in events]
    if are_texts(ids) and all(ids) and max(map(len, ids)) <= LONGEST_ID:
        return ids
    return list(map(trade_id, events))


def _books(events: Sequence[Event]) -> list[BookKey]:
    """The `book_key` of each; nearly always one and the same."""
    bodies = [event.body for event in events]
    said = ([event.mode for event in events], *columns_of(bodies, ("quote_asset", "account")))
    if all(column.count(column[0]) == len(events) for column in said):
        return [book_key(events[0])] * len(events)
    return list(map(book_key, events))
