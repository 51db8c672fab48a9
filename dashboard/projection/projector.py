"""The loop: what is new in each stream, a bounded batch at a time."""

import gc
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import chain

from django.db import connection

from dashboard import events
from dashboard.models import Checkpoint, Counter
from dashboard.performance.summary import COLUMNS
from dashboard.projection.fold import fold_part
from dashboard.projection.rollups import SCOPES, SUMMED
from dashboard.projection.writer import drop, drop_everything, load, write

log = logging.getLogger(__name__)
# KiB of rows kept at hand: keys of trades are spread over whole indexes. SQLite's 2 MB would
# have most pages read anew for every batch once there are some 100,000 trades.
CACHE = 65_536
BATCH = 8000  # events of one read and one transaction
VERSION = 12  # raise it when the same events would make other rows
Progress = Callable[[str, int, int], None]  # stream, events just handled, handled in all


def project(
    progress: Progress | None = None,
    *,
    batch: int = BATCH,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Bring every stream's rows up to its head; the number of events handled.

    A stream that cannot be read holds no other up: its StreamUnreadable is raised at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size = {-CACHE}")
    if _format_changed():
        start_over()
    handled = 0
    trouble: events.StreamUnreadable | None = None
    for stream in events.streams():
        try:
            while not stopped() and (taken := step(stream, batch=batch)):
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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would walk a batch's thousands of objects, none of
    them in a cycle, again and again: a tenth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_uncollected()
def step(stream: str, *, batch: int = BATCH) -> int:
    """Read one batch after the checkpoint and write it; the number of events, 0 at the head.

    The checkpoint's own event is read once more: with another hash, this is another history (a
    store put back from a backup, or replaced), and the stream is projected anew.
    """
    checkpoint = Checkpoint.objects.filter(stream=stream).first()
    after = checkpoint.seq if checkpoint else 0
    parts = events.read_parts(stream, after=max(0, after - 1), limit=batch + 1)
    first = next(parts, [])
    if checkpoint is not None and after:
        if not first or first[0].hash != bytes(checkpoint.hash):
            log.warning("%s: its history has changed; projecting it anew", stream)
            drop(stream)
            return step(stream, batch=batch)
        first = first[1:]
    if not first:
        return 0
    rows, handled = load(stream), 0
    for part in chain([first], parts):
        fold_part(rows, part)
        handled, newest = handled + len(part), part[-1]
    # Where another projector was quicker nothing is written: the next step starts from its work.
    write(rows, after=after, seq=newest.seq, hash_=newest.hash)
    return handled


def _format_changed() -> bool:
    stored = Counter.objects.filter(name="format").first()
    return stored is None or stored.value != _format()


def _format() -> int:
    """A number that changes with what a stored row means."""
    text = json.dumps([VERSION, COLUMNS, SCOPES, SUMMED])
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big")
