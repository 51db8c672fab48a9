"""One symbol on Binance, made ready: the connection, the symbol's rules, where orders go."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from trader.domain.market import Market
from trader.exchange.binance.client import PUBLIC_ADDRESS, TESTNET_ADDRESS, signed_client
from trader.exchange.binance.connection import Connection, Timing
from trader.exchange.binance.orders import BinanceExchange
from trader.exchange.binance.rules import symbol_rules
from trader.order_desk import id_prefix


class Account:
    """Binance for one bot. `keys` are key and secret, empty where only candles are read.

    `address` is the REST root where it is not Binance's own; `pause` waits between two tries.
    Raises Unreachable, and ValueError for a symbol that is not listed.
    """

    def __init__(
        self,
        symbol: str,
        *,
        address: str | None,
        testnet: bool,
        keys: tuple[str, str],
        pause: Callable[[float], bool],
        pause_file: Path | None,
    ) -> None:
        client = signed_client(address or (TESTNET_ADDRESS if testnet else PUBLIC_ADDRESS), *keys)
        self.rules = symbol_rules(client, symbol)
        self.connection = Connection(client, Timing(pause=pause), pause_file)

    def exchange(self, market: Market) -> BinanceExchange:
        """Where this bot's orders go."""
        return BinanceExchange(self.rules, self.connection, id_prefix(market))

    def opening_balance(self) -> Decimal:
        """Quote currency that the account can spend; what a bot's first start begins with."""
        return BinanceExchange(self.rules, self.connection, "").opening_balance()
