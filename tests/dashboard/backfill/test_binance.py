"""`backfill binance`: the real python-binance client against the simulated exchange."""

import io
import json
import logging
import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from dashboard.backfill.candles import KIND, STREAM, bodies
from dashboard.backfill.fills import Fill, round_trips
from dashboard.management.commands._backfill_binance import Worth
from dashboard.models import Trade
from tests.faults import backfilling
from trader.exchange.binance import history
from trader.exchange.simulated.faults import Fault, Kind
from trader.exchange.simulated.fees import Costs
from trader.exchange.simulated.server import Served, SimulatedExchange
from trader.feed import demo
from trader.store import BulkWriter, Reader

pytestmark = pytest.mark.django_db

CANDLES = list(islice(demo.generate(seed=5), 400))
CASH = Decimal(1_000_000)


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedExchange]:
    """An account with money, at the exchange where the command looks for Binance."""
    costs = Costs(Decimal("0.001"), Decimal(0))
    made = SimulatedExchange(demo.RULES, demo.INTERVAL, CANDLES, costs=costs, cash=CASH)
    made.now = CANDLES[10].open_time
    with Served(made) as served:
        monkeypatch.setenv("BLOTTER_BINANCE_ADDRESS", served.address)
        monkeypatch.setenv("BLOTTER_API_KEY", made.keys.key)
        monkeypatch.setenv("BLOTTER_API_SECRET", made.keys.secret)
        yield made


def deal(exchange: SimulatedExchange, side: str, quantity: str = "0.01") -> None:
    order = {"symbol": demo.SYMBOL, "side": side, "type": "MARKET", "quantity": quantity}
    exchange.venue.place(order)
    exchange.advance(timedelta(minutes=15))


def lived(exchange: SimulatedExchange, trips: int = 3) -> None:
    for _ in range(trips):
        deal(exchange, "BUY")
        deal(exchange, "SELL")


def backfill(*words: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("backfill", "binance", "--symbol", demo.SYMBOL, "--json", *words, stdout=out)
    return dict(json.loads(out.getvalue()))


def events(folder: Path, kind: str) -> list[dict[str, Any]]:
    found = Reader("backfill-binance", folder=folder).read(0, 10_000)
    return [event.body for event in found if event.kind == kind]


def test_the_fills_become_round_trips(data: Path, exchange: SimulatedExchange) -> None:
    lived(exchange)
    deal(exchange, "BUY")
    found = backfill()
    assert (found["fills"]["recorded"], found["trades"]["recorded"]) == (7, 3)
    assert (found["open_fills"], found["unmatched_fills"]) == (1, [])
    assert {trade.source for trade in Trade.objects.all()} == {"backfill"}


def test_the_trades_gain_what_the_account_gained(data: Path, exchange: SimulatedExchange) -> None:
    lived(exchange)
    backfill()
    earned = sum(trade.net_pnl for trade in Trade.objects.all())
    rules = exchange.venue.listing.rules
    gained = sum(exchange.venue.balances()[rules.quote_asset]) - CASH
    assert Decimal(earned).scaleb(-8) == gained


def test_twice_adds_nothing(data: Path, exchange: SimulatedExchange) -> None:
    lived(exchange)
    backfill()
    head = Reader("backfill-binance", folder=data).head()
    again = backfill()
    assert (again["fills"]["recorded"], again["trades"]["recorded"]) == (0, 0)
    assert Reader("backfill-binance", folder=data).head() == head


def test_what_came_since_is_fetched_alone(data: Path, exchange: SimulatedExchange) -> None:
    lived(exchange)
    backfill()
    lived(exchange, trips=2)
    found = backfill()
    assert (found["fills"]["recorded"], found["trades"]["recorded"]) == (4, 2)


def test_cut_off_between_pages_it_goes_on_and_comes_to_the_same(
    data: Path, exchange: SimulatedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_PAGE", 2)
    monkeypatch.setattr(history, "_TRIES", 1)
    lived(exchange)
    exchange.faults.at_request(5, Fault(Kind.ERROR_503))
    with pytest.raises(CommandError, match="did not answer"):
        backfill()
    assert 0 < len(events(data, "fill.recorded")) < 6
    found = backfill()
    ids = [body["exchange_trade_id"] for body in events(data, "fill.recorded")]
    assert (len(ids), len(set(ids)), found["trades"]["all"]) == (6, 6, 3)


def test_killed_anywhere_it_goes_on_and_comes_to_the_same() -> None:
    """By kill -9, in processes of their own, at seeded steps: among the fills, then after the
    trades were recorded."""
    outcome = backfilling.run(2, seed=10)
    assert outcome.kills > 1
    assert (outcome.lost, outcome.twice, outcome.other, outcome.broken_chains) == (0, 0, 0, 0)


@pytest.mark.parametrize("kind", [Kind.LIMIT_429, Kind.BAN_418])
def test_the_exchange_is_waited_for_as_long_as_it_says(
    data: Path, exchange: SimulatedExchange, kind: Kind
) -> None:
    lived(exchange)
    exchange.faults.on("GET", "/api/v3/myTrades", Fault(kind, seconds=7))
    waits: list[float] = []
    asked = history.History(_address(), exchange.keys.key, exchange.keys.secret, pause=waits.append)
    assert sum(len(page) for page in asked.trades(demo.SYMBOL, None)) == 6
    assert waits == [7.0]


def _address() -> str:
    return os.environ["BLOTTER_BINANCE_ADDRESS"]


def test_a_wrong_clock_is_set_by_the_exchange(data: Path, exchange: SimulatedExchange) -> None:
    lived(exchange)
    exchange.faults.on("GET", "/api/v3/myTrades", Fault(Kind.CLOCK_1021))
    waits: list[float] = []
    asked = history.History(_address(), exchange.keys.key, exchange.keys.secret, pause=waits.append)
    assert sum(len(page) for page in asked.trades(demo.SYMBOL, None)) == 6


def test_a_key_that_opens_nothing_is_told_at_once(
    data: Path, exchange: SimulatedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOTTER_API_KEY", "another-key-of-nobody")
    with pytest.raises(CommandError, match="Invalid API-key") as refused:
        backfill()
    assert refused.value.returncode == 2


def test_without_a_key_it_says_where_it_belongs(
    data: Path, exchange: SimulatedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BLOTTER_API_KEY")
    with pytest.raises(CommandError, match="BLOTTER_API_KEY"):
        backfill()


def test_no_secret_is_logged_or_recorded(
    data: Path, exchange: SimulatedExchange, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    lived(exchange)
    backfill()
    secrets = (exchange.keys.key, exchange.keys.secret)
    recorded = b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
    assert not any(secret in caplog.text or secret.encode() in recorded for secret in secrets)


def _fill(number: int, side: str, quantity: str, asset: str = "USDT", fee: str = "0") -> Fill:
    return Fill(
        number, number * 60_000_000, side == "buy", Decimal(100), Decimal(quantity), Decimal(fee),
        asset,
    )  # fmt: skip


def nothing(asset: str, time: int) -> Decimal | None:
    return None


def test_bnb_is_named_and_in_no_result() -> None:
    fills = [_fill(1, "buy", "1", "BNB", "0.01"), _fill(2, "sell", "1", "BNB", "0.02")]
    (trip,) = round_trips(fills, "BTC", "USDT", nothing).trips
    assert (trip.other_fees, trip.fee, trip.net_pnl) == (
        {"BNB": Decimal("0.03")},
        Decimal(0),
        Decimal(0),
    )


def test_bnb_is_valued_where_its_candle_is_known() -> None:
    fills = [_fill(1, "buy", "1", "BNB", "0.01"), _fill(2, "sell", "1", "BNB", "0.02")]
    (trip,) = round_trips(fills, "BTC", "USDT", lambda *_: Decimal(300)).trips
    assert (dict(trip.other_fees), trip.fee, trip.net_pnl) == ({}, Decimal(9), Decimal(-9))


def test_a_fee_in_the_base_asset_is_bought_and_never_sold() -> None:
    fills = [_fill(1, "buy", "1", "BTC", "0.001"), _fill(2, "sell", "0.999")]
    (trip,) = round_trips(fills, "BTC", "USDT", nothing).trips
    assert (trip.fee, trip.net_pnl, trip.sold) == (
        Decimal("0.1"),
        Decimal("-0.1"),
        Decimal("0.999"),
    )


def test_several_buys_and_sells_are_one_trip() -> None:
    sides = [("buy", "1"), ("buy", "2"), ("sell", "1.5"), ("buy", "1"), ("sell", "2.5")]
    fills = [_fill(n, *each) for n, each in enumerate(sides)]
    paired = round_trips(fills, "BTC", "USDT", nothing)
    assert ([len(trip.fills) for trip in paired.trips], paired.open) == ([5], None)


def test_what_was_never_bought_here_makes_no_trade() -> None:
    fills = [_fill(1, "sell", "3"), _fill(2, "buy", "1"), _fill(3, "sell", "2")]
    paired = round_trips(fills, "BTC", "USDT", nothing)
    assert (paired.trips, [fill.fill_id for fill in paired.unmatched]) == ([], [1, 3])


def test_bnb_is_worth_the_close_of_its_minute(data: Path) -> None:
    opened = 1_704_067_260_000
    candles = {opened: ("310", "320", "300", "315.5", "1")}
    with BulkWriter("backfill", version="m", mode="live", folder=data, stream=STREAM) as writer:
        for ref, closed, told in bodies("BNBUSDT", "1m", candles, {}):
            writer.append(KIND, told, ref=ref, occurred_at=closed)
    worth = Worth(data, "USDT")
    assert worth("BNB", opened * 1000 + 59_999_999) == Decimal("315.5")
    assert worth("BNB", opened * 1000 + 60_000_000) is None
