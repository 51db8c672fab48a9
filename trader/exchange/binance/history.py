"""What Binance still knows of the past: candles, and the account's own fills.

Everything is asked for page by page; where the exchange says wait (429, 418) it is waited for as
long as it says, and a request that failed is asked again. Both only read, so asking twice is safe.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from trader.domain.candle import Candle, from_milliseconds, parse_interval, to_milliseconds
from trader.exchange.binance.client import TROUBLE, BinanceAPIException, Client
from trader.ports import Unreachable

log = logging.getLogger(__name__)

T = TypeVar("T")
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


def past_candles(
    client: Client, symbol: str, interval: str, since: datetime, until: datetime, pause: Pause
) -> Iterator[list[Candle]]:
    """Closed candles opened in [since, until), oldest first, a page of 1,000 at a time.

    Raises Unreachable, and ValueError for a symbol or an interval that Binance does not know.
    """
    length = parse_interval(interval)
    now = from_milliseconds(_asked(client.get_server_time, pause)["serverTime"])
    last = min(until, now - length + timedelta(milliseconds=1)) - timedelta(milliseconds=1)
    first = since
    while first <= last:
        begin, end = to_milliseconds(first), to_milliseconds(last)

        def page(begin: int = begin, end: int = end) -> list[list[Any]]:
            found: list[list[Any]] = client.get_klines(
                symbol=symbol, interval=interval, startTime=begin, endTime=end, limit=_PAGE
            )
            return found

        klines = _asked(page, pause)
        _spare(client, pause)
        if not klines:
            return
        candles = [_candle(kline, length) for kline in klines]
        yield candles
        first = candles[-1].close_time


def account_trades(
    client: Client, symbol: str, after: int | None, pause: Pause
) -> Iterator[list[AccountTrade]]:
    """The account's fills of a symbol with an id over `after`, oldest first, page by page.

    Raises Unreachable, and ValueError for a symbol that Binance does not know.
    """
    following = 0 if after is None else after + 1
    set_clock(client, pause)
    while True:

        def page(number: int = following) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = client.get_my_trades(
                symbol=symbol, fromId=number, limit=_PAGE
            )
            return found

        found = _asked(page, pause, before_again=lambda: set_clock(client, pause))
        _spare(client, pause)
        trades = [_trade(each) for each in found]
        if trades:
            yield trades
            following = trades[-1].trade_id + 1
        if len(found) < _PAGE:
            return


def set_clock(client: Client, pause: Pause) -> None:
    """Let signed requests carry the exchange's time, whatever this machine's clock says."""
    told = _asked(client.get_server_time, pause)["serverTime"]
    client.timestamp_offset = told - to_milliseconds(datetime.now(UTC))


def _asked(
    ask: Callable[[], T], pause: Pause, before_again: Callable[[], object] | None = None
) -> T:
    """What `ask` answers, asked again after trouble that passes."""
    for tries in range(1, _TRIES + 1):
        try:
            return ask()
        except TROUBLE as trouble:
            wait = _wait(trouble, tries)
            if wait is None or tries == _TRIES:
                raise Unreachable(f"Binance did not answer: {trouble}") from trouble
            log.warning("Binance: %s; asking again in %.0f s", trouble, wait)
            pause(wait)
            if before_again is not None and getattr(trouble, "code", 0) == _CLOCK_ERROR:
                before_again()
    raise AssertionError("the last try either answers or raises")


def _wait(trouble: Exception, tries: int) -> float | None:
    """Seconds until the next try; None where no other answer is to be expected.

    Raises ValueError for what the asker got wrong.
    """
    if isinstance(trouble, BinanceAPIException):
        if trouble.status_code in (418, 429):
            told = trouble.response.headers.get("Retry-After", "60")
            wait = float(told) if str(told).isdecimal() else 60.0
            return wait if wait <= _LONGEST else None
        if trouble.code in (-1121, -1120, -1100):
            raise ValueError(f"Binance: {trouble.message}") from trouble
        if trouble.code in (-2014, -2015, -1022):
            return None
    return min(2.0**tries, 30.0)


def _spare(client: Client, pause: Pause) -> None:
    """Rest where this minute's weight is nearly used up."""
    headers = getattr(client.response, "headers", {})
    used = headers.get("x-mbx-used-weight-1m", headers.get("X-MBX-USED-WEIGHT-1M", "0"))
    if str(used).isdecimal() and int(used) > _WEIGHT:
        pause(61.0 - datetime.now(UTC).second)


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
