"""Children are started, restarted where they fall, left alone where they are done, stopped."""

import os
import sys
from pathlib import Path

import pytest

from config.supervisor import CANNOT_START, Child, Supervisor

WAITS = "import sys; sys.stdin.read()"


def child(code: str, folder: Path, *, ends: bool = False) -> Child:
    return Child("child", [sys.executable, "-c", code], folder, ends=ends)


def ended(one: Child) -> int:
    assert one.process is not None
    return one.process.wait(timeout=30)


def test_a_child_ends_when_it_is_told_to(tmp_path: Path) -> None:
    one = child(WAITS, tmp_path)
    one.start()
    process = one.process
    one.stop(patience=30)
    assert process is not None
    assert process.returncode == 0


def test_a_child_that_does_not_listen_is_ended(tmp_path: Path) -> None:
    one = child("import time; time.sleep(600)", tmp_path)
    one.start()
    process = one.process
    one.stop(patience=0.2)
    assert process is not None
    assert process.returncode not in (0, None)


def test_a_child_that_fell_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    one = child("import sys; sys.exit(3)", tmp_path)
    one.start()
    ended(one)
    assert one.tend(said.append) is None
    assert said == ["The child ended with status 3; starting it again in 1 s"]


def test_each_fall_makes_the_pause_longer(tmp_path: Path) -> None:
    said: list[str] = []
    one = child("import sys; sys.exit(3)", tmp_path)
    for _ in range(3):
        one.start()
        ended(one)
        one.tend(said.append)
    assert [text.rsplit(" in ", 1)[1] for text in said] == ["1 s", "2 s", "4 s"]


def test_a_child_that_is_done_is_left_alone(tmp_path: Path) -> None:
    one = child("pass", tmp_path, ends=True)
    one.start()
    ended(one)
    assert (one.tend(print), one.done, one.process) == (None, True, None)


def test_a_server_that_ends_with_0_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    one = child("pass", tmp_path)
    one.start()
    ended(one)
    one.tend(said.append)
    assert "starting it again" in said[0]


def test_a_child_that_cannot_start_ends_the_watch(tmp_path: Path) -> None:
    one = child(f"import sys; sys.exit({CANNOT_START})", tmp_path)
    supervisor = Supervisor([one], print)
    supervisor.start()
    ended(one)
    assert supervisor.watch(lambda _: False) == CANNOT_START


def test_children_are_stopped_in_their_order(tmp_path: Path) -> None:
    code = "import sys; sys.stdin.read(); print({}, file=open('order', 'a'))"
    supervisor = Supervisor([child(code.format(name), tmp_path) for name in (1, 2)], print)
    supervisor.start()
    supervisor.stop()
    assert (tmp_path / "order").read_text().split() == ["1", "2"]


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX process group")
def test_a_child_does_not_hear_the_terminals_ctrl_c(tmp_path: Path) -> None:
    one = child(WAITS, tmp_path)
    one.start()
    assert one.process is not None
    assert os.getpgid(one.process.pid) != os.getpgid(0)
    one.stop(patience=30)
