"""Moves events from the spool into SQLite: rows and head in one transaction, in order."""

import sqlite3
from collections.abc import Callable, Iterator

from .codec import Row, chain, parse, payload_of
from .model import LOST, Head
from .segment import HEADER
from .spool import Mark, Spool, Walk, seq_of
from .writer import Writer

#: So many events at most are one transaction.
BATCH = 2000

#: Makes the row that stands in for a lost event, from its seq and the reason.
StandIn = Callable[[int, str], Row]


class Conflict(Exception):
    """SQLite holds another history than the spool.

    Attributes:
        seq: the first event that differs.
    """

    def __init__(self, seq: int) -> None:
        super().__init__(f"event {seq} in SQLite is another than the one on the spool")
        self.seq = seq


class Mover:
    """Moves what is behind the head; used by one thread at a time."""

    def __init__(self, spool: Spool, writer: Writer, stand_in: StandIn) -> None:
        self._spool = spool
        self._writer = writer
        self._stand_in = stand_in
        self._poison: set[int] = set()
        self._mark = Mark(0, self._first_segment(), len(HEADER))

    def _first_segment(self) -> int:
        """The newest segment that begins at or under the next event."""
        chosen = self._spool.numbers[0]
        for number in reversed(self._spool.numbers):
            first = self._spool.first_seq(number)
            if first is not None and first <= self._writer.head.seq + 1:
                return number
        return chosen

    def first_conflict(self) -> int | None:
        """The first event in SQLite that is another than on the spool; None without one.

        Compares what the spool's newest segments hold at or under the head, by hash.
        """
        head = self._writer.head.seq
        known: dict[int, bytes] = {}
        for payload in self._spool.payloads(self._mark.number):
            seq = seq_of(payload)
            if seq > head:
                break
            if seq not in known or seq - 1 not in known:
                known = self._writer.hashes(seq - 2, BATCH)
            if seq not in known or chain(known[seq - 1], payload) != known[seq]:
                return seq
        return None

    def move(self) -> int:
        """Move one batch, and say how many events it was.

        Raises Conflict, sqlite3.Error and OSError; then nothing was moved.
        """
        tail = self._spool.tail
        head = self._writer.head
        if tail.seq <= head.seq:
            return 0
        batch = self._insert(tail, head, one_by_one=False)
        self._mark = batch.mark
        self._writer.note(batch.head)
        self._spool.release(before=self._mark.number)
        return batch.head.seq - head.seq

    def _insert(self, tail: Mark, head: Head, *, one_by_one: bool) -> "_Batch":
        batch = _Batch(self, tail, head)
        try:
            self._writer.insert(batch, one_by_one=one_by_one)
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
                raise Conflict(head.seq + 1) from error
            if one_by_one:
                # It can never be stored as it is: what stands in for it carries its text.
                self._poison.add(batch.head.seq)
            return self._insert(tail, head, one_by_one=True)
        return batch

    def row(self, payload: bytes, seq: int) -> Row:
        """The row of a payload, or what stands in for one that cannot be stored."""
        try:
            if seq not in self._poison:
                return parse(payload)
        except ValueError:
            pass
        text = payload.decode("ascii", errors="backslashreplace")
        return self._stand_in(seq, f"it cannot be stored: {text}")

    def lost(self, seq: int) -> Row:
        return self._stand_in(seq, "it is not on the spool")

    def walk(self, tail: Mark) -> Walk:
        return Walk(self._spool, self._mark, tail)


class _Batch:
    """Rows of the next events, made one by one while SQLite takes them.

    Made while SQLite takes them, which lets go of the interpreter: a caller's append never
    waits for a whole batch to be prepared.
    """

    def __init__(self, mover: Mover, tail: Mark, head: Head) -> None:
        self._mover = mover
        self._walk = mover.walk(tail)
        self.head = head
        self.mark = Mark(head.seq, self._walk.number, self._walk.offset)

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        seq, digest = self.head.seq, self.head.hash
        last = seq + BATCH
        for payload in self._walk:
            found = seq_of(payload)
            while seq + 1 < found and seq < last:
                seq += 1
                row = self._mover.lost(seq)
                digest = chain(digest, payload_of(row))
                self.head = Head(seq, digest)
                yield (*row, digest)
            if seq == last:
                return
            self.mark = Mark(found, self._walk.number, self._walk.offset)
            if found <= seq:
                continue
            seq = found
            row = self._mover.row(payload, seq)
            digest = chain(digest, payload if row[3] != LOST else payload_of(row))
            self.head = Head(seq, digest)
            yield (*row, digest)
            if seq == last:
                return
