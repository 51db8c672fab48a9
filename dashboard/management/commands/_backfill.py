"""What the kinds of backfill share: times on the command line, a bar, and the rows of today."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.core.management.base import CommandError
from django.db import DatabaseError
from rich.progress import BarColumn, Progress, TaskID, TimeElapsedColumn

from dashboard.events import StreamUnreadable
from dashboard.management.commands import _terminal
from dashboard.projection import projector

STREAM = "backfill"
BOT = "backfill"
REFUSED = 2


def moment(text: str) -> datetime:
    """An ISO 8601 day (its midnight, UTC) or time; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no ISO 8601 day or time, as 2026-01-31") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def projected() -> None:
    """Bring the site's rows up to the events, or say what stands in the way."""
    try:
        projector.project()
    except StreamUnreadable as error:
        raise CommandError(str(error), returncode=REFUSED) from error
    except DatabaseError as error:
        raise CommandError(
            f"the site's database cannot be used ({error}): run manage.py migrate first",
            returncode=REFUSED,
        ) from error


class Bar:
    """A bar on a terminal; nothing elsewhere."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task

    def show(self, text: str, done: float | None = None, total: float | None = None) -> None:
        """What is being done, and how far it is."""
        self._progress.update(self._task, description=text, completed=done, total=total)


@contextmanager
def bar(*, quiet: bool) -> Iterator[Bar]:
    """The bar of one backfill."""
    console = _terminal.console(quiet=quiet)
    columns = (_terminal.label(), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bar(progress, progress.add_task("", total=None))
