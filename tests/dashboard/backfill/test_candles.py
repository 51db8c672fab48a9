"""`backfill candles`, as a user runs it: into a real store, onto real rows."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from dashboard.models import Measurement, Trade
from dashboard.projection import projector
from trader.domain.candle import Candle, to_milliseconds
from trader.exchange.simulated.server import Served, SimulatedExchange
from trader.feed import demo
from trader.store import Reader, Recorder

pytestmark = pytest.mark.django_db

CANDLES = list(islice(demo.generate(seed=5), 1500))
FIRST = 400  # the candle in which the trade is entered, at its opening
LAST = 420  # and the one in which it is left


def write(path: Path, candles: list[Candle]) -> Path:
    rows = [
        f"{to_milliseconds(c.open_time)},{c.open},{c.high},{c.low},{c.close},{c.volume}"
        for c in candles
    ]
    path.write_text("open_time,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("candles") / "candles.csv", CANDLES)


def record(folder: Path, trade_id: str = "t1", stream: str = "imports", **more: Any) -> None:
    """A trade as an import records it: without excursions."""
    first, last = CANDLES[FIRST], CANDLES[LAST]
    with Recorder("legacy", version="7.9", mode="live", folder=folder, stream=stream) as recorder:
        facts: dict[str, Any] = {
                "trade_id": trade_id, "symbol": demo.SYMBOL, "side": "long", "quantity": "0.5",
                "entry_time": first.open_time, "exit_time": last.open_time + timedelta(minutes=3),
                "entry_price": first.open, "exit_price": last.open, "fee": "1",
                "net_pnl": (last.open - first.open) / 2 - 1, "quote_asset": "USDT",
                "account": "live",
        }  # fmt: skip
        recorder.trade(**(facts | more))


def backfill(*words: str, code: int = 0) -> dict[str, Any]:
    out = io.StringIO()
    found = 0
    try:
        call_command(
            "backfill", "candles", "--symbol", demo.SYMBOL, "--interval", "15m", "--json", *words,
            stdout=out,
        )  # fmt: skip
    except CommandError as error:
        found = error.returncode
    assert found == code
    return dict(json.loads(out.getvalue())) if out.getvalue() else {}


def test_a_trade_gets_what_its_record_left_open(data: Path, file: Path) -> None:
    record(data)
    found = backfill("--file", str(file))
    assert (found["measured"], found["candles"]["recorded"]) == (1, 1500)
    inside = CANDLES[FIRST:LAST]
    entry = CANDLES[FIRST].open
    trade = Trade.objects.get()
    worst = min(*(c.low for c in inside), CANDLES[LAST].open)
    assert trade.mae == int((worst - entry) / 2 * 10**8)
    assert trade.regime in {f"{a}, {b}" for a in ("trend", "range") for b in ("calm", "volatile")}
    assert (trade.excursions_from, trade.regime_from) == ("15m", "15m")


def test_twice_adds_nothing(data: Path, file: Path) -> None:
    record(data)
    backfill("--file", str(file))
    heads = [Reader(name, folder=data).head().seq for name in ("candles", "backfill")]
    again = backfill("--file", str(file))
    assert (again["candles"]["known"], again["measured"]) == (1500, 0)
    assert [Reader(name, folder=data).head().seq for name in ("candles", "backfill")] == heads


def record_early(folder: Path) -> None:
    """A trade with too few candles before it for its market to be known."""
    first, last = CANDLES[100], CANDLES[120]
    record(
        folder, entry_time=first.open_time, exit_time=last.open_time, entry_price=first.open,
        exit_price=last.open,
    )  # fmt: skip


def test_twice_adds_nothing_where_the_market_stays_unknown(data: Path, file: Path) -> None:
    record_early(data)
    assert [backfill("--file", str(file))["measured"] for _ in range(2)] == [1, 0]


def test_longer_candles_replace_no_shorter_ones(data: Path, file: Path) -> None:
    record_early(data)
    backfill("--file", str(file))
    hours = [
        Candle(
            each[0].open_time, each[-1].close_time, each[0].open, max(c.high for c in each),
            min(c.low for c in each), each[-1].close, sum((c.volume for c in each), Decimal(0)),
        )
        for each in (CANDLES[at : at + 4] for at in range(0, 400, 4))
    ]  # fmt: skip
    backfill("--file", str(write(file.with_name("hours.csv"), hours)), "--interval", "1h")
    assert Trade.objects.get().excursions_from == "15m"


def test_what_was_recorded_stands(data: Path, file: Path) -> None:
    record(data, mae="-1.5", mfe="2.5")
    backfill("--file", str(file))
    trade = Trade.objects.get()
    assert (trade.mae, trade.mfe, trade.excursions_from) == (-150_000_000, 250_000_000, "")
    assert trade.regime_from == "15m"


def test_the_statistics_know_the_excursions(data: Path, file: Path, page: Any) -> None:
    record(data)
    projector.project()
    assert page.get("/api/stats").json()["average_mae"] is None
    backfill("--file", str(file))
    assert Decimal(page.get("/api/stats").json()["average_mae"]) == Decimal(
        Trade.objects.get().mae or 0
    ).scaleb(-8)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_marks_what_candles_told(
    data: Path, file: Path, tmp_path: Path, form: str
) -> None:
    """As derived, by their interval; what the bot recorded has no such mark, and comes back."""
    record(data)
    quarter = (CANDLES[LAST].open - CANDLES[FIRST].open) / 4 - 1
    record(data, "t2", stream="bot", mae="-7", mfe="9", quantity="0.25", net_pnl=quarter)
    backfill("--file", str(file))
    path = tmp_path / f"trades.{form}"
    call_command("export_trades", "--output", str(path))
    text = path.read_text()
    rows = list(csv.DictReader(io.StringIO(text))) if form == "csv" else json.loads(text)["trades"]
    told = {row["trade_id"]: (row["excursions_from"] or "", row["mae"]) for row in rows}
    assert told["t1"][0] == "15m"
    assert Decimal(told["t1"][1]) < 0
    assert told["t2"] == ("", "-7")
    assert {row["regime_from"] for row in rows} == {"15m"}
    out = io.StringIO()
    call_command("import_csv", str(path), json=True, stdout=out)
    assert json.loads(out.getvalue())["totals"]["duplicates"] == 2


def test_made_anew_the_rows_are_the_same(data: Path, file: Path) -> None:
    record(data)
    backfill("--file", str(file))
    names = ("mae", "mfe", "regime", "excursions_from", "regime_from")
    before = list(Trade.objects.values_list(*names))
    projector.start_over()
    projector.project()  # the stream "backfill" comes before "imports"
    assert list(Trade.objects.values_list(*names)) == before


def test_a_stream_that_vanished_takes_its_measures_along(data: Path, file: Path) -> None:
    record(data)
    backfill("--file", str(file))
    for path in (data / "events").glob("backfill*"):
        if path.is_file():
            path.unlink()
    projector.forget_vanished()
    assert Trade.objects.get().mae is None
    assert not Measurement.objects.exists()


def test_a_corrected_trade_is_measured_anew(data: Path, file: Path) -> None:
    record(data)
    backfill("--file", str(file))
    with Recorder("legacy", version="7.9", mode="live", folder=data, stream="imports") as recorder:
        recorder.append("trade.corrected", {"trade_id": "t1", "quantity": "1"}, ref="t1")
    projector.project()
    before = Measurement.objects.get().mae
    assert Trade.objects.get().mae is None
    backfill("--file", str(file))
    assert Trade.objects.get().mae == 2 * (before or 0)


def test_candles_that_say_otherwise_are_told_and_not_taken(data: Path, file: Path) -> None:
    backfill("--file", str(file))
    changed = [*CANDLES]
    one = CANDLES[7]
    changed[7] = Candle(
        one.open_time, one.close_time, one.open, one.high * 2, one.low, one.close, one.volume
    )
    found = backfill("--file", str(write(file.with_name("other.csv"), changed)), code=1)
    assert len(found["candles"]["differing"]) == 1


def test_a_half_recorded_day_is_completed(data: Path, file: Path) -> None:
    backfill("--file", str(write(file.with_name("half.csv"), CANDLES[:130])))
    assert backfill("--file", str(file))["candles"] == {
        "recorded": 1370,
        "known": 130,
        "differing": [],
    }


def test_a_gap_leaves_its_trades_open(data: Path, file: Path) -> None:
    record(data)
    gappy = [c for n, c in enumerate(CANDLES) if n != FIRST + 3]
    found = backfill("--file", str(write(file.with_name("gap.csv"), gappy)))
    assert found["not_measured"] == {"not covered": 1}
    assert Trade.objects.get().mae is None


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedExchange]:
    """A simulated exchange where the command looks for Binance."""
    exchange = SimulatedExchange(demo.RULES, demo.INTERVAL, CANDLES)
    with Served(exchange) as served:
        monkeypatch.setenv("BLOTTER_BINANCE_ADDRESS", served.address)
        yield exchange


def test_from_the_exchange_only_what_the_trades_need(
    data: Path, exchange: SimulatedExchange
) -> None:
    record(data)
    found = backfill()
    assert (found["candles"]["recorded"], found["measured"]) == (1500 - FIRST + 251, 1)


def test_a_symbol_nobody_lists_is_refused(data: Path, exchange: SimulatedExchange) -> None:
    with pytest.raises(CommandError, match="Invalid symbol") as refused:
        call_command(
            "backfill",
            "candles",
            "--symbol",
            "NOUSDT",
            "--interval",
            "15m",
            "--since",
            "2024-01-01",
        )
    assert refused.value.returncode == 2


def test_without_a_trade_that_lacks_anything_the_period_is_asked_for(data: Path) -> None:
    with pytest.raises(CommandError, match="give --since"):
        call_command("backfill", "candles", "--symbol", "BTCUSDT", "--interval", "15m")


def test_times_are_days_or_moments() -> None:
    with pytest.raises(CommandError, match="no ISO 8601 day"):
        call_command(
            "backfill", "candles", "--symbol", "X", "--interval", "1m", "--since", "yesterday"
        )


def test_a_trades_page_draws_the_candles_and_says_what_is_derived(
    data: Path, file: Path, page: Any
) -> None:
    record(data)
    backfill("--file", str(file))
    told = page.get("/api/trade", {"bot": "legacy", "trade_id": "t1"}).json()
    assert told["trade"]["excursions_from"] == "15m"
    opens = [candle["open"] for candle in told["candles"]]
    assert opens == [f"{c.open:f}" for c in CANDLES[FIRST - 48 : LAST + 25]]
