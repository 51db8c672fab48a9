"""A trade's candles: those that the bot's snapshots carried around it, read through the door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db.models import QuerySet

from dashboard import events
from dashboard.backfill.candles import (
    STREAM,
    candles_of,
    days_between,
    length_of,
    plain_symbol,
    ref_of,
)
from dashboard.models import Bot, EquityPoint, Trade
from dashboard.units import iso

BEFORE, AFTER = 48, 24  # candles shown around a trade
MOST = 6_000  # candles read of one trade
DRAWN = 360  # candles answered: more are merged, several into one
PRICES = ("open", "high", "low", "close")

NONE = (
    "No candle was recorded around this trade: its bot records none in its snapshots,"
    " or it was imported from a file. `manage.py backfill candles` can bring them in."
)


class Candle(NamedTuple):
    """One candle as the bot saw it at its close, or several merged into one."""

    open_time: str | None
    close_time: str
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    indicators: Mapping[str, Any]
    signal: str


@dataclass(frozen=True, slots=True)
class Around:
    """A trade's candles, oldest first. `merged` of them make one; `why` says why there are none."""

    candles: Sequence[Candle]
    merged: int = 1
    left_out: int = 0
    why: str | None = None


def around(trade: Trade, *, known_at: int | None = None) -> Around:
    """The candles from some before the entry to some after the exit.

    Its own stream's; where that carries none (an import), those of a bot on the same symbol.
    """
    why: str | None = None
    for stream, points in _sources(trade):
        if known_at is not None:
            points = points.filter(recorded_at__lte=known_at)
        seqs, left_out = _seqs(points, trade)
        try:
            found = [_candle(event) for event in events.at(stream, seqs)]
        except events.StreamUnreadable as error:
            why = str(error)
            continue
        own = [candle for symbol, candle in filter(None, found) if symbol == trade.symbol]
        if own:
            merged = -(-len(own) // DRAWN)
            return Around(merge(own, merged), merged, left_out)
    backfilled = _backfilled(trade, known_at)
    if backfilled:
        merged = -(-len(backfilled) // DRAWN)
        return Around(merge(backfilled, merged), merged)
    return Around([], why=why or NONE)


def _backfilled(trade: Trade, known_at: int | None) -> list[Candle]:
    """The candles that a backfill recorded of the market, of the interval it measured by."""
    interval = trade.excursions_from or trade.regime_from
    if not interval:
        return []
    symbol, length = plain_symbol(trade.symbol), length_of(interval)
    entry = (trade.exit_time if trade.entry_time is None else trade.entry_time) // 1000
    first = entry - entry % length - BEFORE * length
    last = trade.exit_time // 1000 + AFTER * length
    if (last - first) // length > MOST:
        return []
    found: list[Candle] = []
    try:
        for day in days_between(first, last):
            for event in events.about(STREAM, ref_of(symbol, interval, day)):
                if known_at is None or event.recorded_at <= known_at:
                    found += _of_day(event, length, first, last)
    except events.StreamUnreadable:
        return []
    return sorted(found, key=lambda candle: candle.close_time)


def _of_day(event: events.Event, length: int, first: int, last: int) -> list[Candle]:
    return [
        Candle(
            open_time=iso(opened * 1000),
            close_time=iso((opened + length) * 1000),
            open=Decimal(told[0]),
            high=Decimal(told[1]),
            low=Decimal(told[2]),
            close=Decimal(told[3]),
            indicators={},
            signal="",
        )
        for opened, told in candles_of(event.body).items()
        if first <= opened <= last
    ]


def merge(candles: Sequence[Candle], count: int) -> list[Candle]:
    """Every `count` neighbours as one: opened with the first, closed with the last."""
    if count <= 1:
        return list(candles)
    found = []
    for first in range(0, len(candles), count):
        part = candles[first : first + count]
        found.append(
            part[-1]._replace(
                open_time=part[0].open_time,
                open=part[0].open,
                high=max(candle.high for candle in part),
                low=min(candle.low for candle in part),
            )
        )
    return found


def _sources(trade: Trade) -> list[tuple[str, QuerySet[EquityPoint]]]:
    own = [(trade.stream, trade.book_id)]
    others = Bot.objects.filter(symbol=trade.symbol).exclude(stream=trade.stream)
    streams = own + [
        (stream, book)
        for stream, book in others.order_by("-last_recorded_at").values_list("stream", "book_id")
        if book is not None
    ]
    return [
        (stream, EquityPoint.objects.filter(book=book, stream=stream)) for stream, book in streams
    ]


def _seqs(points: QuerySet[EquityPoint], trade: Trade) -> tuple[list[int], int]:
    """Seqs of the snapshots to read, and how many candles of a very long trade are left out."""
    entry = trade.exit_time if trade.entry_time is None else trade.entry_time
    last = trade.exit_time
    before = points.filter(time__lte=entry).order_by("-time").values_list("seq", flat=True)
    inside = points.filter(time__gt=entry, time__lt=last).order_by("-time")
    after = points.filter(time__gte=last).order_by("time").values_list("seq", flat=True)
    count = inside.count()
    newest = inside.values_list("seq", flat=True)[:MOST]
    return [*before[:BEFORE], *newest, *after[:AFTER]], max(0, count - MOST)


def _candle(event: events.Event) -> tuple[str, Candle] | None:
    """The candle a snapshot carries, with its symbol; None where it carries none."""
    body = event.body
    told = body.get("candle")
    if not isinstance(told, Mapping) or not told.get("close_time"):
        return None
    try:
        prices = {name: Decimal(str(told[name])) for name in PRICES}
    except (KeyError, InvalidOperation):
        return None
    if not all(price.is_finite() for price in prices.values()):
        return None
    indicators = body.get("indicators")
    return str(body.get("symbol", "")), Candle(
        open_time=None if told.get("open_time") is None else str(told["open_time"]),
        close_time=str(told["close_time"]),
        indicators=indicators if isinstance(indicators, Mapping) else {},
        signal=str(body.get("signal") or ""),
        **prices,
    )
