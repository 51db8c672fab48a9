"""A process that reads and folds beside the one that writes: the same rows, whatever befalls it."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.events import StreamUnreadable
from dashboard.models import Checkpoint, Position, Trade
from dashboard.projection import ahead, projector
from dashboard.projection.ahead import Ahead, Ended
from dashboard.projection.rows import Rows
from dashboard.projection.writer import load
from tests.dashboard.builder import history, three_versions
from tests.dashboard.projection.streams import close, counted, everything, stream

pytestmark = pytest.mark.django_db


@pytest.fixture
def projected(data: Path) -> list[object]:
    """Three versions of a bot, and every row that comes of them where one process does it all."""
    three_versions(data, candles=40)
    projector.start_over()
    projector.project(batch=7, behind=sys.maxsize)
    rows = everything()
    projector.start_over()
    return rows


def processes_made(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Those that are made from now on."""
    made: list[subprocess.Popen[bytes]] = []
    plain = subprocess.Popen.__init__

    def noted(self: subprocess.Popen[bytes], *args: object, **options: object) -> None:
        made.append(self)
        plain(self, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    return made


def test_two_processes_make_the_rows_that_one_makes(
    projected: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = processes_made(monkeypatch)
    projector.project(batch=7, behind=0)
    assert (len(made), everything()) == (1, projected)


def test_a_batch_begins_where_the_one_before_it_ended(data: Path) -> None:
    with history(data) as told:
        told.open()
        told.close()
    projector.project(batch=1, behind=0)
    assert (Trade.objects.count(), Position.objects.count()) == (1, 0)


def test_nothing_is_started_for_a_little(
    projected: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = processes_made(monkeypatch)
    projector.project(batch=7, behind=10_000)
    assert made == []


def test_every_event_is_told_of_once(projected: list[object]) -> None:
    told: list[int] = []
    handled = projector.project(lambda _, taken, __: told.append(taken), batch=7, behind=0)
    assert sum(told) == handled == Checkpoint.objects.get().seq


def test_where_no_process_can_be_made_one_does_it_all(
    projected: list[object], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/such/python")
    with caplog.at_level(logging.WARNING):
        projector.project(batch=7, behind=0)
    assert (everything(), caplog.text.count("without a process that reads ahead")) == (projected, 1)


def test_a_process_that_ends_early_is_done_without(
    projected: list[object], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ahead, "MODULE", "this")  # prints a poem, and ends
    with caplog.at_level(logging.WARNING):
        projector.project(batch=7, behind=0)
    assert (everything(), caplog.text.count("it ended with status 0")) == (projected, 1)


def test_a_projector_that_is_quicker_is_followed(projected: list[object]) -> None:
    def another(name: str, taken: int, handled: int) -> None:
        if handled == 28:
            projector.project(batch=11, behind=sys.maxsize)

    projector.project(another, batch=7, behind=0)
    assert everything() == projected


def test_stopping_leaves_no_process_behind(
    projected: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = processes_made(monkeypatch)
    handled: list[int] = []
    projector.project(
        lambda *told: handled.append(told[2]),
        batch=7,
        behind=0,
        stopped=lambda: len(handled) > 2,
    )
    assert (len(handled), [process.poll() is None for process in made]) == (3, [False])


def test_what_was_stopped_is_taken_up_again(projected: list[object]) -> None:
    handled: list[int] = []
    projector.project(
        lambda *told: handled.append(told[2]), batch=7, behind=0, stopped=lambda: bool(handled)
    )
    projector.project(batch=7, behind=0)
    assert everything() == projected


def test_it_ends_in_silence_when_its_parent_has_gone(
    projected: list[object], capfd: pytest.CaptureFixture[str]
) -> None:
    with Ahead(Rows("demo"), after=0, hash_=b"", limit=1) as reading:
        assert reading.batch() is not None
        assert reading._process.stdout is not None
        reading._process.stdout.close()
        assert reading._process.wait(30) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("order", [b"", b"\x80\x05\x95"], ids=["nothing", "half"])
def test_it_ends_in_silence_when_its_parent_goes_before_it_says_what_to_do(order: bytes) -> None:
    ended = subprocess.run([sys.executable, "-m", ahead.MODULE], input=order, capture_output=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="a group is another thing there")
def test_a_key_pressed_in_the_terminal_is_for_the_parent_alone(projected: list[object]) -> None:
    with Ahead(Rows("demo"), after=0, hash_=b"", limit=1) as reading:
        assert os.getpgid(reading._process.pid) != os.getpgrp()


def test_one_that_was_killed_is_said_to_have_ended(projected: list[object]) -> None:
    with Ahead(Rows("demo"), after=0, hash_=b"", limit=1) as reading:
        reading._process.kill()
        reading._process.wait()
        with pytest.raises(Ended, match="it ended with status"):
            list(iter(reading.batch, None))


def test_another_history_is_left_to_the_parent(projected: list[object]) -> None:
    projector.step("demo", batch=7)
    with Ahead(load("demo"), after=7, hash_=b"another", limit=7) as reading:
        assert reading.batch() is None


def test_a_stream_that_breaks_meanwhile_is_told_of(data: Path) -> None:
    with stream(data, "bot") as recorder:
        for number in range(9):
            close(recorder, trade_id=f"t-{number}")
    projector.start_over()

    def breaks(*_: object) -> None:
        for name in ("bot.sqlite3", "bot.sqlite3-wal"):
            (data / "events" / name).write_bytes(b"no database at all, but long enough" * 200)

    with pytest.raises(StreamUnreadable, match="'bot'"):
        projector.project(breaks, batch=1, behind=0)
    assert Trade.objects.count() == len(counted()) > 0
