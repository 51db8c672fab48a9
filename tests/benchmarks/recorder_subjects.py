"""What is compared: ways to record one event, each with the same columns and body."""

import json
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection as django_connection
from django.db import models
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from trader.store import Recorder

BODY: dict[str, object] = {
    "symbol": "BTCUSDT",
    "interval": "15m",
    "quote_asset": "USDT",
    "account": "spot",
    "candle": {
        "open_time": "2026-01-01T00:00:00Z",
        "close_time": "2026-01-01T00:15:00Z",
        "open": "42000.10",
        "high": "42100.50",
        "low": "41900.20",
        "close": "42050.00",
        "volume": "123.45600",
    },
    "signal": "hold",
    "balance": "1000.00",
    "equity": "1010.25",
    "realised": "10.25",
    "unrealised": "0",
}

Append = Callable[[int], object]


@dataclass
class Subject:
    """A way to record.

    Attributes:
        append: records the event of that number.
        database: the SQLite file another program may lock, None without one.
    """

    name: str
    append: Append
    close: Callable[[], object]
    database: Path | None = None
    recorder: Recorder | None = None
    failed: int = 0
    latencies: list[int] = field(default_factory=list)


def encoded() -> str:
    return json.dumps(BODY, separators=(",", ":"))


def now() -> int:
    return time.time_ns() // 1000


def plain_file(folder: Path) -> Subject:
    """Encode the record and write it: the floor."""
    descriptor = os.open(folder / "plain", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def append(number: int) -> None:
        at = now()
        line = f"{number}\n{at}\n{at}\nstate.snapshot\n1\nbot\n8.03\npaper\n\n{encoded()}\n"
        os.write(descriptor, line.encode())

    return Subject("plain file", append, lambda: os.close(descriptor))


def raw_sqlite(folder: Path, synchronous: str) -> Subject:
    """One INSERT a transaction into a bare table of the same columns."""
    path = folder / f"raw-{synchronous}.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute(
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, occurred_at, recorded_at, kind, schema,"
        " bot, version, mode, ref, body)"
    )

    def append(number: int) -> None:
        at = now()
        connection.execute(
            "INSERT INTO event VALUES (NULL, ?, ?, ?, 1, ?, ?, ?, NULL, ?)",
            (at, at, "state.snapshot", "bot", "8.03", "paper", encoded()),
        )

    return Subject(f"raw sqlite3 {synchronous}", append, connection.close, path)


def recorder(folder: Path, *, durable: bool = False) -> Subject:
    """This recorder."""
    bot = "durable" if durable else "recorder"
    made = Recorder(bot, version="8.03", mode="paper", folder=folder / "db")

    def append(number: int) -> None:
        if not made.append("state.snapshot", BODY, durable=durable).stored:
            raise AssertionError(made.health.last_error)

    path = folder / "db" / "events" / f"{bot}.sqlite3"
    return Subject(f"recorder{' durable' if durable else ''}", append, made.close, path, made)


class Bot(Aggregate):
    """An aggregate of the library `eventsourcing`."""

    @event("Recorded")
    def record(self, body: dict[str, Any]) -> None:
        self.body = body


def eventsourcing_library(folder: Path) -> Subject:
    """The library's application over its SQLite module, one event a save."""
    path = folder / "eventsourcing.sqlite3"
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(path),
        "SQLITE_LOCK_TIMEOUT": "30",
    }
    application: Application[Any] = Application(env=environment)
    bot = Bot()

    def append(number: int) -> None:
        bot.record(body=BODY)
        application.save(bot)

    return Subject("eventsourcing", append, application.close, path)


def django_create(folder: Path) -> Subject:
    """A model's create(), with the pragmas Django sets by default."""
    path = folder / "django.sqlite3"
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": {"timeout": 30}}
    settings.configure(DATABASES={"default": engine}, USE_TZ=True)
    django.setup()

    class Event(models.Model):
        occurred_at = models.BigIntegerField()
        recorded_at = models.BigIntegerField()
        kind = models.TextField()
        bot = models.TextField()
        version = models.TextField()
        mode = models.TextField()
        body = models.JSONField()

        class Meta:
            app_label = "benchmark"

    with django_connection.schema_editor() as editor:
        editor.create_model(Event)

    def append(number: int) -> None:
        at = now()
        Event._default_manager.create(
            occurred_at=at,
            recorded_at=at,
            kind="state.snapshot",
            bot="bot",
            version="8.03",
            mode="paper",
            body=BODY,
        )

    return Subject("Django create()", append, django_connection.close, path)
