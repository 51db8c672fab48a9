"""What the store's tests share: a data folder, and recorders that are closed again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from trader.store import Recorder

Record = Callable[..., Recorder]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "db"


@pytest.fixture
def record(folder: Path) -> Iterator[Record]:
    """Make a recorder of the stream "bot" in the data folder; closed at the test's end."""
    with ExitStack() as stack:

        def make(**options: Any) -> Recorder:
            options = {"version": "8.03", "mode": "paper", "folder": folder, **options}
            return stack.enter_context(Recorder(options.pop("bot", "bot"), **options))

        yield make


@pytest.fixture
def recorder(record: Record) -> Recorder:
    return record()


@pytest.fixture
def database(folder: Path) -> Path:
    return folder / "events" / "bot.sqlite3"


@pytest.fixture
def spool(folder: Path) -> Path:
    return folder / "events" / "bot.spool"
