"""One step of following: what is new in the files becomes events, each once and for all.

Nothing is noted beside the events. What a stream holds says by itself what is recorded: a trade
by its identity and its number among equal ones, a refused row by its bytes. So a step that was
cut off anywhere, by kill -9 or a lost power line, is simply taken again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

from dashboard.legacy.bodies import body_of, quarantine_body
from dashboard.legacy.duplicates import KeyTable, digest_of, name_in, number_in
from dashboard.legacy.report import FileReport
from dashboard.legacy.verdicts import Quarantined, Trade
from dashboard.legacy.versions import UNKNOWN

from .logs import Logs, News

SETTLED = 25
"""A refused row is given up once so many lines follow it: fewer could still make it a segment."""
ENOUGH = 12
"""Trades a log must show before one is taken whose net result no printed figure confirms to the
last digit: fewer can look right that are not, a quantity in quote currency or a rate for a fee."""
UNDOING = ("trade.voided", "import.undone")
"""Kinds of events that say of earlier ones that they do not count."""
_ODD = 0x9E3779B97F4A7C15
_ALL = (1 << 64) - 1


class Planned(NamedTuple):
    """An event to append. `version` None is the bot's version as last heard."""

    kind: str
    body: dict[str, Any]
    ref: str | None
    occurred_at: int | None
    version: str | None


class Journal(Protocol):
    """The stream that is written. `append` raises where an event could not be recorded."""

    def append(self, events: list[Planned]) -> None: ...


@dataclass(slots=True)
class Recorded:
    """What this follower's own stream tells: fed its events at the start, then kept by itself.

    What was voided, or belongs to an undone batch, is as if it had never been recorded; so those
    events (`UNDOING`) are fed first.
    """

    trades: KeyTable = field(default_factory=KeyTable)
    """The trades there are, each by its identity and its number among equal ones."""
    rows: KeyTable = field(default_factory=KeyTable)
    """The records that became a trade or were refused, by growing.Log.row_key."""
    refused: set[str] = field(default_factory=set)
    """Refused records that have no line of their own, by their bytes."""
    batches: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)
    """Batches that count no more."""
    voided: KeyTable = field(default_factory=KeyTable)
    """Trades that count no more, by their ids."""
    used: KeyTable = field(default_factory=KeyTable)
    """How many voided trades have had an id: a trade that comes again needs another."""
    advances: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The newest follow.advanced of each file, else its first import.started."""
    states: list[tuple[int, str]] = field(default_factory=list)
    """(since, version) as the bot's state told it, in order."""
    state: dict[str, Any] = field(default_factory=dict)
    """The newest state.snapshot."""
    started: dict[str, Any] = field(default_factory=dict)
    settings: str = ""
    """What the newest settings.changed was made from, as a hash."""

    def take(self, kind: str, body: dict[str, Any], occurred_at: int, version: str) -> None:
        """Fold one event in, in the stream's order but for `UNDOING`."""
        if kind == "trade.closed":
            self._take_trade(body)
        elif kind == "trade.voided":
            self.voided.put(digest_of(str(body.get("trade_id")))[0], 1)
        elif kind == "import.undone":
            self.undone.add(str(body.get("batch")))
        elif kind == "import.quarantined":
            if str(body.get("batch")) not in self.undone:
                self._take_row(body.get("row"))
                if not body.get("row"):
                    self.refused.add(str(body.get("raw_file")))
        elif kind == "import.started":
            self.batches.add(str(body.get("batch")))
            path = str(body.get("path"))
            known = self.advances.get(path)
            if known is None or ("offset" not in known and _listed(body) < _listed(known)):
                self.advances[path] = body
        elif kind == "follow.advanced":
            if str(body.get("batch")) not in self.undone:
                self.advances[str(body.get("path"))] = body
        elif kind == "state.snapshot":
            self.state = body
        elif kind == "bot.started":
            self.started = body
            self.states.append((occurred_at, version))
        elif kind == "settings.changed":
            self.settings = str(body.get("sha256"))

    def _take_trade(self, body: dict[str, Any]) -> None:
        trade_id = str(body.get("trade_id"))
        base = trade_id.partition("-r")[0]
        if self.voided.get(digest_of(trade_id)[0]):
            self.used.bump(digest_of(base)[0])
            return
        source = body.get("source")
        self._take_row(source.get("row") if isinstance(source, dict) else None)
        if base.startswith("fol-") and base.rpartition("-")[2].isdigit():
            self.trades.put(_key(base), 1)

    def _take_row(self, row: object) -> None:
        if isinstance(row, str) and row:
            self.rows.put(int(row, 16), 1)

    def fresh_id(self, trade_id: str) -> str:
        """The trade's id, with a suffix where undoing has used it up."""
        times = self.used.get(digest_of(trade_id)[0])
        return f"{trade_id}-r{times}" if times else trade_id

    def batch_of(self, path: str) -> str:
        """The batch of a followed file; each undoing makes room for another."""
        first = name = batch_of(path)
        number = 1
        while name in self.undone:
            number += 1
            name = f"{first}-{number}"
        return name

    def version_at(self, time: int) -> str:
        """The version the bot's state had at this time, "" before it was first seen."""
        return next((version for since, version in reversed(self.states) if since <= time), "")


class Follower:
    """Turns what the logs say into events of one stream."""

    def __init__(self, logs: Logs, journal: Journal, recorded: Recorded, account: str) -> None:
        self._logs, self._journal, self._recorded = logs, journal, recorded
        self._account = account
        self.trades = self.quarantined = 0
        self.waiting: dict[str, int] = {}
        """Path -> rows whose context is not decided yet."""

    def step(self) -> int:
        """Record everything that is new; the number of events.

        Raises what the journal raises; a new Follower then takes the step again.
        """
        appended = 0
        for news in self._logs.step():
            events = self._events(news)
            self._journal.append(events)
            self.heard(events)
            appended += len(events)
        return appended

    def batches(self) -> dict[str, str]:
        """The batch of each file that said something, as undo_import takes it."""
        return {path: str(body.get("batch")) for path, body in self._recorded.advances.items()}

    def heard(self, events: list[Planned]) -> None:
        """These are recorded now."""
        for event in events:
            self._recorded.take(event.kind, event.body, event.occurred_at or 0, event.version or "")

    def _events(self, news: News) -> list[Planned]:
        look = news.look
        events: list[Planned] = []
        if not look.is_log:
            # Rows of a file that shows no trade yet are neither trades nor damage.
            if not news.partial:
                self.waiting[str(news.file.path)] = look.report.records
            return []
        for trade_id, trade in look.final.trades:
            events += self._trade(trade_id, trade, news)
        for record in look.final.refused:
            events += self._refusal(record, news)
        found, waiting = self._still_open(news)
        events += found
        if events:
            events = [*self._begin(news), *events]
        if not news.partial:
            self.waiting[str(news.file.path)] = waiting
            events += self._advance(news, waiting, forced=bool(events))
        return events

    def _still_open(self, news: News) -> tuple[list[Planned], int]:
        """What can be recorded already of rows that are not decided for good; how many wait."""
        look, events, waiting = news.look, list[Planned](), 0
        seen = look.report.trades + look.report.duplicates
        held: set[str] = set()
        gross = _gross(look.report)
        for trade_id, trade in look.open.trades:
            name = name_in(trade_id)
            repeats = not look.repeating.isdisjoint((trade.line, *trade.lines))
            settled = seen >= ENOUGH or (
                trade.reconciled == "confirmed"
                and trade.after_fees
                and not any(trade.line in lines for lines in gross)
            )
            # Of equal trades the first is recorded first: their numbers follow the file's order.
            if repeats or name in held or not settled:
                held.add(name)
                waiting += not self._knows(trade_id, news.log.row_key(trade.line))
            else:
                events += self._trade(trade_id, trade, news)
        for record in look.open.refused:
            if look.lines - record.line >= SETTLED:
                events += self._refusal(record, news)
            else:
                waiting += 1
        return events, waiting

    def _begin(self, news: News) -> Iterator[Planned]:
        """The file's batch, under which its refused rows are shown; its trades count at once."""
        batch = self._recorded.batch_of(_name(news))
        if batch not in self._recorded.batches:
            body = {
                "batch": batch, "path": _name(news), "sha256": "", "followed": True,
                "listed": str(news.file.listed),
            }  # fmt: skip
            yield Planned("import.started", body, batch, None, None)

    def _knows(self, trade_id: str, row: int) -> bool:
        known = self._recorded
        return bool((row and known.rows.get(row)) or known.trades.get(_key(trade_id)))

    def _trade(self, trade_id: str, trade: Trade, news: News) -> Iterator[Planned]:
        row = news.log.row_key(trade.line) if not trade.lines else 0
        if self._knows(trade_id, row):
            return
        if not trade.version.isprintable():
            trade.version, trade.version_evidence = UNKNOWN, "none"
        if trade.version == UNKNOWN and (told := self._recorded.version_at(trade.exit_time)):
            trade.version, trade.version_evidence = told, "state file"
        ref = self._recorded.fresh_id(f"fol-{trade_id.removeprefix('imp-')}")
        body = body_of(trade, ref, trade_id, self._account, str(news.file.path))
        body["source_kind"] = "follow"
        body["source"]["batch"] = self._recorded.batch_of(_name(news))
        if row:
            body["source"]["row"] = f"{row:016x}"
        self.trades += 1
        yield Planned("trade.closed", body, ref, trade.exit_time, trade.version)

    def _refusal(self, record: Quarantined, news: News) -> Iterator[Planned]:
        row = news.log.row_key(record.line)
        batch = self._recorded.batch_of(_name(news))
        body = {"batch": batch, "path": _name(news), **quarantine_body(record)}
        known = self._recorded
        if known.rows.get(row) if row else body["raw_file"] in known.refused:
            return
        if row:
            body["row"] = f"{row:016x}"
        self.quarantined += 1
        yield Planned("import.quarantined", body, batch, None, None)

    def _advance(self, news: News, waiting: int, *, forced: bool) -> Iterator[Planned]:
        """Up to where the file is read and what it came to, for people and for a later run."""
        place, report = news.file.place, news.look.report
        path = _name(news)
        batch = self._recorded.batch_of(path)
        body = {
            "batch": batch,
            "path": path,
            "now": str(news.file.path),
            "ended": news.ended,
            "offset": place.offset,
            "sha256": place.fingerprint(),
            "device": str(place.device),
            "inode": str(place.inode),
            "listed": str(news.file.listed),
            "records": report.records,
            "imported": report.imported,
            "duplicates": report.duplicates,
            "set_aside": sum(report.set_aside.values()),
            "quarantined": report.quarantined,
            "waiting": waiting,
        }
        before = self._recorded.advances.get(path, {})
        if forced or before.get("records") != body["records"] or news.ended:
            if {**before, "listed": ""} == {**body, "listed": ""}:
                return
            yield Planned("follow.advanced", body, batch, None, None)


def _key(trade_id: str) -> int:
    """Of a trade's identity and number; never 0, which is none in the table."""
    name, number = name_in(trade_id), number_in(trade_id)
    return ((int(name[:16], 16) + (number - 1) * _ODD) & _ALL) or 1


def _listed(body: dict[str, Any]) -> int:
    return int(body.get("listed") or 0)


def batch_of(path: str) -> str:
    """The first batch of a followed file, by its path."""
    return f"follow-{blake2b(path.encode(), digest_size=6).hexdigest()}"


def _name(news: News) -> str:
    """The path a file was followed under, whatever it is called by now."""
    return str(news.file.was or news.file.path)


def _gross(report: FileReport) -> list[range]:
    """The lines whose PnL is printed before fees: what is left after them is computed."""
    return [
        range(segment.first_line, segment.last_line + 1)
        for segment in report.segments
        if segment.pnl_kind != "net"
    ]
