"""Substitutes that implement the bot's ports; what they stand for is tested elsewhere."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from trader.store import Ack


@dataclass(frozen=True)
class MemoryEvent:
    seq: int
    kind: str
    body: Mapping[str, Any]
    version: str
    ref: str | None
    occurred_at: datetime | int | None
    durable: bool


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{value!r} is not for an event")


@dataclass
class MemoryLog:
    """An event log in memory: bodies go through JSON as in the store.

    `syncs` says whether durable events reach the disk; `dies_at` is how many appends the process
    survives: from the next one on, nothing is recorded until the limit is lifted.
    """

    version: str = "8.03"
    syncs: bool = True
    dies_at: int | None = None
    events: list[MemoryEvent] = field(default_factory=list)

    def append(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Ack:
        if self.dies_at is not None and self.dies_at <= len(self.events):
            raise Died
        read_back = json.loads(json.dumps(body, default=_plain, allow_nan=False))
        seq = len(self.events) + 1
        event = MemoryEvent(seq, kind, read_back, self.version, ref, occurred_at, durable)
        self.events.append(event)
        return Ack(seq=seq, stored=True, synced=durable and self.syncs)

    def append_all(self, kind: str, bodies: Sequence[Mapping[str, object]], **about: Any) -> Ack:
        """As the store, but that a death may come between two of them."""
        return [self.append(kind, body, **about) for body in bodies][-1]

    def newest(
        self, *, before: int | None = None, limit: int = 100, kind: str | None = None
    ) -> Sequence[MemoryEvent]:
        found = [
            event
            for event in reversed(self.events)
            if kind in (None, event.kind) and (before is None or event.seq < before)
        ]
        return found[:limit]

    def read(self, after: int = 0, limit: int = 1000) -> Sequence[MemoryEvent]:
        return self.events[after : after + limit]

    def flush(self, timeout: float = 10.0) -> bool:
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def of_kind(self, kind: str) -> list[MemoryEvent]:
        return [event for event in self.events if event.kind == kind]


class Died(BaseException):
    """The process was killed here."""
