"""Collecting the verdicts of one file into its report, its digest and the sink of trades."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from decimal import Decimal

from .binding import Binding
from .duplicates import KeyTable, Overlaps, digest_of, identity, told_by_exchange, trade_id_of
from .lines import Line, numbers_of, texts_of
from .pairing import Gap, Part, pair
from .plains import Plains
from .records import Record
from .report import FileReport, Segment, columns_of
from .segments import Outcome
from .settling_fills import settle_fills
from .sinks import ColumnSink, Known, Sink
from .verdicts import Aside, Fill, Judged, Quarantined, Refusal, Repeated, Trade

_SECOND = 1_000_000
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


class FileOutcome:
    """Receives the records of one file with their verdicts, in order."""

    def __init__(self, report: FileReport, known: Known, sink: Sink) -> None:
        self.report = report
        self.counts = KeyTable()
        self._maybe_known = len(known) > 0
        self._known, self._sink = known, sink
        self._column_sink = sink if isinstance(sink, ColumnSink) else None
        self._digest = hashlib.sha256()
        self._latest = 0
        """The second in which the last of the trades so far has ended, since the epoch."""
        self._plain_binding = 0
        """That of every plain trade so far; -1 where there are several, or some repeat."""
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
        made._plain_binding, made._latest = self._plain_binding, self._latest
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

    def take_plain(self, lines: Sequence[Line], plains: Plains, binding: Binding) -> None:
        """Confirmed trades of one binding; each stands on one of the lines, from the first on."""
        count, numbers = len(plains), numbers_of(lines)
        segment = self._at(numbers[0], binding)
        keys = [hash(text) & 0xFFFFFFFFFFFFFFFF or 1 for text in texts_of(lines)[:count]]
        if not self._take_new(lines, keys, plains, binding):
            self._take_some(lines, keys, plains, binding.layout)
        segment.confirmed += count
        segment.last_line = max(segment.last_line, numbers[count - 1])
        self.report.records += count

    def _take_new(
        self, lines: Sequence[Line], keys: list[int], plains: Plains, binding: Binding
    ) -> bool:
        """Take plain trades none of which the file has told before; False where it may have.

        The same line under the same binding is the same trade: where no trade is told twice, no
        line repeats another plain one. Logs are in the order of time, and a trade that ends in
        a later second than all before it is told for the first time.
        """
        alone = self._plain_binding in (0, binding.number)
        self._plain_binding = -1  # one repeat seldom comes alone
        if not alone or self._rows.may_repeat(keys):
            return False
        before, self._latest = self._latest, max(self._latest, max(plains.exit_times) // _SECOND)
        if plains.end_after(before):
            self.counts.extend_new(plains.keys)
        elif not self.counts.add_new(plains.keys):
            return False
        self._plain_binding = binding.number
        self._rows.take_new(keys)
        self._settle_plain(lines, plains, [1] * len(keys), binding.layout)
        return True

    def _take_some(
        self, lines: Sequence[Line], keys: list[int], plains: Plains, layout: str
    ) -> None:
        """Take plain trades some of which may repeat lines before them."""
        at = 0
        while at < len(keys):
            stop = self._rows.fresh(keys, at)
            if stop > at:
                part = lines if stop - at == len(lines) else lines[at:stop]
                new = plains.part(at, stop)
                self._settle_plain(part, new, self.counts.bump_all(new.keys), layout)
            if stop < len(keys):
                line = lines[stop]
                self._push(_record(line), plains.trade(stop, line, layout))
            at = stop + 1

    def _settle_plain(
        self, lines: Sequence[Line], plains: Plains, places: list[int], layout: str
    ) -> None:
        """As _settle, for trades of one record and no exchange's id; `places` number them."""
        numbers = numbers_of(lines)
        known = [False] * len(places)
        if self._maybe_known:
            known = [
                place <= self._known.get(key)
                for place, key in zip(places, plains.keys, strict=True)
            ]
        for start, stop in plains.runs(known):
            if not known[start]:
                run = lines if stop - start == len(lines) else lines[start:stop]
                self._import_plain(run, plains.part(start, stop), places[start:stop], layout)
                continue
            for line in numbers[start:stop]:
                self._duplicate((line,))

    def _import_plain(
        self, lines: Sequence[Line], plains: Plains, places: list[int], layout: str
    ) -> None:
        """Trades of one version in a row; `places` are their occurrence numbers."""
        report, numbers = self.report, numbers_of(lines)
        version, _ = plains.versions[0]
        trade_ids = list(map(trade_id_of, plains.exit_times, plains.names, places))
        said = [
            f"T{line}|{trade_id}|{net}|{version}\n"
            for line, trade_id, net in zip(numbers, trade_ids, plains.net_texts, strict=True)
        ]
        self._digest.update("".join(said).encode())
        if max(places) > 1:
            report.repeated_lines += [
                line for line, place in zip(numbers, places, strict=True) if place > 1
            ]
        report.imported += len(plains)
        report.trades += len(plains)
        trades, net = report.by_version.get(version, (0, Decimal(0)))
        report.by_version[version] = (trades + len(plains), sum(plains.net_pnls, net))
        self._hand_on(lines, plains, trade_ids, layout)

    def _hand_on(
        self, lines: Sequence[Line], plains: Plains, trade_ids: list[str], layout: str
    ) -> None:
        sink = self._column_sink
        if sink is None:
            for at, trade_id in enumerate(trade_ids):
                self._sink.trade(trade_id, plains.trade(at, lines[at], layout))
            return
        columns: list[Iterable[str]] = [
            sink.refs_of(trade_ids),
            *plains.written,
            map(str, numbers_of(lines)),
        ]
        if plains.own_ids[0]:
            columns.append(plains.own_ids)
        like = plains.trade(0, lines[0], layout)
        sink.columns(like, array("q", plains.exit_times), ["\n".join(each) for each in columns])

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
        self._latest = max(self._latest, trade.exit_time // _SECOND)
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
        for binding, part in self.fills():
            settle_fills(pair([part], binding), lambda _: self)
        self.close()

    @property
    def has_fills(self) -> bool:
        """Whether there are any so far."""
        return bool(self._fills)

    def fills(self) -> list[tuple[Binding, Part]]:
        """The fills of each layout, now that the file is read to its end."""
        self._decide(self._rows.finish())
        for _, overlaps, fills in self._fills.values():
            self._place(overlaps.finish(), fills)
        return [(binding, Part(fills, self._gaps)) for binding, _, fills in self._fills.values()]

    def settle_trade(self, trade: Trade) -> bool:
        """A trade that a fill of this file closes; whether it is imported."""
        self._tally(trade)
        before = self.report.trades
        self._settle(trade, overlap=False)
        return self.report.trades > before

    def settle_fill(self, result: Judged) -> None:
        """A fill that is part of no trade."""
        if self._uncounted((result.record.line,)):
            self._count_fill(result)

    def settle_part(self, lines: tuple[int, ...], *, imported: bool) -> None:
        """These fills are of a trade that another file closes."""
        fresh = self._uncounted(lines)
        if not imported:
            self._duplicate(fresh)
            return
        self.report.imported += len(fresh)
        self._digest.update(f"J{fresh}\n".encode())

    def repeated_fill(self, fill: Fill) -> None:
        """A fill that another file of this history has told."""
        self._duplicate((fill.record.line,))

    def close(self) -> None:
        """All is decided."""
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
