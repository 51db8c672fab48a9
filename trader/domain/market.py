"""What a bot trades, and on whose account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Market:
    """One symbol at one candle interval; `account` keeps apart what is never summed together."""

    bot: str
    symbol: str
    interval: str
    quote_asset: str
    account: str
