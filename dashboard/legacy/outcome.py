"""Collecting the verdicts of one file into its report, its digest and the sink of trades."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Protocol, runtime_checkable

from .binding import Binding
from .decoding import Line
from .duplicates import KeyTable, Overlaps, digest_of, identity, told_by_exchange, trade_id_of
from .fast import Plain
from .pairing import Gap, pair
from .records import Record
from .report import FileReport, Segment, columns_of
from .segments import Outcome
from .verdicts import Aside, Fill, Judged, Quarantined, Refusal, Repeated, Trade


class Sink(Protocol):
    """Where the trades and quarantined records of an import go."""

    def trade(self, trade_id: str, trade: Trade) -> None:
        """A trade that is imported."""

    def quarantined(self, record: Quarantined) -> None:
        """A record that is not."""


@runtime_checkable
class RowSink(Sink, Protocol):
    """A sink that also takes plain trades as rows of text, many at once."""

    def ref_of(self, trade_id: str) -> str:
        """The id a trade is recorded under."""

    def rows(self, like: Trade, rows: list[str]) -> None:
        """Trades whose bodies are that of `like` but for the values in their rows.

        A row is, joined by line breaks: exit time in microseconds, ref, symbol, side, entry time
        where there is one, exit time, entry price, exit price, quantity, fee, net PnL, exit
        reason where there is one, quote asset, identity, line, own id where there is one.
        """


class NoSink:
    """A sink for dry runs."""

    def trade(self, trade_id: str, trade: Trade) -> None:
        """Nothing is kept."""

    def ref_of(self, trade_id: str) -> str:
        """As it is."""
        return trade_id

    def rows(self, like: Trade, rows: list[str]) -> None:
        """Nothing is kept."""

    def quarantined(self, record: Quarantined) -> None:
        """Nothing is kept."""


class Known(Protocol):
    """Trades recorded before: by earlier imports, by the bot, by other files of this batch."""

    def get(self, key: int) -> int:
        """How many trades with this identity are recorded; see duplicates.digest_of."""

    def __len__(self) -> int:
        """How many identities are known; 0 spares asking."""


_ORDERS = frozenset(("open", "cancelled", "rejected", "error", "simulated"))
"""Records set aside that are part of a run all the same, when it is asked what repeats."""
_NO_GAPS = frozenset(("conflict_marker", "filler"))
"""Reasons of records that can hold no fill."""


def _market_of(record: Record, binding: Binding | None) -> str:
    """The market a refused record names where it has the layout's width, else ""."""
    at = binding.roles.get("symbol") if binding is not None else None
    if binding is None or at is None or len(record.fields) != binding.width:
        return ""
    return record.fields[at].strip()


def _record(line: Line) -> Record:
    return Record(line.number, line.offset, line.raw, line.text or "", [], "", line.ended)


class _Run:
    """Plain trades in a row whose bodies have the same fixed part."""

    def __init__(self, sink: Sink, layout: str) -> None:
        self._sink, self._layout = sink, layout
        self._rows_sink = sink if isinstance(sink, RowSink) else None
        self._rows: list[str] = []
        self._first: tuple[str, Trade] | None = None
        self._evidence, self._has_id = "", False
        self.version = ""
        self.net = Decimal(0)
        self.said: list[str] = []

    def fits(self, plain: Plain) -> bool:
        """Whether a trade can follow those before it."""
        return (
            self._first is not None
            and plain.version == self.version
            and plain.version_evidence == self._evidence
            and bool(plain.own_id) == self._has_id
        )

    def begin(self, plain: Plain, line: Line) -> None:
        """The trade that comes next is the first of another run."""
        self.version, self._evidence = plain.version, plain.version_evidence
        self._has_id = bool(plain.own_id)
        self._first = ("", plain.trade(line, self._layout))

    def add(self, plain: Plain, line: Line, number: int) -> None:
        """One more trade."""
        at, exit_time = line.number, plain.exit_time
        trade_id = trade_id_of(exit_time, plain.name, number)
        self.net += plain.net_pnl
        self.said.append(f"T{at}|{trade_id}|{plain.net_text}|{self.version}\n")
        sink = self._rows_sink
        if sink is None:
            self._sink.trade(trade_id, plain.trade(line, self._layout))
            return
        tail = f"\n{plain.own_id}" if self._has_id else ""
        self._rows.append(f"{exit_time}\n{sink.ref_of(trade_id)}\n{plain.cells}{at}{tail}")

    def end(self) -> None:
        """Hand the run's rows on."""
        if self._rows_sink is not None and self._first is not None:
            self._rows_sink.rows(self._first[1], self._rows)
        self._rows, self.said, self._first, self.net = [], [], None, Decimal(0)


class FileOutcome:
    """Receives the records of one file with their verdicts, in order."""

    def __init__(self, report: FileReport, known: Known, sink: Sink) -> None:
        self.report = report
        self.counts = KeyTable()
        self._maybe_known = len(known) > 0
        self._known, self._sink = known, sink
        self._digest = hashlib.sha256()
        self._rows: Overlaps[tuple[Record, Trade | Refusal | Aside]] = Overlaps()
        self._fills: dict[int, tuple[Binding, Overlaps[Fill], list[Fill]]] = {}
        self._counted: set[int] = set()
        self._gaps: list[Gap] = []
        self._segment: Segment | None = None
        self._segment_key: object = None

    def fork(self, report: FileReport, sink: Sink) -> FileOutcome:
        """One that goes on from here by itself, telling another report and sink.

        For a file that still grows: what is undecided is looked at without deciding it.
        """
        made = FileOutcome(report, self._known, sink)
        made.counts, made._digest = self.counts.copy(), self._digest.copy()
        made._rows, made._counted = self._rows.copy(), set(self._counted)
        made._gaps = self._gaps[:]
        made._fills = {
            number: (binding, overlaps.copy(), fills[:])
            for number, (binding, overlaps, fills) in self._fills.items()
        }
        return made

    def repeating(self) -> set[int]:
        """Lines that repeat earlier ones at the end so far: an overlap, if more of it follows."""
        lines = {record.line for record, _ in self._rows.pending}
        for _, overlaps, _ in self._fills.values():
            lines |= {fill.record.line for fill in overlaps.pending}
        return lines

    def take(self, record: Record, outcome: Outcome, binding: Binding | None) -> None:
        """One record with its verdict."""
        report = self.report
        report.records += 1
        segment = self._at(record.line, binding) if binding is not None else None
        if isinstance(outcome, Trade):
            if segment is not None:
                if outcome.reconciled == "confirmed":
                    segment.confirmed += 1
                else:
                    segment.not_computable += 1
            self._push(record, outcome)
        elif isinstance(outcome, Refusal):
            if segment is not None and outcome.reason == "contradicted":
                segment.contradicted += 1
            if outcome.reason not in _NO_GAPS:
                self._gaps.append(Gap(record.line, _market_of(record, binding)))
            self._push(record, outcome)
        elif isinstance(outcome, Aside):
            report.set_aside[outcome.kind] += 1
            if outcome.kind in _ORDERS:
                self._push(record, outcome)
        elif isinstance(outcome, Repeated):
            self._duplicate((record.line,))
        else:
            assert binding is not None
            self._take_fill(outcome, binding)

    def take_plain(self, lines: list[Line], plains: list[Plain], binding: Binding) -> None:
        """Confirmed trades of one binding, each with its line."""
        segment = self._at(lines[0].number, binding)
        keys = [hash(line.text) & 0xFFFFFFFFFFFFFFFF or 1 for line in lines]
        at = 0
        while at < len(lines):
            stop = self._rows.fresh(keys, at)
            if stop > at:
                self._settle_plain(lines[at:stop], plains[at:stop], binding.layout)
            if stop < len(lines):
                self._push(_record(lines[stop]), plains[stop].trade(lines[stop], binding.layout))
            at = stop + 1
        segment.confirmed += len(lines)
        segment.last_line = max(segment.last_line, lines[-1].number)
        self.report.records += len(lines)

    def _settle_plain(self, lines: list[Line], plains: list[Plain], layout: str) -> None:
        """As _settle, for trades of one record each that the exchange gave no id."""
        numbers = self.counts.bump_all([plain.key for plain in plains])
        run = _Run(self._sink, layout)
        for line, plain, number in zip(lines, plains, numbers, strict=True):
            if self._maybe_known and number <= self._known.get(plain.key):
                self._say(run)
                self._duplicate((line.number,))
                continue
            if number > 1:
                self.report.repeated_lines.append(line.number)
            if not run.fits(plain):
                self._say(run)
                run.begin(plain, line)
            run.add(plain, line, number)
        self._say(run)

    def _say(self, run: _Run) -> None:
        """Add up what a run of plain trades came to."""
        count = len(run.said)
        if not count:
            return
        report = self.report
        self._digest.update("".join(run.said).encode())
        report.imported += count
        report.trades += count
        trades, before = report.by_version.get(run.version, (0, Decimal(0)))
        report.by_version[run.version] = (trades + count, before + run.net)
        run.end()

    def _at(self, record_line: int, binding: Binding) -> Segment:
        key = binding.number
        segment = self._segment
        if segment is None or key != self._segment_key:
            again = (
                segment is not None
                and self.report.segments
                and (
                    (segment.layout, segment.columns, segment.pnl_kind)
                    == (binding.layout, columns_of(binding), binding.pnl_kind or binding.shape)
                )
            )
            if again and segment is not None:
                self._segment_key = key
            else:
                segment = Segment(
                    record_line, record_line, binding.layout, columns_of(binding),
                    binding.pnl_kind or binding.shape,
                )  # fmt: skip
                self.report.segments.append(segment)
                self._segment, self._segment_key = segment, key
        assert segment is not None
        segment.last_line = max(segment.last_line, record_line)
        return segment

    def _push(self, record: Record, outcome: Trade | Refusal | Aside) -> None:
        # To the letter, whatever the verdict: a bad record repeats along with the good ones.
        key = hash(record.text) & 0xFFFFFFFFFFFFFFFF or 1
        self._decide(self._rows.push(key, (record, outcome)))

    def _decide(self, rows: list[tuple[tuple[Record, Trade | Refusal | Aside], bool]]) -> None:
        for (row, verdict), overlap in rows:
            if isinstance(verdict, Trade):
                self._settle(verdict, overlap=overlap)
            elif isinstance(verdict, Refusal):
                self._refuse(row, verdict)

    def _settle(self, trade: Trade, *, overlap: bool) -> None:
        lines = self._uncounted(trade.lines) if trade.lines else (trade.line,)
        if overlap:
            self._duplicate(lines)
            return
        key, name = digest_of(identity(trade))
        before = self.counts.get(key)
        number = before + 1
        self.counts.put(key, number)
        by_exchange = bool(trade.exchange_id) and self._told_by_exchange(trade)
        if number <= self._known.get(key) or (trade.exchange_id and before) or by_exchange:
            self._duplicate(lines)
            return
        trade_id = trade_id_of(trade.exit_time, name, number)
        report = self.report
        if number > 1:
            report.repeated_lines.append(trade.line)
        report.imported += len(lines)
        report.trades += 1
        trades, net = report.by_version.get(trade.version, (0, Decimal(0)))
        report.by_version[trade.version] = (trades + 1, net + trade.net_pnl)
        self._digest.update(f"T{trade.line}|{trade_id}|{trade.net_pnl}|{trade.version}\n".encode())
        self._sink.trade(trade_id, trade)

    def _told_by_exchange(self, trade: Trade) -> bool:
        """Whether another file or source told a trade of this id; noted for files to come."""
        key, _ = digest_of(told_by_exchange(trade))
        self.counts.put(key, 1)
        return self._known.get(key) > 0

    def _uncounted(self, lines: tuple[int, ...]) -> tuple[int, ...]:
        """Those of a trade's records no other trade counts: a fill may close one and open one."""
        fresh = tuple(line for line in lines if line not in self._counted)
        self._counted.update(fresh)
        return fresh

    def _duplicate(self, lines: tuple[int, ...]) -> None:
        self.report.duplicates += len(lines)
        self.report.duplicate_lines += lines
        self._digest.update(f"D{lines}\n".encode())

    def _refuse(self, record: Record, refusal: Refusal) -> None:
        report = self.report
        report.quarantined += 1
        report.quarantine.append((record.line, refusal.reason, refusal.detail))
        self._digest.update(f"Q{record.line}|{refusal.reason}\n".encode())
        self._sink.quarantined(
            Quarantined(record.line, record.offset, record.raw, refusal.reason, refusal.detail)
        )

    # -- fills -------------------------------------------------------------------------------

    def _take_fill(self, fill: Fill, binding: Binding) -> None:
        kept = self._fills.get(binding.number)
        if kept is None:
            kept = self._fills[binding.number] = (binding, Overlaps(), [])
        _, overlaps, fills = kept
        text = (
            f"{fill.symbol}|{fill.time}|{fill.side}|{fill.price}|{fill.quantity}|"
            f"{fill.fee}|{fill.group}"
        )
        if fill.exchange_id:
            key, _ = digest_of(f"fill|{fill.layout}|{fill.symbol}|{fill.exchange_id}")
            if self.counts.put(key, 1):
                self._duplicate((fill.record.line,))
                return
        key = hash(f"{text}|{fill.exchange_id}") & 0xFFFFFFFFFFFFFFFF or 1
        self._place(overlaps.push(key, fill), fills)

    def _place(self, decided: list[tuple[Fill, bool]], fills: list[Fill]) -> None:
        for each, overlap in decided:
            if overlap:
                self._duplicate((each.record.line,))
            else:
                fills.append(each)

    def finish(self) -> None:
        """Pair the fills, decide what is open, and close the digest."""
        self._decide(self._rows.finish())
        for binding, overlaps, fills in self._fills.values():
            self._place(overlaps.finish(), fills)
            results = pair(fills, binding, self._gaps)
            for result in results:
                if not isinstance(result, Judged):
                    self._tally(result[0])
                    self._settle(result[0], overlap=False)
            for result in results:
                if isinstance(result, Judged) and self._uncounted((result.record.line,)):
                    self._count_fill(result)
        self._digest.update(repr(sorted(self.report.set_aside.items())).encode())
        self.report.digest = self._digest.hexdigest()

    def _count_fill(self, result: Judged) -> None:
        if isinstance(result.verdict, Aside):
            self.report.set_aside[result.verdict.kind] += 1
        elif isinstance(result.verdict, Refusal):
            self._refuse(result.record, result.verdict)

    def _tally(self, trade: Trade) -> None:
        for segment in self.report.segments:
            if (
                segment.first_line <= trade.line <= segment.last_line
                and segment.layout == trade.layout
            ):
                if trade.reconciled == "confirmed":
                    segment.confirmed += 1
                else:
                    segment.not_computable += 1
                return
