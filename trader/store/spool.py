"""The append-only spool: one write takes an event, a thread moves it into SQLite later.

Segments are numbered; the one behind the current is made in advance, so that its place on
the disk is taken before it is needed: the reserve that goes on taking events when the disk
is full. They are kept after their events are in SQLite, to rebuild it from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .files import sync_folder
from .paths import private_folder
from .segment import HEADER, SUFFIX, Segment, frame


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the spool: behind the event `seq`, in segment `number`, at `offset`."""

    seq: int
    number: int
    offset: int


class Spool:
    """The segments of a stream, oldest first. One thread writes at a time, one reads.

    Attributes:
        tail: behind the newest event; replaced whole, so any thread may look at it.
    """

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        private_folder(folder)
        sync_folder(folder.parent)
        self.folder = folder
        self._size = segment_bytes
        self._unsynced: list[Segment] = []
        self.segments: dict[int, Segment] = {}
        self._reserve: Segment | None = None
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            segment = Segment(path)
            self.segments[segment.number] = segment
        self.tail = self._recover()

    def _recover(self) -> Mark:
        """Find the newest event, and cut what is torn behind it."""
        for number in reversed(list(self.segments)):
            segment = self.segments[number]
            walk = Walk(self, Mark(0, number, len(HEADER)), Mark(0, number, segment.size))
            last = None
            for last in walk:  # noqa: B007 - only the last one matters
                pass
            if last is None:
                self._keep_as_reserve(segment)
                continue
            segment.wipe(walk.offset)
            self._unsynced.append(segment)
            return Mark(int(last.partition(b"\n")[0]), number, walk.offset)
        return self._begin(0)

    def _keep_as_reserve(self, segment: Segment) -> None:
        """An empty segment at the end; of several only the first is of use."""
        self._forget(segment)

    def _begin(self, seq: int) -> Mark:
        """Go on in a new segment."""
        segment, self._reserve = self._reserve or self._create(), None
        self.segments[segment.number] = segment
        return Mark(seq, segment.number, len(HEADER))

    def _create(self) -> Segment:
        number = max(self.segments, default=0) + 1
        return Segment.create(self.folder, number, self._size)

    def _forget(self, segment: Segment) -> None:
        segment.close()
        segment.path.unlink(missing_ok=True)
        self.segments.pop(segment.number, None)

    def write(self, seq: int, payload: bytes) -> None:
        """Append one event: one write. Raises OSError when there is no place for it."""
        data = frame(payload)
        tail = self.tail
        segment = self.segments[tail.number]
        if tail.offset + len(data) > segment.size:
            self._unsynced.append(segment)
            tail = self._begin(tail.seq)
            segment = self.segments[tail.number]
            if tail.offset + len(data) > segment.size:
                raise OSError(f"an event of {len(data)} bytes is over a segment's {segment.size}")
        segment.write(data, tail.offset)
        # One assignment: an append that was interrupted before it is overwritten by the next.
        self.tail = Mark(seq, tail.number, tail.offset + len(data))

    def sync(self) -> None:
        """Bring everything appended so far to the disk. Raises OSError."""
        current = self.segments[self.tail.number]
        while self._unsynced:
            self._unsynced[0].sync()
            self._unsynced.pop(0)
        current.sync()

    def prepare(self) -> None:
        """Make the reserve if it was used. Raises OSError when there is no place for it."""
        if self._reserve is None:
            self._reserve = self._create()

    def skip_to(self, seq: int) -> None:
        """Go on behind `seq` where SQLite has more than the spool: a power cut took the rest."""
        self.tail = self._begin(seq)

    def close(self) -> None:
        for segment in self.segments.values():
            segment.close()
        if self._reserve is not None:
            self._reserve.close()


class Walk:
    """Payloads from one mark to another; knows where it is.

    Damage between two frames is stepped over: the seq of the next payload tells the gap.
    """

    def __init__(self, spool: Spool, start: Mark, end: Mark) -> None:
        self._spool = spool
        self._end = end
        self.number = start.number
        self.offset = start.offset

    def __iter__(self) -> Iterator[bytes]:
        while True:
            last = self.number == self._end.number
            segment = self._spool.segments[self.number]
            end = self._end.offset if last else segment.size
            for offset, payload in segment.frames(self.offset, end):
                self.offset = offset
                yield payload
            if self.offset < end and (go_on := segment.next_frame(self.offset, end)) is not None:
                self.offset = go_on
                continue
            if last:
                return
            self.number = min(number for number in self._spool.segments if number > self.number)
            self.offset = len(HEADER)
