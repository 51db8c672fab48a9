"""What a bot says of whether it may trade, and what of it is kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.models import Bot
from tests.dashboard.projection.streams import stream
from trader.store import Recorder

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 14, 15, tzinfo=UTC)
HALTED: dict[str, Any] = {
    "mode": "reduce_only",
    "rule": "daily_loss",
    "reason": "equity 9463.82 is 5.13 % under the day's first, 9975.11",
    "until": "2026-01-06T00:00:00Z",
}
TOLD = HALTED | {"since": "2026-01-05T14:15:00Z"}


def snapshot(recorder: Recorder, **risk: object) -> None:
    recorder.append("state.snapshot", {"equity": "100", "risk": risk})


def asked(page: Client, **query: str) -> Any:
    (bot,) = page.get("/api/status", query).json()["bots"]
    return bot["risk"]


def test_a_halt_is_told_with_its_reason_its_beginning_and_its_end(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("risk.halted", HALTED, occurred_at=AT)
    assert asked(page) == TOLD


def test_a_bot_that_is_started_again_is_halted_still(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("risk.halted", HALTED, occurred_at=AT)
        recorder.append("bot.started", {})
        snapshot(recorder, peak_equity="100", **HALTED)
    assert asked(page) == TOLD


def test_a_bot_that_was_resumed_is_active_since_then(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("risk.halted", HALTED)
        recorder.append("risk.resumed", {"by": "operator", "reason": "x"}, occurred_at=AT)
    assert asked(page) == {
        "mode": "active", "rule": None, "reason": None, "until": None, "since": TOLD["since"],
    }  # fmt: skip


def test_a_bot_that_was_never_halted_says_so_in_its_snapshots(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        snapshot(recorder, peak_equity="100")
    assert (asked(page)["mode"], asked(page)["since"]) == ("active", None)


def test_a_halt_whose_event_is_not_there_is_seen_in_the_snapshot(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        snapshot(recorder, peak_equity="100", **HALTED)
    assert asked(page) == HALTED | {"since": None}


@pytest.mark.parametrize("risk", ["0.01", {"per_trade": "0.01"}, {"mode": "bold"}, [1], None])
def test_another_bots_own_word_is_not_taken_for_it(data: Path, risk: object) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("state.snapshot", {"equity": "100", "risk": risk})
    bot = Bot.objects.get()
    assert (bot.risk, bot.equity) == ({}, 10_000_000_000)


def test_a_bot_without_a_word_of_it_tells_nothing(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("state.snapshot", {"equity": "100"})
    assert asked(page) is None


def test_as_of_a_time_it_is_told_as_it_was(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("risk.halted", HALTED, occurred_at=AT)
        recorder.append("risk.resumed", {"by": "operator"})
    assert asked(page, as_of="2026-01-05T14:20:00Z") == TOLD


def test_a_stop_is_not_given_the_reason_of_a_halt(page: Client, data: Path) -> None:
    with stream(data, "bot") as recorder:
        recorder.append("risk.halted", HALTED)
        recorder.append("bot.stopped", {"reason": "interrupted"})
    assert page.get("/api/status").json()["bots"][0]["reason"] == "interrupted"
