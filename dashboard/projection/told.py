"""What trades and snapshots tell, read from a part of a batch at once, column by column."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard.columns import are_texts, instants, moneys
from dashboard.events import Event
from dashboard.performance.regimes import UNKNOWN
from dashboard.projection.facts import (
    BookKey,
    book_key,
    columns_of,
    exchange_key,
    facts_of,
    match_keys,
    trade_id,
)
from dashboard.projection.rows import NewTrade, Snapshot
from dashboard.units import Unreadable

ACCOUNT = ("balance", "equity", "realised", "unrealised", "deposits")
LONGEST_ID = 200


def read_ahead(events: Sequence[Event]) -> dict[int, Any]:
    """By seq, what the trades and snapshots among these tell: a NewTrade or a Snapshot.

    Where any one of a kind cannot be read, all of its kind are left out: they are read one by
    one when their turn comes, and the one is counted then.
    """
    found: dict[int, Any] = {}
    for kind, read in READ.items():
        own = [event for event in events if event.kind == kind]
        if own:
            try:
                found.update(zip([event.seq for event in own], read(own), strict=True))
            except Unreadable:
                continue
    return found


def trades(events: Sequence[Event]) -> list[NewTrade]:
    """What `trade.closed` events tell. Raises Unreadable where one of them cannot be read."""
    bodies = [event.body for event in events]
    facts = facts_of(bodies, [event.occurred_at for event in events])
    batches = [str(body.get("batch") or "") for body in bodies]
    sources = [
        str(body.get("source_kind") or ("import" if batch else "bot"))
        for body, batch in zip(bodies, batches, strict=True)
    ]
    columns = zip(
        _ids(events),
        _books(events),
        [event.seq for event in events],
        [event.recorded_at for event in events],
        [event.bot for event in events],
        [event.version for event in events],
        sources,
        batches,
        [UNKNOWN] * len(events),
        match_keys([event.mode for event in events], facts),
        list(map(exchange_key, [event.mode for event in events], facts, bodies)),
        facts,
        strict=True,
    )
    return list(map(NewTrade._make, columns))


def snapshots(events: Sequence[Event]) -> list[Snapshot]:
    """What `state.snapshot` events tell. Raises Unreadable where one of them cannot be read."""
    bodies = [event.body for event in events]
    closed = [object_of(body, "candle").get("close_time") for body in bodies]
    times = [
        event.occurred_at if time is None else time
        for event, time in zip(events, instants(closed, "candle.close_time"), strict=True)
    ]
    account = zip(ACCOUNT, columns_of(bodies, ACCOUNT), strict=True)
    money = [moneys(column, name) for name, column in account]
    return list(map(Snapshot._make, zip(_books(events), times, *money, strict=True)))


READ: dict[str, Callable[[Sequence[Event]], Sequence[Any]]] = {
    "trade.closed": trades,
    "state.snapshot": snapshots,
}


def object_of(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
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
    said = [
        (event.mode, event.body.get("quote_asset"), event.body.get("account")) for event in events
    ]
    if said.count(said[0]) == len(said):
        return [book_key(events[0])] * len(said)
    return list(map(book_key, events))
