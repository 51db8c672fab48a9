"""The door to the bot's event store: the only module of the site that imports `trader`.

Everything here reads. There is no way from the site to write an event, or to command a bot.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings

from trader.store import Event, Head, Reader
from trader.store import streams as stored_streams

__all__ = [
    "Event",
    "Head",
    "StreamUnreadable",
    "about",
    "at",
    "head",
    "newest",
    "read",
    "read_parts",
    "streams",
]


class StreamUnreadable(Exception):
    """A stream's file cannot be read; the text names the stream and the reason."""


def streams() -> list[str]:
    """Names of the streams in the data folder, sorted."""
    return stored_streams(settings.DATA_FOLDER)


def head(stream: str) -> Head:
    """The stream's newest seq and hash; seq 0 when it is empty."""
    with _reader(stream) as reader:
        return reader.head()


def read(stream: str, *, after: int, limit: int) -> list[Event]:
    """At most `limit` events following `after`, oldest first."""
    with _reader(stream) as reader:
        return reader.read(after, limit)


def read_parts(stream: str, *, after: int, limit: int) -> Iterator[list[Event]]:
    """As `read`, in parts: read at once, each decoded when it is asked for."""
    with _reader(stream) as reader:
        return reader.read_parts(after, limit)


def newest(
    stream: str, *, before: int | None = None, limit: int = 100, kind: str | None = None
) -> list[Event]:
    """At most `limit` events with a seq under `before`, newest first."""
    with _reader(stream) as reader:
        return reader.newest(before=before, limit=limit, kind=kind)


def about(stream: str, ref: str, *, limit: int = 1000) -> list[Event]:
    """All events about one trade or batch, oldest first."""
    with _reader(stream) as reader:
        return reader.about(ref, limit)


def at(stream: str, seqs: Sequence[int]) -> list[Event]:
    """The events with these seqs, oldest first; 10,000 at the most."""
    with _reader(stream) as reader:
        return reader.at(seqs)


@contextmanager
def _reader(stream: str) -> Iterator[Reader]:
    try:
        yield Reader(stream, folder=settings.DATA_FOLDER)
    except (sqlite3.Error, OSError) as error:
        raise StreamUnreadable(f"stream {stream!r} cannot be read: {error}") from error
