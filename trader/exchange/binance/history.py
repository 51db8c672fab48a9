"""What Binance still knows of the past: candles, and the account's own fills.

Everything is asked for page by page; where the exchange says wait (429, 418) it is waited for as
long as it says, and a request that failed is asked again. Both only read, so asking twice is safe.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from trader.domain.candle import Candle, from_milliseconds, parse_interval, to_milliseconds
from trader.exchange.binance.client import TROUBLE, BinanceAPIException, signed_client
from trader.ports import Unreachable

log = logging.getLogger(__name__)

Pause = Callable[[float], object]
_PAGE = 1000
_TRIES = 6
_LONGEST = 900.0  # seconds: a longer ban is told, not waited for
# Binance allows 6,000 a minute for an address; the bot on the same address needs its share.
_WEIGHT = 4_000
_CLOCK_ERROR = -1021


@dataclass(frozen=True, slots=True)
class AccountTrade:
    """One fill of the account. `trade_id` is Binance's, unique within its symbol."""

    trade_id: int
    order_id: int
    symbol: str
    is_buyer: bool
    price: Decimal
    quantity: Decimal
    commission: Decimal
    commission_asset: str
    time: datetime


class History:
    """Reads the past of a market, and of the account that the key opens. It sends no order.

    `pause` waits so many seconds. Nothing is asked of the exchange yet.
    """

    def __init__(
        self, address: str, key: str = "", secret: str = "", *, pause: Pause = time.sleep
    ) -> None:
        self._client = signed_client(address, key, secret)
        self._pause = pause

    def candles(
        self, symbol: str, interval: str, since: datetime, until: datetime
    ) -> Iterator[list[Candle]]:
        """Closed candles opened in [since, until), oldest first, a page of 1,000 at a time.

        Raises Unreachable, and ValueError for a symbol or an interval Binance does not know.
        """
        length = parse_interval(interval)
        now = from_milliseconds(self._asked(self._client.get_server_time)["serverTime"])
        closed = now - length + timedelta(milliseconds=1)
        last = min(until, closed) - timedelta(milliseconds=1)
        first = since
        while first <= last:
            asked = {"symbol": symbol, "interval": interval, "limit": _PAGE}
            span = {"startTime": to_milliseconds(first), "endTime": to_milliseconds(last)}
            klines = self._asked(partial(self._client.get_klines, **asked, **span))
            self._spare()
            if not klines:
                return
            candles = [_candle(kline, length) for kline in klines]
            yield candles
            first = candles[-1].close_time

    def trades(self, symbol: str, after: int | None) -> Iterator[list[AccountTrade]]:
        """The account's fills of a symbol with an id over `after`, oldest first, by the page.

        Raises Unreachable, and ValueError for a symbol that Binance does not know.
        """
        following = 0 if after is None else after + 1
        self._set_clock()
        while True:
            asked = partial(
                self._client.get_my_trades, symbol=symbol, fromId=following, limit=_PAGE
            )
            found = [_trade(each) for each in self._asked(asked)]
            self._spare()
            if found:
                yield found
                following = found[-1].trade_id + 1
            if len(found) < _PAGE:
                return

    def assets(self, symbol: str) -> tuple[str, str]:
        """The base and quote asset of a symbol. Raises Unreachable, ValueError."""
        listed = self._asked(partial(self._client.get_symbol_info, symbol))
        if listed is None:
            raise ValueError(f"Binance lists no symbol {symbol!r}")
        return str(listed["baseAsset"]), str(listed["quoteAsset"])

    def _set_clock(self) -> None:
        """Let signed requests carry the exchange's time, whatever this machine's clock says."""
        told = self._asked(self._client.get_server_time)["serverTime"]
        self._client.timestamp_offset = told - to_milliseconds(datetime.now(UTC))

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """What `ask` answers, asked again after trouble that passes."""
        for tries in range(1, _TRIES + 1):
            try:
                return ask()
            except TROUBLE as trouble:
                wait = _wait(trouble, tries)
                if wait is None or tries == _TRIES:
                    raise Unreachable(f"Binance did not answer: {_said(trouble)}") from trouble
                log.warning("Binance: %s; asking again in %.0f s", _said(trouble), wait)
                self._pause(wait)
                if getattr(trouble, "code", 0) == _CLOCK_ERROR:
                    self._set_clock()
        raise AssertionError("the last try either answers or raises")

    def _spare(self) -> None:
        """Rest where this minute's weight is nearly used up."""
        headers = getattr(self._client.response, "headers", {})
        used = str(headers.get("X-MBX-USED-WEIGHT-1M", "0"))
        if used.isdecimal() and int(used) > _WEIGHT:
            self._pause(61.0 - datetime.now(UTC).second)


def _said(trouble: Exception) -> str:
    """The exchange's own words; those of requests would hold the address with its signature."""
    if isinstance(trouble, BinanceAPIException):
        return f"{trouble.message} ({trouble.code})"
    return type(trouble).__name__


def _wait(trouble: Exception, tries: int) -> float | None:
    """Seconds until the next try; None where no other answer is to be expected.

    Raises ValueError for what the asker got wrong.
    """
    if isinstance(trouble, BinanceAPIException):
        if trouble.status_code in (418, 429):
            told = str(trouble.response.headers.get("Retry-After", "60"))
            wait = float(told) if told.isdecimal() else 60.0
            return wait if wait <= _LONGEST else None
        if trouble.code in (-1121, -1120, -1100):
            raise ValueError(f"Binance: {trouble.message}") from trouble
        if trouble.code in (-2014, -2015, -1022):
            return None
    return min(2.0**tries, 30.0)


def _candle(kline: list[Any], length: timedelta) -> Candle:
    opened = from_milliseconds(kline[0])
    return Candle(opened, opened + length, *(Decimal(text) for text in kline[1:6]))


def _trade(told: dict[str, Any]) -> AccountTrade:
    return AccountTrade(
        trade_id=int(told["id"]),
        order_id=int(told["orderId"]),
        symbol=str(told["symbol"]),
        is_buyer=bool(told["isBuyer"]),
        price=Decimal(str(told["price"])),
        quantity=Decimal(str(told["qty"])),
        commission=Decimal(str(told["commission"])),
        commission_asset=str(told["commissionAsset"]),
        time=from_milliseconds(int(told["time"])),
    )
