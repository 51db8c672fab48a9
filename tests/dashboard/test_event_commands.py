"""`verify_events`, `backup` and `restore` as commands: what they say, and how they end."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from trader.store import Reader, Recorder

BOTH = ("my-bot-then", "my-bot")


@pytest.fixture
def bot(data: Path) -> Iterator[Recorder]:
    """A bot that is recording, three events so far."""
    with Recorder("my-bot", version="8.03", mode="paper", folder=data) as recorder:
        for number in range(3):
            recorder.append("state.snapshot", {"n": number})
        recorder.flush()
        yield recorder


def said(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=out, **options)
    return out.getvalue()


def alter(data: Path, seq: int) -> None:
    """Change an event as somebody with the file in his hands would."""
    with closing(sqlite3.connect(data / "events" / "my-bot.sqlite3", isolation_level=None)) as file:
        (guard,) = file.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'event_never_changes'"
        ).fetchone()
        file.execute("DROP TRIGGER event_never_changes")
        file.execute("UPDATE event SET body = '{}' WHERE seq = ?", (seq,))
        file.execute(guard)


def test_verify_events_says_each_stream_and_its_head(bot: Recorder, data: Path) -> None:
    head = Reader("my-bot", folder=data).head()
    assert said("verify_events") == f"my-bot: 3 events are as recorded; head {head}\n"


def test_verify_events_names_the_first_bad_event(bot: Recorder, data: Path) -> None:
    bot.close()
    alter(data, 2)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_events", json=True, stdout=out)
    assert ended.value.code == 1
    (stream,) = json.loads(out.getvalue())["streams"]
    assert (stream["ok"], stream["first_bad"], stream["events"]) == (False, 2, 1)


def test_verify_events_finds_a_history_that_is_not_the_pinned_one(bot: Recorder) -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_events", "my-bot", pinned=f"2:{'0' * 64}", stdout=out)
    assert "history was rewritten" in out.getvalue()


def test_a_pinned_head_belongs_to_one_stream(bot: Recorder, data: Path) -> None:
    Recorder("other", version="1", mode="paper", folder=data).close()
    with pytest.raises(CommandError, match="name that stream"):
        call_command("verify_events", pinned=f"2:{'0' * 64}")


@pytest.mark.parametrize("pinned", ["nonsense", "2:zz", "x:00"])
def test_a_pinned_head_that_is_none_is_refused(bot: Recorder, pinned: str) -> None:
    with pytest.raises(CommandError, match="SEQ:HASH"):
        call_command("verify_events", "my-bot", pinned=pinned)


def test_no_streams_are_said_to_be_none(data: Path) -> None:
    assert said("verify_events") == f"There are no streams in {data}.\n"


def test_a_backup_made_while_the_bot_runs_restores_under_another_name(
    bot: Recorder, data: Path
) -> None:
    (made,) = json.loads(said("backup", json=True))["backups"]
    bot.append("state.snapshot", {"n": 3})
    told = json.loads(said("restore", made["path"], "my-bot-then", json=True))
    assert told["head"] == made["head"]
    hashes = [[event.hash for event in Reader(name, folder=data).read()] for name in BOTH]
    assert hashes[0] == hashes[1][:3]


def test_a_point_in_time_is_restored(bot: Recorder, data: Path) -> None:
    (made,) = json.loads(said("backup", json=True))["backups"]
    assert "events 1 to 2 restored" in said("restore", made["path"], "then", until=2)
    assert [event.body["n"] for event in Reader("then", folder=data).read()] == [0, 1]


def test_restore_refuses_to_overwrite_and_changes_nothing(bot: Recorder, data: Path) -> None:
    (made,) = json.loads(said("backup", json=True))["backups"]
    bot.append("state.snapshot", {"n": 3})
    bot.close()
    with pytest.raises(CommandError, match="never overwrites"):
        call_command("restore", made["path"], "my-bot")
    assert Reader("my-bot", folder=data).head().seq == 4


def test_one_stream_without_a_backup_leaves_the_others_theirs(bot: Recorder, data: Path) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 2 streams have no backup"):
        call_command("backup", "none", "my-bot", stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("my-bot: events 1 to 3 in ")


def test_a_backup_goes_to_the_file_it_is_told(bot: Recorder, tmp_path: Path) -> None:
    said("backup", "my-bot", to=str(tmp_path / "mine.sqlite3"))
    assert (tmp_path / "mine.sqlite3").is_file()


@pytest.mark.parametrize("command", ["verify_events", "backup", "restore"])
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command(command, "--help")
    assert f"manage.py {command}" in " ".join(capsys.readouterr().out.split())
