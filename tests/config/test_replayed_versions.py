"""Versions replayed on the same candles are what the site compares, day by day."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from dashboard.projection import projector
from trader.cli import parser
from trader.commands.versions import replay
from trader.domain.candle import to_milliseconds
from trader.feed.demo import generate


@contextmanager
def unseen(_candles: int | None) -> Iterator[Any]:
    yield lambda: None


@pytest.mark.django_db
def test_two_replayed_versions_are_paired_by_day(data: Path) -> None:
    file = data / "BTCUSDT_15m.csv"
    rows = (
        f"{to_milliseconds(c.open_time)},{c.open},{c.high},{c.low},{c.close},{c.volume}\n"
        for c in islice(generate(seed=7), 2500)
    )
    file.write_text("open_time,open,high,low,close,volume\n" + "".join(rows))
    argv = ["--versions", "8.01,8.02", "--candles", str(file), "--data", str(data)]
    assert replay(parser(), argv, threading.Event(), unseen) == 0
    projector.project()
    out = StringIO()
    call_command("stats", "--compare", "8.01", "8.02", "--json", stdout=out)
    body = json.loads(out.getvalue())
    assert body["paired_difference"] is not None
    assert body["account"] == "replay BTCUSDT 15m"
