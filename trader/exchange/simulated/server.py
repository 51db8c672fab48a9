"""The simulated exchange as a server on this machine, in a thread of its own."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from trader.domain.candle import Candle
from trader.domain.symbol import SymbolRules
from trader.exchange.simulated.faults import FaultPlan
from trader.exchange.simulated.fees import Costs
from trader.exchange.simulated.limits import RateLimit
from trader.exchange.simulated.listing import Listing
from trader.exchange.simulated.matching import Liquidity
from trader.exchange.simulated.rest import Keys, Rest
from trader.exchange.simulated.venue import Venue

FREE = Costs(Decimal(0), Decimal(0))


class SimulatedExchange:
    """Binance spot with one symbol at one interval and one account, on candles it was given.

    `now` is its virtual clock: at first the last candle's close; set it back to begin earlier.
    `faults` plans what goes wrong; `venue` holds the books, to compare a bot's with.
    """

    def __init__(
        self,
        rules: SymbolRules | Listing,
        interval: str,
        candles: Sequence[Candle],
        *,
        costs: Costs = FREE,
        cash: Decimal = Decimal(0),
        bnb: Decimal = Decimal(0),
        keys: Keys | None = None,
        liquidity: Liquidity | None = None,
    ) -> None:
        listing = rules if isinstance(rules, Listing) else Listing(rules)
        self.venue = Venue(listing, interval, candles, costs, liquidity)
        self.venue.matching.cash = cash
        self.venue.matching.bnb = bnb
        self.keys = keys or Keys()
        self.faults = FaultPlan()
        self.limit = RateLimit()
        self.rest = Rest(self.venue, self.keys, self.faults, self.limit)

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Method and path of every request so far."""
        return self.rest.requests

    @property
    def now(self) -> datetime:
        return self.venue.now

    @now.setter
    def now(self, moment: datetime) -> None:
        self.venue.now = moment

    def advance(self, by: timedelta) -> None:
        """Let the exchange's time pass; the candles it passes happen."""
        self.venue.advance(by)

    def application(self) -> web.Application:
        return self.rest.application()


class Served:
    """A simulated exchange on 127.0.0.1, served from a thread while entered.

    `address` is its REST root, as python-binance's API_URL; `margin_address` that of /sapi.
    `port` 0 takes a free one. `more` is asked for further routes (a test's own levers).
    """

    def __init__(self, exchange: SimulatedExchange, port: int = 0, more: Any = None) -> None:
        self._exchange = exchange
        self._port = port
        self._more = more
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulated-exchange")
        self._runner: web.AppRunner | None = None
        self.root = ""

    @property
    def address(self) -> str:
        return self.root + "/api"

    @property
    def margin_address(self) -> str:
        return self.root + "/sapi"

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        application = self._exchange.application()
        if self._more is not None:
            application.add_routes(self._more)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.root = f"http://{host}:{port}"
