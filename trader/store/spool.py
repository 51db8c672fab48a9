"""The append-only spool: one write takes an event, a thread moves it into SQLite later.

Segments are numbered. The one behind the current is made in advance, so that its place on
the disk is taken before it is needed: the reserve that goes on taking events when the disk
is full. Segments are kept after their events are in SQLite, to rebuild it from.
"""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from .files import sync_folder
from .paths import private_folder
from .segment import HEADER, SUFFIX, Segment, frame

SEGMENT_BYTES = 4 << 20
KEEP_BYTES = 256 << 20


class Mark(NamedTuple):
    """A place in the spool: behind the event `seq`, in segment `number`, at `offset`."""

    seq: int
    number: int
    offset: int


class Spool:
    """The segments of a stream. One thread writes at a time, another may read.

    Attributes:
        tail: behind the newest event; replaced whole, so any thread may look at it.
        numbers: the segments there are, ascending, the reserve not among them.
    """

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        private_folder(folder)
        sync_folder(folder.parent)
        self.folder = folder
        self.segment_bytes = segment_bytes
        self._open: dict[int, Segment] = {}
        self._reserve: Segment | None = None
        self._no_room = False
        self._making = Lock()
        self.numbers = sorted(
            int(path.stem) for path in folder.glob(f"*{SUFFIX}") if path.stem.isdigit()
        )
        self._unsynced: list[Segment] = []
        self.tail = self._recover()
        if not self._unsynced:
            self._unsynced.append(self.segment(self.tail.number))

    def segment(self, number: int) -> Segment:
        """A segment of `numbers`, opened when it is first asked for."""
        if number not in self._open:
            self._open[number] = Segment(self._path(number))
        return self._open[number]

    def payloads(self, number: int) -> Iterator[bytes]:
        """All payloads from the begin of a segment to the tail."""
        return iter(Walk(self, Mark(0, number, len(HEADER)), self.tail))

    def first_seq(self, number: int) -> int | None:
        """Seq of a segment's first event, None if it holds none."""
        segment = self.segment(number)
        found = next(segment.frames(len(HEADER), segment.size), None)
        return seq_of(found[1]) if found else None

    def write(self, seq: int, *payloads: bytes) -> None:
        """Append an event, or the few that end with `seq`: one write.

        Raises OSError when there is no place for it; then none of them is there.
        """
        data = b"".join([frame(payload) for payload in payloads])
        tail = self.tail
        segment = self._open[tail.number]
        if tail.offset + len(data) > segment.size:
            if len(data) > self.segment_bytes - len(HEADER):
                raise OSError(
                    f"an event of {len(data)} bytes is over a segment's {self.segment_bytes}"
                )
            tail = self._begin(tail.seq)
            segment = self._open[tail.number]
        segment.write(data, tail.offset)
        # One assignment: an append that was interrupted before it is overwritten by the next.
        self.tail = Mark(seq, tail.number, tail.offset + len(data))

    def sync(self) -> None:
        """Bring everything appended before this call to the disk. Raises OSError."""
        # Each is synced again although another thread may be at it: only what this call
        # has seen done is done. Those written full go out of the list once they are synced.
        for segment in tuple(self._unsynced):
            segment.sync()
            if segment.number != self.tail.number and segment in self._unsynced:
                self._unsynced.remove(segment)

    def prepare(self) -> None:
        """Make the reserve if it was used or is gone. Raises OSError without place for it."""
        with self._making:
            self._drop_lost_reserve()
            if self._reserve is None:
                self._reserve = self._create()
            self._no_room = False

    @property
    def room(self) -> int:
        """Bytes that are certain to be taken still, whatever happens to the disk."""
        tail = self.tail
        reserve = self._reserve.size if self._reserve is not None else 0
        return max(0, self._open[tail.number].size - tail.offset) + reserve

    def in_place(self) -> bool:
        """Whether the segment being written is still the file of its name."""
        return self._open[self.tail.number].in_place()

    def restart(self, seq: int | None = None) -> None:
        """Go on in a new segment, behind `seq` if it is not the tail's. Raises OSError."""
        private_folder(self.folder)
        self.numbers = [n for n in self.numbers if n in self._open or self._path(n).exists()]
        with self._making:
            self._drop_lost_reserve()
            self._no_room = False
        self.tail = self._begin(self.tail.seq if seq is None else seq)

    def release(self, before: int) -> None:
        """Close segments that are moved; the files stay."""
        for number in [number for number in self._open if number < before]:
            if self._open[number] not in self._unsynced:
                self._open.pop(number).close()

    def prune(self, covered: int, moved: int, keep_bytes: int = KEEP_BYTES) -> list[int]:
        """Remove segments a verified backup covers, and the oldest beyond the bound.

        Args:
            covered: the newest event that is in a verified backup.
            moved: the newest event in SQLite; nothing above it is ever removed.
            keep_bytes: what all segments together may take.

        Returns the numbers of segments removed although no backup covers them.
        """
        uncovered: list[int] = []
        for number, following in list(zip(self.numbers, self.numbers[1:], strict=False)):
            try:
                end = self.first_seq(following)
            except FileNotFoundError:
                break
            if end is None or end > moved + 1:
                break
            over = len(self.numbers) * self.segment_bytes > keep_bytes
            if end > covered + 1 and not over:
                break
            if end > covered + 1:
                uncovered.append(number)
            self._remove(number)
        return uncovered

    def close(self) -> None:
        for segment in self._open.values():
            segment.close()
        if self._reserve is not None:
            self._reserve.close()

    def _recover(self) -> Mark:
        """Find the newest event, and cut what is torn behind it."""
        while self.numbers:
            number = self.numbers[-1]
            segment = self.segment(number)
            walk = Walk(self, Mark(0, number, len(HEADER)), Mark(0, number, segment.size))
            last = None
            for last in walk:  # noqa: B007 - only the last one matters
                pass
            if last is not None:
                segment.wipe(walk.offset)
                return Mark(seq_of(last), number, walk.offset)
            self._set_aside_empty(segment)
        return self._begin(0)

    def _set_aside_empty(self, segment: Segment) -> None:
        """An empty segment at the end is the reserve; of several, the first one."""
        if self._reserve is not None:
            self._reserve.close()
            self._reserve.path.unlink()
            self._reserve = None
        self.numbers.remove(segment.number)
        del self._open[segment.number]
        if segment.size == self.segment_bytes:
            segment.wipe(0)
            segment.write(HEADER, 0)
            self._reserve = segment
        else:
            segment.close()
            segment.path.unlink()

    def _begin(self, seq: int) -> Mark:
        """Go on in a new segment: the reserve, or one made now."""
        # Under the lock, so that the reserve being made is waited for: a second segment made
        # meanwhile would break the order of the numbers.
        with self._making:
            segment, self._reserve = self._reserve, None
            if segment is None:
                segment = self._create_if_room()
        self._open[segment.number] = segment
        self.numbers.append(segment.number)
        self._unsynced.append(segment)
        return Mark(seq, segment.number, len(HEADER))

    def _drop_lost_reserve(self) -> None:
        if self._reserve is not None and not self._reserve.in_place():
            self._reserve.close()
            self._reserve = None

    def _create_if_room(self) -> Segment:
        if self._no_room:
            raise OSError("the disk is full and the spool's reserve is used up")
        try:
            return self._create()
        except OSError:
            self._no_room = True  # until the keeper finds room: an append does not try again
            raise

    def _create(self) -> Segment:
        number = self.numbers[-1] + 1 if self.numbers else 1
        while self._path(number).exists():
            number += 1
        return Segment.create(self.folder, number, self.segment_bytes)

    def _remove(self, number: int) -> None:
        self.numbers.remove(number)
        if number in self._open:
            self._open.pop(number).close()
        self._path(number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}{SUFFIX}"


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
            last = self.number >= self._end.number
            segment = self._spool.segment(self.number)
            end = self._end.offset if last else segment.size
            for offset, payload in segment.frames(self.offset, end):
                self.offset = offset
                yield payload
            if self.offset < end and (go_on := segment.next_frame(self.offset, end)) is not None:
                self.offset = go_on
                continue
            if last:
                return
            self.number = next(n for n in self._spool.numbers if n > self.number)
            self.offset = len(HEADER)


def seq_of(payload: bytes) -> int:
    """The seq a payload begins with."""
    return int(payload[: payload.index(b"\n")])
