"""Events about a bot: what it is, what it does, what its account holds, what it has open."""

from collections.abc import Mapping
from typing import Any

from dashboard.events import Event
from dashboard.projection.facts import BookKey, optional_money, trade_id
from dashboard.projection.rows import DayOfEquity, Point, Rows, State
from dashboard.projection.told import object_of, snapshots
from dashboard.units import DAY, Unreadable, instant


def started(rows: Rows, event: Event) -> None:
    _keep(rows, event)
    body = event.body
    rows.bot |= {
        name: str(body.get(name) or "")
        for name in ("strategy", "symbol", "interval", "feed", "software")
    }
    rows.bot |= {"started_at": event.recorded_at, "stopped_at": None, "stop_reason": ""}
    speaks(rows, event, rows.seen(event))


def stopped(rows: Rows, event: Event) -> None:
    _keep(rows, event)
    rows.bot |= {
        "stopped_at": event.recorded_at,
        "stop_reason": str(event.body.get("reason") or "stopped"),
    }
    speaks(rows, event)


def settings_changed(rows: Rows, event: Event) -> None:
    _keep(rows, event)
    settings = event.body.get("settings")
    if not isinstance(settings, dict):
        raise Unreadable(f"settings={settings!r} is not an object")
    rows.bot["settings"] = settings
    speaks(rows, event)


def halted(rows: Rows, event: Event) -> None:
    _keep(rows, event)
    rows.bot["risk"] = _risk(event.body, "halted") | {"since": event.occurred_at}
    speaks(rows, event)


def resumed(rows: Rows, event: Event) -> None:
    _keep(rows, event)
    rows.bot["risk"] = {"mode": "active", "since": event.occurred_at}
    speaks(rows, event)


def _see_risk(rows: Rows, risk: object) -> None:
    """What a snapshot says of it; since when it is so the events tell.

    Another's bot may call something else so. Ours has its highest equity in it, and leaves out
    what is as in a bot that may trade.
    """
    if not isinstance(risk, dict) or "peak_equity" not in risk:
        return
    if (risk.get("mode") or "active") != rows.bot.get("risk", {}).get("mode"):
        rows.bot["risk"] = _risk(risk, "active")


def _risk(body: Mapping[str, Any], mode: str) -> State:
    """What a bot says of whether it may trade; `mode` where it says none."""
    until = body.get("until")
    return {
        "mode": str(body.get("mode") or mode),
        "rule": str(body.get("rule") or ""),
        "reason": str(body.get("reason") or ""),
        "until": None if until is None else instant(until, "until"),
    }


def snapshot(rows: Rows, event: Event) -> None:
    body = event.body
    told = rows.snapshots.get(event.seq) or snapshots([event])[event.seq]
    key, equity = rows.note(told.book, event.recorded_at), told.equity
    if not told.superseded:
        rows.bot |= {
            "indicators": body.get("indicators") or {},
            "signal": str(body.get("signal") or ""),
            "price": str(object_of(body, "candle").get("close") or ""),
            "last_candle_at": told.time,
            "last_snapshot_at": event.recorded_at,
            "balance": told.balance,
            "equity": equity,
            "realised": told.realised,
            "unrealised": told.unrealised,
            "deposits": told.deposits,
            # A candle after a stop the store never saw means the bot is at work again.
            "stopped_at": None,
            "stop_reason": "",
        }
        speaks(rows, event, key)
    for name in ("symbol", "interval"):
        if body.get(name):
            rows.bot[name] = str(body[name])
    _see_risk(rows, body.get("risk"))
    if isinstance(body.get("positions"), list):
        _replace_positions(rows, event, key, body["positions"])
    if equity is not None:
        _, _, time, _, *others, _ = told
        point = Point(time, event.seq, event.recorded_at, event.version, equity, *others)
        rows.points[key, time] = point
        _fold_day(rows.days, key, point)


def equity_restarted(rows: Rows, event: Event) -> None:
    """A derived history is told anew: the trades it was derived from are others now."""
    rows.seen(event)
    rows.points.clear()
    rows.days.clear()
    rows.equity_restarted = True


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
    if not listed and not rows.positions:
        return
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


def position(rows: Rows, event: Event) -> None:
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


def _keep(rows: Rows, event: Event) -> None:
    rows.words.append((event.seq, event.occurred_at, event.recorded_at))


def speaks(rows: Rows, event: Event, book: BookKey | None = None) -> None:
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
