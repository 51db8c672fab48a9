"""Binance's limits: request weights a minute, and the ban for who does not listen."""

from datetime import datetime, timedelta

from trader.exchange.simulated.listing import Refusal

# Weights as Binance's documents give them, by method and path; 1 for what is not named.
_WEIGHTS = {
    ("GET", "klines"): 2,
    ("GET", "exchangeInfo"): 20,
    ("GET", "ticker/price"): 2,
    ("GET", "account"): 20,
    ("GET", "account/commission"): 20,
    ("GET", "order"): 4,
    ("GET", "orderList"): 4,
    ("GET", "openOrders"): 6,
    ("GET", "openOrderList"): 6,
    ("GET", "allOrders"): 20,
    ("GET", "allOrderList"): 20,
    ("GET", "myTrades"): 20,
}
_MINUTE = timedelta(minutes=1)


class RateLimit:
    """`weight` a minute of the exchange's clock; `patience` refusals until 429 becomes 418."""

    def __init__(self, weight: int = 6000, patience: int = 10) -> None:
        self.weight = weight
        self.patience = patience
        self.used = 0
        self.banned_until: datetime | None = None
        self._minute: datetime | None = None
        self._refused = 0

    def pay(self, method: str, name: str, now: datetime) -> None:
        """Count a request; Refusal with status 429 or 418 where it is one too many."""
        if self.banned_until is not None and now < self.banned_until:
            raise Limited(418, self.banned_until - now)
        minute = now.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self.used, self._refused = minute, 0, 0
        self.used += _WEIGHTS.get((method, name), 1)
        if self.used <= self.weight:
            return
        self._refused += 1
        if self._refused > self.patience:
            self.banned_until = now + 2 * _MINUTE
            raise Limited(418, 2 * _MINUTE)
        raise Limited(429, minute + _MINUTE - now)


class Limited(Refusal):
    """429 or 418, with how long to wait."""

    def __init__(self, status: int, wait: timedelta) -> None:
        super().__init__(-1003, "Too much request weight used.", status)
        self.retry_after = max(1, -(-wait // timedelta(seconds=1)))
