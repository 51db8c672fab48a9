"""What an exchange allows for one symbol: the grain of price and quantity, and the minimums."""

from dataclasses import dataclass
from decimal import Decimal

from trader.domain.money import ceil_to, floor_to


@dataclass(frozen=True, slots=True)
class SymbolRules:
    """Binance's PRICE_FILTER, LOT_SIZE, MARKET_LOT_SIZE and NOTIONAL of one spot symbol.

    `tick_size` and `min_notional` are in quote currency; `step_size`, `min_quantity` and
    `max_quantity` (None: no limit) in base. `stop_at_market`: whether a stop may sell at any
    price, or must name the worst one it takes.
    """

    symbol: str
    base_asset: str
    quote_asset: str
    tick_size: Decimal
    step_size: Decimal
    min_quantity: Decimal
    min_notional: Decimal
    max_quantity: Decimal | None = None
    stop_at_market: bool = True

    def price_down(self, price: Decimal) -> Decimal:
        return floor_to(price, self.tick_size)

    def price_up(self, price: Decimal) -> Decimal:
        return ceil_to(price, self.tick_size)

    def quantity_down(self, quantity: Decimal) -> Decimal:
        if self.max_quantity is not None:
            quantity = min(quantity, self.max_quantity)
        return floor_to(quantity, self.step_size)

    def sellable(self, quantity: Decimal, price: Decimal) -> Decimal:
        """What of `quantity` may be sold at `price`: a multiple of the step, or zero."""
        whole = self.quantity_down(quantity)
        enough = whole >= self.min_quantity and whole * price >= self.min_notional
        return whole if enough else Decimal(0)

    def refusal(self, quantity: Decimal, price: Decimal) -> str | None:
        """Why an order of `quantity` at `price` would be refused, or None where it would not."""
        if quantity < self.min_quantity:
            return f"quantity {quantity} is under the minimum {self.min_quantity} of {self.symbol}"
        if self.max_quantity is not None and quantity > self.max_quantity:
            return f"quantity {quantity} is over the maximum {self.max_quantity} of {self.symbol}"
        if quantity != floor_to(quantity, self.step_size):
            return f"quantity {quantity} is no multiple of the step {self.step_size}"
        if price != floor_to(price, self.tick_size):
            return f"price {price} is no multiple of the tick {self.tick_size}"
        if quantity * price < self.min_notional:
            return f"{quantity} at {price} is worth less than the minimum {self.min_notional}"
        return None
