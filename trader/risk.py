"""How much to buy: sized by what the stop would lose, capped by what the account can bear."""

from dataclasses import dataclass
from decimal import Decimal

from trader.domain.money import plain
from trader.domain.symbol import SymbolRules


@dataclass(frozen=True, slots=True)
class RiskLimits:
    """Fractions of equity: `risk_fraction` lost at the stop, `exposure_fraction` held at most."""

    risk_fraction: Decimal = Decimal("0.01")
    exposure_fraction: Decimal = Decimal("0.95")

    def __post_init__(self) -> None:
        for name in ("risk_fraction", "exposure_fraction"):
            value = getattr(self, name)
            if not 0 < value <= 1:
                raise ValueError(f"{name} is {value}, it must be above 0 and at most 1")


@dataclass(frozen=True, slots=True)
class Sizing:
    """`quantity` in base currency, None where no order may be sent and `refusal` says why."""

    quantity: Decimal | None
    refusal: str = ""


def size_entry(
    limits: RiskLimits,
    rules: SymbolRules,
    *,
    equity: Decimal,
    balance: Decimal,
    price: Decimal,
    stop_distance: Decimal,
) -> Sizing:
    """The largest allowed quantity whose loss at the stop stays within the limits.

    `equity` and `balance` (free cash) in quote currency, `stop_distance` in quote currency under
    `price`. The minimum notional is asked at the stop price too: what is bought must be sellable
    there.
    """
    stop_price = price - stop_distance
    if stop_distance <= 0 or stop_price <= 0:
        return Sizing(None, f"the stop at {plain(stop_price)} is not between 0 and the price")
    by_risk = equity * limits.risk_fraction / stop_distance
    by_exposure = min(equity, balance) * limits.exposure_fraction / price
    quantity = rules.quantity_down(min(by_risk, by_exposure))
    if quantity < rules.min_quantity or quantity * stop_price < rules.min_notional:
        return Sizing(
            None,
            f"{plain(quantity)} {rules.base_asset} at the stop {plain(stop_price)} is under the "
            f"exchange's minimum (equity {plain(equity)}, free {plain(balance)})",
        )
    return Sizing(quantity)
