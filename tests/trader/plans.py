"""A small bot on a stretch of the demo market, wired with fakes at its edges."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from tests.trader.fakes import MemoryLog
from trader.domain.market import Market
from trader.exchange.paper import PaperExchange
from trader.exchange.simulated.fees import Costs
from trader.feed import demo
from trader.feed.demo import DemoFeed
from trader.risk import RiskLimits
from trader.runner import Plan, Session, run
from trader.strategy.adx_trend import AdxTrend, AdxTrendSettings

COSTS = Costs(Decimal("0.001"), Decimal("0.0002"))
# Enters easily and leaves soon: many trades in few candles.
QUICK = AdxTrendSettings(
    adx_threshold=18.0, adx_exit=17.0, ema_fast=5, ema_slow=12, stop_atr=1.2, target_atr=1.8
)


def session(version: str = "8.03", until: datetime | None = None) -> Session:
    return Session(version, lambda: AdxTrend(QUICK), until)


def open_time(number: int) -> datetime:
    """When the demo market's candle of this number opens."""
    return demo.START + number * timedelta(minutes=15)


def plan(
    log: MemoryLog,
    candles: int = 700,
    *,
    seed: int = 7,
    sessions: Sequence[Session] | None = None,
    announce: bool = False,
    durable: bool = False,
) -> Plan:
    def open_log(version: str) -> MemoryLog:
        log.version = version
        return log

    return Plan(
        market=Market("demo", demo.SYMBOL, demo.INTERVAL, "USDT", "demo"),
        feed=DemoFeed(seed, lambda: False, past=candles),
        feed_name="demo",
        sessions=sessions or [session()],
        exchange=lambda: PaperExchange(demo.RULES, COSTS),
        limits=RiskLimits(),
        open_log=open_log,
        history=lambda: log,
        starting_balance=Decimal(10_000),
        costs={"fee_rate": COSTS.fee_rate, "slippage": COSTS.slippage},
        durable=durable,
        announce=announce,
    )


def go(of: Plan) -> str:
    return run(of, lambda: False, lambda: None)
