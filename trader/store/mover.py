"""Moves events from the spool into SQLite, in a thread of its own."""

from collections.abc import Iterator
from itertools import islice

from .codec import chain, parse
from .model import Head
from .spool import Mark, Spool, Walk
from .writer import Writer

# So many events at most are one transaction: what is read while it runs stays short.
BATCH = 2000


class Mover:
    """Moves what is behind the head; used by one thread at a time."""

    def __init__(self, spool: Spool, writer: Writer) -> None:
        self._spool = spool
        self._writer = writer
        self._mark = self._first_mark()

    @property
    def head(self) -> Head:
        return self._writer.head

    def _first_mark(self) -> Mark:
        """Begin with the newest segment that begins at or under the head."""
        from_segment = 0
        for number in self._spool.segments:
            walk = Walk(self._spool, Mark(0, number, 8), Mark(0, number, self._size(number)))
            first = next(iter(walk), None)
            if from_segment and first and _seq(first) > self.head.seq + 1:
                break
            if first or not from_segment:
                from_segment = number
        return Mark(0, from_segment, 8)

    def _size(self, number: int) -> int:
        return self._spool.segments[number].size

    def move(self) -> int:
        """Move one batch, and say how many events it was. Raises sqlite3.Error and OSError."""
        tail = self._spool.tail
        if tail.seq <= self.head.seq:
            return 0
        batch = _Batch(Walk(self._spool, self._mark, tail), self.head)
        self._writer.insert(batch)
        moved = batch.head.seq - self.head.seq
        self._mark = Mark(batch.head.seq, batch.walk.number, batch.walk.offset)
        self._writer.note(batch.head)
        return moved


class _Batch:
    """Rows of the next events, made one by one while SQLite takes them."""

    def __init__(self, walk: Walk, head: Head) -> None:
        self.walk = walk
        self.head = head

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        for payload in islice(self._new(), BATCH):
            digest = chain(self.head.hash, payload)
            row = parse(payload)
            yield (*row, digest)
            self.head = Head(row[0], digest)

    def _new(self) -> Iterator[bytes]:
        for payload in self.walk:
            if _seq(payload) > self.head.seq:
                yield payload


def _seq(payload: bytes) -> int:
    return int(payload[: payload.index(b"\n")])
