"""What a candle costs the bot, and how fast it replays, beside backtesting.py.

python -m tests.benchmarks.engine [--quick] [--candles FILE]
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import talib

from tests.benchmarks import engine_rival
from trader.domain.candle import Candle
from trader.domain.events import STATE_SNAPSHOT
from trader.domain.market import Market
from trader.exchange.paper import PaperExchange
from trader.exchange.simulated.fees import Costs
from trader.feed import demo
from trader.feed.replay import read_candles
from trader.ports import Exchange, Feed
from trader.risk import RiskLimits
from trader.runner import Plan, Session, run
from trader.store import Ack, Reader, Recorder
from trader.strategy.adx_trend import WINDOW, AdxTrend
from trader.strategy.indicators import CandleWindow
from trader.strategy.versions import NEWEST

CASH = 10_000_000  # so much that backtesting.py's whole units cost it no precision
COSTS = Costs(Decimal("0.001"), Decimal("0.0002"))


class ListFeed:
    """Candles that are in memory already: reading a file is no part of either's time."""

    def __init__(self, candles: Sequence[Candle]) -> None:
        self._candles = candles

    def history(self, until: datetime | None, limit: int) -> Sequence[Candle]:
        return []

    def fresh(self, candle: Candle) -> bool:
        return True

    def candles(self, after: datetime | None) -> Iterator[Candle]:
        return iter(self._candles)


class PacedFeed(ListFeed):
    """Candles that come as in real time: when all that was recorded before has been moved.

    `settled()` waits for that. What a candle took is the time from its coming to `advanced`;
    what its decision took, the time to `decided`: fills taken in, orders recorded and sent.
    On every other candle one ADX is timed instead, at the same pace: what a processor that has
    just waited takes for it. That candle's own times do not count.
    """

    def __init__(self, candles: Sequence[Candle]) -> None:
        super().__init__(candles)
        self.settled: Callable[[], object] = _nothing
        self.began: list[int] = []
        self.decided: list[int] = []
        self.ended: list[int] = []
        self.adx: list[float] = []

    def candles(self, after: datetime | None) -> Iterator[Candle]:
        window = CandleWindow(WINDOW)
        for number, candle in enumerate(super().candles(after)):
            window.add(float(candle.high), float(candle.low), float(candle.close))
            self.settled()
            if number % 2 and number > WINDOW:
                self.adx.append(_adx_microseconds(window))
            self.began.append(time.perf_counter_ns())
            yield candle

    def advanced(self) -> None:
        self.ended.append(time.perf_counter_ns())

    def microseconds(self, ends: Sequence[int]) -> list[float]:
        """Sorted; of the candles whose window is full and before which no ADX was timed."""
        pairs = list(zip(self.began, ends, strict=True))[WINDOW::2]
        return sorted((end - begin) / 1000 for begin, end in pairs)


class TellingRecorder(Recorder):
    """Says when a snapshot comes: the decision on its candle is taken by then."""

    def __init__(self, told: list[int], version: str, folder: Path) -> None:
        super().__init__("engine", version=version, mode="replay", folder=folder)
        self._told = told

    def append(self, kind: str, body: Mapping[str, object], **about: Any) -> Ack:
        if kind == STATE_SNAPSHOT:
            self._told.append(time.perf_counter_ns())
        return super().append(kind, body, **about)


def plan(folder: Path, feed: Feed, *, durable: bool) -> Plan:
    def open_log(version: str) -> Recorder:
        if not isinstance(feed, PacedFeed):
            return Recorder("engine", version=version, mode="replay", folder=folder)
        recorder = TellingRecorder(feed.decided, version, folder)
        feed.settled = recorder.flush
        return recorder

    def exchange() -> Exchange:
        return PaperExchange(demo.RULES, COSTS)

    return Plan(
        market=Market("engine", demo.SYMBOL, demo.INTERVAL, "USDT", "replay"),
        feed=feed,
        feed_name="replay",
        sessions=[Session(NEWEST, lambda: AdxTrend(engine_rival.GIVEN))],
        exchange=exchange,
        limits=RiskLimits(),
        open_log=open_log,
        history=lambda: Reader("engine", folder=folder),
        starting_balance=Decimal(CASH),
        costs={"fee_rate": COSTS.fee_rate, "slippage": COSTS.slippage},
        durable=durable,
        announce=False,
    )


def replayed(candles: Sequence[Candle]) -> tuple[float, int, int]:
    """Seconds until the last event is in SQLite; events and trades recorded."""
    with tempfile.TemporaryDirectory(prefix="blotter-") as scratch:
        folder = Path(scratch)
        seconds = _time(
            lambda: run(plan(folder, ListFeed(candles), durable=False), _never, _nothing)
        )
        reader = Reader("engine", folder=folder)
        trades = len(reader.newest(limit=100_000, kind="trade.closed"))
        return seconds, reader.head().seq, trades


def decisions(
    candles: Sequence[Candle], *, durable: bool
) -> tuple[list[float], list[float], list[float]]:
    """Microseconds of candles whose window is full: the decision, all of it; and of one ADX.

    The decision: fills taken in, indicators, orders recorded and sent. All: its snapshot too.
    """
    with tempfile.TemporaryDirectory(prefix="blotter-") as scratch:
        feed = PacedFeed(candles)
        run(plan(Path(scratch), feed, durable=durable), _never, feed.advanced)
        return feed.microseconds(feed.decided), feed.microseconds(feed.ended), sorted(feed.adx)


def one_adx(candles: Sequence[Candle]) -> list[float]:
    """Microseconds of one ADX over a full window, again and again without a pause."""
    window, found = CandleWindow(WINDOW), list[float]()
    for number, candle in enumerate(candles):
        window.add(float(candle.high), float(candle.low), float(candle.close))
        if number >= WINDOW:
            found.append(_adx_microseconds(window))
    return sorted(found)


def _adx_microseconds(window: CandleWindow) -> float:
    high, low, close = window.high, window.low, window.close
    began = time.perf_counter_ns()
    talib.ADX(high, low, close, timeperiod=14)
    return (time.perf_counter_ns() - began) / 1000


class Bench:
    """One run: figures and bars as they come."""

    def __init__(self, candles: Sequence[Candle], *, rounds: int) -> None:
        self.candles = candles
        self.rounds = rounds
        self.figures: dict[str, float] = {}
        self.bars: list[dict[str, object]] = []

    def bar(self, name: str, value: float, op: str, limit: float) -> None:
        ok = value <= limit if op == "<=" else value == limit
        shown = {"name": name, "value": round(value, 3), "op": op, "limit": limit, "ok": ok}
        self.bars.append(shown)

    def deciding(self, count: int) -> None:
        """A candle's decision, in real time's manner (durable) and a replay's."""
        candles = self.candles[:count]
        hot = one_adx(candles)
        print(f"\none ADX over {WINDOW} candles without a pause: {_spread(hot)} us")
        self.figures["adx without a pause median us"] = round(statistics.median(hot), 2)
        for name, durable in (("recorded", False), ("orders synced to disk", True)):
            decided, whole, adx = decisions(candles, durable=durable)
            middle = statistics.median(adx)
            self.figures[f"adx at the same pace, {name}, median us"] = round(middle, 2)
            print(f"one ADX at the candles' pace, {name}: {_spread(adx)} us")
            print(f"{'a candle, us':32}{'median':>9}{'p99':>9}{'max':>11}{'x ADX':>11}{'x hot':>9}")
            for label, found in ((f"decided, {name}", decided), (f"whole, {name}", whole)):
                print(
                    f"{label:32}{statistics.median(found):>9.1f}{_p99(found):>9.1f}"
                    f"{found[-1]:>11,.1f}{_p99(found) / middle:>11.1f}"
                    f"{_p99(found) / statistics.median(hot):>9.1f}"
                )
                self.figures[f"candle {label} p99 ms"] = round(_p99(found) / 1000, 4)
            if not durable:  # the disk's own time, which is shown, is not the engine's
                at_pace = _p99(decided) / middle
                self.figures["decision p99 / an ADX at the same pace"] = round(at_pace, 1)
                self.bar(
                    "a candle's decision, recorded: p99 / one ADX's median",
                    _p99(decided) / statistics.median(hot), "<=", 50,
                )  # fmt: skip

    def replaying(self) -> None:
        """The whole file, by turns with backtesting.py."""
        data = engine_rival.frame(self.candles)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(self.rounds):
            began = time.perf_counter()
            their_trades = engine_rival.run(data, CASH)
            theirs.append(time.perf_counter() - began)
            seconds, events, trades = replayed(self.candles)
            ours.append(seconds)
        mine, other = statistics.median(ours), statistics.median(theirs)
        count = len(self.candles)
        print(f"\n{count:,} candles replayed{'':14}{'s':>8}{'candles/s':>12}{'trades':>8}")
        here = f"here, {events:,} events recorded"
        print(f"{here:34}{mine:>8.2f}{count / mine:>12,.0f}{trades:>8}")
        rival = f"backtesting.py {engine_rival.VERSION}, none"
        print(f"{rival:34}{other:>8.2f}{count / other:>12,.0f}{their_trades:>8}")
        self.figures |= {
            "candles": count,
            "events": events,
            "trades": trades,
            "backtesting.py trades": their_trades,
            "replay s": round(mine, 3),
            "backtesting.py s": round(other, 3),
        }
        # No bar: the other computes its indicators once for all candles and records nothing.
        self.figures["replay with full recording / backtesting.py"] = round(mine / other, 2)
        print(f"with full recording {mine / other:.1f} times backtesting.py's time")


def _spread(values: Sequence[float]) -> str:
    return f"median {statistics.median(values):.1f}, p99 {_p99(values):.1f}"


def _p99(values: Sequence[float]) -> float:
    return values[min(len(values) - 1, len(values) * 99 // 100)]


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _never() -> bool:
    return False


def _nothing() -> None:
    return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 30 seconds, says little")
    parser.add_argument("--candles", type=Path, help="a candle file; else 35,000 of the demo's")
    given = parser.parse_args()
    if given.candles is not None:
        candles = read_candles(given.candles)
    else:
        candles = list(islice(demo.generate(seed=7), 6_000 if given.quick else 35_000))
    bench = Bench(candles, rounds=1 if given.quick else 5)
    bench.deciding(2_500 if given.quick else 9_000)
    bench.replaying()
    print()
    for bar in bench.bars:
        sign = "ok " if bar["ok"] else "NOT"
        print(f"{sign} {bar['name']:56} {bar['value']:>8} {bar['op']} {bar['limit']}")
    ok = all(bar["ok"] for bar in bench.bars)
    result = {"name": "engine", "quick": given.quick, "figures": bench.figures}
    print(json.dumps(result | {"bars": bench.bars, "ok": ok}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
