"""`manage.py serve` as a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def command(port: int, *more: str) -> list[str]:
    code = "from django.core.management import execute_from_command_line as run; import sys; run()"
    return [sys.executable, "-c", code, "serve", "--port", str(port), *more]


def environment(data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "BLOTTER_DB": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_one_clear_sentence(data: Path, taken: int) -> None:
    ended = subprocess.run(
        command(taken), env=environment(data), cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode != 0
    assert f"cannot listen on 127.0.0.1:{taken}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_ends_when_its_parent_is_gone(data: Path) -> None:
    process = subprocess.Popen(
        command(_free_port(), "--until-stdin-closes"),
        env=environment(data),
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(30) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
