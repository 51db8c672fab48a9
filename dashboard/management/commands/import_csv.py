"""`manage.py import_csv`: old trading logs into trades, every record accounted for."""

import json
import secrets
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from dashboard.legacy.batch import ImportRefused, Options, read_all
from dashboard.legacy.recording import Kept, TooManyVersions
from dashboard.legacy.report import FileReport, Report
from dashboard.legacy.sources import BadSource, Source, find
from dashboard.legacy.times import UnknownTimezone, timezone_named
from dashboard.management.commands._import_stream import (
    ImportStream,
    NotRecorded,
    recorded_trades,
)
from trader.store import MODES, StreamLocked, StreamUnusable

REFUSED = 2
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

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.DATA_FOLDER)
        try:
            zone = timezone_named(options["timezone"]) if options["timezone"] else None
            if options["report"]:
                _check_place(Path(options["report"]), find(options["paths"]))
            report = self._import(folder, zone, options)
        except (BadSource, ImportRefused, UnknownTimezone, TooManyVersions) as error:
            raise CommandError(str(error), returncode=REFUSED) from None
        except (StreamLocked, StreamUnusable, NotRecorded) as error:
            raise CommandError(str(error), returncode=REFUSED) from None
        self._tell(report, options)

    def _import(self, folder: Path, zone: tzinfo | None, options: dict[str, Any]) -> Report:
        recorded = recorded_trades(folder, options["mode"])
        account = options["account"] or options["mode"]
        batch = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        kept: list[Kept] = []

        with ExitStack() as stack:

            def keep(report: FileReport) -> Kept:
                report.batch = f"{batch}.{len(kept) + 1}"
                kept.append(Kept(report, recorded, account))
                stack.callback(kept[-1].close)
                return kept[-1]

            bar = _Bar(stack, quiet=options["json"])
            report = read_all(
                options["paths"],
                Options(zone, options["version_tag"], progress=bar.reading),
                known=recorded,
                sink_for=keep,
                batch=batch,
                dry_run=options["dry_run"],
            )
            wanted = [each for each in kept if each.report in report.files]
            if not options["dry_run"]:
                fresh = [
                    each
                    for each in wanted
                    if each.report.trades or each.report.sha256 not in recorded.files
                ]
                self._write(fresh, report, bar, folder, options)
        return report

    def _write(
        self, kept: list[Kept], report: Report, bar: "_Bar", folder: Path, options: dict[str, Any]
    ) -> None:
        if not kept:
            return
        with ImportStream(folder, bot=options["bot"], mode=options["mode"]) as stream:
            for each in kept:
                bar.writing(each.report)
                stream.write(each, report.digest, bar.advance)

    def _tell(self, report: Report, options: dict[str, Any]) -> None:
        whole = json.dumps(report.to_json(), ensure_ascii=False)
        if options["report"]:
            try:
                Path(options["report"]).write_text(whole + "\n", encoding="utf-8")
            except OSError as error:
                done = "read" if report.dry_run else "imported"
                raise CommandError(
                    f"the files are {done}, but the report cannot be written ({error})",
                    returncode=QUARANTINED,
                ) from None
        if options["json"]:
            self.stdout.write(whole)
        else:
            self._table(report)
        quarantined = sum(file.quarantined for file in report.files)
        if quarantined != options["expect_quarantined"]:
            expected = options["expect_quarantined"]
            wish = f", {expected} expected" if expected else ""
            raise CommandError(
                f"{quarantined} records quarantined{wish}; what is good was "
                f"{'read' if report.dry_run else 'imported'} all the same",
                returncode=QUARANTINED,
            )

    def _table(self, report: Report) -> None:
        console = Console(file=cast("IO[str]", self.stdout))
        title = "Dry run, nothing written" if report.dry_run else f"Batch {report.batch}"
        table = Table(
            "file", "records", "trades", "duplicates", "set aside", "quarantined", title=title
        )
        for file in report.files:
            table.add_row(
                file.path, f"{file.records:,}", f"{file.trades:,}", f"{file.duplicates:,}",
                f"{sum(file.set_aside.values()):,}", f"{file.quarantined:,}",
            )  # fmt: skip
        console.print(table)
        versions = Table("version", "trades", "net PnL")
        for version, found in report.totals()["by_version"].items():
            versions.add_row(version, f"{found['trades']:,}", found["net_pnl"])
        console.print(versions)
        if any(file.quarantine for file in report.files):
            reasons = Table("quarantined for", "records", "first at")
            for reason, words, count, places in report.quarantine_by_reason():
                reasons.add_row(f"{reason}: {words}", f"{count:,}", ", ".join(places))
            console.print(reasons)
        console.print(f"digest {report.digest}")


def _count(text: str) -> int:
    """A number of records, for argparse."""
    value = int(text)
    if value < 0:
        raise ArgumentTypeError(f"{value} is no number of records")
    return value


def _check_place(report: Path, sources: Sequence[Source]) -> None:
    """Before anything is read: a report that could not be written, or over a log, is refused."""
    if report.is_dir() or not report.parent.is_dir():
        raise ImportRefused(
            f"{report}: no place for a report; name a file in a folder that is there"
        )
    if any(source.path.resolve() == report.resolve() for source in sources):
        raise ImportRefused(f"{report}: is itself to be imported; give the report another name")


class _Bar:
    """A progress bar on a terminal, once the work has taken a second."""

    def __init__(self, stack: ExitStack, *, quiet: bool) -> None:
        del quiet
        self._stack = stack
        self._shown = sys.stderr.isatty()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._started = time.monotonic()
        self._pending = 0

    def _show(self) -> Progress | None:
        if not self._shown or time.monotonic() - self._started < 1:
            return None
        if self._progress is None:
            columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
            bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._progress = self._stack.enter_context(bar)
            self._task = bar.add_task("")
        return self._progress

    def reading(self, label: str, done: int, size: int) -> None:
        """So many bytes of a file are read."""
        bar = self._show()
        if bar is not None and self._task is not None:
            bar.update(
                self._task, description=f"reading {label}", completed=done, total=size or None
            )

    def writing(self, report: FileReport) -> None:
        """A file's events are written from here on."""
        bar = self._show()
        if bar is not None and self._task is not None:
            bar.update(
                self._task, description=f"writing {report.path}", completed=0, total=report.trades
            )

    def advance(self, count: int) -> None:
        """So many more are written."""
        self._pending += count
        if self._pending >= 500:
            bar = self._show()
            if bar is not None and self._task is not None:
                bar.advance(self._task, self._pending)
            self._pending = 0
