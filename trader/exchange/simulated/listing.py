"""How the simulated exchange lists its symbol, and which of its filters an order breaks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trader.domain.money import floor_to, plain
from trader.domain.symbol import SymbolRules

ORDER_TYPES = ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT")


class Refusal(Exception):
    """The exchange says no: `code` and `message` as Binance has them."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class Listing:
    """A symbol's rules and what they leave out: `order_types` allowed, largest quantities, and
    how far a price may be from the market's, as factors (PERCENT_PRICE_BY_SIDE).
    """

    rules: SymbolRules
    order_types: tuple[str, ...] = ORDER_TYPES
    max_quantity: Decimal = Decimal(9000)
    market_max_quantity: Decimal = Decimal(9000)
    factor_up: Decimal = Decimal(5)
    factor_down: Decimal = Decimal("0.2")

    def info(self) -> dict[str, Any]:
        """The symbol as exchangeInfo tells it."""
        rules = self.rules
        return {
            "symbol": rules.symbol,
            "status": "TRADING",
            "baseAsset": rules.base_asset,
            "baseAssetPrecision": 8,
            "quoteAsset": rules.quote_asset,
            "quoteAssetPrecision": 8,
            "orderTypes": list(self.order_types),
            "ocoAllowed": True,
            "otoAllowed": True,
            "isSpotTradingAllowed": True,
            "filters": [
                {
                    "filterType": "PRICE_FILTER",
                    "minPrice": plain(rules.tick_size),
                    "maxPrice": "1000000",
                    "tickSize": plain(rules.tick_size),
                },
                {
                    "filterType": "LOT_SIZE",
                    "minQty": plain(rules.min_quantity),
                    "maxQty": plain(self.max_quantity),
                    "stepSize": plain(rules.step_size),
                },
                {
                    "filterType": "MARKET_LOT_SIZE",
                    "minQty": "0.00000000",
                    "maxQty": plain(self.market_max_quantity),
                    "stepSize": "0.00000000",
                },
                {
                    "filterType": "PERCENT_PRICE_BY_SIDE",
                    "bidMultiplierUp": plain(self.factor_up),
                    "bidMultiplierDown": plain(self.factor_down),
                    "askMultiplierUp": plain(self.factor_up),
                    "askMultiplierDown": plain(self.factor_down),
                    "avgPriceMins": 5,
                },
                {
                    "filterType": "NOTIONAL",
                    "minNotional": plain(rules.min_notional),
                    "applyMinToMarket": True,
                    "maxNotional": "9000000",
                    "applyMaxToMarket": False,
                    "avgPriceMins": 5,
                },
            ],
        }

    def check(
        self, kind: str, quantity: Decimal, prices: list[Decimal], market_price: Decimal
    ) -> None:
        """Raise Refusal for the first filter broken; `prices` holds the order's own, limit and
        stop, none at market.
        """
        if kind not in self.order_types:
            raise Refusal(-1116, "Invalid orderType.")
        for value in (quantity, *prices):
            if value <= 0:
                raise Refusal(-1013, "Invalid quantity." if value is quantity else "Invalid price.")
            if value != floor_to(value, Decimal("0.00000001")):
                raise Refusal(-1111, "Parameter has too much precision.")
        rules, largest = self.rules, self.max_quantity
        if quantity < rules.min_quantity or quantity > largest or _rest(quantity, rules.step_size):
            raise Refusal(-1013, "Filter failure: LOT_SIZE")
        if kind in ("MARKET", "STOP_LOSS") and quantity > self.market_max_quantity:
            raise Refusal(-1013, "Filter failure: MARKET_LOT_SIZE")
        for price in prices:
            if _rest(price, rules.tick_size):
                raise Refusal(-1013, "Filter failure: PRICE_FILTER")
            if not self.factor_down * market_price <= price <= self.factor_up * market_price:
                raise Refusal(-1013, "Filter failure: PERCENT_PRICE_BY_SIDE")
        if quantity * min(prices, default=market_price) < rules.min_notional:
            raise Refusal(-1013, "Filter failure: NOTIONAL")


def _rest(value: Decimal, step: Decimal) -> bool:
    return value != floor_to(value, step)
