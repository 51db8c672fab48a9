"""The simulated exchange as a server: Binance's public REST, on candles that it was given.

Its clock is virtual: `now` is where it stands, and only candles opened by then are shown, the
newest as it stands open. Orders come with the live bot.
"""

import asyncio
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from trader.domain.candle import Candle, to_milliseconds
from trader.domain.money import plain
from trader.domain.symbol import SymbolRules

_MOST_KLINES = 1000


class SimulatedExchange:
    """One symbol at one interval. `failures` answers that many requests for candles with 503."""

    def __init__(self, rules: SymbolRules, interval: str, candles: Sequence[Candle]) -> None:
        self.rules = rules
        self.interval = interval
        self.candles = candles
        self.now = candles[-1].close_time
        self.failures = 0
        self.requests: list[str] = []

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._log])
        app.add_routes(
            [
                web.get("/api/v3/ping", self._ping),
                web.get("/api/v3/time", self._time),
                web.get("/api/v3/exchangeInfo", self._exchange_info),
                web.get("/api/v3/klines", self._klines),
            ]
        )
        return app

    @web.middleware
    async def _log(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append(request.path)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _ping(self, _request: web.Request) -> web.Response:
        return web.json_response({})

    async def _time(self, _request: web.Request) -> web.Response:
        return web.json_response({"serverTime": to_milliseconds(self.now)})

    async def _exchange_info(self, _request: web.Request) -> web.Response:
        rules = self.rules
        listed = {
            "symbol": rules.symbol,
            "status": "TRADING",
            "baseAsset": rules.base_asset,
            "quoteAsset": rules.quote_asset,
            "filters": [
                {"filterType": "PRICE_FILTER", "tickSize": plain(rules.tick_size)},
                {
                    "filterType": "LOT_SIZE",
                    "stepSize": plain(rules.step_size),
                    "minQty": plain(rules.min_quantity),
                },
                {"filterType": "NOTIONAL", "minNotional": plain(rules.min_notional)},
            ],
        }
        return web.json_response({"symbols": [listed]})

    async def _klines(self, request: web.Request) -> web.Response:
        if self.failures > 0:
            self.failures -= 1
            return web.Response(status=503, text="<html>unavailable</html>")
        query = request.query
        if query.get("symbol") != self.rules.symbol:
            return _refused(-1121, "Invalid symbol.")
        if query.get("interval") != self.interval:
            return _refused(-1120, "Invalid interval.")
        first, last = int(query.get("startTime", "0")), int(query.get("endTime", "9" * 15))
        shown = [
            _kline(candle)
            for candle in self.candles
            if first <= to_milliseconds(candle.open_time) <= last and candle.open_time <= self.now
        ]
        return web.json_response(shown[: min(int(query.get("limit", "500")), _MOST_KLINES)])


class Served:
    """A simulated exchange on a free port of 127.0.0.1, served from a thread while entered."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self._exchange = exchange
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated-exchange")
        self._runner: web.AppRunner | None = None
        self.address = ""

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._runner = web.AppRunner(self._exchange.application(), access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}/api"


def _kline(candle: Candle) -> list[Any]:
    opened, closes = to_milliseconds(candle.open_time), to_milliseconds(candle.close_time) - 1
    figures = [plain(each) for each in (candle.open, candle.high, candle.low, candle.close)]
    return [opened, *figures, plain(candle.volume), closes, "0", 0, "0", "0", "0"]


def _refused(code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "msg": message}, status=400)
