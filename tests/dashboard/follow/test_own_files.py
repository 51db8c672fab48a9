"""The bot's own files by our own readers: its log imports as duplicates, its state follows."""

import json
import threading
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from dashboard.follow.statefile import read_state
from tests.trader.plans import session
from trader.bootstrap import plan_of
from trader.runner import run
from trader.settings import BotSettings
from trader.store import Reader


@pytest.fixture
def bot(data: Path) -> Path:
    """A demo bot that kept its files; the folder they are in."""
    given: dict[str, Any] = {
        "feed": "demo",
        "db": data,
        "state_file": data / "out" / "bot_state.json",
        "trades_log": data / "out" / "trades.csv",
    }
    seen = 0

    def advanced() -> None:
        nonlocal seen
        seen += 1

    with plan_of(BotSettings(**given), threading.Event(), lambda: False) as (plan, _):
        run(replace(plan, sessions=[session()]), lambda: seen >= 900, advanced)
    return data / "out"


def imported(path: Path, **options: Any) -> Any:
    out = StringIO()
    call_command("import_csv", str(path), json=True, stdout=out, **options)
    return json.loads(out.getvalue())["totals"]


def test_the_log_imports_as_exactly_the_bots_trades(bot: Path, data: Path) -> None:
    trades = Reader("demo", folder=data).newest(kind="trade.closed", limit=10_000)
    there = imported(bot / "trades.csv", mode="demo")
    assert (there["duplicates"], there["trades"], there["quarantined"]) == (len(trades), 0, 0)
    elsewhere = imported(bot / "trades.csv", mode="live", dry_run=True)
    assert elsewhere["trades"] == len(trades) > 20


def test_the_log_tells_each_trades_money_exactly(bot: Path, data: Path) -> None:
    trades = Reader("demo", folder=data).newest(kind="trade.closed", limit=10_000)
    imported(bot / "trades.csv", mode="live")
    found = Reader("imports", folder=data).newest(kind="trade.closed", limit=10_000)

    def facts(events: Any) -> Any:
        names = ("symbol", "side", "entry_time", "exit_time", "exit_reason", "strategy")
        money = ("net_pnl", "fee")
        return sorted(
            (*(e.body[n] for n in names), *(f"{float(e.body[n]):.8f}" for n in money), e.version)
            for e in events
        )

    assert facts(found) == facts(trades)


def test_the_state_is_read_by_follow(bot: Path, data: Path) -> None:
    last = Reader("demo", folder=data).newest(kind="state.snapshot", limit=1)[0].body
    found = read_state((bot / "bot_state.json").read_bytes(), None, 2**60)
    assert found is not None
    assert (found.equity, found.balance) == (last["equity"], last["balance"])
    assert found.positions is not None
    assert [p["trade_id"] for p in found.positions] == [p["trade_id"] for p in last["positions"]]
