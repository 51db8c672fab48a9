"""What `doctor` looks at: each check answers with findings, and changes nothing."""

import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dashboard.models import Checkpoint
from trader.store import Reader, StreamUnusable, streams
from trader.store.covered import covered
from trader.store.headfile import read_headfile
from trader.store.paths import stream_paths
from trader.store.surroundings import refuse_unsafe_folder

Level = Literal["ok", "look", "bad"]

#: SQLite that keeps two writers of one WAL file from losing data, by release.
_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
_LITTLE_ROOM = 1 << 30
_UNBACKED = 10_000
_LAGGING = 5_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it stands, and what to do where it does not stand well."""

    level: Level
    about: str
    said: str
    todo: str = ""


def examine(folder: Path) -> Iterator[Finding]:
    """Every finding on this installation, in the order a reader wants them."""
    yield from _software()
    yield from _place(folder)
    names = streams(folder)
    if not names:
        yield Finding("look", "streams", f"no events in {folder} yet", "start one: manage.py up")
    for name in names:
        yield from _stream(name, folder)
    yield from _site(names, folder)


def _software() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("ok", "Python", f"{python} on {sys.platform}")
    found = sqlite3.sqlite_version_info
    fixed = found >= _FIXED[-1] or any(found[:2] == each[:2] and found >= each for each in _FIXED)
    said = f"{sqlite3.sqlite_version}, the site's database in journal mode {_journal()}"
    yield Finding("ok", "SQLite", said if fixed else f"{said}: one writer a file, as always here")


def _journal() -> str:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        return str(cursor.fetchone()[0]).upper()


def _place(folder: Path) -> Iterator[Finding]:
    try:
        refuse_unsafe_folder(folder)
        yield Finding("ok", "data folder", str(folder))
    except StreamUnusable as unsafe:
        yield Finding("bad", "data folder", str(unsafe), "name another folder with --data")
    free = shutil.disk_usage(folder).free
    said = f"{free / (1 << 30):,.1f} GiB free"
    if free < _LITTLE_ROOM:
        yield Finding("bad", "disk", said, "make room: a full disk ends with refused events")
    else:
        yield Finding("ok", "disk", said)


def _stream(name: str, folder: Path) -> Iterator[Finding]:
    about = f"stream {name}"
    paths = stream_paths(name, folder)
    try:
        reader = Reader(name, folder=folder)
        head, age = reader.head(), _age(reader)
    except (sqlite3.Error, OSError) as error:
        said = f"cannot be read: {error}"
        yield Finding(
            "bad", about, said, f"start its bot, which repairs it, or restore a backup of {name}"
        )
        return
    noted = read_headfile(paths.head)
    if noted is not None and noted.seq > head.seq:
        said = f"ends with event {head.seq}, but {noted.seq} were stored once"
        yield Finding("bad", about, said, "start its bot: the spool fills the gap where it can")
    else:
        yield Finding("ok", about, f"{head.seq:,} events, {age}")
    behind = head.seq - covered(paths)
    if behind > _UNBACKED:
        said = f"{behind:,} events are in no verified backup"
        yield Finding("look", about, said, "manage.py backup, and keep a copy on another machine")


def _age(reader: Reader) -> str:
    newest = reader.newest(limit=1)
    if not newest:
        return "none recorded yet"
    ago = max(0, time.time() - newest[0].recorded_at / 1e6)
    days, rest = divmod(int(ago), 86_400)
    hours, rest = divmod(rest, 3_600)
    spans = ((days, "days"), (hours, "hours"), (rest // 60, "minutes"))
    words = next((f"{count} {name}" for count, name in spans if count), "less than a minute")
    return f"the newest recorded {words} ago"


def _site(names: list[str], folder: Path) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        said = f"its database lacks {len(waiting)} changes"
        yield Finding("bad", "site", said, "manage.py up makes them, or manage.py migrate")
        return
    yield Finding(
        "ok", "site", f"its database is as this release wants it ({settings.DATA_FOLDER})"
    )
    if not get_user_model().objects.filter(is_active=True).exists():
        yield Finding("look", "login", "there is none", "manage.py up makes the first one")
    yield from _projector(names, folder)


def _projector(names: list[str], folder: Path) -> Iterator[Finding]:
    told = {checkpoint.stream: checkpoint for checkpoint in Checkpoint.objects.all()}
    for name in names:
        checkpoint = told.get(name)
        try:
            behind = Reader(name, folder=folder).head().seq - (checkpoint.seq if checkpoint else 0)
        except (sqlite3.Error, OSError):
            continue
        if behind > _LAGGING:
            said = f"{behind:,} events are not on the page yet"
            yield Finding(
                "look", f"projector, {name}", said, "is `up` running? else manage.py project_events"
            )
        if checkpoint is not None and checkpoint.unreadable:
            count, last = checkpoint.unreadable, checkpoint.last_problem
            said = f"{count:,} events could not be used, the last: {last}"
            yield Finding(
                "look", f"projector, {name}", said, "the events are kept; mend what writes them"
            )
