"""The simulated exchange over HTTP, asked by the real python-binance client."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from config.environment import ROOT
from trader.domain.candle import Candle, to_milliseconds
from trader.domain.symbol import SymbolRules
from trader.exchange.binance.client import BinanceAPIException, signed_client
from trader.exchange.simulated.faults import Fault, Kind
from trader.exchange.simulated.fees import Charged, Costs
from trader.exchange.simulated.server import Served, SimulatedExchange

OPENED = datetime(2024, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=15)
RULES = SymbolRules(
    symbol="BTCUSDT",
    base_asset="BTC",
    quote_asset="USDT",
    tick_size=Decimal("0.01"),
    step_size=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    min_notional=Decimal(5),
)
# Open 100 each; then one falls to 85, one rises to 125.
PRICES = [(100, 101, 99, 100)] * 3 + [(100, 100, 85, 100), (100, 125, 99, 100), (100, 101, 99, 100)]


def candles() -> list[Candle]:
    return [
        Candle(OPENED + n * STEP, OPENED + (n + 1) * STEP, *map(Decimal, (*prices, 9)))
        for n, prices in enumerate(PRICES)
    ]


@pytest.fixture
def exchange() -> SimulatedExchange:
    costs = Costs(Decimal("0.001"), Decimal(0), Charged.RECEIVED)
    made = SimulatedExchange(RULES, "15m", candles(), costs=costs, cash=Decimal(1000))
    made.now = OPENED + 2 * STEP
    return made


@pytest.fixture
def client(exchange: SimulatedExchange) -> Iterator[Any]:
    with Served(exchange) as served:
        made = signed_client(served.address, exchange.keys.key, exchange.keys.secret, 0.3)
        made.timestamp_offset = to_milliseconds(exchange.now) - time.time() * 1000
        yield made
        made.session.close()


def advance(client: Any, exchange: SimulatedExchange, by: timedelta = STEP) -> None:
    exchange.advance(by)
    client.timestamp_offset += by / timedelta(milliseconds=1)


def buy(client: Any, quantity: str = "1", **more: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.create_order(
        symbol="BTCUSDT", side="BUY", type="MARKET", quantity=quantity, **more
    )
    return answer


def protect(client: Any, quantity: str = "0.999", stop: str = "90", target: str = "120") -> Any:
    return client.create_oco_order(
        symbol="BTCUSDT",
        side="SELL",
        quantity=quantity,
        aboveType="LIMIT_MAKER",
        abovePrice=target,
        aboveClientOrderId="target",
        belowType="STOP_LOSS",
        belowStopPrice=stop,
        belowClientOrderId="stop",
        listClientOrderId="list",
    )


def balances(client: Any) -> dict[str, tuple[str, str]]:
    told = client.get_account()["balances"]
    return {each["asset"]: (each["free"], each["locked"]) for each in told}


def test_a_market_order_is_filled_at_once_and_pays_its_fee_in_what_it_bought(client: Any) -> None:
    answer = buy(client)
    assert (answer["status"], answer["fills"][0]["commissionAsset"]) == ("FILLED", "BTC")
    assert balances(client)["BTC"] == ("0.99900000", "0.00000000")
    assert balances(client)["USDT"] == ("900.00000000", "0.00000000")


def test_a_pair_locks_what_it_sells_once(client: Any) -> None:
    buy(client)
    protect(client)
    assert balances(client)["BTC"] == ("0.00000000", "0.99900000")


@pytest.mark.parametrize(
    ("stop", "filled", "gone"), [("90", "stop", "target"), ("80", "target", "stop")]
)
def test_one_leg_of_a_pair_takes_the_other_away(
    client: Any, exchange: SimulatedExchange, stop: str, filled: str, gone: str
) -> None:
    buy(client)
    protect(client, stop=stop)
    advance(client, exchange, 3 * STEP)
    told = [client.get_order(symbol="BTCUSDT", origClientOrderId=each) for each in (filled, gone)]
    assert [each["status"] for each in told] == ["FILLED", "EXPIRED"]
    assert client.get_open_orders(symbol="BTCUSDT") == []


def test_a_cancelled_leg_takes_its_list_with_it(client: Any) -> None:
    buy(client)
    protect(client)
    client.cancel_order(symbol="BTCUSDT", origClientOrderId="stop")
    assert client.get_open_orders(symbol="BTCUSDT") == []
    assert client.v3_get_order_list(origClientOrderId="list")["listOrderStatus"] == "ALL_DONE"


def test_an_otoco_stands_its_legs_once_it_is_filled(
    client: Any, exchange: SimulatedExchange
) -> None:
    client.v3_post_order_list_otoco(
        symbol="BTCUSDT",
        workingType="LIMIT",
        workingSide="BUY",
        workingPrice="99.5",
        workingQuantity="1",
        workingTimeInForce="GTC",
        pendingSide="SELL",
        pendingQuantity="0.9",
        pendingAboveType="LIMIT_MAKER",
        pendingAbovePrice="120",
        pendingBelowType="STOP_LOSS",
        pendingBelowStopPrice="80",
    )
    before = {each["status"] for each in client.get_open_orders(symbol="BTCUSDT")}
    advance(client, exchange)
    after = {each["status"] for each in client.get_open_orders(symbol="BTCUSDT")}
    assert (before, after) == ({"NEW", "PENDING_NEW"}, {"NEW"})


def test_a_part_filled_market_order_expires(client: Any, exchange: SimulatedExchange) -> None:
    exchange.venue.matching.liquidity = lambda _order, left: left / 2
    answer = buy(client)
    assert (answer["status"], answer["executedQty"]) == ("EXPIRED", "0.50000000")


def test_fees_in_bnb_leave_the_whole_quantity(client: Any, exchange: SimulatedExchange) -> None:
    exchange.venue.matching.costs = Costs(Decimal("0.001"), Decimal(0), Charged.BNB, Decimal(500))
    exchange.venue.matching.bnb = Decimal(1)
    buy(client)
    assert balances(client)["BTC"][0] == "1.00000000"
    assert balances(client)["BNB"][0] == "0.99980000"


def test_a_client_order_id_is_free_again_once_its_order_is_filled(client: Any) -> None:
    buy(client, newClientOrderId="again")
    buy(client, newClientOrderId="again")
    assert len(client.get_my_trades(symbol="BTCUSDT")) == 2


def test_a_stop_limit_that_the_price_jumps_over_waits_at_its_limit(
    client: Any, exchange: SimulatedExchange
) -> None:
    buy(client)
    exchange.venue.moved_price = Decimal(105)
    client.create_order(
        symbol="BTCUSDT",
        side="SELL",
        type="STOP_LOSS_LIMIT",
        quantity="0.9",
        stopPrice="104",
        price="103",
        timeInForce="GTC",
        newClientOrderId="gap",
    )
    advance(client, exchange)
    told = client.get_order(symbol="BTCUSDT", origClientOrderId="gap")
    assert (told["status"], told["executedQty"]) == ("NEW", "0.00000000")


REFUSED = [
    ({"quantity": "0.0015"}, -1013, "LOT_SIZE"),
    ({"quantity": "1e-05"}, -1100, "Illegal"),
    ({"quantity": "0.123456789"}, -1111, "precision"),
    ({"quantity": "0.04"}, -1013, "NOTIONAL"),
    ({"quantity": "50"}, -2010, "insufficient balance"),
    ({"type": "LIMIT", "price": "100.001", "timeInForce": "GTC"}, -1013, "PRICE_FILTER"),
    ({"type": "LIMIT", "price": "900", "timeInForce": "GTC"}, -1013, "PERCENT_PRICE"),
    ({"type": "LIMIT", "price": "90"}, -1102, "timeInForce"),
    ({"type": "LIMIT_MAKER", "price": "101"}, -2010, "immediately match"),
    ({"type": "STOP_LOSS", "stopPrice": "99"}, -2010, "trigger immediately"),
    ({"newClientOrderId": "x" * 37}, -1100, "Illegal"),
    ({"symbol": "NOUSDT"}, -1121, "Invalid symbol"),
]


@pytest.mark.parametrize(("given", "code", "said"), REFUSED, ids=[each[2] for each in REFUSED])
def test_what_binance_refuses_is_refused(
    client: Any, given: dict[str, str], code: int, said: str
) -> None:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"} | given
    with pytest.raises(BinanceAPIException, match=said) as refused:
        client.create_order(**order)
    assert refused.value.code == code


@pytest.mark.parametrize(("late", "said"), [(5.5, "recvWindow"), (-1.5, "ahead")])
def test_a_wrong_clock_is_refused(client: Any, late: float, said: str) -> None:
    client.timestamp_offset -= late * 1000
    with pytest.raises(BinanceAPIException, match=said) as refused:
        client.get_account()
    assert refused.value.code == -1021


def test_a_wrong_secret_is_refused(client: Any) -> None:
    client.API_SECRET = "wrong"
    with pytest.raises(BinanceAPIException) as refused:
        client.get_account()
    assert refused.value.code == -1022


def test_too_many_requests_are_refused_then_banned(
    client: Any, exchange: SimulatedExchange
) -> None:
    exchange.limit.weight = 3
    client.get_server_time()
    statuses = []
    for _ in range(13):
        with pytest.raises(BinanceAPIException) as refused:
            client.get_account()
        statuses.append(refused.value.status_code)
    assert statuses == [429] * 10 + [418] * 3
    assert refused.value.response.headers["Retry-After"] == "120"


BEFORE_AND_AFTER = [
    (Kind.TIMEOUT, requests.ReadTimeout),
    (Kind.LOST, requests.ConnectionError),
    (Kind.RESET, requests.ConnectionError),
    (Kind.ERROR_503, BinanceAPIException),
    (Kind.ERROR_1007, BinanceAPIException),
    (Kind.HTML_502, BinanceAPIException),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("kind", "raised"), BEFORE_AND_AFTER)
def test_a_fault_strikes_before_or_after_the_order_took_effect(
    client: Any, exchange: SimulatedExchange, kind: Kind, raised: type[Exception], after: bool
) -> None:
    exchange.faults.on("POST", "/order", Fault(kind, after=after, seconds=0.5))
    with pytest.raises(raised):
        buy(client)
    assert len(exchange.venue.trades) == (1 if after else 0)


def test_a_slow_answer_comes_too_late(client: Any, exchange: SimulatedExchange) -> None:
    exchange.faults.on("POST", "/order", Fault(Kind.SLOW, seconds=0.5))
    with pytest.raises(requests.ReadTimeout):
        buy(client)
    assert len(exchange.venue.trades) == 1


def test_trades_are_asked_for_by_order_by_number_and_by_day(
    client: Any, exchange: SimulatedExchange
) -> None:
    first, second = buy(client), buy(client)
    by_order = client.get_my_trades(symbol="BTCUSDT", orderId=second["orderId"])
    by_number = client.get_my_trades(symbol="BTCUSDT", fromId=2)
    now = to_milliseconds(exchange.now)
    by_time = client.get_my_trades(symbol="BTCUSDT", startTime=now - 1, endTime=now)
    assert [each["orderId"] for each in by_order] == [second["orderId"]]
    assert [each["id"] for each in by_number] == [2]
    assert [each["orderId"] for each in by_time] == [first["orderId"], second["orderId"]]
    with pytest.raises(BinanceAPIException, match="More than 24 hours"):
        client.get_my_trades(symbol="BTCUSDT", startTime=0, endTime=now)


def test_it_runs_alone(tmp_path: Path) -> None:
    path = tmp_path / "candles.csv"
    rows = [
        ",".join(map(str, (to_milliseconds(c.open_time), c.open, c.high, c.low, c.close, c.volume)))
        for c in candles()
    ]
    path.write_text("open_time,open,high,low,close,volume\n" + "\n".join(rows))
    command = [sys.executable, "-m", "trader.exchange.simulated", "--candles", str(path)]
    with subprocess.Popen(
        [*command, "--port", "0"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        address = server.stderr.readline().split()[-1]
        try:
            listed = requests.get(f"{address}/v3/exchangeInfo", timeout=5).json()
        finally:
            server.kill()
    assert listed["symbols"][0]["symbol"] == "BTCUSDT"
