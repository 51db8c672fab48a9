"""A day on the simulated exchange at full speed, beside projector and site: the dashboard's
figures equal the exchange's books.

python -m tests.faults.paper_day [--quick]
"""

import argparse
import json
import logging
import random
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.config.test_up import PASSWORD, Running
from tests.faults.exchange_life import (
    CASH,
    START,
    STEP,
    Clock,
    NearLever,
    candles_of,
    check_folder,
    make_exchange,
    served,
    to_the_end,
)
from tests.faults.exchange_random import market, script
from trader.domain.signal import Action
from trader.exchange.simulated.fees import Charged
from trader.exchange.simulated.server import SimulatedExchange
from trader.store import Reader, Recorder

FULL, QUICK = 7 * 96, 96  # candles of 15 minutes: a week, a day
_PATIENCE = 60.0  # seconds until the dashboard must show the last trade


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.paper_day",
        description="The dashboard's figures beside the exchange's own books.",
        epilog="example:\n  python -m tests.faults.paper_day --quick",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="a day instead of a week")
    quick = parser.parse_args().quick
    logging.disable(logging.CRITICAL)
    said = compare(QUICK if quick else FULL, quick=quick)
    for bar in said["bars"]:
        print(f"{bar['name']:24} {bar['value']!s:>20} {bar['op']} {bar['limit']!s:>20} {bar['ok']}")
    print(json.dumps(said))
    return 0 if said["ok"] else 1


def compare(candles: int, *, quick: bool) -> dict[str, Any]:
    """Let the bot trade so many candles and ask the dashboard what came of it."""
    exchange = make_exchange(candles_of(market(candles, random.Random(5))), charged=Charged.QUOTE)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "db"
        site = Running(data, "--no-bot", BLOTTER_PASSWORD=PASSWORD)
        try:
            began = time.monotonic()
            _trade(exchange, data, candles)
            seconds = time.monotonic() - began
            site.log_in()
            shown = _shown(site, len(_sold(exchange)))
        finally:
            site.ctrl_c()
        wrong = check_folder(exchange, data)
    return _report(exchange, shown, wrong, candles, seconds, quick=quick)


def _trade(exchange: SimulatedExchange, data: Path, candles: int) -> None:
    ordinary = script(5)

    def wants(number: int) -> Action:
        """As always, but for the last hours: all is left, so that the day can be added up."""
        return ordinary(number) if number < candles - 8 else Action.EXIT

    def open_log(version: str) -> Recorder:
        return Recorder("faults", version=version, mode="paper", folder=data)

    def history() -> Reader:
        return Reader("faults", folder=data)

    with served(exchange) as root:
        clock = Clock(NearLever(exchange), START + (candles - 2) * STEP)
        to_the_end(root, clock, open_log, history, wants=wants, timeout=10.0)


def _sold(exchange: SimulatedExchange) -> set[int]:
    """Orders that sold: each ended one trade, as nothing is filled in part here."""
    return {t.order_number for t in exchange.venue.trades if t.fill.side == "sell"}


def _shown(site: Running, trades: int) -> dict[str, Any]:
    """What the API answers, once it has all trades."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        stats = site.get("/api/stats")
        if stats["trades"] >= trades or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    time.sleep(1.5)  # the last snapshot is a second behind at most
    listed: list[Any] = []
    cursor = ""
    while True:
        page = site.get(f"/api/trades?limit=500{cursor}")
        listed += page["items"]
        if not page["next_cursor"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    return {"stats": site.get("/api/stats"), "balance": site.get("/api/balance"), "trades": listed}


def _report(
    exchange: SimulatedExchange,
    shown: dict[str, Any],
    wrong: list[str],
    candles: int,
    seconds: float,
    *,
    quick: bool,
) -> dict[str, Any]:
    venue = exchange.venue
    fees = sum((t.fill.cost_of_fee for t in venue.trades), Decimal(0))
    listed = sum((Decimal(each["net_pnl"]) for each in shown["trades"]), Decimal(0))
    earned = venue.matching.cash - CASH
    bars = [
        _equal("trades", shown["stats"]["trades"], len(_sold(exchange))),
        _equal("net PnL", Decimal(shown["stats"]["net_pnl"]), earned),
        _equal("net PnL of the trades", listed, earned),
        _equal("fees", Decimal(shown["stats"]["fees"]), fees),
        _equal("balance", Decimal(shown["balance"]["balance"]), venue.matching.cash),
        _equal("equity", Decimal(shown["balance"]["equity"]), venue.matching.cash),
        _equal("differences in the record", len(wrong), 0),
    ]
    return {
        "name": "paper_day",
        "quick": quick,
        "figures": {"candles": candles, "trades": len(_sold(exchange)), "seconds": round(seconds)},
        "bars": bars,
        "ok": all(bar["ok"] for bar in bars),
    }


def _equal(name: str, value: Any, limit: Any) -> dict[str, Any]:
    shown = [str(each) if isinstance(each, Decimal) else each for each in (value, limit)]
    return {"name": name, "value": shown[0], "op": "==", "limit": shown[1], "ok": value == limit}


if __name__ == "__main__":
    sys.exit(main())
