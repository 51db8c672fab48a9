"""`manage.py doctor`: what it says of installations in good and bad order."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from dashboard.projection import projector
from tests.dashboard.builder import History
from trader.store import Recorder, backup

pytestmark = pytest.mark.django_db


def findings() -> list[dict[str, Any]]:
    out = StringIO()
    try:
        call_command("doctor", json=True, stdout=out)
    except SystemExit:
        assert not json.loads(out.getvalue())["ok"]
    return list(json.loads(out.getvalue())["findings"])


def about(name: str) -> list[dict[str, Any]]:
    return [finding for finding in findings() if finding["about"] == name]


def record(data: Path, count: int = 3) -> None:
    with Recorder("bot", version="1", mode="paper", folder=data) as recorder:
        for number in range(count):
            recorder.append("state.snapshot", {"n": number})


def test_an_installation_in_order_has_nothing_bad(told: History, owner: User) -> None:
    assert [finding for finding in findings() if finding["level"] != "ok"] == []


def test_no_events_yet_is_said_with_the_next_step(data: Path, owner: User) -> None:
    (streams,) = about("streams")
    assert "manage.py up" in streams["todo"]


def test_a_stream_that_cannot_be_read_is_bad(data: Path) -> None:
    record(data)
    (data / "events" / "bot.sqlite3").write_bytes(b"no database at all, but long enough" * 100)
    assert about("stream bot")[0]["level"] == "bad"


def test_a_lost_tail_is_bad(data: Path) -> None:
    record(data)
    (data / "events" / "bot.sqlite3").unlink()
    Recorder("other", version="1", mode="paper", folder=data).close()
    (data / "events" / "other.sqlite3").rename(data / "events" / "bot.sqlite3")
    assert "but 3 were stored once" in about("stream bot")[0]["said"]


def test_many_events_without_a_backup_are_worth_a_look(data: Path) -> None:
    record(data, 10_001)
    assert [finding["level"] for finding in about("stream bot")] == ["ok", "look"]


def test_a_backup_covers_them(data: Path) -> None:
    record(data, 10_001)
    backup("bot", folder=data)
    assert [finding["level"] for finding in about("stream bot")] == ["ok"]


def test_events_that_could_not_be_used_are_named(data: Path) -> None:
    with Recorder("bot", version="1", mode="paper", folder=data) as recorder:
        recorder.trade(trade_id="1", symbol="BTCUSDT", net_pnl="much")
    projector.project()
    assert "net_pnl='much'" in about("projector, bot")[0]["said"]


def test_what_is_bad_is_an_exit_status(data: Path) -> None:
    record(data)
    (data / "events" / "bot.sqlite3").write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=StringIO())
    assert ended.value.code == 1


def test_the_firewalls_rule_names_the_one_address() -> None:
    out = StringIO()
    call_command("doctor", net="203.0.113.7", stdout=out)
    assert "remoteip=203.0.113.7" in out.getvalue()


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="no address"):
        call_command("doctor", net="any & del")
