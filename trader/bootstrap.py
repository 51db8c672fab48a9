"""Wires the bot: which adapters stand behind the ports, from the settings. Nothing runs here."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from trader.control import Mailbox
from trader.domain.candle import parse_interval
from trader.domain.market import Market
from trader.domain.symbol import SymbolRules
from trader.exchange.paper import PaperExchange
from trader.exchange.simulated.fees import Costs
from trader.feed import demo
from trader.feed.demo import DemoFeed
from trader.feed.replay import ReplayFeed
from trader.files import with_files
from trader.notify import NotifyingLog
from trader.notify.channels import notifier_of
from trader.ports import Exchange, Feed
from trader.risk import RiskLimits
from trader.risk_gate import HaltLimits, RiskGate
from trader.runner import Idle, Log, Plan, Session
from trader.settings import BotSettings, SettingsTrouble, secret_values
from trader.store import Reader, Recorder
from trader.strategy.adx_trend import AdxTrend
from trader.strategy.versions import NEWEST, VERSIONS, settings_of

# What a replayed symbol is traded with, as Binance lists BTCUSDT: the file itself tells no rules.
_REPLAY_STEP = Decimal("0.00001")
_REPLAY_TICK = Decimal("0.01")
_MIN_NOTIONAL = Decimal(5)
_QUOTES = ("USDT", "USDC", "FDUSD", "TUSD", "BUSD", "BTC", "ETH", "BNB", "EUR", "TRY", "USD")


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a feed waits with: told to stop, not looked at, or with something to do meanwhile."""

    stop: threading.Event
    watched: Callable[[], bool]
    idle: Idle


class Orders(Protocol):
    """Where orders really go, and what the account there holds to begin with."""

    def exchange(self, market: Market) -> Exchange: ...
    def opening_balance(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class _Source:
    """A feed with all that hangs on which one it is; `end` ends its schedule."""

    feed: Feed
    mode: str
    bot: str
    rules: SymbolRules
    interval: str
    sessions: list[Session]
    real_time: bool
    candles: int | None
    end: Callable[[], None] = lambda: None
    orders: Orders | None = None


@contextmanager
def plan_of(
    settings: BotSettings,
    stop: threading.Event,
    watched: Callable[[], bool],
    account: str | None = None,
) -> Iterator[tuple[Plan, int | None]]:
    """The plan of one bot, and how many candles its feed has at full speed (None: not known).

    `account` is whose money it is, the mode's own where not given. `watched` says whether anybody
    looked at the dashboard of late; the demo pauses where not.
    Raises SettingsTrouble, BadCandleFile, Unreachable.
    """
    around = _Surroundings(stop, watched, Idle())
    match settings.feed:
        case "demo":
            yield _plan(settings, _demo(settings, around), around.idle, account)
        case "replay":
            yield _plan(settings, _replay(settings), around.idle, account)
        case "binance":
            with _binance(settings, around) as source:
                yield _plan(settings, source, around.idle, account)


def _plan(
    settings: BotSettings, source: _Source, idle: Idle, account: str | None
) -> tuple[Plan, int | None]:
    bot = settings.bot or source.bot
    market = Market(
        bot=bot,
        symbol=source.rules.symbol,
        interval=source.interval,
        quote_asset=source.rules.quote_asset,
        account=account or source.mode,
    )
    costs, real = Costs(settings.fee_rate, settings.slippage), source.orders
    notifier = notifier_of(settings, bot) if source.real_time else None

    def history() -> Reader:
        return Reader(bot, folder=settings.db)

    def open_log(version: str) -> Log:
        secrets = secret_values(settings)
        recorder = Recorder(
            bot, version=version, mode=source.mode, folder=settings.db, secrets=secrets
        )
        kept = with_files(recorder, history(), settings.state_file, settings.trades_log)
        if notifier is None:
            return kept
        return NotifyingLog(kept, notifier.tell, settings.summary_hour)

    def wind_down() -> None:
        source.end()
        if notifier is not None:
            notifier.close()

    plan = Plan(
        market=market,
        feed=source.feed,
        feed_name=settings.feed,
        sessions=source.sessions,
        exchange=lambda: _exchange(source, market, costs),
        limits=RiskLimits(settings.risk_fraction, settings.exposure_fraction),
        open_log=open_log,
        history=history,
        starting_balance=settings.starting_balance if real is None else real.opening_balance(),
        costs={"fee_rate": settings.fee_rate, "slippage": settings.slippage} if not real else {},
        durable=source.real_time,
        announce=source.real_time,
        gate=lambda: _gate(settings, source, market),
        idle=idle,
        wind_down=wind_down,
    )
    return plan, source.candles


def _exchange(source: _Source, market: Market, costs: Costs) -> Exchange:
    if source.orders is not None:
        return source.orders.exchange(market)
    return PaperExchange(source.rules, costs)


def _gate(settings: BotSettings, source: _Source, market: Market) -> RiskGate:
    """The limits as given; on a market of real time those not given are careful, else off."""
    careful, length = source.real_time, parse_interval(market.interval)

    def limit(given: Any, ordinary: Any) -> Any:
        return ordinary if given is None and careful else given

    limits = HaltLimits(
        daily_loss_fraction=limit(settings.daily_loss_fraction, Decimal("0.05")),
        drawdown_fraction=limit(settings.drawdown_fraction, Decimal("0.2")),
        losing_streak=limit(settings.losing_streak, 6),
        cooldown=settings.cooldown_candles * length,
        max_open_trades=settings.max_open_trades,
        stale_after=length,
    )
    clock = (lambda: datetime.now(UTC)) if careful else None
    mailbox = Mailbox(settings.db, market.bot)
    return RiskGate(limits, account=market.account, inbox=mailbox, clock=clock)


def _session(version: str, until: Any = None) -> Session:
    try:
        strategy_settings = settings_of(version)
    except ValueError as unknown:
        raise SettingsTrouble(str(unknown)) from unknown
    return Session(version, lambda: AdxTrend(strategy_settings), until)


def _demo(settings: BotSettings, around: _Surroundings) -> _Source:
    """Half a year, a third of it with each version; the newest then goes on live."""

    def wait() -> bool:
        while not around.stop.wait(settings.demo_pace):
            around.idle()
            if around.watched():
                return True
        return False

    if settings.version is not None:
        sessions = [_session(settings.version)]
    else:
        versions = list(VERSIONS)
        each = demo.PAST_CANDLES // len(versions)
        length = timedelta(minutes=15)
        ends = [demo.START + length * (each * number - 1) for number in range(1, len(versions))]
        sessions = [_session(*pair) for pair in zip(versions, [*ends, None], strict=True)]
    return _Source(
        feed=DemoFeed(settings.demo_seed, wait),
        mode="demo",
        bot="demo",
        rules=demo.RULES,
        interval=demo.INTERVAL,
        sessions=sessions,
        real_time=False,
        candles=demo.PAST_CANDLES,
    )


def _replay(settings: BotSettings) -> _Source:
    if settings.candles is None:
        raise SettingsTrouble("A replay needs a candle file: give --candles FILE.")
    feed = ReplayFeed(settings.candles)
    symbol = (settings.symbol or _symbol_in(settings.candles)).upper()
    return _Source(
        feed=feed,
        mode="replay",
        bot=replay_name(settings.candles),
        rules=_assumed_rules(symbol),
        interval=_written(feed.interval),
        sessions=[_session(settings.version or NEWEST)],
        real_time=False,
        candles=len(feed),
    )


@contextmanager
def _binance(settings: BotSettings, around: _Surroundings) -> Iterator[_Source]:
    # python-binance takes over a second to import: only who trades on Binance pays for it.
    from trader.exchange import binance
    from trader.scheduler import CandleClock

    symbol = (settings.symbol or "BTCUSDT").upper()
    mode = "live" if settings.live else "testnet" if settings.testnet else "paper"
    try:
        clock = CandleClock(settings.interval, around.stop, around.idle)
        account = binance.Account(
            symbol,
            address=settings.binance_address,
            testnet=settings.testnet,
            keys=_keys(settings),
            pause=clock.pause,
            pause_file=settings.db / "binance-pause.json",
        )
    except ValueError as wrong:
        raise SettingsTrouble(f"{wrong}.") from wrong

    def pause(seconds: float) -> bool:
        # While candles do not come, what stands is looked after all the same.
        around.idle()
        return clock.pause(seconds)

    with clock:
        waiting = binance.Waiting(until_close=clock.until_close, pause=pause)
        yield _Source(
            feed=binance.BinanceFeed(account.connection, symbol, settings.interval, waiting),
            mode=mode,
            bot=mode,
            rules=account.rules,
            interval=settings.interval,
            sessions=[_session(settings.version or NEWEST)],
            real_time=True,
            candles=None,
            end=clock.close,
            orders=account if settings.real_orders else None,
        )


def _keys(settings: BotSettings) -> tuple[str, str]:
    """Key and secret, where orders need them; what trades on paper shows nobody a key."""
    if not settings.real_orders:
        return "", ""
    given = (settings.api_key, settings.api_secret)
    key, secret = (each.get_secret_value() if each is not None else "" for each in given)
    return key, secret


def _assumed_rules(symbol: str) -> SymbolRules:
    quote = next((each for each in _QUOTES if symbol.endswith(each) and symbol != each), None)
    if quote is None:
        raise SettingsTrouble(
            f"The quote currency of {symbol!r} is not known: give --symbol as Binance writes it, "
            f"such as BTCUSDT."
        )
    return SymbolRules(
        symbol=symbol,
        base_asset=symbol.removesuffix(quote),
        quote_asset=quote,
        tick_size=_REPLAY_TICK,
        step_size=_REPLAY_STEP,
        min_quantity=_REPLAY_STEP,
        min_notional=_MIN_NOTIONAL,
    )


def _symbol_in(path: Path) -> str:
    match = re.match(r"[A-Za-z0-9]{5,20}(?=[_.-])", path.name)
    if match is None:
        raise SettingsTrouble(
            f"The symbol cannot be read off the file name {path.name!r}: give --symbol."
        )
    return match[0]


def replay_name(path: Path) -> str:
    stem = path.name.removesuffix(".gz").removesuffix(".csv")
    return "replay-" + re.sub(r"[^A-Za-z0-9_-]+", "-", stem)[:40].strip("-")


def _written(interval: timedelta) -> str:
    """An interval as it is written in candles' names, such as 15m."""
    seconds = int(interval.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
