"""`manage.py follow` with real streams, and the command itself killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dashboard.models import Batch, Bot, Position, Trade
from dashboard.projection import projector
from tests.dashboard.follow.harness import HEADER, row, rows
from tests.dashboard.follow.test_statefile import SAMPLE
from trader.store import Event, Reader, Recorder, verify

ROOT = Path(__file__).parents[3]


@pytest.fixture
def bot(data: Path) -> Path:
    """The folder of another bot."""
    folder = data / "theirs"
    folder.mkdir()
    return folder


def follow(folder: Path, **options: Any) -> Any:
    out = StringIO()
    given = {"trades": [str(folder / "*.csv")], "timezone": "UTC", "once": True, "json": True}
    call_command("follow", stdout=out, stderr=StringIO(), **{**given, **options})
    return json.loads(out.getvalue())


def test_rows_become_trades_that_count_at_once(db: None, bot: Path) -> None:
    (bot / "log.csv").write_text(HEADER + rows(1, 6))
    assert follow(bot)["trades"] == 5
    projector.project()
    assert Trade.objects.filter(counted=True, source="follow").count() == 5


def test_the_same_again_records_nothing(bot: Path, data: Path) -> None:
    (bot / "log.csv").write_text(HEADER + rows(1, 6))
    follow(bot)
    head = Reader("follow-bot", folder=data).head()
    assert follow(bot)["events"] == 0
    assert Reader("follow-bot", folder=data).head() == head


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_sentence_about_a_log_orders_the_terminal_nothing(bot: Path) -> None:
    (bot / "a\x1b[2J.csv").write_text(HEADER + rows(1, 3))
    with pytest.raises(CommandError, match="no time zone") as refused:
        follow(bot, timezone="")
    assert "\x1b" not in str(refused.value)


def test_versions_stand_on_the_events(bot: Path, data: Path) -> None:
    both = f"v8.02,{row(1)}v8.03,{row(2)}v8.02,{row(3)}"
    (bot / "log.csv").write_text("version," + HEADER + both)
    follow(bot)
    events = Reader("follow-bot", folder=data).newest(kind="trade.closed")
    assert sorted(event.version for event in events) == ["8.02", "8.02", "8.03"]
    assert verify("follow-bot", folder=data).ok


def test_the_state_becomes_a_snapshot(db: None, bot: Path) -> None:
    (bot / "bot_state.json").write_text(SAMPLE)
    follow(bot, trades=[], state=str(bot / "bot_state.json"))
    projector.project()
    told, position = Bot.objects.get(), Position.objects.get()
    assert (told.version, told.strategy, told.equity) == ("8.03", "ADX_TREND", 105190211000)
    assert (told.realised, told.deposits) == (None, None)
    assert (position.side, position.quantity, position.unrealised) == ("long", "0.0061", 862796000)


def test_the_same_state_again_is_no_event(bot: Path) -> None:
    (bot / "bot_state.json").write_text(SAMPLE)
    follow(bot, trades=[], state=str(bot / "bot_state.json"))
    assert follow(bot, trades=[], state=str(bot / "bot_state.json"))["events"] == 0


def test_a_trade_closed_under_a_version_of_the_state_has_it(bot: Path, data: Path) -> None:
    (bot / "bot_state.json").write_text(SAMPLE.replace("2026-03-02T11", "2026-01-01T04"))
    (bot / "log.csv").write_text(HEADER + rows(1, 9))
    follow(bot, state=str(bot / "bot_state.json"))
    events = Reader("follow-bot", folder=data).newest(kind="trade.closed")
    found = {event.body["source"]["version_evidence"]: event.version for event in events}
    assert found == {"none": "unknown", "state file": "8.03"}


def test_a_refused_row_is_shown_under_its_file(db: None, bot: Path) -> None:
    (bot / "log.csv").write_text(HEADER + row(1) + row(2, pnl="999") + rows(3, 40))
    assert follow(bot)["quarantined"] == 1
    projector.project()
    batch = Batch.objects.get()
    assert (batch.path, batch.imported, batch.quarantined) == (str(bot / "log.csv"), 38, 1)


@pytest.mark.parametrize("first", ["import", "follow", "bot"])
def test_a_trade_told_by_several_counts_once(db: None, bot: Path, data: Path, first: str) -> None:
    log = bot / "log.csv"
    log.write_text(HEADER + rows(1, 6))
    if first == "bot":
        with Recorder("mine", version="1", mode="live", folder=data) as recorder:
            for event in _trades_of(bot, data):
                recorder.append("trade.closed", {**event, "source_kind": None, "identity": None})
    if first == "import":
        call_command("import_csv", str(log), timezone="UTC", stdout=StringIO())
    follow(bot)
    if first == "follow":
        call_command("import_csv", str(log), timezone="UTC", stdout=StringIO())
    projector.project()
    counted = Trade.objects.filter(counted=True, book__mode="live")
    assert counted.count() == 5
    assert set(counted.values_list("source", flat=True)) == {first}


def _trades_of(bot: Path, data: Path) -> list[dict[str, Any]]:
    follow(bot, bot="scout", mode="demo")
    return [e.body for e in Reader("follow-scout", folder=data).newest(kind="trade.closed")]


def test_of_several_sources_the_better_one_counts(db: None, bot: Path, data: Path) -> None:
    """The bot's own record comes a moment after its log's row: it wins all the same."""
    (bot / "log.csv").write_text(HEADER + rows(1, 6))
    follow(bot)
    bodies = [e.body for e in Reader("follow-bot", folder=data).newest(kind="trade.closed")]
    with Recorder("mine", version="1", mode="live", folder=data) as recorder:
        for body in bodies:
            recorder.append("trade.closed", {**body, "source_kind": None}, ref=body["trade_id"])
    projector.project()
    assert set(Trade.objects.filter(counted=True).values_list("source", flat=True)) == {"bot"}
    assert Trade.objects.filter(counted=True).count() == 5


def test_times_without_a_zone_are_refused(bot: Path) -> None:
    (bot / "log.csv").write_text(HEADER + row(1))
    with pytest.raises(CommandError, match="--timezone") as refused:
        follow(bot, timezone="")
    assert refused.value.returncode == 2


def test_nothing_to_follow_is_refused(bot: Path) -> None:
    with pytest.raises(CommandError, match="nothing to follow"):
        follow(bot, trades=[])


def test_two_followers_of_one_bot_are_refused(bot: Path, data: Path) -> None:
    with (
        Recorder("bot", version="1", mode="live", folder=data, stream="follow-bot"),
        pytest.raises(CommandError) as refused,
    ):
        follow(bot)
    assert refused.value.returncode == 2


@contextmanager
def start(bot: Path, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Following, until the end of the block at the latest."""
    command = [
        sys.executable, "manage.py", "follow", "--trades", str(bot / "*.csv"),
        "--timezone", "UTC", "--interval", "0.05", "--json",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "BLOTTER_DB": str(data)},
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def wait_for(data: Path, count: int) -> None:
    reader, until = Reader("follow-bot", folder=data), time.monotonic() + 60
    while reader.head().seq < count:
        assert time.monotonic() < until, "nothing was recorded in a minute"
        time.sleep(0.02)


def test_killed_while_it_records_it_loses_and_repeats_nothing(bot: Path, data: Path) -> None:
    (bot / "log.csv").write_text(HEADER + rows(1, 3_000))
    with start(bot, data) as process:
        wait_for(data, 5)
        process.kill()
        process.communicate()
    follow(bot)
    events: list[Event] = []
    reader = Reader("follow-bot", folder=data)
    while page := reader.read(events[-1].seq if events else 0, 10_000):
        events += page
    ids = [event.ref for event in events if event.kind == "trade.closed"]
    assert len(ids) == len(set(ids)) == 2_999
    assert verify("follow-bot", folder=data).ok


@pytest.mark.skipif(os.name == "nt", reason="a signal of this kind is not sent there")
def test_it_ends_cleanly_when_told_to(bot: Path, data: Path) -> None:
    (bot / "log.csv").write_text(HEADER + rows(1, 4))
    with start(bot, data) as process:
        wait_for(data, 3)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out)["trades"] == 3
