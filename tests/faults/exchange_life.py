"""A small bot living a whole order's life on the simulated exchange, and what must hold after it.

The bot is the real one (engine, runner, recorder, python-binance); its strategy follows a script
and its clock is the exchange's own, which this module moves.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import requests
from aiohttp import web

from trader.domain import events
from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.market import Market
from trader.domain.money import ZERO
from trader.domain.signal import Action, Signal
from trader.domain.symbol import SymbolRules
from trader.exchange.binance import (
    BinanceExchange,
    BinanceFeed,
    Connection,
    Timing,
    Waiting,
    signed_client,
    symbol_rules,
)
from trader.exchange.simulated.fees import Charged, Costs
from trader.exchange.simulated.listing import Listing
from trader.exchange.simulated.matching import Liquidity
from trader.exchange.simulated.server import Served, SimulatedExchange
from trader.order_desk import id_prefix
from trader.ports import History, Unreachable
from trader.risk import RiskLimits
from trader.runner import Idle, Log, Plan, Session, read_book, run
from trader.store import Reader, Recorder

STEP = timedelta(minutes=15)
START = datetime(2024, 1, 1, tzinfo=UTC)
CASH = Decimal(10_000)
TIMEOUT = 0.2  # seconds the bot waits for an answer
AFTER_CLOSE = timedelta(seconds=2)
RULES = SymbolRules(
    symbol="BTCUSDT",
    base_asset="BTC",
    quote_asset="USDT",
    tick_size=Decimal("0.01"),
    step_size=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    min_notional=Decimal(5),
)
MARKET = Market("faults", RULES.symbol, "15m", "USDT", "live")
# Number of the candle: what the strategy wants when it closes.
SCRIPT = {1: Action.ENTER, 2: Action.ENTER, 3: Action.EXIT, 4: Action.ENTER}
# The first trade ends at its stop, the second by a signal, the last stays open.
PRICES = [
    *[("100", "100.5", "99.5", "100")] * 2,
    ("100", "100.5", "90", "99"),
    *[("99", "100", "98", "99.5")] * 2,
    *[("99.5", "100.5", "98", "100")] * 4,
]


def candles_of(prices: Sequence[Sequence[str]]) -> list[Candle]:
    return [
        Candle(START + n * STEP, START + (n + 1) * STEP, *map(Decimal, (*row, "10")))
        for n, row in enumerate(prices)
    ]


CANDLES = candles_of(PRICES)
FIRST = 1  # candles closed when the bot starts


@dataclass
class Scripted:
    """Enters and leaves where the script says so, with a fixed stop and target."""

    wants: Mapping[int, Action] | Callable[[int], Action]
    stop: Decimal = Decimal(5)
    target: Decimal = Decimal(8)
    name: str = "scripted"
    window: int = 1

    def settings(self) -> Mapping[str, Any]:
        return {"stop": self.stop, "target": self.target}

    def see(self, candle: Candle) -> None:
        pass

    def decide(self, candle: Candle, *, holding: bool) -> Signal:
        number = (candle.open_time - START) // STEP
        script = self.wants
        wanted = script(number) if callable(script) else script.get(number, Action.HOLD)
        if wanted is (Action.ENTER if holding else Action.EXIT):
            wanted = Action.HOLD
        return Signal(wanted, f"script {number}", {}, self.stop, self.target)


class Lever(Protocol):
    """Moves the exchange's clock."""

    def now(self) -> datetime: ...
    def advance(self, seconds: float) -> None: ...


@dataclass
class NearLever:
    """Of an exchange in this process."""

    exchange: SimulatedExchange

    def now(self) -> datetime:
        return self.exchange.now

    def advance(self, seconds: float) -> None:
        self.exchange.advance(timedelta(seconds=seconds))


@dataclass
class FarLever:
    """Of an exchange in another process, by `levers` of its server."""

    root: str
    session: requests.Session = field(default_factory=requests.Session)
    known: datetime | None = None

    def now(self) -> datetime:
        if self.known is None:
            self.advance(0.0)
        assert self.known is not None
        return self.known

    def advance(self, seconds: float) -> None:
        url = f"{self.root}/levers/advance"
        text = self.session.post(url, data=repr(seconds), timeout=10).text
        self.known = datetime.fromisoformat(text)  # nobody else moves it while this bot runs


def levers(exchange: SimulatedExchange) -> list[web.RouteDef]:
    async def advance(request: web.Request) -> web.Response:
        exchange.advance(timedelta(seconds=float(await request.text())))
        return web.Response(text=exchange.now.isoformat())

    return [web.post("/levers/advance", advance)]


@dataclass
class Clock:
    """Time as the bot sees it: waiting for a candle moves the exchange's clock there."""

    lever: Lever
    until: datetime
    idle: Callable[[], None] = lambda: None
    skew: float = 0.0

    def time(self) -> float:
        return self.lever.now().timestamp() + self.skew

    def pause(self, seconds: float) -> bool:
        self.lever.advance(seconds)
        return True

    def until_close(self) -> bool:
        now = self.lever.now()
        if now >= self.until:
            for _ in range(4):  # what is still unsettled has its looks
                self.idle()
                self.lever.advance(20)
            return False
        closes = now - (now - START) % STEP + STEP
        self.lever.advance((closes - now).total_seconds() / 2)
        self.idle()
        left = (closes + AFTER_CLOSE - self.lever.now()).total_seconds()
        self.lever.advance(max(left, 0.0))
        return True


def make_exchange(
    candles: Sequence[Candle] = CANDLES,
    *,
    listing: Listing | None = None,
    charged: Charged = Charged.RECEIVED,
    liquidity: Liquidity | None = None,
) -> SimulatedExchange:
    """An account with cash alone, the clock just after the first candles."""
    exchange = SimulatedExchange(
        listing or RULES,
        "15m",
        candles,
        costs=Costs(Decimal("0.001"), Decimal("0.0002"), charged),
        cash=CASH,
        bnb=Decimal(5) if charged is Charged.BNB else ZERO,
        liquidity=liquidity,
    )
    exchange.now = candles[FIRST - 1].close_time + AFTER_CLOSE
    return exchange


@contextmanager
def plan_on(
    root: str,
    clock: Clock,
    open_log: Callable[[str], Log],
    history: Callable[[], History],
    *,
    wants: Mapping[int, Action] | Callable[[int], Action] = SCRIPT,
    pause_file: Path | None = None,
    key: tuple[str, str] = ("simulated-key", "simulated-secret"),
    timeout: float = TIMEOUT,
) -> Iterator[Plan]:
    """The bot on the exchange at `root`."""
    client = signed_client(f"{root}/api", *key, timeout)
    timing = Timing(pause=clock.pause, time=clock.time)
    connection = Connection(client, timing, pause_file)
    waiting = Waiting(until_close=clock.until_close, pause=clock.pause)
    idle = Idle()
    clock.idle = idle
    plain = signed_client(f"{root}/api", "", "", 5.0)
    rules = symbol_rules(plain, RULES.symbol)
    plain.session.close()
    try:
        yield Plan(
            market=MARKET,
            feed=BinanceFeed(connection, RULES.symbol, "15m", waiting),
            feed_name="binance",
            sessions=[Session("8.03", lambda: Scripted(wants))],
            exchange=lambda: BinanceExchange(rules, connection, id_prefix(MARKET)),
            limits=RiskLimits(),
            open_log=open_log,
            history=history,
            starting_balance=CASH,
            costs={},
            durable=True,
            announce=True,
            idle=idle,
        )
    finally:
        client.session.close()
        if threading.current_thread() is not threading.main_thread():
            client.loop.close()  # python-binance makes one for each thread and forgets it


def live(root: str, folder: Path, until: datetime, lever: Lever | None = None) -> None:
    """A bot in this process, recording to `folder`, until that time of the exchange."""
    clock = Clock(lever or FarLever(root), until)

    def open_log(version: str) -> Recorder:
        return Recorder("faults", version=version, mode="live", folder=folder)

    def history() -> Reader:
        return Reader("faults", folder=folder)

    to_the_end(root, clock, open_log, history, pause_file=folder / "pause.json")


def to_the_end(root: str, clock: Clock, *made_of: Any, **more: Any) -> None:
    """Run until the clock's end. A bot that cannot start for silence is started again, as its
    supervisor does.
    """
    for _ in range(5):
        try:
            with plan_on(root, clock, *made_of, **more) as plan:
                run(plan, lambda: False, lambda: None)
        except Unreachable:
            clock.pause(30)
            continue
        return
    raise AssertionError("the bot could not be started in five tries")


@contextmanager
def served(exchange: SimulatedExchange) -> Iterator[str]:
    """The root address of an exchange with its levers."""
    with Served(exchange, more=levers(exchange)) as server:
        yield server.root


class Recorded(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...


def faults_found(
    exchange: SimulatedExchange, book: Book, recorded: Sequence[Recorded]
) -> list[str]:  # fmt: skip
    """What is wrong between the bot's record and the exchange's books; nothing, if all is well."""
    venue, found = exchange.venue, []

    def same(what: str, bot: object, theirs: object) -> None:
        if bot != theirs:
            found.append(f"{what}: the bot has {bot}, the exchange {theirs}")

    same("cash", book.cash, venue.matching.cash)
    same("held", book.held, venue.matching.held)
    fills = [event.body for event in recorded if event.kind == events.ORDER_FILLED]
    same(
        "fills",
        sorted(body["fill_id"] for body in fills),
        sorted(f"{RULES.symbol}-{trade.number}" for trade in venue.trades),
    )
    client_ids = {each.number: each.client_id for each in venue.orders}
    theirs = {f"{RULES.symbol}-{t.number}": client_ids[t.order_number] for t in venue.trades}
    for body in fills:
        same(f"order of {body['fill_id']}", body["order_id"], theirs.get(body["fill_id"]))
    ids = [each.client_id for each in venue.orders]
    if len(ids) != len(set(ids)):
        found.append(f"an order was placed twice: {sorted(ids)}")
    intents = [e.body["order_id"] for e in recorded if e.kind == events.ORDER_SUBMITTED]
    found += [f"{each} was sent without an intent" for each in set(ids) - set(intents)]
    standing = sorted(each.client_id for each in venue.orders if each.open)
    same("live orders", sorted(book.orders), standing)
    kinds = sorted(each.kind for each in venue.orders if each.open)
    open_positions = [p for p in book.positions.values() if p.quantity]
    if len(book.positions) > 1:
        found.append(f"{len(book.positions)} positions are open")
    wanted = ["LIMIT_MAKER", "STOP_LOSS"] if open_positions else []
    same("protection", kinds, wanted)
    cash = [e.kind for e in recorded if e.kind.startswith("cash.")]
    same("cash events", cash, [events.CASH_DEPOSITED])
    price = venue.price
    same("equity", book.equity(price), book.deposits + book.realised + book.unrealised(price))
    return found


def check_folder(exchange: SimulatedExchange, folder: Path) -> list[str]:
    """`faults_found` of what a bot recorded to disk."""
    reader = Reader("faults", folder=folder)
    recorded: list[Any] = []
    while batch := reader.read(after=recorded[-1].seq if recorded else 0):
        recorded += batch
    wrong = faults_found(exchange, read_book(reader), recorded)
    if not recorded or recorded[-1].body.get("reason") != "finished":
        wrong.append("the bot did not live to the end")
    return wrong
