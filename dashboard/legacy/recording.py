"""Trades and quarantined records, kept aside until their whole file is judged; what is recorded."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Any, NamedTuple, Protocol

from .bodies import body_of, quarantine_body
from .cells import plain
from .duplicates import (
    KeyTable,
    digest_of,
    exchange_identity,
    identity_of,
    trade_id_of,
)
from .report import FileReport
from .verdicts import Quarantined, Trade

STREAM = "imports"
SIDES = {"long": 1, "short": -1}
MAX_VERSIONS = 200
IN_MEMORY = 4 * 1024 * 1024


class TooManyVersions(Exception):
    """A version column with more values than any bot has versions."""


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


class Recorded:
    """The trades already recorded, by identity; built from the events of every stream.

    Trades of an import count once its `import.finished` is there, until they are voided.
    """

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self._live = KeyTable()
        self._used = KeyTable()
        self.files: set[str] = set()
        """sha256 of files whose import is finished."""

    def get(self, key: int) -> int:
        """How many trades with this identity count."""
        return self._live.get(key)

    def __len__(self) -> int:
        """How many identities count."""
        return len(self._live)

    def fresh_id(self, trade_id: str) -> str:
        """The trade's id, with a suffix where an undone or broken import has used it up."""
        return self.fresh_ids([trade_id])[0]

    def fresh_ids(self, trade_ids: list[str]) -> list[str]:
        """The same of many."""
        if not len(self._used):
            return trade_ids
        used = [self._used.get(digest_of(each)[0]) for each in trade_ids]
        return [
            f"{each}-r{times}" if times else each
            for each, times in zip(trade_ids, used, strict=True)
        ]

    def take(self, events: Iterable[RecordedEvent]) -> None:
        """Take one stream's trade.voided, import.started, .finished and .undone; then its
        trade.closed, which come last: of a million of them only their keys are kept.
        """
        voided, counts = KeyTable(), KeyTable()
        finished: set[str] = set()
        undone: set[str] = set()
        started: dict[str, str] = {}
        alive: set[str] = set()
        emptied: set[str] = set()
        for event in events:
            if event.kind == "trade.voided":
                voided.put(digest_of(str(event.body.get("trade_id") or event.ref))[0], 1)
            elif event.kind == "import.finished":
                finished.add(str(event.body.get("batch") or event.ref))
            elif event.kind == "import.undone":
                undone.add(str(event.body.get("batch") or event.ref))
            elif event.kind == "import.started":
                started[str(event.body.get("batch") or event.ref)] = str(event.body.get("sha256"))
            elif event.kind == "trade.closed" and event.mode == self._mode:
                keys = keys_of(event.body)
                trade_id = str(event.body.get("trade_id") or event.ref)
                batch = str(event.body.get("batch") or "")
                if not keys:
                    continue
                if voided.get(digest_of(trade_id)[0]) or (batch and batch not in finished):
                    self._use(trade_id)
                    emptied.add(batch)
                else:
                    counts.bump_all(list(keys))
                    alive.add(batch)
            elif event.kind == "trade.closed" and event.body.get("batch"):
                # Told as another mode's: a trade of its own needs an id of its own.
                self._use(str(event.body.get("trade_id") or event.ref))
        for key, count in counts.items():
            if count > self._live.get(key):
                self._live.put(key, count)
        for batch in finished - undone:
            if batch in alive or batch not in emptied:
                self.files.add(started.get(batch, ""))

    def _use(self, trade_id: str) -> None:
        base = trade_id.partition("-r")[0]
        key = digest_of(base)[0]
        self._used.put(key, self._used.get(key) + 1)


def keys_of(body: Mapping[str, Any]) -> set[int]:
    """The identity keys of a recorded trade: what it was imported under, its own fields, and what
    the exchange calls it; none where its body cannot have any.
    """
    known = body.get("identity")
    keys = set()
    if isinstance(known, str) and len(known) >= 16:
        keys.add(int.from_bytes(bytes.fromhex(known[:16]), "little") or 1)
    if by_fields := _field_key(body):
        keys.add(by_fields)
    if by_exchange := _exchange_key(body):
        keys.add(by_exchange)
    return keys


def _exchange_key(body: Mapping[str, Any]) -> int:
    ids = body.get("exchange_trade_ids")
    told = ids[-1] if isinstance(ids, list) and ids else body.get("exchange_trade_id")
    if not told:
        return 0
    try:
        left = int(_second(body["exit_time"]))
        return digest_of(exchange_identity(str(body["symbol"]), left, str(told)))[0]
    except (KeyError, TypeError, ValueError):
        return 0


def _field_key(body: Mapping[str, Any]) -> int:
    try:
        text = identity_of(
            str(body["symbol"]),
            SIDES.get(str(body.get("side")), 0),
            _second(body.get("entry_time")),
            int(_second(body["exit_time"])),
            _number(body.get("entry_price")),
            _number(body.get("exit_price")),
            _number(body.get("quantity")),
            _number(body["net_pnl"]) or "",
        )
    except (KeyError, TypeError, ValueError):
        return 0
    return digest_of(text)[0]


def _second(value: object) -> int | str:
    if value is None:
        return ""
    return int(datetime.fromisoformat(str(value)).timestamp() // 1)


def _number(value: object) -> str | None:
    return None if value is None else plain(Decimal(str(value)))


class Closed(NamedTuple):
    """A trade.closed event to be: its ref, when it happened, its version, its body."""

    ref: str
    occurred_at: int
    version: str
    body: dict[str, Any]


class Alike(NamedTuple):
    """Many trade.closed events to be, whose bodies differ in what VARYING names."""

    key: tuple[object, ...]
    """The same for all that have the same body."""
    version: str
    body: dict[str, Any]
    times: Sequence[int]
    columns: list[str]
    """As outcome.ColumnSink.columns has both."""


VARYING = {
    "trade_id": "id",
    "symbol": "text",
    "side": "text",
    "entry_time": "number",
    "exit_time": "number",
    "entry_price": "number",
    "exit_price": "number",
    "quantity": "number",
    "fee": "number",
    "net_pnl": "number",
    "exit_reason": "text",
    "quote_asset": "text",
    "identity": "id",
    "line": "count",
    "own_id": "text",
}
"""The fields of a body that a row has values for, where they are not null; see store.Slot."""


class Kept:
    """One file's events on their way to the store.

    Trades are held until `take`; `held` is told how many each time, and may take them at once.
    Quarantined records wait until the file is judged whole, on disk where they are many.
    """

    def __init__(
        self,
        report: FileReport,
        recorded: Recorded,
        account: str,
        held: Callable[[int], None] | None = None,
    ) -> None:
        """Without `held`, in a dry run, nothing is kept."""
        self.report = report
        self._recorded, self._account, self._told = recorded, account, held
        self._held: list[Closed | Alike] = []
        self._versions: set[str] = set()
        self._quarantine: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115

    def trade(self, trade_id: str, trade: Trade) -> None:
        """Keep a trade. Raises TooManyVersions."""
        self._meet(trade.version)
        if self._told is None:
            return
        ref = self._recorded.fresh_id(trade_id)
        body = self._body(trade, ref, trade_id)
        self._held.append(Closed(ref, trade.exit_time, trade.version, body))
        self._told(1)

    def refs_of(self, trade_ids: list[str]) -> list[str]:
        """The ids that trades are recorded under."""
        return self._recorded.fresh_ids(trade_ids)

    def columns(self, like: Trade, times: Sequence[int], columns: list[str]) -> None:
        """Keep trades alike, as outcome.ColumnSink has them. Raises TooManyVersions."""
        self._meet(like.version)
        if self._told is None:
            return
        own_id, unknown = bool(like.own_id), (like.entry_time is None, like.exit_reason is None)
        key = (id(self), like.version, like.version_evidence, like.layout, own_id, unknown)
        body = self._body(like, "", trade_id_of(0, "", 1))
        self._held.append(Alike(key, like.version, body, times, columns))
        self._told(len(times))

    def quarantined(self, record: Quarantined) -> None:
        """Keep a refused record."""
        if self._told is not None:
            pickle.dump(quarantine_body(record), self._quarantine, pickle.HIGHEST_PROTOCOL)

    def take(self) -> list[Closed | Alike]:
        """The trades held, complete; they are held no longer."""
        held, self._held = self._held, []
        for each in held:
            each.body["batch"] = self.report.batch
            each.body["source"]["sha256"] = self.report.sha256
        return held

    def _meet(self, version: str) -> None:
        if version not in self._versions:
            if len(self._versions) >= MAX_VERSIONS:
                raise TooManyVersions(
                    f"{self.report.path}: over {MAX_VERSIONS} different versions; "
                    "its version column holds something else"
                )
            self._versions.add(version)

    def _body(self, trade: Trade, ref: str, trade_id: str) -> dict[str, Any]:
        return body_of(trade, ref, trade_id, self._account, self.report.path)

    def quarantine(self, batch: str) -> Iterator[dict[str, Any]]:
        """The bodies of the quarantined records."""
        for body in _load(self._quarantine):
            yield {"batch": batch, "path": self.report.path, **body}

    def close(self) -> None:
        """Give the disk back."""
        self._quarantine.close()


def _load(spool: IO[bytes]) -> Iterator[Any]:
    # Our own temporary file, opened by no name: nobody else's pickle can get in.
    spool.seek(0)
    while True:
        try:
            yield pickle.load(spool)  # noqa: S301
        except EOFError:
            return
