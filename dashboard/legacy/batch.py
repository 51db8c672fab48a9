"""The whole of one import: sources in, a report out, trades and quarantined records to a sink."""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from itertools import chain
from pathlib import Path, PurePath

from . import freqtrade, snapshots
from .aliases import VOCABULARY
from .binding import Binding
from .cells import PLAIN_NUMBER, is_symbol
from .decoding import Decoder, lines
from .duplicates import KeyTable
from .joining import finish_together, history_of
from .lines import Line
from .outcome import FileOutcome
from .records import Assembler, Record, all_wrapped, sniff_delimiter, unwrapped
from .report import FileReport, Report
from .segments import FileJudge, Outcome
from .sides import side_of
from .sinks import Known, NoSink, Sink
from .sources import BadSource, Reader, Source, find
from .times import ISO, TimezoneNeeded
from .values import Context
from .versions import Versions


class ImportRefused(Exception):
    """The import cannot be done as asked; nothing was written. The text says why and what to do."""


SMALL = 4 * 1024 * 1024
"""Bytes of a file whose trades all wait in memory until it is read to its end."""
ENOUGH = 5_000
"""Records after which a file without a single sign of trades is given up."""
NO_LOG = "not a trading log: no layout known here, and no row looks like a trade"
Progress = Callable[[str, int, int], None]
"""label of the file, bytes read, bytes expected (0 where unknown)."""


@dataclass(slots=True)
class Options:
    """What the caller decides. `now` is in microseconds UTC."""

    zone: tzinfo | None = None
    version_tag: str = ""
    now: int = field(default_factory=lambda: time.time_ns() // 1_000)
    progress: Progress | None = None
    mode: str = "live"


class Nothing:
    """No trade is recorded yet."""

    def get(self, key: int) -> int:
        """Always 0."""
        del key
        return 0

    def __len__(self) -> int:
        """Always 0."""
        return 0


class BatchKnown:
    """What was recorded before this batch, and by the files of it already read."""

    def __init__(self, before: Known) -> None:
        self._before, self._here = before, KeyTable()

    def get(self, key: int) -> int:
        """How many trades with this identity are recorded."""
        return max(self._before.get(key), self._here.get(key))

    def __len__(self) -> int:
        """How many identities are known, at most."""
        return len(self._before) + len(self._here)

    def add(self, counts: KeyTable) -> None:
        """Remember the trades of a file."""
        for key, count in counts.items():
            if count > self._here.get(key):
                self._here.put(key, count)


FileSink = Callable[[FileReport], Sink]


def read_all(
    paths: Sequence[str | Path],
    options: Options,
    *,
    known: Known | None = None,
    sink_for: FileSink | None = None,
    batch: str = "",
    dry_run: bool = True,
) -> Report:
    """Judge every record of every file. Raises ImportRefused and leaves nothing half done."""
    try:
        sources = find(paths)
        if not sources:
            raise ImportRefused("nothing to read: give files, folders or patterns")
        skipped: list[tuple[str, str]] = []
        reports = _files(sources, options, BatchKnown(known or Nothing()), sink_for, skipped)
    except BadSource as error:
        raise ImportRefused(str(error)) from None
    if not reports:
        label, why = skipped[0]
        raise ImportRefused(f"none of {len(skipped)} files is a trading log; {label}: {why}")
    digest = hashlib.sha256("".join(f"{r.sha256}{r.digest}" for r in reports).encode()).hexdigest()
    return Report(batch, dry_run, digest, reports, skipped)


def _files(
    sources: Sequence[Source],
    options: Options,
    known: BatchKnown,
    sink_for: FileSink | None,
    skipped: list[tuple[str, str]],
) -> list[FileReport]:
    reports = []
    histories = Counter(history_of(source.label) for source in sources)
    waiting: dict[str, list[FileOutcome]] = {}
    for at, source in enumerate(sources):
        outcome = _one(source, options, known, sink_for)
        if isinstance(outcome, str):
            skipped.append((source.label, outcome))
            continue
        reports.append(outcome.report)
        history = history_of(source.label)
        if outcome.has_fills and histories[history] > 1:
            waiting.setdefault(history, []).append(outcome)
            continue
        outcome.finish()
        if at < len(sources) - 1 or waiting:
            known.add(outcome.counts)
    for outcomes in waiting.values():
        finish_together(outcomes, lambda outcome: known.add(outcome.counts))
    return reports


def _one(
    source: Source, options: Options, known: BatchKnown, sink_for: FileSink | None
) -> FileOutcome | str:
    """A file that is read and not yet finished; where it is no trading log, why not."""
    if unread := source.unread():
        return unread
    report = FileReport(source.label)
    sink: Sink = sink_for(report) if sink_for is not None else NoSink()
    outcome = FileOutcome(report, known, sink)
    try:
        wrong = _read(source, options, outcome)
    except TimezoneNeeded as error:
        raise ImportRefused(
            f"{source.label}: times such as {str(error)!r} carry no time zone; say which one they "
            "are in with --timezone, for example --timezone UTC or --timezone "
            "Asia/Seoul. Nothing was written"
        ) from None
    if wrong:
        if source.named:
            raise ImportRefused(f"{source.label}: {wrong}. Nothing was written")
        return wrong
    return outcome


def _read(source: Source, options: Options, outcome: FileOutcome) -> str:
    """Judge one source into its outcome. Says why where it is no trading log at all, else ""."""
    name = PurePath(source.member or source.path.name).name
    context = context_of(name, options)
    if source.is_sqlite():
        outcome.report.encoding = outcome.report.delimiter = "sqlite"
        outcome.report.sha256 = source.sha256()
        return freqtrade.read(source.path, context, outcome.take)
    digest = hashlib.sha256()
    done, size = 0, source.size()
    if source.packing or size > SMALL:
        # Its trades may be written before it is read to its end, and each names the whole file.
        outcome.report.sha256 = source.sha256(size)
    with source.reading() as raw_read:

        def read(count: int) -> bytes:
            nonlocal done
            # A log that grows meanwhile is read as it was.
            data = raw_read(min(count, size - done) if size else count)
            digest.update(data)
            done += len(data)
            if options.progress is not None:
                options.progress(source.label, done, size)
            return data

        wrong = _read_text(read, context, outcome)
    if outcome.report.sha256 not in ("", digest.hexdigest()) and not wrong:
        raise BadSource(f"{source.label}: it was changed while it was read; import it once more")
    outcome.report.sha256 = digest.hexdigest()
    return wrong


def context_of(name: str, options: Options) -> Context:
    """What judging a file of this name needs beside its records."""
    bare = name.removesuffix(".gz")
    return Context(
        options.zone,
        options.now,
        Versions(options.version_tag, bare),
        symbol=_symbol_in(bare),
        real=options.mode == "live",
    )


def _read_text(read: Reader, context: Context, outcome: FileOutcome) -> str:
    report = outcome.report
    decoder = Decoder(vocabulary=VOCABULARY)
    blocks = lines(read, decoder)
    first = next(blocks, None)
    if first is None:
        return "the file is empty"
    if snapshots.looks_like_json(first):
        return snapshots.read(first, blocks, context, outcome.take)
    if not decoder.wide and _is_binary(first):
        return "this is no text, so no trading log"
    delimiter = sniff_delimiter(line.text for line in first[:400] if line.text)
    report.delimiter = delimiter
    seen = _Seen()

    def take(record: Record, result: Outcome, binding: Binding | None) -> None:
        seen.look(record)
        outcome.take(record, result, binding)

    judge = FileJudge(context, take, delimiter, outcome.take_plain)
    source: Iterable[Sequence[Line]] = chain([first], blocks)
    if all_wrapped((line.text for line in first[:60] if line.text), delimiter):
        source = unwrapped(source, delimiter)
    assembler = Assembler(delimiter)
    for block in source:
        rest = short_way(block, judge, outcome) if not assembler.waiting else block
        if rest:
            judge.feed(assembler.add(rest))
        if judge.bindings:
            judge.emit = outcome.take
            report.encoding = decoder.name()
        elif seen.rows > ENOUGH and not judge.had_header and not seen.like_trades():
            return NO_LOG
    judge.feed(assembler.finish())
    judge.finish()
    report.encoding = decoder.name()
    report.headings = judge.headings
    for line, printed in judge.totals:
        computed = sum((net for _, net in report.by_version.values()), start=printed * 0)
        report.file_totals.append(
            {"line": line, "printed": str(printed), "computed": f"{computed:.8f}",
             "agrees": abs(printed - computed) <= abs(printed) / 100_000 + 1}
        )  # fmt: skip
    if not judge.bindings and not judge.had_header and not seen.like_trades():
        return NO_LOG
    return ""


def short_way(block: Sequence[Line], judge: FileJudge, outcome: FileOutcome) -> Sequence[Line]:
    """Take what of a block is plain; the lines that are left for the long way."""
    found = judge.judge_fast(block)
    if found is None:
        return block
    binding = judge.current
    assert binding is not None
    plains, places, taken = found
    if len(places) == taken:
        outcome.take_plain(block, plains, binding)
        return block[taken:] if taken < len(block) else []
    block = list(block)
    judge.expect(
        {
            block[place].number: plains.trade(at, block[place], binding.layout)
            for at, place in enumerate(places)
        }
    )
    return block


def _is_binary(first: Sequence[Line]) -> bool:
    sample = b"".join(line.raw for line in first[:50])[:4096]
    odd = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    zeros = sample.count(0)
    unreadable = sum(line.text is None for line in first[:50])
    return (odd - zeros) * 20 > len(sample) or unreadable * 2 > min(len(first), 50)


def _symbol_in(name: str) -> str:
    """The one market a file's name speaks of, or ""."""
    found = {part.upper() for part in re.split(r"[^A-Za-z0-9]+", name) if is_symbol(part)}
    return found.pop() if len(found) == 1 else ""


@dataclass(slots=True)
class _Seen:
    """Whether rows that no layout fits are trades at all by their looks."""

    rows: int = 0
    trades: int = 0

    def look(self, record: Record) -> None:
        """Count a record."""
        self.rows += 1
        cells = [cell.strip() for cell in record.fields]
        numbers = sum(PLAIN_NUMBER.fullmatch(cell) is not None for cell in cells)
        named = any(is_symbol(cell) for cell in cells) or any(side_of(cell) for cell in cells)
        timed = any(ISO.read(cell) is not None for cell in cells) or numbers >= 5
        self.trades += numbers >= 3 and named and timed

    def like_trades(self) -> bool:
        """True where at least a third of the rows have a market or side, numbers and a time."""
        return self.rows > 0 and self.trades * 3 >= self.rows


def iter_lines(path: Path) -> Iterator[Sequence[Line]]:
    """The decoded lines of one plain file, for tools and tests."""
    with path.open("rb") as stream:
        yield from lines(stream.read, Decoder(vocabulary=VOCABULARY))
