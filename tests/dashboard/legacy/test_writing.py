"""Large imports: written while they are read, by a process of their own, and still whole."""

import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from dashboard.management.commands import _import_stream
from dashboard.management.commands._import_writer import ROOT, Apart, Here, StreamWriter
from tests.benchmarks.importing import write_log
from trader.store import Event, NotStored, Reader, Recorder, StreamLocked, streams, verify

Rows = list[tuple[Any, ...]]


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_FOLDER = tmp_path / "db"
    settings.DATA_FOLDER.mkdir()
    return Path(settings.DATA_FOLDER)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("logs") / "log.csv"
    write_log(path, 36_000)  # beyond batch.SMALL
    return path


def _import(*paths: Path, **options: Any) -> str:
    out = StringIO()
    call_command("import_csv", *map(str, paths), stdout=out, json=True, **options)
    return out.getvalue()


def _all(folder: Path) -> Iterator[Event]:
    reader, after = Reader("imports", folder=folder), 0
    while page := reader.read(after, 10_000):
        yield from page
        after = page[-1].seq


def _said(events: Iterator[Event]) -> Rows:
    """What events say, but for what is another in each import."""
    return [
        (event.kind, event.ref, event.version, event.occurred_at, {**event.body, "batch": ""})
        for event in events
        if event.kind == "trade.closed"
    ]


def test_written_apart_or_here_or_trade_by_trade_it_is_the_same(
    folder: Path, log: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    _import(log)
    apart = _said(_all(folder))
    settings.DATA_FOLDER = tmp_path / "other"
    with monkeypatch.context() as patch:
        patch.setattr(_import_stream, "HELD", 10**9)
        patch.setattr("dashboard.legacy.segments.compile_fast", lambda *_: None)
        _import(log)
    assert len(apart) == 36_000
    assert apart == _said(_all(tmp_path / "other"))


def test_a_large_import_is_one_batch_and_verified(folder: Path, log: Path) -> None:
    _import(log)
    events = list(_all(folder))
    assert (events[0].kind, events[-1].kind) == ("import.started", "import.finished")
    assert {event.body["batch"] for event in events} == {events[0].ref}
    assert verify("imports", folder=folder).ok


def test_where_no_process_can_be_made_it_is_written_here(
    folder: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(folder / "nothing"))
    _import(log)
    assert verify("imports", folder=folder).events == 36_002


def test_a_late_refusal_leaves_a_batch_that_counts_for_nothing(
    folder: Path, log: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("Dear diary,\nnothing happened, really\n" * 5)
    with pytest.raises(CommandError, match="counts for nothing") as refused:
        _import(log, wrong)
    assert (refused.value.returncode, "Nothing was written" in str(refused.value)) == (2, False)
    assert not any(event.kind == "import.finished" for event in _all(folder))
    assert '"trades": 36000' in _import(log)


def test_a_large_import_beside_another_is_refused(folder: Path, log: Path) -> None:
    with (
        Recorder("legacy", version="8", mode="live", folder=folder, stream="imports"),
        pytest.raises(CommandError, match="already being written") as refused,
    ):
        _import(log)
    assert refused.value.returncode == 2


def test_a_log_that_grows_meanwhile_is_read_as_it_was(
    folder: Path, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = tmp_path / "growing.csv"
    growing.write_bytes(log.read_bytes())
    begin = _import_stream.ImportStream.begin

    def append_first(self: _import_stream.ImportStream, kept: Any) -> None:
        with growing.open("ab") as stream:
            stream.write(log.read_bytes().splitlines(keepends=True)[-1])
        begin(self, kept)

    monkeypatch.setattr(_import_stream.ImportStream, "begin", append_first)
    assert '"records": 36000' in _import(growing)


@pytest.fixture(params=[Here, Apart])
def writer(request: pytest.FixtureRequest, folder: Path) -> StreamWriter:
    made: StreamWriter = request.param(
        {"bot": "b", "version": "1", "mode": "live", "folder": str(folder), "stream": "imports"}
    )
    return made


def test_what_is_not_whole_is_dropped(writer: StreamWriter, folder: Path) -> None:
    writer.append("a", {}, "r", 1, "1")
    writer.commit()
    writer.append("a", {}, "r", 1, "1")
    writer.close(whole=False)
    assert Reader("imports", folder=folder).head().seq == 1


def test_what_is_whole_is_stored(writer: StreamWriter, folder: Path) -> None:
    writer.append("a", {}, "r", 1, "2")
    writer.close(whole=True)
    assert [event.version for event in Reader("imports", folder=folder).read()] == ["2"]


def test_the_other_process_says_who_has_the_stream(folder: Path) -> None:
    options = {"bot": "b", "version": "1", "mode": "live", "folder": str(folder), "stream": "s"}
    with Recorder("b", version="1", mode="live", folder=folder, stream="s"):
        writer = Apart(options)
        with pytest.raises(StreamLocked) as locked:
            writer.commit()
        writer.close(whole=False)
    assert locked.value.pid == os.getpid()


def test_a_writer_that_was_killed_is_noticed(folder: Path) -> None:
    options = {"bot": "b", "version": "1", "mode": "live", "folder": str(folder), "stream": "s"}
    writer = Apart(options)
    writer.commit()
    writer._process.kill()
    writer._process.wait()
    with pytest.raises(NotStored, match="has ended"):
        writer.commit()
    writer.close(whole=False)


def test_the_command_runs_without_djangos_apps(log: Path, tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "import_csv", str(log), "--json", "--dry-run"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "BLOTTER_DB": str(tmp_path)}, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert streams(tmp_path) == []
