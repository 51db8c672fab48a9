"""How an event is written: a JSON body, and a payload of lines around it.

The payload is ten lines of UTF-8, the last without its newline:

    seq, occurred_at, recorded_at, kind, schema, bot, version, mode, ref, body

No field holds a newline (JSON escapes them, the others are refused with one), `ref` is
empty where there is none and begins with "=" where there is one, so one payload is one
event. An event's hash is sha256(hash of the event before it + payload), and SQL rebuilds
the payload from the columns with `||`, so that verifying is one query and one hash a row.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from .json_writer import JsonWriter
from .model import LOST
from .redact import REDACTED, Redactor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INT64 = 1 << 63

#: A body may take this many bytes; larger ones are refused.
MAX_BODY = 1 << 20
MAX_FIELD = 1000

#: The row of the table `event` without its hash.
Row = tuple[int, int, int, str, int, str, str, str, str | None, str]

#: The payload of a row, as SQLite builds it.
PAYLOAD_SQL = (
    "CAST(seq || char(10) || occurred_at || char(10) || recorded_at || char(10) || kind"
    " || char(10) || schema || char(10) || bot || char(10) || version || char(10) || mode"
    " || char(10) || coalesce('=' || ref, '') || char(10) || body AS BLOB)"
)


class BadEvent(ValueError):
    """This event cannot be written; the text says why."""


def chain(previous: bytes, payload: bytes) -> bytes:
    """The hash of an event, from the one before it and its payload."""
    return sha256(previous + payload).digest()


def parse(payload: bytes) -> Row:
    """The columns of a payload; ValueError where it is not one."""
    lines = payload.decode().split("\n", 9)
    seq, occurred_at, recorded_at, kind, schema, bot, version, mode, ref, body = lines
    return (
        int(seq),
        int(occurred_at),
        int(recorded_at),
        kind,
        int(schema),
        bot,
        version,
        mode,
        ref[1:] if ref else None,
        body,
    )


def payload_of(row: Row) -> bytes:
    """The payload of a row, as `parse` reads it."""
    seq, occurred_at, recorded_at, kind, schema, bot, version, mode, ref, body = row
    tagged = "" if ref is None else f"={ref}"
    return (
        f"{seq}\n{occurred_at}\n{recorded_at}\n{kind}\n{schema}\n{bot}\n{version}\n{mode}\n"
        f"{tagged}\n{body}"
    ).encode()


def lost_row(
    seq: int, recorded: datetime | int, bot: str, version: str, mode: str, reason: str
) -> Row:
    """The row that keeps the place of an event that is lost."""
    moment = microseconds(recorded)
    return seq, moment, moment, LOST, 1, bot, version, mode, None, json.dumps({"reason": reason})


def field(name: str, value: object) -> str:
    """A column of text: neither empty nor long, without control characters."""
    if not isinstance(value, str):
        raise BadEvent(f"{name} has to be text, not {type(value).__name__}")
    if not value or len(value) > MAX_FIELD or not value.isprintable():
        raise BadEvent(
            f"{name} has to be 1 to {MAX_FIELD} printable characters on one line; got {value!r:.80}"
        )
    return value


def microseconds(moment: datetime | int) -> int:
    """Microseconds since the epoch, exact; an integer is taken as such already."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise BadEvent(f"{moment!r} has no time zone: give a time in UTC, with its zone")
        return (moment - _EPOCH) // _MICROSECOND
    if type(moment) is not int:
        raise BadEvent(
            f"a time is a datetime with its zone or integer microseconds; got {moment!r:.80}"
        )
    if not -_INT64 <= moment < _INT64:
        raise BadEvent(f"{moment} microseconds since the epoch is no time that can be stored")
    return moment


class BodyEncoder:
    """Bodies to JSON: ASCII, no spaces, secrets taken out first."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._known = redactor.knows_any
        self._write = JsonWriter(redactor).event

    def encode(self, kind: str, body: Mapping[str, object]) -> str:
        """The text of a body; BadEvent says what cannot be written."""
        if type(body) is not dict and not isinstance(body, Mapping):
            raise BadEvent(f"a body is a mapping of names to values, not {type(body).__name__}")
        try:
            text = self._write(kind, body)
        except (TypeError, ValueError, RecursionError) as error:
            raise BadEvent(f"the body of {kind} cannot be written: {error}") from error
        if self._known and self._redactor.holds_known(text):
            # Of JSON's own types alone, whose names and texts were looked through above.
            text = json.dumps(self._redactor.without_known(json.loads(text)), separators=(",", ":"))
        if len(text) > MAX_BODY:
            raise BadEvent(f"the body of {kind} takes {len(text)} bytes, over {MAX_BODY}")
        return text

    def column(self, name: str, value: object) -> str:
        """A column of text that may be written; BadEvent for one that is a secret."""
        text = field(name, value)
        if self._known and self._redactor.holds_known(json.dumps(text)):
            raise BadEvent(f"{name} is, or holds, a secret of this process")
        return text

    def message(self, text: str) -> str:
        """An error's text, safe to be shown."""
        known = self._redactor.holds_known(json.dumps(text))
        return REDACTED if known else str(self._redactor.value(text))


def decode_body(text: str) -> dict[str, Any]:
    """The body of a row."""
    body = json.loads(text)
    if not isinstance(body, dict):
        raise ValueError(f"an event's body is a JSON object; got {text:.80}")
    return body


def decode_bodies(texts: Sequence[str]) -> list[dict[str, Any]]:
    """The bodies of many rows, as `decode_body` reads each.

    Read as one array: names that all bodies share are then made once, not anew for each.
    """
    try:
        bodies = json.loads(f"[{','.join(texts)}]")
    except ValueError:
        return [decode_body(text) for text in texts]  # says which, and what is wrong with it
    if len(bodies) != len(texts) or not all(type(body) is dict for body in bodies):
        return [decode_body(text) for text in texts]
    return list(bodies)
