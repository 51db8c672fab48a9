"""A batch of one stream's events folded into the rows to write. Touches no database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dashboard.events import Event
from dashboard.projection.facts import (
    BookKey,
    TradeFacts,
    book_key,
    match_key,
    optional_money,
    trade_facts,
    trade_id,
)
from dashboard.units import DAY, Unreadable, instant, money

State = dict[str, Any]


class NewTrade(NamedTuple):
    """A `trade.closed` to insert."""

    event: Event
    trade_id: str
    book: BookKey
    facts: TradeFacts
    key: int
    source: str
    batch: str


class Change(NamedTuple):
    """A `trade.voided` or `trade.corrected`, to apply in seq order after the inserts."""

    kind: str
    trade_id: str
    body: Mapping[str, Any]


class Point(NamedTuple):
    """One equity point."""

    time: int
    seq: int
    recorded_at: int
    version: str
    equity: int
    realised: int | None
    unrealised: int | None
    deposits: int | None


@dataclass(slots=True)
class DayOfEquity:
    """A UTC day's last point with its extremes, so far as this batch knows."""

    opening: int
    low: Point
    high: Point
    last: Point


@dataclass(slots=True)
class Rows:
    """What a batch of events comes to. `bot` and `positions` start as the tables have them."""

    stream: str
    bot: State = field(default_factory=dict)
    positions: dict[str, State] = field(default_factory=dict)
    trades: list[NewTrade] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    points: dict[tuple[BookKey, int], Point] = field(default_factory=dict)
    days: dict[tuple[BookKey, int], DayOfEquity] = field(default_factory=dict)
    batches: dict[str, State] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)
    books: dict[BookKey, int] = field(default_factory=dict)  # newest recorded_at of each
    bot_changed: bool = False
    positions_changed: bool = False
    unreadable: int = 0
    last_problem: str = ""

    def take(self, event: Event) -> None:
        """Fold one event in; an unreadable one is counted with its reason, and skipped."""
        handler = HANDLERS.get(event.kind)
        if handler is None:
            return
        try:
            handler(self, event)
        except Unreadable as error:
            self.unreadable += 1
            self.last_problem = f"{event.kind} {event.seq}: {error}"

    def seen(self, event: Event) -> BookKey:
        """The event's book, noting when it was last heard of."""
        key = book_key(event)
        self.books[key] = event.recorded_at
        return key


def _started(rows: Rows, event: Event) -> None:
    body = event.body
    rows.bot |= {
        name: str(body.get(name) or "")
        for name in ("strategy", "symbol", "interval", "feed", "software")
    }
    rows.bot |= {
        "started_at": event.recorded_at,
        "stopped_at": None,
        "stop_reason": "",
        "halt_reason": "",
    }
    _speaks(rows, event, rows.seen(event))


def _stopped(rows: Rows, event: Event) -> None:
    rows.bot |= {
        "stopped_at": event.recorded_at,
        "stop_reason": str(event.body.get("reason") or "stopped"),
    }
    _speaks(rows, event)


def _settings(rows: Rows, event: Event) -> None:
    settings = event.body.get("settings")
    if not isinstance(settings, dict):
        raise Unreadable(f"settings={settings!r} is not an object")
    rows.bot["settings"] = settings
    _speaks(rows, event)


def _halted(rows: Rows, event: Event) -> None:
    rows.bot["halt_reason"] = str(event.body.get("reason") or "halted")
    _speaks(rows, event)


def _resumed(rows: Rows, event: Event) -> None:
    rows.bot["halt_reason"] = ""
    _speaks(rows, event)


def _snapshot(rows: Rows, event: Event) -> None:
    body = event.body
    candle = _object(body, "candle")
    closed = candle.get("close_time")
    time = event.occurred_at if closed is None else instant(closed, "candle.close_time")
    key = rows.seen(event)
    equity = optional_money(body, "equity")
    realised = optional_money(body, "realised")
    unrealised = optional_money(body, "unrealised")
    deposits = optional_money(body, "deposits")
    rows.bot |= {
        "indicators": _object(body, "indicators"),
        "signal": str(body.get("signal") or ""),
        "price": str(candle.get("close") or ""),
        "last_candle_at": time,
        "last_snapshot_at": event.recorded_at,
        "balance": optional_money(body, "balance"),
        "equity": equity,
        "realised": realised,
        "unrealised": unrealised,
        "deposits": deposits,
        # A candle after a stop the store never saw means the bot is at work again.
        "stopped_at": None,
        "stop_reason": "",
    }
    for name in ("symbol", "interval"):
        if body.get(name):
            rows.bot[name] = str(body[name])
    _speaks(rows, event, key)
    if isinstance(body.get("positions"), list):
        _replace_positions(rows, event, key, body["positions"])
    if equity is not None:
        point = Point(
            time,
            event.seq,
            event.recorded_at,
            event.version,
            equity,
            realised,
            unrealised,
            deposits,
        )
        rows.points[key, time] = point
        _fold_day(rows.days, key, point)


def _fold_day(days: dict[tuple[BookKey, int], DayOfEquity], key: BookKey, point: Point) -> None:
    day = point.time // DAY
    known = days.get((key, day))
    if known is None:
        days[key, day] = DayOfEquity(point.equity, point, point, point)
        return
    if point.equity < known.low.equity:
        known.low = point
    if point.equity > known.high.equity:
        known.high = point
    if point.time >= known.last.time:
        known.last = point


def _replace_positions(rows: Rows, event: Event, key: BookKey, listed: list[State]) -> None:
    """A snapshot lists every position of its symbol: others of that symbol are gone."""
    symbol = str(event.body.get("symbol") or "")
    found = {
        str(body["trade_id"]): body
        for body in listed
        if isinstance(body, dict) and body.get("trade_id")
    }
    gone = [
        known
        for known, state in rows.positions.items()
        if known not in found and (state["symbol"] == symbol or not symbol)
    ]
    for known in gone:
        del rows.positions[known]
        rows.positions_changed = True
    for body in found.values():
        _hold(rows, event, key, body)


def _position(rows: Rows, event: Event) -> None:
    _hold(rows, event, rows.seen(event), {**event.body, "trade_id": trade_id(event)})


def _hold(rows: Rows, event: Event, key: BookKey, body: Mapping[str, Any]) -> None:
    entry_time = body.get("entry_time")
    rows.positions[str(body["trade_id"])] = {
        "book": key,
        "bot": event.bot,
        "version": event.version,
        "symbol": str(body.get("symbol") or event.body.get("symbol") or ""),
        "side": str(body.get("side") or "long"),
        "quantity": str(body.get("quantity") or ""),
        "entry_price": str(body.get("entry_price") or ""),
        "entry_time": None if entry_time is None else instant(entry_time, "entry_time"),
        "stop_loss_price": str(body.get("stop_loss_price") or ""),
        "take_profit_price": str(body.get("take_profit_price") or ""),
        "price": str(body.get("price") or ""),
        "fee": optional_money(body, "fee"),
        "unrealised": optional_money(body, "unrealised"),
        "updated_at": event.recorded_at,
    }
    rows.positions_changed = True


def _closed(rows: Rows, event: Event) -> None:
    body = event.body
    facts = trade_facts(body, event.occurred_at)
    own_id = trade_id(event)
    rows.trades.append(
        NewTrade(
            event=event,
            trade_id=own_id,
            book=rows.seen(event),
            facts=facts,
            key=match_key(event.mode, facts),
            source=str(body.get("source_kind") or ("import" if body.get("batch") else "bot")),
            batch=str(body.get("batch") or ""),
        )
    )
    if rows.positions.pop(own_id, None) is not None:
        rows.positions_changed = True


def _changed(rows: Rows, event: Event) -> None:
    body = event.body
    for name in ("net_pnl", "fee", "funding", "initial_risk", "mae", "mfe"):
        if body.get(name) is not None:
            money(body[name], name)  # what cannot be read must not stop the write later
    for name in ("entry_time", "exit_time"):
        if body.get(name) is not None:
            instant(body[name], name)
    rows.changes.append(Change(event.kind, trade_id(event), body))


def _import_started(rows: Rows, event: Event) -> None:
    body = event.body
    rows.batches.setdefault(_batch(event), {}).update(
        path=str(body.get("path") or ""),
        sha256=str(body.get("sha256") or ""),
        started_at=event.recorded_at,
        body=dict(body),
    )


def _import_finished(rows: Rows, event: Event) -> None:
    body = event.body
    counts = {
        name: body[name]
        for name in ("imported", "duplicates", "set_aside", "quarantined")
        if isinstance(body.get(name), int)
    }
    batch = _batch(event)
    rows.batches.setdefault(batch, {}).update(finished_at=event.recorded_at, **counts)
    rows.finished.append(batch)


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise Unreadable(f"{name}={value!r} is not an object")
    return value


def _batch(event: Event) -> str:
    batch = event.body.get("batch") or event.ref
    if not batch:
        raise Unreadable("batch is missing")
    return str(batch)


def _speaks(rows: Rows, event: Event, book: BookKey | None = None) -> None:
    """The stream's bot was heard of: who, which version, when."""
    rows.bot |= {
        "bot": event.bot,
        "version": event.version,
        "mode": event.mode,
        "last_recorded_at": event.recorded_at,
    }
    if book is not None:
        rows.bot["book"] = book
    rows.bot_changed = True


HANDLERS: dict[str, Callable[[Rows, Event], None]] = {
    "bot.started": _started,
    "bot.stopped": _stopped,
    "settings.changed": _settings,
    "risk.halted": _halted,
    "risk.resumed": _resumed,
    "state.snapshot": _snapshot,
    "position.opened": _position,
    "position.changed": _position,
    "trade.closed": _closed,
    "trade.voided": _changed,
    "trade.corrected": _changed,
    "import.started": _import_started,
    "import.finished": _import_finished,
}
