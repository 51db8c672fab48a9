"""Events about trades."""

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

from dashboard.events import Event
from dashboard.performance.regimes import regime
from dashboard.projection.about_bots import speaks
from dashboard.projection.facts import match_key, optional_money, trade_facts, trade_id
from dashboard.projection.rows import Change, Measured, Rows
from dashboard.projection.told import object_of, trades
from dashboard.units import Unreadable, instant, money, seconds_of

MOST_SIGNALS = 100


def signal(rows: Rows, event: Event) -> None:
    """The market's regime when a trade was entered, kept until the trade is closed."""
    if event.body.get("action") != "enter":
        return
    found = object_of(event.body, "indicators")
    adx, atr = (_float(found, name) for name in ("adx", "atr"))
    regimes = rows.bot.setdefault("regimes", {})
    interval = seconds_of(rows.bot.get("interval", ""))
    regimes[trade_id(event)] = regime(adx, atr, _float(event.body, "price"), interval)
    while len(regimes) > MOST_SIGNALS:  # signals that never became a trade
        del regimes[next(iter(regimes))]
    speaks(rows, event)  # the trade may come in a later batch: what is kept must be written


def _float(body: Mapping[str, Any], name: str) -> float | None:
    try:
        return None if body.get(name) is None else float(body[name])
    except (TypeError, ValueError) as error:
        raise Unreadable(f"{name}={body[name]!r} is not a number") from error


def closed(rows: Rows, event: Event) -> None:
    if event.seq > rows.taken:
        rows.take(trades([event]))
    regimes = rows.bot.get("regimes")
    if not regimes and not rows.positions:
        return
    own_id = trade_id(event)
    if regimes and own_id in regimes:
        place = bisect_left(rows.trades["seq"], event.seq)
        rows.trades["regime"][place] = regimes.pop(own_id)
        rows.bot_changed = True
    if rows.positions.pop(own_id, None) is not None:
        rows.positions_changed = True


def changed(rows: Rows, event: Event) -> None:
    body = event.body
    for name in ("net_pnl", "fee", "funding", "initial_risk", "mae", "mfe"):
        if body.get(name) is not None:
            money(body[name], name)  # what cannot be read must not stop the write later
    for name in ("entry_time", "exit_time"):
        if body.get(name) is not None:
            instant(body[name], name)
    rows.changes.append(Change(event.seq, event.kind, trade_id(event), body, event.recorded_at))


def measured(rows: Rows, event: Event) -> None:
    """What a backfill derived from candles: kept beside the trade, for the trade may come later."""
    body = event.body
    stream, of = str(body.get("stream") or "")[:200], str(body.get("trade_id") or "")[:200]
    if not stream or not of or not body.get("interval"):
        raise Unreadable("stream, trade_id or interval is missing")
    mae, mfe = optional_money(body, "mae"), optional_money(body, "mfe")
    key = match_key(event.mode, trade_facts({**body, "net_pnl": "0"}, event.occurred_at))
    regime_ = str(body.get("regime") or "")[:20]
    interval = str(body["interval"])[:10]
    rows.measured.append(Measured(stream, of, key, interval, mae, mfe, regime_))
