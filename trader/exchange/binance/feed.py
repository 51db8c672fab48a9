"""Candles of Binance spot, as they close.

They are asked for by REST at each close: a stream that has gone silent raises nothing, a
request that fails does.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from trader.domain.candle import Candle, from_milliseconds, parse_interval, to_milliseconds
from trader.exchange.binance.client import Client
from trader.exchange.binance.connection import Connection, Refused, Uncertain
from trader.ports import Unreachable

log = logging.getLogger(__name__)

_PAGE = 1000
_EPOCH = from_milliseconds(0)
_GRACE = timedelta(seconds=30)


class OutOfStep(Exception):
    """A candle came that was not asked for."""


_TROUBLE = (Uncertain, Refused, Unreachable, OutOfStep)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How the feed waits: `until_close()` for the next candle's close, `pause(seconds)` between
    two tries. Both answer False when it is time to stop.
    """

    until_close: Callable[[], bool]
    pause: Callable[[float], bool]


class BinanceFeed:
    """Closed candles of one symbol as Binance closes them; those missed while away come first."""

    def __init__(
        self, connection: Connection, symbol: str, interval: str, waiting: Waiting
    ) -> None:
        self._connection = connection
        self._symbol = symbol
        self._interval = interval
        self._length = parse_interval(interval)
        self._waiting = waiting
        self._asked_at = _EPOCH

    def history(self, until: datetime | None, limit: int) -> list[Candle]:
        """The last closed candles up to `until`; up to now for None, so that a first start is
        warm. Raises Unreachable.
        """
        try:
            end = self._newest_closed() if until is None else until
            return self._closed(end - self._length * (limit - 1), end)
        except _TROUBLE as trouble:
            raise Unreachable(
                f"Binance did not tell the past of {self._symbol} {self._interval}: {trouble}"
            ) from trouble

    def fresh(self, candle: Candle) -> bool:
        return self._asked_at - candle.close_time < self._length

    def candles(self, after: datetime | None) -> Iterator[Candle]:
        if after is None:
            raise ValueError("a live feed goes on after a candle; ask for its history first")
        due = after + self._length
        while True:
            for candle in self._fetch(due):
                due = candle.close_time
                yield candle
            if not self._waiting.until_close():
                return

    def _fetch(self, due: datetime) -> Iterator[Candle]:
        """All closed candles from `due` on; asks again until the newest that should be is there."""
        tries = 0
        while True:
            tries += 1
            try:
                now = self._now()
                candles = self._closed(due, now - self._length)
            except _TROUBLE as trouble:
                log.warning("Binance did not tell candles (try %d): %s", tries, trouble)
            else:
                yield from candles
                due = candles[-1].close_time if candles else due
                if due + self._length > now:
                    return
            if self._connection.now() - (due + self._length) > _GRACE:
                log.error("No closed %s candle of %s from %s", self._interval, self._symbol, due)
            if not self._waiting.pause(min(2.0**tries, 30.0)):
                return

    def _closed(self, first: datetime, last: datetime) -> list[Candle]:
        """Candles opened from `first` to `last`, both included, in pages of a thousand."""
        candles: list[Candle] = []
        while first <= last:
            given = {
                "symbol": self._symbol,
                "interval": self._interval,
                "startTime": to_milliseconds(first),
                "endTime": to_milliseconds(last),
                "limit": _PAGE,
            }
            page = self._connection.send("candles", partial(Client.get_klines, **given))
            for candle in map(self._candle, page):
                # A pause of the exchange leaves a gap; anything else is no answer to go by.
                step = (candle.open_time - first) % self._length
                if step or not first <= candle.open_time <= last:
                    raise OutOfStep(f"a candle of {candle.open_time} where {first} was asked for")
                candles.append(candle)
            if len(page) < _PAGE:
                break
            first = candles[-1].close_time
        return candles

    def _candle(self, kline: list[Any]) -> Candle:
        opened = from_milliseconds(kline[0])
        figures = [Decimal(text) for text in kline[1:6]]
        return Candle(opened, opened + self._length, *figures)

    def _newest_closed(self) -> datetime:
        now = self._now()
        return now - (now - _EPOCH) % self._length - self._length

    def _now(self) -> datetime:
        """The exchange's clock decides which candle is closed, not this machine's."""
        told = self._connection.send("the time", Client.get_server_time)
        self._asked_at = from_milliseconds(told["serverTime"])
        return self._asked_at
