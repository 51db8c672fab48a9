"""Runs a bot: one session a version, each rebuilt from the stream's own events.

A session reads what the stream already tells, goes on after the last candle that is recorded, and
appends nothing where there is nothing new; so the same command can be given again at any time.
"""

import logging
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from trader.domain import events
from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.market import Market
from trader.engine import Engine
from trader.ports import EventLog, Exchange, Feed, History, Strategy
from trader.risk import RiskLimits
from trader.risk_gate import RiskGate

log = logging.getLogger(__name__)

_BATCH = 1000


class OtherHistory(Exception):
    """The feed's candles are not those the stream was recorded on."""


class Log(EventLog, AbstractContextManager["Log"], Protocol):
    """An event log that is open while a session runs and can be read back."""

    def flush(self, timeout: float = ...) -> bool: ...


@dataclass(frozen=True, slots=True)
class Session:
    """One version of the bot, trading up to and with the candle opened at `until` (or on)."""

    version: str
    strategy: Callable[[], Strategy]
    until: datetime | None = None


class Idle:
    """What is done while the bot waits for a candle; the session that runs says what."""

    def __init__(self) -> None:
        self.work: Callable[[], None] | None = None

    def __call__(self) -> None:
        if self.work is not None:
            self.work()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a bot is made of; `bootstrap` makes it from settings, tests by hand.

    `durable`: whether order intents and fills are synced to the disk, as real time deserves.
    `announce`: whether the bot says that it started before its first candle comes.
    `gate`: who says whether it may trade; nobody limits it where there is none.
    `idle`: what whoever waits for a candle calls meanwhile, in the bot's own thread.
    `wind_down`: ends the schedule and the notices, after the last candle and before the log.
    """

    market: Market
    feed: Feed
    feed_name: str
    sessions: Sequence[Session]
    exchange: Callable[[], Exchange]
    limits: RiskLimits
    open_log: Callable[[str], Log]
    history: Callable[[], History]
    starting_balance: Decimal
    costs: dict[str, Decimal]
    durable: bool
    announce: bool
    gate: Callable[[], RiskGate | None] = lambda: None
    idle: Idle = field(default_factory=Idle)
    wind_down: Callable[[], None] = lambda: None


def run(plan: Plan, stopping: Callable[[], bool], advanced: Callable[[], None]) -> str:
    """Trade until the feed ends ("finished") or `stopping()` says so ("interrupted").

    `advanced` is called after each candle. Raises OtherHistory, and whatever the feed, the
    exchange or the event log raise at start.
    """
    for session in plan.sessions:
        if stopping() or _run_session(plan, session, stopping, advanced) == "interrupted":
            return "interrupted"
    return "finished"


def _run_session(
    plan: Plan, session: Session, stopping: Callable[[], bool], advanced: Callable[[], None]
) -> str:
    with plan.open_log(session.version) as event_log:
        book = read_book(plan.history())
        if session.until and book.last_candle and book.last_candle >= session.until:
            return "finished"
        strategy = session.strategy()
        last = _warm_up(plan, book, strategy)
        exchange = plan.exchange()
        engine = Engine(
            plan.market,
            book=book,
            event_log=event_log,
            exchange=exchange,
            strategy=strategy,
            limits=plan.limits,
            durable=plan.durable,
            fresh=plan.feed.fresh,
            gate=plan.gate(),
        )
        plan.idle.work = lambda: engine.attend(exchange.time(_present(plan, book)))
        return _trade(plan, session, engine, strategy, last, stopping, advanced)


def _trade(
    plan: Plan,
    session: Session,
    engine: Engine,
    strategy: Strategy,
    last: datetime | None,
    stopping: Callable[[], bool],
    advanced: Callable[[], None],
) -> str:
    candles = _until(plan.feed.candles(last), session.until)
    started = plan.announce
    if started:
        _start(plan, engine, strategy, datetime.now(UTC))
    reason, at = "failed", datetime.now(UTC)
    try:
        for candle in candles:
            if not started:
                _start(plan, engine, strategy, candle.open_time)
                started = True
            engine.on_candle(candle)
            at = candle.close_time
            advanced()
            if stopping():
                break
        reason = "interrupted" if stopping() else "finished"
    finally:
        if started:
            body = {"reason": reason, "account": plan.market.account}
            engine.record(events.BOT_STOPPED, body, at)
        plan.idle.work = None
        plan.wind_down()
    return reason


def _present(plan: Plan, book: Book) -> datetime:
    """Now; on a market with a clock of its own, its last candle."""
    if plan.announce or book.last_candle is None:
        return datetime.now(UTC)
    return book.last_candle


def _until(candles: Iterator[Candle], until: datetime | None) -> Iterator[Candle]:
    for candle in candles:
        yield candle
        if candle.open_time == until:
            return


def read_book(history: History) -> Book:
    """The book as the stream tells it: the newest snapshot and all that came after it."""
    snapshots = history.newest(limit=1, kind=events.STATE_SNAPSHOT)
    book, after = Book(), 0
    if snapshots:
        book = Book.from_snapshot(snapshots[0].body)
        after = snapshots[0].seq
    while batch := history.read(after=after, limit=_BATCH):
        book.apply_all(batch)
        after = batch[-1].seq
    return book


def _warm_up(plan: Plan, book: Book, strategy: Strategy) -> datetime | None:
    """Show the strategy its past; answers after which candle the feed goes on."""
    past = plan.feed.history(book.last_candle, strategy.window)
    if book.last_candle is not None and (
        not past
        or past[-1].open_time != book.last_candle
        or past[-1].close != book.last_price
    ):  # fmt: skip
        found = f"{past[-1].open_time} closed at {past[-1].close}" if past else "no candle"
        raise OtherHistory(
            f"The stream {plan.market.bot!r} was recorded up to the candle of {book.last_candle} "
            f"that closed at {book.last_price}, but the feed's newest candle up to then is "
            f"{found}. These are other candles: give the bot another name with --bot."
        )
    for candle in past:
        strategy.see(candle)
    return past[-1].open_time if past else None


def _start(plan: Plan, engine: Engine, strategy: Strategy, at: datetime) -> None:
    """Say what starts and with which settings, pay in at the first start, then recover."""
    market = plan.market
    body = {
        "strategy": strategy.name,
        "symbol": market.symbol,
        "interval": market.interval,
        "quote_asset": market.quote_asset,
        "account": market.account,
        "feed": plan.feed_name,
        "software": f"Python {platform.python_version()}",
    }
    engine.record(events.BOT_STARTED, body, at)
    given: dict[str, Any] = dict(strategy.settings()) | {
        "risk_fraction": plan.limits.risk_fraction,
        "exposure_fraction": plan.limits.exposure_fraction,
        **engine.gate.limits.settings(),
        **plan.costs,
    }
    engine.record(events.SETTINGS_CHANGED, {"settings": given}, at)
    if engine.book.last_candle is None and engine.book.deposits == 0:
        deposit = {
            "asset": market.quote_asset,
            "amount": plan.starting_balance,
            "account": market.account,
        }
        engine.record(events.CASH_DEPOSITED, deposit, at)
    engine.recover()
