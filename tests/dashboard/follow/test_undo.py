"""What `follow` recorded wrongly is undone, and following or importing again is as if new."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dashboard.models import Batch, Trade
from dashboard.projection import projector
from dashboard.selectors import imports
from tests.dashboard.follow.harness import HEADER, row, rows
from trader.store import Event, Reader, Recorder

STREAM = "follow-bot"


@pytest.fixture
def log(data: Path) -> Path:
    """The log of another bot, five rows long."""
    folder = data / "theirs"
    folder.mkdir()
    path = folder / "log.csv"
    path.write_text(HEADER + rows(1, 6))
    return path


def follow(log: Path, **options: Any) -> Any:
    out = StringIO()
    given = {"trades": [str(log.parent / "*.csv")], "timezone": "UTC", "once": True, "json": True}
    call_command("follow", stdout=out, stderr=StringIO(), **{**given, **options})
    return json.loads(out.getvalue())


def undo(batch: str) -> Any:
    out = StringIO()
    call_command("undo_import", batch, json=True, stdout=out)
    return json.loads(out.getvalue())


def closed(data: Path) -> list[Event]:
    return Reader(STREAM, folder=data).newest(kind="trade.closed", limit=1000)


def counted() -> list[str]:
    projector.project()
    trades = Trade.objects.filter(counted=True).order_by("exit_time")
    return list(trades.values_list("source", flat=True))


@pytest.mark.parametrize("name", [STREAM, "batch"])
def test_what_was_followed_wrongly_counts_no_more(db: None, log: Path, name: str) -> None:
    found = follow(log)
    assert undo(name if name == STREAM else found["batches"][str(log)])["voided"] == 5
    assert counted() == []
    assert imports.state(Batch.objects.get()) == imports.UNDONE


def test_followed_again_every_row_counts_once(db: None, log: Path, data: Path) -> None:
    for times in range(3):
        assert follow(log)["trades"] == 5
        assert counted() == ["follow"] * 5
        assert undo(STREAM)["voided"] == 5
        assert len({event.ref for event in closed(data)}) == 5 * (times + 1)


def test_followed_again_in_another_zone(db: None, log: Path) -> None:
    follow(log)
    undo(STREAM)
    follow(log, timezone="Asia/Seoul")
    counted()
    exits = Trade.objects.filter(counted=True).order_by("exit_time").values_list("exit_time")
    assert exits[0][0] % 86_400_000_000 == 16 * 3_600_000_000 + 50 * 60_000_000


def test_after_following_again_it_goes_on_as_ever(log: Path) -> None:
    follow(log)
    undo(STREAM)
    follow(log)
    assert follow(log)["events"] == 0
    log.write_text(log.read_text() + row(6))
    assert follow(log)["trades"] == 1


def test_an_import_takes_what_was_undone(db: None, log: Path) -> None:
    follow(log)
    undo(STREAM)
    call_command("import_csv", str(log), timezone="UTC", stdout=StringIO())
    assert counted() == ["import"] * 5
    assert follow(log)["trades"] == 0


def test_one_log_of_several_is_undone(db: None, log: Path) -> None:
    other = log.with_name("other.csv")
    other.write_text(HEADER + rows(10, 13))
    batch = follow(log)["batches"][str(other)]
    assert undo(batch)["voided"] == 3
    assert counted() == ["follow"] * 5
    assert follow(log)["trades"] == 3


def test_of_equal_rows_in_two_logs_the_undone_ones_come_again(db: None, log: Path) -> None:
    """The first of two equal trades stands in the undone log, the second in the other alone."""
    other = log.with_name("other.csv")
    other.write_text(HEADER + row(1) + row(9) + row(1) + row(10))
    batch = follow(log)["batches"][str(log)]
    undo(batch)
    follow(log)
    assert len(counted()) == 8


def test_refused_rows_of_an_undone_log_are_refused_anew(db: None, log: Path) -> None:
    log.write_text(HEADER + row(1) + row(2, pnl="999") + rows(3, 40))
    follow(log)
    undo(STREAM)
    counted()
    assert imports.quarantined() == 0
    assert follow(log)["quarantined"] == 1
    counted()
    assert imports.quarantined() == 1


def test_logs_turned_over_since_the_first_following_are_read_again(db: None, log: Path) -> None:
    follow(log)
    for number, (first, after) in enumerate([(6, 9), (9, 12)], 1):
        log.rename(log.with_name(f"log.csv.{number}"))
        log.write_text(HEADER + rows(first, after))
        follow(log)
    assert undo(STREAM)["voided"] == 11
    follow(log)
    assert len(counted()) == 11


def test_undone_twice_is_said_once(log: Path, data: Path) -> None:
    follow(log)
    undo(STREAM)
    head = Reader(STREAM, folder=data).head()
    assert undo(STREAM)["voided"] == 0
    assert Reader(STREAM, folder=data).head() == head


def test_a_running_follower_is_named(log: Path, data: Path) -> None:
    follow(log)
    with (
        Recorder("bot", version="1", mode="live", folder=data, stream=STREAM),
        pytest.raises(CommandError, match=r"by process .* Stop it") as refused,
    ):
        undo(STREAM)
    assert refused.value.returncode == 2


def test_a_bot_nobody_followed(log: Path) -> None:
    follow(log)
    with pytest.raises(CommandError, match="no follow recorded"):
        undo("follow-grid")


FILLS = "time,symbol,side,price,quantity,fee\n"


def fill(day: int, side: str) -> str:
    return f"2026-01-{day:02} 12:00:00,BTCUSDT,{side},{40_000 + 10 * day},0.1,0.5\n"


def test_an_import_adds_the_position_that_stood_over_a_turn(db: None, log: Path) -> None:
    """What `follow` leaves out there, and nothing else."""
    trips = [fill(2 * n + 1, "BUY") + fill(2 * n + 2, "SELL") for n in range(13)]
    log.write_text(FILLS + "".join(trips[:6]) + fill(13, "BUY"))
    follow(log)
    log.rename(log.with_name("log.csv.1"))
    log.write_text(FILLS + fill(14, "SELL") + "".join(trips[7:]))
    follow(log)
    before = len(counted())
    call_command("import_csv", f"{log}*", timezone="UTC", stdout=StringIO(), stderr=StringIO())
    assert len(counted()) == 13 > before
