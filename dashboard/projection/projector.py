"""The loop: what is new in each stream, a bounded batch at a time."""

import json
import logging
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from hashlib import blake2b

from django.db import connection

from dashboard import events
from dashboard.models import Checkpoint, Counter
from dashboard.performance.summary import COLUMNS
from dashboard.projection import ahead
from dashboard.projection.ahead import Ahead
from dashboard.projection.batches import HistoryChanged, fold_batch, uncollected
from dashboard.projection.rollups import SCOPES, SUMMED
from dashboard.projection.writer import drop, drop_everything, load, write

log = logging.getLogger(__name__)
# KiB of rows kept at hand: keys of trades are spread over whole indexes. SQLite's 2 MB would
# have most pages read anew for every batch once there are some 100,000 trades.
CACHE = 65_536
BATCH = 8000  # events of one read and one transaction
BEHIND = 40_000  # more than a second's work: the start of a second process is paid back
VERSION = 14  # raise it when the same events would make other rows
Progress = Callable[[str, int, int], None]  # stream, events just handled, handled in all


def project(
    progress: Progress | None = None,
    *,
    batch: int = BATCH,
    behind: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Bring every stream's rows up to its head; the number of events handled.

    A process beside this one reads and folds where there are more than `behind` events to catch
    up with (BEHIND of them; never, where there is no second processor to do it on).
    A stream that cannot be read holds no other up: its StreamUnreadable is raised at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size = {-CACHE}")
    if _format_changed():
        start_over()
    if behind is None:
        behind = BEHIND if ahead.is_worthwhile() else sys.maxsize
    handled = 0
    trouble: events.StreamUnreadable | None = None
    for stream in events.streams():
        try:
            with closing(_steps(stream, batch, behind)) as steps:
                while not stopped() and (taken := next(steps, 0)):
                    handled += taken
                    if progress is not None:
                        progress(stream, taken, handled)
        except events.StreamUnreadable as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    return handled


def start_over() -> None:
    """Drop every projection and note the format the next ones are made in."""
    drop_everything()
    Counter.objects.update_or_create(name="format", defaults={"value": _format()})


def forget_vanished() -> list[str]:
    """Drop what was made from streams that are no longer there; their names."""
    there = set(events.streams())
    gone = [name for (name,) in Checkpoint.objects.values_list("stream") if name not in there]
    for stream in gone:
        drop(stream)
    return gone


@uncollected()
def step(stream: str, *, batch: int = BATCH) -> int:
    """Read one batch after the checkpoint and write it; the number of events, 0 at the head."""
    checkpoint = Checkpoint.objects.filter(stream=stream).first()
    after, hash_ = (checkpoint.seq, bytes(checkpoint.hash)) if checkpoint else (0, b"")
    try:
        found = fold_batch(load(stream), after=after, hash_=hash_, limit=batch)
    except HistoryChanged:
        log.warning("%s: its history has changed; projecting it anew", stream)
        drop(stream)
        return step(stream, batch=batch)
    if found is None:
        return 0
    # Where another projector was quicker nothing is written: the next step starts from its work.
    write(found.rows, after=after, seq=found.seq, hash_=found.hash)
    return found.events


def _steps(stream: str, batch: int, behind: int) -> Generator[int, None, None]:
    """The events handled, step by step, up to the head."""
    alone = False
    while taken := step(stream, batch=batch):
        yield taken
        if taken < batch or alone:
            continue
        checkpoint = Checkpoint.objects.get(stream=stream)
        if events.head(stream).seq - checkpoint.seq <= behind:
            continue
        try:
            yield from _steps_beside(checkpoint, batch)
        except (ahead.Ended, OSError) as error:
            log.warning("%s: projecting without a process that reads ahead: %s", stream, error)
            alone = True


def _steps_beside(checkpoint: Checkpoint, batch: int) -> Iterator[int]:
    """As `_steps`, only writing: until the head, or another projector was quicker."""
    stream, after, hash_ = checkpoint.stream, checkpoint.seq, bytes(checkpoint.hash)
    with Ahead(load(stream), after=after, hash_=hash_, limit=batch) as reading:
        while True:
            with uncollected():
                found = reading.batch()
                if found is None or not write(
                    found.rows, after=after, seq=found.seq, hash_=found.hash
                ):
                    return
            after, taken = found.seq, found.events
            del found  # its thousands of objects go before the next come
            yield taken


def _format_changed() -> bool:
    stored = Counter.objects.filter(name="format").first()
    return stored is None or stored.value != _format()


def _format() -> int:
    """A number that changes with what a stored row means."""
    text = json.dumps([VERSION, COLUMNS, SCOPES, SUMMED])
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big")
