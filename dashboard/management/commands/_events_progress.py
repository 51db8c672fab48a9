"""A progress bar for commands that go through events, on a terminal alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from dashboard.management.commands import _terminal


@contextmanager
def events_progress(title: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Shows (events done, events there are) under a title; nothing when quiet or piped."""
    console = _terminal.console(quiet=quiet)
    columns = (
        _terminal.label(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
