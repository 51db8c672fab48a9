"""A stream's events, folded a bounded batch at a time. Touches no database but the stream's."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

from dashboard import events
from dashboard.projection.fold import fold_part
from dashboard.projection.rows import Rows


class HistoryChanged(Exception):
    """The event before a batch is not the one that stood there: this is another history (a store
    put back from a backup, or replaced)."""


class Batch(NamedTuple):
    """What some events come to, and the newest of them."""

    rows: Rows
    events: int
    seq: int
    hash: bytes


def fold_batch(rows: Rows, *, after: int, hash_: bytes, limit: int) -> Batch | None:
    """Fold at most `limit` events after `after` into these rows; None where there are none.

    The event at `after` is read once more: its hash tells that all before it is as it was.
    Raises HistoryChanged where it is another than `hash_`, and StreamUnreadable.
    """
    parts = events.read_parts(rows.stream, after=max(0, after - 1), limit=limit + 1)
    first = next(parts, [])
    if after:
        if not first or first[0].hash != hash_:
            raise HistoryChanged
        first = first[1:]
    if not first:
        return None
    handled = 0
    for part in chain([first], parts):
        fold_part(rows, part)
        handled, newest = handled + len(part), part[-1]
    return Batch(rows, handled, newest.seq, newest.hash)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would walk a batch's thousands of objects, none of
    them in a cycle, again and again: a tenth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
