"""Orders to a bot: left as files, taken once, by whom they are meant for."""

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.trader.test_main import bot, events, running
from trader.cli import main
from trader.control import Mailbox
from trader.private_file import private_folder

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has access lists, not modes")


def test_orders_wait_in_the_order_they_were_given(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path, "paper")
    mailbox.put("pause", "news")
    mailbox.put("resume")
    assert [(o.action, o.reason) for o in mailbox.commands()] == [("pause", "news"), ("resume", "")]


def test_an_order_that_was_taken_is_gone(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path, "paper")
    order = mailbox.put("halt")
    mailbox.done(order)
    assert mailbox.taken(order, 0, lambda _: None)


def test_an_order_that_nobody_takes_stays(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path, "paper")
    order = mailbox.put("halt")
    assert not mailbox.taken(order, 0, lambda _: None)
    assert mailbox.waiting() == [order]


def test_bots_do_not_hear_each_others_orders(tmp_path: Path) -> None:
    Mailbox(tmp_path, "one").put("halt")
    assert Mailbox(tmp_path, "other").commands() == []


@POSIX
def test_only_its_owner_enters_the_folder(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path, "paper")
    mailbox.put("halt")
    modes = [
        stat.S_IMODE(path.stat().st_mode)
        for path in (mailbox.folder.parent, mailbox.folder, next(mailbox.folder.iterdir()))
    ]
    assert modes == [0o700, 0o700, 0o600]


@POSIX
def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "control").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="is a link"):
        private_folder(tmp_path / "control")


@pytest.mark.parametrize("name", ["1-buy.json", "pause.json", "../1-pause.json.bak", "1-pause.txt"])
def test_a_file_that_is_no_order_is_left_alone(tmp_path: Path, name: str) -> None:
    mailbox = Mailbox(tmp_path, "paper")
    mailbox.folder.mkdir(parents=True)
    (mailbox.folder / Path(name).name).write_text("{}")
    assert mailbox.commands() == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"reason": null}'])
def test_an_order_counts_whatever_its_reason_looks_like(tmp_path: Path, content: bytes) -> None:
    mailbox = Mailbox(tmp_path, "paper")
    mailbox.folder.mkdir(parents=True)
    (mailbox.folder / "1-halt.json").write_bytes(content)
    assert [order.action for order in mailbox.commands()] == ["halt"]


def command(*words: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "trader", *map(str, words)], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_a_running_bot_obeys_and_a_dead_one_finds_the_order_at_its_start(tmp_path: Path) -> None:
    with running(tmp_path):
        taken = command("pause", "--reason", "lunch", "--data", tmp_path)
        told = command("status", "--json", "--data", tmp_path)
    state = json.loads(told[1])
    assert (taken[0], told[0], state["running"]) == (0, 0, True)
    assert (state["mode"], state["reason"]) == ("reduce_only", "lunch")

    left = command("halt", "--wait", "0.1", "--json", "--data", tmp_path)
    assert (left[0], json.loads(left[1])["taken"]) == (3, False)
    asked = json.loads(command("status", "--wait", "0", "--json", "--data", tmp_path)[1])
    assert (asked["running"], asked["orders_waiting"]) == (False, ["halt"])

    mailbox = Mailbox(tmp_path, "demo")
    (order,) = mailbox.waiting()
    with running(tmp_path):
        assert mailbox.taken(order, 30, time.sleep)
    halts = [e.body["mode"] for e in events(tmp_path, "demo") if e.kind == "risk.halted"]
    assert halts == ["reduce_only", "halted"]


def test_r15_a_mode_outlives_kill_9(tmp_path: Path) -> None:
    with running(tmp_path) as process:
        assert command("halt", "--reason", "storm", "--data", tmp_path)[0] == 0
        process.kill()
    with running(tmp_path):
        state = json.loads(command("status", "--json", "--data", tmp_path)[1])
    assert (state["running"], state["mode"], state["reason"]) == (True, "halted", "storm")


def test_a_bot_that_never_ran_is_said_not_to_be_there(tmp_path: Path) -> None:
    code, said = command("halt", "--bot", "papre", "--data", tmp_path)
    assert (code, "no bot 'papre' ever ran" in said) == (2, True)


@pytest.mark.parametrize("name", ["status", "pause", "halt", "resume", "check"])
def test_each_command_shows_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    assert f"python -m trader {name} --" in capsys.readouterr().out


def test_the_help_of_the_bot_names_the_commands() -> None:
    assert "status, pause, halt, resume" in bot("--help").stdout
