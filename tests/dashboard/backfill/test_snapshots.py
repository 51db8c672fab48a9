"""`backfill snapshots`: equity added up where nobody recorded it, and nowhere else."""

import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.backfill.equity import Result, history, thinned
from dashboard.models import EquityDay, EquityPoint
from dashboard.projection import projector
from tests.dashboard.builder import START
from tests.dashboard.builder import history as told
from trader.store import Reader, Recorder

NETS = ("10", "-4", "7.5")


def record(folder: Path, nets: tuple[str, ...] = NETS, *, first: int = 0) -> None:
    """One trade a day, an hour long."""
    with Recorder(
        "legacy", version="7.9", mode="live", folder=folder, stream="imports"
    ) as recorder:
        for number, net in enumerate(nets, start=first):
            left = START + timedelta(days=number, hours=12)
            recorder.trade(
                trade_id=f"t{number}", symbol="BTCUSDT", side="long", quantity="1",
                entry_time=left - timedelta(hours=1), exit_time=left, entry_price="1",
                exit_price="2", net_pnl=net, quote_asset="USDT", account="live",
            )  # fmt: skip


def backfill(*words: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("backfill", "snapshots", "--json", *words, stdout=out)
    return dict(json.loads(out.getvalue()))


@pytest.mark.django_db
class TestCommand:
    """Onto real rows."""

    def test_the_curve_is_the_results_added_up(self, data: Path, page: Client) -> None:
        record(data)
        backfill()
        answer = page.get("/api/equity").json()
        newest_first = [Decimal(item["equity"]) for item in answer["items"]]
        assert newest_first == [Decimal(each) for each in ("13.5", "6", "10", "0")]
        assert answer["derived"].startswith("derived from closed trades; deposits are not known")
        assert all(item["unrealised"] is None for item in answer["items"])

    def test_without_deposits_there_are_no_percentages(self, data: Path, page: Client) -> None:
        record(data)
        backfill()
        stats = page.get("/api/stats").json()
        assert (stats["max_drawdown"]["fraction"], stats["sharpe"]) == (None, None)

    def test_deposits_are_paid_in_not_gained(self, data: Path, page: Client) -> None:
        record(data)
        backfill("--deposit", "2025-12-01=1000", "--deposit", "2026-01-02=-100")
        newest = page.get("/api/equity").json()["items"][0]
        assert (newest["equity"], newest["deposits"], newest["realised"]) == (
            "913.5",
            "900",
            "13.5",
        )
        fall = page.get("/api/stats").json()["max_drawdown"]["fraction"]
        # A withdrawal is no fall: 4 lost of 1,010 (what was taken out was at work that day).
        assert fall == pytest.approx(-4 / 1010)

    def test_twice_adds_nothing(self, data: Path) -> None:
        record(data)
        stream = backfill("--deposit", "2025-12-01=1000")["accounts"][0]["stream"]
        head = Reader(stream, folder=data).head().seq
        assert backfill()["accounts"][0]["appended"] == 0
        assert backfill("--deposit", "2025-12-01=1000")["accounts"][0]["appended"] == 0
        assert Reader(stream, folder=data).head().seq == head

    def test_more_trades_go_on_where_it_ended(self, data: Path) -> None:
        record(data)
        backfill()
        record(data, ("1",), first=3)
        found = backfill()["accounts"][0]
        assert (found["appended"], found["equity"]) == (1, "14.5")

    def test_a_voided_trade_has_it_told_anew(self, data: Path) -> None:
        record(data)
        backfill()
        with Recorder(
            "legacy", version="7.9", mode="live", folder=data, stream="imports"
        ) as recorder:
            recorder.append("trade.voided", {"trade_id": "t1"}, ref="t1")
        backfill()
        equities = EquityPoint.objects.order_by("time").values_list("equity", flat=True)
        assert list(equities) == [0, 10 * 10**8, 1750000000]
        assert EquityDay.objects.count() == 2

    def test_made_anew_the_rows_are_the_same(self, data: Path) -> None:
        record(data)
        backfill()
        backfill("--deposit", "2025-12-01=1000")
        rows = ("time", "equity", "deposits")
        before = list(EquityPoint.objects.order_by("time").values_list(*rows))
        projector.start_over()
        projector.project(batch=3)
        assert list(EquityPoint.objects.order_by("time").values_list(*rows)) == before

    def test_what_a_bot_recorded_itself_stands(self, data: Path) -> None:
        with told(data, mode="live", account="live") as lived:
            lived.candles(60)
        found = backfill()
        assert (found["accounts"], [each["bot"] for each in found["recorded"]]) == ([], ["demo"])

    def test_an_accounts_recorded_equity_is_not_added_to(self, data: Path, page: Client) -> None:
        record(data)
        with told(data, mode="live", account="live") as lived:
            lived.candles(60)
        backfill()
        asked = {"mode": "live"}
        assert page.get("/api/equity", asked).json()["bots"] == ["demo"]
        own = page.get("/api/equity", {**asked, "bot": "legacy"}).json()
        assert own["items"][0]["equity"] == "13.5"

    def test_a_deposit_must_be_about_one_account(self, data: Path) -> None:
        with pytest.raises(CommandError, match="say which with --bot"):
            backfill("--deposit", "2025-12-01=1000")

    @pytest.mark.parametrize(
        "told_", ["1000", "2025-12-01=", "2025-12-01=nan", "2025-12-01=1e400", "yesterday=5"]
    )
    def test_a_deposit_that_says_nothing_is_refused(self, told_: str) -> None:
        with pytest.raises(CommandError, match=r"2024-01-01=10000|ISO 8601"):
            backfill("--deposit", told_)


TIMES = st.integers(10**15, 10**15 + 10**12)
AMOUNTS = st.integers(-(10**12), 10**12)


@given(st.lists(st.tuples(TIMES, AMOUNTS), min_size=1), st.lists(st.tuples(TIMES, AMOUNTS)))
@example([(10**15, 0)], [(10**15 + 1, -1), (10**15 + 1, -1)])
def test_equity_is_deposits_and_results_at_every_moment(
    trades: list[tuple[int, int]], flows: list[tuple[int, int]]
) -> None:
    results = [Result(time, net, "1") for time, net in sorted(trades)]
    began = min(time for time, _ in [*trades, *flows]) - 1
    moments = list(history(results, flows, began))
    times = [moment.time for moment in moments]
    assert times == sorted(set(times))
    for moment in moments:
        earned = sum(result.net_pnl for result in results if result.exit_time <= moment.time)
        paid = sum(amount for time, amount in flows if time <= moment.time)
        assert (moment.realised, moment.equity) == (earned, earned + paid)
    kept = list(thinned(moments))
    assert (kept[0], kept[-1].equity) == (moments[0], moments[-1].equity)
    assert min(each.equity for each in kept) == min(each.equity for each in moments)
