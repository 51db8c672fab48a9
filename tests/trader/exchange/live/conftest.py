"""Lives that end with their test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.exchange_life import make_exchange, served
from tests.trader.exchange.live.life import Life, Start
from trader.exchange.simulated.server import SimulatedExchange


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Makes a life on an exchange; `make_exchange`'s arguments, or its own candles."""
    open_servers: list[Any] = []

    def begin(exchange: SimulatedExchange | None = None) -> Life:
        made = exchange or make_exchange()
        server = served(made)
        root = server.__enter__()
        open_servers.append(server)
        return Life(made, root, tmp_path)

    yield begin
    for server in open_servers:
        server.__exit__(None, None, None)
