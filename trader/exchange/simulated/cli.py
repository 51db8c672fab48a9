"""The command line of the simulated exchange alone, on a candle file."""

import argparse
import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from trader.domain.symbol import SymbolRules
from trader.exchange.simulated.fees import Charged, Costs
from trader.exchange.simulated.server import Served, SimulatedExchange
from trader.feed.replay import BadCandleFile, read_candles

log = logging.getLogger(__name__)

EXAMPLE = """example:
  python -m trader.exchange.simulated --candles BTCUSDT_15m.csv.gz --port 8900 --speed 60

The key is simulated-key, its secret simulated-secret. A bot finds it by
BLOTTER_BINANCE_ADDRESS=http://127.0.0.1:8900/api"""
_STEP = 0.05


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; 2 where the candles cannot be read or the port not be had."""
    given = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="exchange: %(message)s")
    try:
        candles = read_candles(given.candles)
    except BadCandleFile as wrong:
        log.error("%s", wrong)
        return 2
    rules = SymbolRules(
        symbol=given.base + given.quote,
        base_asset=given.base,
        quote_asset=given.quote,
        tick_size=Decimal("0.01"),
        step_size=Decimal("0.00001"),
        min_quantity=Decimal("0.00001"),
        min_notional=Decimal(5),
    )
    exchange = SimulatedExchange(
        rules,
        given.interval,
        candles,
        costs=Costs(Decimal("0.001"), Decimal("0.0002"), Charged(given.charged)),
        cash=given.cash,
        bnb=given.bnb,
    )
    exchange.now = candles[min(given.start, len(candles) - 1)].close_time
    try:
        with Served(exchange, given.port) as served:
            log.info("%s %s at %s", rules.symbol, given.interval, served.address)
            _let_time_pass(exchange, given.speed)
    except OSError as taken:
        log.error("Port %d of 127.0.0.1 cannot be had: %s", given.port, taken)
        return 2
    return 0


def _let_time_pass(exchange: SimulatedExchange, speed: float) -> None:
    began, start = time.monotonic(), exchange.now
    try:
        while True:
            time.sleep(_STEP)
            exchange.now = start + timedelta(seconds=(time.monotonic() - began) * speed)
    except KeyboardInterrupt:
        log.info("Stopped at %s", exchange.now)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trader.exchange.simulated",
        description="An exchange with Binance's REST on replayed candles; nothing of it is real.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--candles", type=Path, required=True, help="CSV or CSV.gz, as a replay's")
    parser.add_argument("--interval", default="15m", help="the candles' interval")
    parser.add_argument("--base", default="BTC", help="base asset")
    parser.add_argument("--quote", default="USDT", help="quote asset")
    parser.add_argument("--port", type=int, default=8900, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--start", type=int, default=1000, help="candles closed at the start")
    parser.add_argument("--speed", type=float, default=1.0, help="its seconds in one real second")
    parser.add_argument("--cash", type=Decimal, default=Decimal(10_000), help="quote balance")
    parser.add_argument("--bnb", type=Decimal, default=Decimal(0), help="BNB, to pay fees with")
    parser.add_argument(
        "--charged", default="received", choices=[*Charged], help="which asset pays the fees"
    )
    return parser
