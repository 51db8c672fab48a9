"""`manage.py project_events` as a command and as a process that follows."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dashboard.models import Trade
from tests.dashboard.builder import History

ROOT = Path(__file__).resolve().parents[2]
DJANGO = "from django.core.management import execute_from_command_line as run; run()"


@pytest.mark.django_db
def test_a_rebuild_says_how_far_it_came(told: History) -> None:
    trades, out = Trade.objects.count(), StringIO()
    call_command("project_events", rebuild=True, json=True, stdout=out)
    said = json.loads(out.getvalue())
    assert said["events"] == said["checkpoints"]["demo"]
    assert Trade.objects.count() == trades


@pytest.mark.django_db
def test_a_stream_that_cannot_be_read_is_a_failure(told: History, data: Path) -> None:
    (data / "events" / "bad.sqlite3").write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(CommandError, match="'bad'"):
        call_command("project_events", stdout=StringIO())


def test_following_ends_when_its_parent_is_gone(data: Path) -> None:
    environment = {
        **os.environ,
        "BLOTTER_DB": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }

    def manage(*words: str) -> list[str]:
        return [sys.executable, "-c", DJANGO, *words]

    subprocess.run(manage("migrate", "-v0"), env=environment, cwd=ROOT, check=True, timeout=120)
    process = subprocess.Popen(
        manage("project_events", "--follow", "--until-stdin-closes"),
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 0
