"""`manage.py project_events` as a command and as a process that follows."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dashboard.models import Trade
from tests.dashboard.builder import History, history, three_versions

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


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_told_in_a_sentence(data: Path) -> None:
    with history(data) as told:
        told.candles(200)
    with connection.cursor() as cursor:
        (pages,) = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            with pytest.raises(CommandError, match=r"disk is full.*what was projected stays"):
                call_command("project_events", "--rebuild")
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


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


KILLS = 4
TABLES = ("trade", "dayrollup", "sizecount", "equitypoint", "equityday", "position", "checkpoint")


def projecting(data: Path) -> "subprocess.Popen[bytes]":
    """project_events on this folder, a few events a transaction, so that a kill meets many."""
    environment = {
        **os.environ,
        "BLOTTER_DB": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }
    small = (
        "import django; django.setup(); from dashboard.projection import projector as p;"
        "from functools import partial; p.project = partial(p.project, batch=5);"
        "from django.core.management import call_command as c; c('project_events', json=True)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", small], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL
    )


def rows(data: Path) -> list[object]:
    """Everything projected, without the ids of rows."""
    found: list[object] = []
    with closing(sqlite3.connect(data / "site.sqlite3")) as connection:
        for table in TABLES:
            cursor = connection.execute(f"SELECT * FROM dashboard_{table}")
            names = [column[0] for column in cursor.description]
            kept = [place for place, name in enumerate(names) if name not in {"id", "book_id"}]
            found.append(sorted(repr([row[place] for place in kept]) for row in cursor))
    return found


def reached(data: Path) -> int:
    """The seq of the checkpoint, 0 while there is none."""
    with closing(sqlite3.connect(data / "site.sqlite3", timeout=10)) as connection:
        return int(
            connection.execute("SELECT max(seq) FROM dashboard_checkpoint").fetchone()[0] or 0
        )


def test_killed_again_and_again_it_ends_with_the_same_rows(tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for folder in (killed, whole):
        folder.mkdir()
    three_versions(killed, candles=120)
    shutil.copytree(killed, whole, dirs_exist_ok=True)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    for folder in (killed, whole):
        migrate = [sys.executable, "-c", f"import sys; sys.argv=['manage.py','migrate']; {DJANGO}"]
        here = environment | {"BLOTTER_DB": str(folder), "PYTHONPATH": str(ROOT)}
        subprocess.run(migrate, env=here, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    cut_short = 0
    for _ in range(KILLS):
        before, process = reached(killed), projecting(killed)
        while process.poll() is None and reached(killed) <= before:
            pass
        process.kill()
        cut_short += process.wait(30) != 0
    assert cut_short == KILLS  # every one had events left to do
    for folder in (killed, whole):
        assert projecting(folder).wait(60) == 0
    assert rows(killed) == rows(whole)
