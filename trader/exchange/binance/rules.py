"""What Binance allows for a symbol."""

from decimal import Decimal

from trader.domain.symbol import SymbolRules
from trader.exchange.binance.client import TROUBLE, Client
from trader.ports import Unreachable


def symbol_rules(client: Client, symbol: str) -> SymbolRules:
    """The symbol's filters; Unreachable, or ValueError for a symbol that Binance does not list."""
    try:
        listed = client.get_symbol_info(symbol)
    except TROUBLE as trouble:
        raise Unreachable(f"Binance did not tell the rules of {symbol}: {trouble}") from trouble
    if listed is None:
        raise ValueError(f"Binance lists no symbol {symbol!r}")
    filters = {each["filterType"]: each for each in listed["filters"]}
    lot, at_market = filters["LOT_SIZE"], filters.get("MARKET_LOT_SIZE", {})

    def both(name: str) -> list[Decimal]:
        """A limit of both lot sizes, as the same quantity goes both ways; zero is none."""
        return [Decimal(each[name]) for each in (lot, at_market) if Decimal(each.get(name, 0))]

    return SymbolRules(
        symbol=symbol,
        base_asset=listed["baseAsset"],
        quote_asset=listed["quoteAsset"],
        tick_size=Decimal(filters["PRICE_FILTER"]["tickSize"]),
        step_size=max(both("stepSize")),
        min_quantity=max(both("minQty")),
        min_notional=Decimal(filters.get("NOTIONAL", {"minNotional": "0"})["minNotional"]),
        max_quantity=min(both("maxQty"), default=None),
        stop_at_market="STOP_LOSS" in listed["orderTypes"],
    )
