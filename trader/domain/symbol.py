"""What an exchange allows for one symbol: the grain of price and quantity, and the minimums."""

from dataclasses import dataclass
from decimal import Decimal

from trader.domain.money import ceil_to, floor_to


@dataclass(frozen=True, slots=True)
class SymbolRules:
    """Binance's PRICE_FILTER, LOT_SIZE and NOTIONAL of one spot symbol.

    `tick_size` and `min_notional` are in quote currency, `step_size` and `min_quantity` in base.
    """

    symbol: str
    base_asset: str
    quote_asset: str
    tick_size: Decimal
    step_size: Decimal
    min_quantity: Decimal
    min_notional: Decimal

    def price_down(self, price: Decimal) -> Decimal:
        return floor_to(price, self.tick_size)

    def price_up(self, price: Decimal) -> Decimal:
        return ceil_to(price, self.tick_size)

    def quantity_down(self, quantity: Decimal) -> Decimal:
        return floor_to(quantity, self.step_size)

    def refusal(self, quantity: Decimal, price: Decimal) -> str | None:
        """Why an order of `quantity` at `price` would be refused, or None where it would not."""
        if quantity < self.min_quantity:
            return f"quantity {quantity} is under the minimum {self.min_quantity} of {self.symbol}"
        if quantity != floor_to(quantity, self.step_size):
            return f"quantity {quantity} is no multiple of the step {self.step_size}"
        if price != floor_to(price, self.tick_size):
            return f"price {price} is no multiple of the tick {self.tick_size}"
        if quantity * price < self.min_notional:
            return f"{quantity} at {price} is worth less than the minimum {self.min_notional}"
        return None
