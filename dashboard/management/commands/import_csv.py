"""`manage.py import_csv`: old trading logs into trades, every record accounted for."""

import gc
import json
import secrets
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, Progress, TaskID, TimeRemainingColumn

from dashboard.legacy.batch import ImportRefused, Options, read_all
from dashboard.legacy.recording import Kept, TooManyVersions
from dashboard.legacy.report import FileReport, Report
from dashboard.legacy.sources import BadSource, Source, find
from dashboard.legacy.times import UnknownTimezone, timezone_named
from dashboard.low_priority import give_way
from dashboard.management.commands import _terminal
from dashboard.management.commands._import_stream import (
    Batches,
    ImportStream,
    NotRecorded,
    recorded_trades,
)
from dashboard.management.commands._import_tables import tables
from trader.store import MODES, StreamLocked, StreamUnusable
from trader.store.lock import WriterLock

REFUSED = 2
MAX_NAME = 100  # characters of what an option calls a bot, a version or an account
QUARANTINED = 1


class Command(BaseCommand):
    help = (
        "Import old trading logs (CSV and the like, .gz, .zip, folders, patterns; freqtrade's "
        "SQLite). Every record becomes a trade, a duplicate, is set aside, or is quarantined "
        "with its reason. Example: manage.py import_csv logs/ --timezone Asia/Seoul "
        "--version-tag 7.9 --dry-run"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="file, folder or pattern")
        parser.add_argument("--bot", default="legacy", help="whose trades these are (legacy)")
        parser.add_argument(
            "--version-tag", default="", help="version of records without a version column"
        )
        parser.add_argument(
            "--timezone", default="", help="zone of times without one: UTC, Asia/Seoul, +09:00"
        )
        parser.add_argument("--mode", choices=MODES, default="live", help="what was traded (live)")
        parser.add_argument("--account", default="", help="account of the trades (the mode's name)")
        parser.add_argument("--dry-run", action="store_true", help="say all, write nothing")
        parser.add_argument("--json", action="store_true", help="the report as one JSON object")
        parser.add_argument(
            "--report", default="", metavar="FILE", help="write the report there too"
        )
        parser.add_argument(
            "--expect-quarantined", type=_count, default=0, metavar="N",
            help="exit with 0 when exactly so many records are quarantined",
        )  # fmt: skip

    def run_from_argv(self, argv: list[str]) -> None:
        """As a command of its own it gives way to the bots."""
        give_way()
        super().run_from_argv(argv)

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.DATA_FOLDER)
        batch = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        batches = Batches(
            lambda: ImportStream(folder, bot=options["bot"], mode=options["mode"], apart=reading)
        )
        reading = True
        try:
            zone = timezone_named(options["timezone"]) if options["timezone"] else None
            _check_names(options)
            if options["report"]:
                _check_place(Path(options["report"]), find(options["paths"]))
            with ExitStack() as stack:
                if not options["dry_run"]:
                    stack.callback(_alone(folder).release)
                stack.push(batches.leave)
                report, kept = self._read(folder, zone, batch, batches, options)
                reading = False
                if not options["dry_run"]:
                    batches.finish(kept, report.digest)
        except (
            BadSource, ImportRefused, UnknownTimezone, TooManyVersions, StreamUnusable,
            NotRecorded,
        ) as error:  # fmt: skip
            text = str(error)
            if batches.begun:
                text = text.removesuffix(". Nothing was written")
                text += f". What was written of batch {batch} counts for nothing"
            raise CommandError(_terminal.shown(text), returncode=REFUSED) from None
        self._tell(report, options)

    def _read(
        self,
        folder: Path,
        zone: tzinfo | None,
        batch: str,
        batches: Batches,
        options: dict[str, Any],
    ) -> tuple[Report, list[Kept]]:
        """The report, and those of its files that have something to write."""
        recorded = recorded_trades(folder, options["mode"])
        account = options["account"] or options["mode"]
        kept: list[Kept] = []

        def keep(report: FileReport) -> Kept:
            report.batch = f"{batch}.{len(kept) + 1}"
            held = None if options["dry_run"] else batches.held
            kept.append(Kept(report, recorded, account, held))
            batches.add(kept[-1])
            return kept[-1]

        with ExitStack() as stack, _rarely_collected():
            bar = _Bar(stack)
            report = read_all(
                options["paths"],
                Options(zone, options["version_tag"], progress=bar.reading, mode=options["mode"]),
                known=recorded,
                sink_for=keep,
                batch=batch,
                dry_run=options["dry_run"],
            )
        fresh = [
            each
            for each in kept
            if each.report in report.files
            and (each.report.trades or each.report.sha256 not in recorded.files)
        ]
        return report, fresh

    def _tell(self, report: Report, options: dict[str, Any]) -> None:
        whole = json.dumps(report.to_json(), ensure_ascii=False)
        if options["json"]:
            self.stdout.write(whole)
        else:
            self._tables(report)
        done = "read" if report.dry_run else "imported"
        if options["report"]:
            try:
                Path(options["report"]).write_text(whole + "\n", encoding="utf-8")
            except OSError as error:
                raise CommandError(
                    f"the files are {done}, but the report cannot be written to "
                    f"{_terminal.shown(options['report'])} ({error.strerror or error})",
                    returncode=QUARANTINED,
                ) from None
        quarantined = sum(file.quarantined for file in report.files)
        if quarantined != options["expect_quarantined"]:
            expected = options["expect_quarantined"]
            wish = f", {expected:,} expected" if expected else ""
            records = "1 record" if quarantined == 1 else f"{quarantined:,} records"
            raise CommandError(
                f"{records} quarantined{wish}; what is good was {done} all the same",
                returncode=QUARANTINED,
            )

    def _tables(self, report: Report) -> None:
        console = _terminal.console(cast("IO[str]", self.stdout._out))
        for part in tables(report):
            console.print(part)


def _count(text: str) -> int:
    """A number of records, for argparse."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no number of records")
    return int(text)


def _check_names(options: dict[str, Any]) -> None:
    """What would be refused when it is written is refused before anything is read."""
    for name in ("bot", "version_tag", "account"):
        text = options[name]
        if len(text) > MAX_NAME or not text.isprintable() or (name == "bot" and not text):
            raise ImportRefused(
                f"--{name.replace('_', '-')} {text!r:.80}: give 1 to {MAX_NAME} characters that "
                "can be seen"
            )


def _alone(folder: Path) -> WriterLock:
    """From before it is read what is recorded: of two at once each would take the other's trades
    for new. Raises StreamLocked."""
    (folder / "events").mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return WriterLock(folder / "events" / "import_csv.lock", "imports")
    except StreamLocked as held:
        raise StreamLocked(
            f"another import is running (process {held.pid or 'unknown'}); start this one when it "
            "is done. Nothing was written",
            held.pid,
        ) from None


def _check_place(report: Path, sources: Sequence[Source]) -> None:
    """Before anything is read: a report that could not be written, or over a log, is refused."""
    if report.is_dir() or not report.parent.is_dir():
        raise ImportRefused(
            f"{report}: no place for a report; name a file in a folder that is there"
        )
    if any(source.path.resolve() == report.resolve() for source in sources):
        raise ImportRefused(f"{report}: is itself to be imported; give the report another name")


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """The collector of cycles would look through a block's thousands of trades, none of them
    in a cycle, again and again."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Bar:
    """A progress bar on a terminal, once the work has taken a second."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._shown = sys.stderr.isatty()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._started = time.monotonic()

    def _show(self) -> Progress | None:
        if not self._shown or time.monotonic() - self._started < 1:
            return None
        if self._progress is None:
            columns = (_terminal.label(), BarColumn(), TimeRemainingColumn())
            bar = Progress(*columns, console=_terminal.console(), transient=True)
            self._progress = self._stack.enter_context(bar)
            self._task = bar.add_task("")
        return self._progress

    def reading(self, label: str, done: int, size: int) -> None:
        """So many bytes of a file are read."""
        bar = self._show()
        if bar is not None and self._task is not None:
            bar.update(
                self._task,
                description=f"reading {_terminal.shown(label)}",
                completed=done,
                total=size or None,
            )
