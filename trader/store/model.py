"""The store's words: what an event is, and what the recorder and the reader answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

MODES = ("live", "testnet", "paper", "replay", "demo")

#: What the first event of a stream is chained to.
GENESIS = bytes(32)

#: Kind of the event that stands in for one that is lost: the store's own, written by a repair.
LOST = "recorder.lost"

#: Kind of the event that reports a repair.
REPAIRED = "recorder.repaired"

#: Microseconds since the epoch, UTC.
Clock = Callable[[], int]


class Ack(NamedTuple):
    """The answer to an append.

    Attributes:
        seq: the event's number in its stream, None when it was refused.
        stored: it is on the spool, and survives the end of this process, kill -9 included.
        synced: it has reached the disk, and survives the loss of power.
    """

    seq: int | None
    stored: bool
    synced: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event's number and hash; seq is 0 where there is none."""

    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read what str() wrote, "SEQ:HASH" in hexadecimal; ValueError for anything else."""
        seq, colon, digest = text.strip().partition(":")
        if not (colon and seq.isascii() and seq.isdigit() and len(digest) == 64):
            raise ValueError(f"a head is written SEQ:HASH, 64 hexadecimal digits; got {text!r}")
        return cls(int(seq), bytes.fromhex(digest))


class Event(NamedTuple):
    """One event as read: times in microseconds since the epoch, UTC; the body upcast.

    `schema` is the schema the body now has; `hash` belongs to the body as it was recorded.
    A tuple, because a projection reads millions.
    """

    stream: str
    seq: int
    occurred_at: int
    recorded_at: int
    kind: str
    schema: int
    bot: str
    version: str
    mode: str
    ref: str | None
    body: dict[str, Any]
    hash: bytes


@dataclass(frozen=True, slots=True)
class Health:
    """How recording goes. Counts are events since this recorder was made.

    Attributes:
        head: seq of the newest event in SQLite.
        appended: acknowledged, so at least on the spool.
        stored: moved into SQLite.
        refused: not acknowledged: lost, and `last_error` says why the last one was.
        backlog: on the spool, not yet in SQLite.
        backlog_seconds: for how long the backlog has not been empty.
        clock_steps: how often the clock was seen to go backward.
        alarms: what is wrong now, one sentence each; empty when all is well.
        last_error: the newest trouble, even if it is over; None if there was none.
    """

    head: int
    appended: int
    stored: int
    refused: int
    backlog: int
    backlog_seconds: float
    clock_steps: int
    alarms: tuple[str, ...]
    last_error: str | None

    @property
    def ok(self) -> bool:
        """Nothing refused and no alarm."""
        return not self.refused and not self.alarms
