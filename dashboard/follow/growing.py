"""A log that grows: bytes in, verdicts out, by the same judge that reads a finished file.

The judge decides a row for good only with the rows around it. Until then a fork of the judge is
asked what it would say if the file ended here; what is proven by its own arithmetic is taken
from that, everything else waits for its context.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol

from dashboard.legacy import snapshots
from dashboard.legacy.aliases import VOCABULARY
from dashboard.legacy.batch import ENOUGH, short_way
from dashboard.legacy.decoding import Decoder, LineFeed
from dashboard.legacy.duplicates import KeyTable
from dashboard.legacy.lines import Line
from dashboard.legacy.outcome import FileOutcome
from dashboard.legacy.records import Assembler, all_wrapped, sniff_delimiter, unwrapped
from dashboard.legacy.report import FileReport
from dashboard.legacy.segments import FileJudge
from dashboard.legacy.sinks import Known
from dashboard.legacy.values import Context
from dashboard.legacy.verdicts import Quarantined, Trade

FIRST_LINES = 400
"""So many lines decide how the file is delimited; until then each new one may change it."""
MAX_JSON = 64 * 1024**2
_ODD = 0x9E3779B97F4A7C15
_ALL = (1 << 64) - 1


@dataclass(slots=True)
class Verdicts:
    """A sink: what was decided, in the file's order."""

    trades: list[tuple[str, Trade]] = field(default_factory=list)
    refused: list[Quarantined] = field(default_factory=list)

    def trade(self, trade_id: str, trade: Trade) -> None:
        """A row, or several fills, that are a trade."""
        self.trades.append((trade_id, trade))

    def quarantined(self, record: Quarantined) -> None:
        """A row that is none."""
        self.refused.append(record)


@dataclass(slots=True)
class Look:
    """What a log says now: `final` is decided for good, `open` would be if the file ended here.

    `final` holds only what was decided since the last look. `lines` is how many there are;
    `is_log` is False while nothing in the file shows that it holds trades.
    """

    final: Verdicts
    open: Verdicts
    report: FileReport
    lines: int
    is_log: bool
    repeating: frozenset[int] = frozenset()
    """Lines that may turn out to be an overlap with earlier ones."""


class Log(Protocol):
    """A file's content as it comes in."""

    def add(self, data: bytes, now: int) -> None:
        """Take the next bytes; `now` in microseconds. May raise times.TimezoneNeeded."""

    def look(self) -> Look:
        """What is known now. May raise times.TimezoneNeeded."""

    def decided(self) -> Look:
        """What was decided for good since the last look, and nothing else."""

    def end(self) -> Look:
        """The file will not grow any more: everything is final."""

    def row_key(self, line: int) -> int:
        """What tells the record on this line from all others; 0 where that cannot be told."""


class JsonLog:
    """A JSON file, read whole at each look: there is no telling what an addition changes."""

    def __init__(self, name: str, context: Context, known: Known) -> None:
        self._name, self._context, self._known = name, context, known
        self._data = b""

    def add(self, data: bytes, now: int) -> None:
        """Take the next bytes."""
        self._context.now = now
        self._data = (self._data + data)[: MAX_JSON + 1]

    def look(self) -> Look:
        """What stands in the file, the last unfinished line left out."""
        return self._read(whole=False)

    def decided(self) -> Look:
        """Nothing is before the file has been looked at whole."""
        return Look(Verdicts(), Verdicts(), FileReport(self._name), 0, is_log=False)

    def end(self) -> Look:
        """What stands in the file."""
        return self._read(whole=True)

    def row_key(self, line: int) -> int:
        """Objects have no lines of their own."""
        del line
        return 0

    def _read(self, *, whole: bool) -> Look:
        feed = LineFeed(Decoder(vocabulary=VOCABULARY))
        lines = feed.add(self._data)
        if whole or feed.waiting.rstrip().endswith((b"}", b"]")):
            lines += feed.finish()
        found, report = Verdicts(), FileReport(self._name)
        outcome = FileOutcome(report, self._known, found)
        wrong = "empty"
        if lines and len(self._data) <= MAX_JSON:
            wrong = snapshots.read(lines, iter(()), self._context, outcome.take)
        if wrong:
            return Look(Verdicts(), Verdicts(), FileReport(self._name), len(lines), is_log=False)
        repeating = frozenset(outcome.repeating())
        outcome.finish()
        final, still_open = (found, Verdicts()) if whole else (Verdicts(), found)
        return Look(final, still_open, report, len(lines), True, repeating)


class TextLog:
    """A CSV file or its like."""

    def __init__(self, name: str, context: Context, known: Known) -> None:
        self._name, self._context, self._known = name, context, known
        self._decoder = Decoder(vocabulary=VOCABULARY)
        self._feed = LineFeed(self._decoder)
        self._first: list[Line] | None = []
        self._form: tuple[str, bool] | None = None
        self._keys = array("Q")
        self._seen = KeyTable()
        self._final = Verdicts()
        self._begin(",")

    def _begin(self, delimiter: str) -> None:
        self._report = FileReport(self._name)
        self._outcome = FileOutcome(self._report, self._known, self._final)
        self._assembler = Assembler(delimiter)
        self._judge = FileJudge(self._context, self._outcome.take, delimiter)

    def add(self, data: bytes, now: int) -> None:
        """Take the next bytes."""
        self._context.now = now
        self._take(self._feed.add(data))

    def look(self) -> Look:
        """What is decided, and what would be if the file ended here."""
        seen = Verdicts()
        report = FileReport(self._name)
        outcome = self._outcome.fork(report, seen)
        judge = self._judge.fork(outcome.take)
        assembler = Assembler(self._assembler.delimiter)
        assembler.waiting = list(self._assembler.waiting)
        judge.feed(assembler.finish())
        judge.finish()
        repeating = outcome.repeating()
        outcome.finish()
        return self._look(seen, report, judge, repeating)

    def decided(self) -> Look:
        """What was decided for good since the last look."""
        return self._look(Verdicts(), FileReport(self._name), self._judge)

    def end(self) -> Look:
        """Everything is final; an unfinished last line is judged as one."""
        self._take(self._feed.finish())
        self._judge.feed(self._assembler.finish())
        self._judge.finish()
        self._outcome.finish()
        return self._look(Verdicts(), FileReport(self._name), self._judge)

    def row_key(self, line: int) -> int:
        """A hash of the line's bytes and of how many like it came before."""
        return self._keys[line - 1] if 0 < line <= len(self._keys) else 0

    def _look(
        self, seen: Verdicts, rest: FileReport, judge: FileJudge, repeating: Iterable[int] = ()
    ) -> Look:
        final = Verdicts()
        is_log = bool(judge.bindings) or judge.had_header
        if is_log:  # else it may still become one, and nothing is said before
            final.trades, self._final.trades = self._final.trades, []
            final.refused, self._final.refused = self._final.refused, []
        for told in (self._report.duplicate_lines, self._report.repeated_lines):
            told.clear()  # nobody asks for them here, and a log may grow for years
        self._report.quarantine.clear()
        whole = _added(self._report, rest)
        whole.encoding, whole.delimiter = self._decoder.name(), self._assembler.delimiter
        return Look(final, seen, whole, len(self._keys), is_log, frozenset(repeating))

    def hopeless(self) -> bool:
        """Whether so much was read without a sign of a trade that this is no trading log."""
        return len(self._keys) > ENOUGH and not (self._judge.bindings or self._judge.had_header)

    def _take(self, lines: list[Line]) -> None:
        if not lines:
            return
        for line in lines:
            self._keys.append(self._key_of(line.raw))
        if self._first is None:
            self._judge_lines(lines)
            return
        self._first += lines
        form = _form(self._first)
        if form != self._form:
            # Nothing is decided yet: all of it is judged anew, read in the other way.
            self._form = form
            self._begin(form[0])
            lines = self._first
        if len(self._first) >= FIRST_LINES:
            self._first = None
        self._judge_lines(lines)

    def _judge_lines(self, lines: Sequence[Line]) -> None:
        assert self._form is not None
        if self._form[1]:
            lines = next(unwrapped([lines], self._form[0]))
        if not self._assembler.waiting:
            lines = short_way(lines, self._judge, self._outcome)
        if lines:
            self._judge.feed(self._assembler.add(lines))

    def _key_of(self, raw: bytes) -> int:
        digest = blake2b(raw.strip(b"\r\n\0"), digest_size=8).digest()
        key = int.from_bytes(digest, "little") or 1
        times = self._seen.bump(key)
        return ((key + (times - 1) * _ODD) & _ALL) or 1


def log_of(name: str, head: bytes, context: Context, known: Known) -> TextLog | JsonLog:
    """The log for a file that starts with these bytes."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return (JsonLog if start in (b"{", b"[") else TextLog)(name, context, known)


def _form(first: list[Line]) -> tuple[str, bool]:
    """The delimiter, and whether every line is one quoted cell with a record in it."""
    delimiter = sniff_delimiter(line.text for line in first[:FIRST_LINES] if line.text)
    return delimiter, all_wrapped((line.text for line in first[:60] if line.text), delimiter)


def _added(one: FileReport, other: FileReport) -> FileReport:
    """The counts of both; of what is kept a line, nothing."""
    made = FileReport(one.path)
    for name in ("records", "imported", "trades", "duplicates", "quarantined"):
        setattr(made, name, getattr(one, name) + getattr(other, name))
    made.set_aside = one.set_aside + other.set_aside
    made.segments = [*one.segments, *other.segments]
    return made
