"""Binance's REST over a venue: what is asked, who may ask it, and how it is answered."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from trader.domain.candle import Candle, to_milliseconds
from trader.domain.money import plain
from trader.exchange.simulated.booked import OrderList, amount
from trader.exchange.simulated.faults import Fault, FaultPlan, Kind
from trader.exchange.simulated.limits import Limited, RateLimit
from trader.exchange.simulated.listing import Refusal
from trader.exchange.simulated.venue import Venue

Answer = dict[str, Any] | list[Any]
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_MOST_KLINES = 1000
_MOST_TRADES = 1000
_DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Keys:
    """The one key the exchange knows, and what it allows."""

    key: str = "simulated-key"
    secret: str = "simulated-secret"  # noqa: S105  (opens nothing but a simulation)
    can_trade: bool = True
    can_withdraw: bool = False
    ip_restricted: bool = True


class Rest:
    """The routes. `requests` logs method and path of each request, in their order."""

    def __init__(self, venue: Venue, keys: Keys, faults: FaultPlan, limit: RateLimit) -> None:
        self.venue = venue
        self.keys = keys
        self.faults = faults
        self.limit = limit
        self.requests: list[tuple[str, str]] = []
        public = {
            "ping": lambda _given: {},
            "time": self._time,
            "exchangeInfo": self._exchange_info,
            "klines": self._klines,
            "ticker/price": self._ticker,
        }
        signed = {
            ("GET", "account"): self._account,
            ("GET", "account/commission"): self._commission,
            ("POST", "order"): lambda given: self.venue.place(given).answer(),
            ("POST", "order/test"): lambda _given: {},
            ("GET", "order"): lambda given: self.venue.find(given).told(),
            ("DELETE", "order"): lambda given: self._cancelled(self.venue.cancel(given)),
            ("POST", "orderList/oco"): lambda given: self.venue.place_oco(given).answer(),
            ("POST", "orderList/otoco"): lambda given: self.venue.place_otoco(given).answer(),
            ("GET", "orderList"): lambda given: self.venue.find_list(given).told(),
            ("DELETE", "orderList"): lambda given: self.venue.cancel_list(given).answer(),
            ("GET", "openOrders"): self._open_orders,
            ("GET", "openOrderList"): lambda _given: [
                each.told() for each in self.venue.lists if each.open
            ],
            ("GET", "allOrders"): self._all_orders,
            ("GET", "allOrderList"): lambda _given: [each.told() for each in self.venue.lists],
            ("GET", "myTrades"): self._my_trades,
        }
        self._routes: list[tuple[str, str, Callable[[dict[str, str]], Answer], bool]] = [
            *(("GET", f"/api/v3/{name}", handler, False) for name, handler in public.items()),
            *(
                (method, f"/api/v3/{name}", handler, True)
                for (method, name), handler in signed.items()
            ),
            ("GET", "/sapi/v1/account/apiRestrictions", self._restrictions, True),
        ]

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._meet_faults])
        for method, path, handler, signed in self._routes:
            app.router.add_route(method, path, self._route(method, path, handler, signed=signed))
        return app

    def _route(
        self, method: str, path: str, answer: Callable[[dict[str, str]], Answer], *, signed: bool
    ) -> _Handler:
        name = path.split("/", 3)[3]

        async def handle(request: web.Request) -> web.StreamResponse:
            body = (await request.read()).decode()
            with self.venue.lock:
                try:
                    self.limit.pay(method, name, self.venue.now)
                    given = dict(parse_qsl(request.query_string) + parse_qsl(body))
                    if signed:
                        self._admit(request, given, body)
                    answered = web.json_response(answer(given))
                except Refusal as refusal:
                    answered = _refused(refusal)
            answered.headers["X-MBX-USED-WEIGHT-1M"] = str(self.limit.used)
            return answered

        return handle

    @web.middleware
    async def _meet_faults(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if not request.path.startswith(("/api/", "/sapi/")):
            return await handler(request)
        self.requests.append((request.method, request.path))
        number = len(self.requests)
        self.faults.arrived(number)
        fault = self.faults.take(number, request.method, request.path)
        if fault is None:
            return await handler(request)
        answer = None
        if fault.after or fault.kind is Kind.SLOW:
            answer = await handler(request)
        return await self._strike(request, fault, answer)

    async def _strike(
        self, request: web.Request, fault: Fault, answer: web.StreamResponse | None
    ) -> web.StreamResponse:
        match fault.kind:
            case Kind.SLOW:
                await asyncio.sleep(fault.seconds)
                assert answer is not None
                return answer
            case Kind.TIMEOUT:
                await asyncio.sleep(fault.seconds)
                return _break_off(request)
            case Kind.LOST | Kind.RESET:
                return _break_off(request)
            case Kind.ERROR_503:
                return _refused(Refusal(-1000, "An unknown error occurred.", 503))
            case Kind.ERROR_1007:
                message = "Timeout waiting for response from backend server."
                return _refused(Refusal(-1007, message, 504))
            case Kind.HTML_502 | Kind.HTML_403:
                status = 502 if fault.kind is Kind.HTML_502 else 403
                page = f"<html><body><h1>{status}</h1></body></html>"
                return web.Response(status=status, text=page, content_type="text/html")
            case Kind.CLOCK_1021:
                return _refused(_TOO_LATE)
            case Kind.LIMIT_429 | Kind.BAN_418:
                status = 429 if fault.kind is Kind.LIMIT_429 else 418
                headers = {"Retry-After": str(int(fault.seconds))}
                body = {"code": -1003, "msg": "Too many requests."}
                return web.json_response(body, status=status, headers=headers)

    def _admit(self, request: web.Request, given: dict[str, str], body: str) -> None:
        """Key, signature and time of a signed request, in Binance's order."""
        if request.headers.get("X-MBX-APIKEY") != self.keys.key:
            raise Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)
        sent = request.query_string + body
        unsigned = "&".join(each for each in sent.split("&") if not each.startswith("signature="))
        wanted = hmac.new(self.keys.secret.encode(), unsigned.encode(), hashlib.sha256)
        if not hmac.compare_digest(given.get("signature", ""), wanted.hexdigest()):
            raise Refusal(-1022, "Signature for this request is not valid.")
        now, window = to_milliseconds(self.venue.now), int(given.get("recvWindow", "5000"))
        if window > 60_000:
            raise Refusal(-1131, "recvWindow must be less than 60000.")
        stamped = int(given.get("timestamp", "0"))
        if stamped >= now + 1000:
            raise Refusal(
                -1021, "Timestamp for this request was 1000ms ahead of the server's time."
            )
        if now - stamped > window:
            raise _TOO_LATE
        if request.method != "GET" and not self.keys.can_trade:
            raise Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)

    def _time(self, _given: dict[str, str]) -> Answer:
        return {"serverTime": to_milliseconds(self.venue.now)}

    def _exchange_info(self, given: dict[str, str]) -> Answer:
        listed = self.venue.listing.info()
        if given.get("symbol") not in (None, listed["symbol"]):
            raise Refusal(-1121, "Invalid symbol.")
        return {
            "timezone": "UTC",
            "serverTime": to_milliseconds(self.venue.now),
            "rateLimits": [
                {
                    "rateLimitType": "REQUEST_WEIGHT",
                    "interval": "MINUTE",
                    "intervalNum": 1,
                    "limit": self.limit.weight,
                }
            ],
            "symbols": [listed],
        }

    def _klines(self, given: dict[str, str]) -> Answer:
        if given.get("symbol") != self.venue.listing.rules.symbol:
            raise Refusal(-1121, "Invalid symbol.")
        if given.get("interval") != self.venue.interval:
            raise Refusal(-1120, "Invalid interval.")
        most = min(int(given.get("limit", "500")), _MOST_KLINES)
        first, last = (int(given[name]) if name in given else None for name in _SPAN)
        return [_kline(candle) for candle in self.venue.shown(first, last, most)]

    def _ticker(self, given: dict[str, str]) -> Answer:
        rules = self.venue.listing.rules
        if given.get("symbol") == "BNB" + rules.quote_asset:
            return {"symbol": given["symbol"], "price": amount(self.venue.matching.costs.bnb_price)}
        if given.get("symbol") != rules.symbol:
            raise Refusal(-1121, "Invalid symbol.")
        return {"symbol": rules.symbol, "price": amount(self.venue.price)}

    def _account(self, _given: dict[str, str]) -> Answer:
        return {
            "canTrade": True,
            "canWithdraw": True,
            "canDeposit": True,
            "accountType": "SPOT",
            "commissionRates": self._rates(),
            "updateTime": to_milliseconds(self.venue.now),
            "balances": [
                {"asset": asset, "free": amount(free), "locked": amount(locked)}
                for asset, (free, locked) in self.venue.balances().items()
            ],
            "permissions": ["SPOT"],
        }

    def _commission(self, given: dict[str, str]) -> Answer:
        none = dict.fromkeys(("maker", "taker", "buyer", "seller"), "0.00000000")
        return {
            "symbol": given.get("symbol"),
            "standardCommission": self._rates(),
            "taxCommission": none,
            "discount": {
                "enabledForAccount": True,
                "enabledForSymbol": True,
                "discountAsset": "BNB",
                "discount": "0.75000000",
            },
        }

    def _rates(self) -> dict[str, str]:
        rate = amount(self.venue.matching.costs.fee_rate)
        return {"maker": rate, "taker": rate, "buyer": "0.00000000", "seller": "0.00000000"}

    def _restrictions(self, _given: dict[str, str]) -> Answer:
        return {
            "ipRestrict": self.keys.ip_restricted,
            "createTime": 1_600_000_000_000,
            "enableReading": True,
            "enableWithdrawals": self.keys.can_withdraw,
            "enableInternalTransfer": False,
            "enableSpotAndMarginTrading": self.keys.can_trade,
            "enableMargin": False,
            "enableFutures": False,
            "permitsUniversalTransfer": False,
        }

    def _cancelled(self, found: Any) -> Answer:
        answer: Answer = found.answer() if isinstance(found, OrderList) else found.told()
        return answer

    def _open_orders(self, _given: dict[str, str]) -> Answer:
        return [each.told() for each in self.venue.orders if each.open]

    def _all_orders(self, given: dict[str, str]) -> Answer:
        least = int(given.get("orderId", "0"))
        told = [each.told() for each in self.venue.orders if each.number >= least]
        first, last = _span(given)
        told = [each for each in told if first <= each["time"] <= last]
        most = min(int(given.get("limit", "500")), 1000)
        return told[:most] if "orderId" in given or "startTime" in given else told[-most:]

    def _my_trades(self, given: dict[str, str]) -> Answer:
        if given.get("symbol") != self.venue.listing.rules.symbol:
            raise Refusal(-1121, "Invalid symbol.")
        first, last = _span(given)
        least, order = int(given.get("fromId", "0")), given.get("orderId")
        told = [
            trade
            for trade in (each.told() for each in self.venue.trades if each.number >= least)
            if first <= trade["time"] <= last and order in (None, str(trade["orderId"]))
        ]
        most = min(int(given.get("limit", "500")), _MOST_TRADES)
        oldest_first = {"fromId", "startTime", "orderId"} & set(given)
        return told[:most] if oldest_first else told[-most:]


_SPAN = ("startTime", "endTime")
_TOO_LATE = Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")


def _span(given: dict[str, str]) -> tuple[int, int]:
    first, last = int(given.get("startTime", "0")), int(given.get("endTime", "9" * 15))
    if all(name in given for name in _SPAN) and not 0 <= last - first <= _DAY:
        raise Refusal(-1127, "More than 24 hours between startTime and endTime.")
    return first, last


def _break_off(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _refused(refusal: Refusal) -> web.Response:
    headers = {}
    if isinstance(refusal, Limited):
        headers["Retry-After"] = str(refusal.retry_after)
    body = {"code": refusal.code, "msg": refusal.message}
    return web.json_response(body, status=refusal.status, headers=headers)


def _kline(candle: Candle) -> list[Any]:
    opened, closes = to_milliseconds(candle.open_time), to_milliseconds(candle.close_time) - 1
    figures = [plain(each) for each in (candle.open, candle.high, candle.low, candle.close)]
    return [opened, *figures, plain(candle.volume), closes, "0", 0, "0", "0", "0", "0"]
