"""Which trades every stream of the data folder has recorded, kept up to date while they grow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from dashboard.legacy.duplicates import KeyTable
from dashboard.legacy.recording import keys_of

KINDS = ("trade.closed", "import.finished", "trade.voided")
"""In the order they are read when a stream is read whole."""


class RecordedEvent(Protocol):
    """What is read of events in the store."""

    @property
    def kind(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def ref(self) -> str | None: ...
    @property
    def body(self) -> dict[str, Any]: ...


About = Callable[[str], Iterable[RecordedEvent]]
"""All events about one trade."""


class StreamTrades:
    """The trades of one stream that count, by identity."""

    def __init__(self, mode: str, about: About) -> None:
        self._mode, self._about = mode, about
        self._table = KeyTable()
        self._finished: set[str] = set()
        self._waiting: dict[str, list[set[int]]] = {}

    def get(self, key: int) -> int:
        """How many trades with this identity count."""
        return self._table.get(key)

    def take(self, event: RecordedEvent) -> None:
        """Fold one event in; each is given once, in the stream's order or kind by kind."""
        if event.kind == "trade.closed" and event.mode == self._mode:
            batch = str(event.body.get("batch") or "")
            keys = keys_of(event.body)
            if batch and batch not in self._finished:
                self._waiting.setdefault(batch, []).append(keys)
            else:
                self._count(keys, 1)
        elif event.kind == "import.finished":
            batch = str(event.body.get("batch") or event.ref)
            self._finished.add(batch)
            for keys in self._waiting.pop(batch, ()):
                self._count(keys, 1)
        elif event.kind == "trade.voided":
            self._void(str(event.body.get("trade_id") or event.ref))

    def _void(self, trade_id: str) -> None:
        told = list(self._about(trade_id))
        if sum(each.kind == "trade.voided" for each in told) > 1:
            return  # said twice, and counted once
        for each in told:
            if each.kind == "trade.closed" and each.mode == self._mode:
                batch = str(each.body.get("batch") or "")
                if not batch or batch in self._finished:
                    self._count(keys_of(each.body), -1)
                return

    def _count(self, keys: set[int], step: int) -> None:
        for key in keys:
            self._table.put(key, max(0, self._table.get(key) + step))


class KnownElsewhere:
    """The trades of all other streams: as outcome.Known asks for them."""

    def __init__(self) -> None:
        self.streams: dict[str, StreamTrades] = {}

    def get(self, key: int) -> int:
        """How many trades with this identity the stream that has most of them recorded."""
        return max((stream.get(key) for stream in self.streams.values()), default=0)

    def __len__(self) -> int:
        """At least one: streams may come at any time."""
        return 1 + len(self.streams)
