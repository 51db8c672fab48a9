"""The real python-binance client against the simulated exchange: nothing of it is patched."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice

import pytest

from trader.domain.candle import Candle
from trader.exchange import binance
from trader.exchange.binance import BinanceFeed, Connection, Timing, Waiting
from trader.exchange.simulated.faults import Fault, Kind
from trader.exchange.simulated.server import Served, SimulatedExchange
from trader.feed import demo
from trader.ports import Unreachable

CANDLES = list(islice(demo.generate(seed=5), 2600))


@pytest.fixture
def exchange() -> SimulatedExchange:
    return SimulatedExchange(demo.RULES, demo.INTERVAL, CANDLES)


@pytest.fixture
def address(exchange: SimulatedExchange) -> Iterator[str]:
    with Served(exchange) as served:
        yield served.address


@dataclass
class Clock:
    """Moves the exchange's clock by a candle at each wait; stops when `closes` is used up."""

    exchange: SimulatedExchange
    closes: int = 0
    pauses: list[float] = field(default_factory=list)

    def until_close(self) -> bool:
        self.closes -= 1
        self.exchange.now += timedelta(minutes=15)
        return self.closes >= 0

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return len(self.pauses) < 5

    def waiting(self) -> Waiting:
        return Waiting(until_close=self.until_close, pause=self.pause)


def feed(address: str, clock: Clock, symbol: str = demo.SYMBOL) -> BinanceFeed:
    timing = Timing(pause=clock.pause)
    connection = Connection(binance.public_client(address), timing)
    return BinanceFeed(connection, symbol, demo.INTERVAL, clock.waiting())


def numbers(candles: list[Candle]) -> list[int]:
    return [demo.number_of(candle.open_time) for candle in candles]


def test_candles_come_back_to_the_digit(address: str, exchange: SimulatedExchange) -> None:
    past = feed(address, Clock(exchange)).history(CANDLES[99].open_time, 100)
    assert past == CANDLES[:100]


def test_a_long_history_is_fetched_in_pages(address: str, exchange: SimulatedExchange) -> None:
    past = feed(address, Clock(exchange)).history(CANDLES[2499].open_time, 2500)
    assert numbers(past) == list(range(2500))


def test_a_first_start_is_given_the_newest_closed_candles(
    address: str, exchange: SimulatedExchange
) -> None:
    exchange.now = CANDLES[500].open_time + timedelta(minutes=4)
    assert numbers(feed(address, Clock(exchange)).history(None, 3)) == [497, 498, 499]


def test_what_was_missed_comes_first(address: str, exchange: SimulatedExchange) -> None:
    exchange.now = CANDLES[20].open_time
    candles = feed(address, Clock(exchange)).candles(CANDLES[9].open_time)
    assert numbers(list(candles)) == list(range(10, 20))


def test_then_each_candle_comes_at_its_close(address: str, exchange: SimulatedExchange) -> None:
    exchange.now = CANDLES[20].open_time + timedelta(seconds=2)
    candles = feed(address, Clock(exchange, closes=3)).candles(CANDLES[18].open_time)
    assert numbers(list(candles)) == [19, 20, 21, 22]


def test_only_the_candle_that_has_just_closed_is_fresh(
    address: str, exchange: SimulatedExchange
) -> None:
    exchange.now = CANDLES[20].open_time + timedelta(seconds=2)
    live = feed(address, Clock(exchange))
    fresh = [live.fresh(candle) for candle in live.candles(CANDLES[16].open_time)]
    assert fresh == [False, False, True]


def test_an_open_candle_is_never_given(address: str, exchange: SimulatedExchange) -> None:
    exchange.now = CANDLES[20].close_time - timedelta(milliseconds=1)
    candles = feed(address, Clock(exchange)).candles(CANDLES[18].open_time)
    assert numbers(list(candles)) == [19]


def test_an_exchange_in_trouble_is_asked_again(address: str, exchange: SimulatedExchange) -> None:
    exchange.now = CANDLES[20].open_time
    exchange.faults.on("GET", "/klines", Fault(Kind.ERROR_503), times=3)
    clock = Clock(exchange)
    assert numbers(list(feed(address, clock).candles(CANDLES[18].open_time))) == [19]
    assert clock.pauses == [2.0, 4.0, 8.0]


def test_trouble_does_not_outlast_the_order_to_stop(
    address: str, exchange: SimulatedExchange
) -> None:
    exchange.faults.on("GET", "/klines", Fault(Kind.HTML_502), times=1000)
    clock = Clock(exchange)
    assert list(feed(address, clock).candles(CANDLES[18].open_time)) == []
    assert len(clock.pauses) == 5


def test_the_symbols_rules_are_its_filters(address: str) -> None:
    told = binance.symbol_rules(binance.public_client(address), demo.SYMBOL)
    assert told == replace(demo.RULES, max_quantity=Decimal(9000))


def test_an_unknown_symbol_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="lists no symbol 'NOUSDT'"):
        binance.symbol_rules(binance.public_client(address), "NOUSDT")


def test_an_exchange_that_cannot_be_reached_is_named() -> None:
    with pytest.raises(Unreachable, match="did not tell the rules"):
        binance.symbol_rules(binance.public_client("http://127.0.0.1:9/api"), demo.SYMBOL)


def test_r12_a_clock_that_is_set_back_gives_no_candle_twice(
    address: str, exchange: SimulatedExchange
) -> None:
    exchange.now = CANDLES[20].open_time
    clock = Clock(exchange, closes=3)
    found = []
    for candle in feed(address, clock).candles(CANDLES[16].open_time):
        found.append(candle)
        if len(found) == 4:
            exchange.now -= timedelta(hours=1)
    assert numbers(found) == list(range(17, 17 + len(found)))
    assert len(found) >= 4
