"""`manage.py export_trades`: the ledger with its annotations as CSV or JSON."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import CommandError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dashboard.management.commands import _terminal
from dashboard.management.commands._filter_options import FilteredCommand, chosen
from dashboard.selectors.exporting import Advance, as_csv, as_json
from dashboard.selectors.scope import Scope
from dashboard.selectors.trades import matching

EXAMPLES = """examples:
  python manage.py export_trades --output trades.csv
  python manage.py export_trades --version 8.03 --since 2026-01-01 --format json

The CSV is safe to open in a spreadsheet, and import_csv reads it back. One kind of money is
exported at a time, as the API answers: name another with --mode, --quote-asset, --account.
exit status: 0; 1 where a filter names what was never recorded; 2 for wrong usage"""
FORMATS = {"csv": as_csv, "json": as_json}


class Command(FilteredCommand):
    help = "Write the counted trades, with their annotations, to a file or to standard output."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--output", default="", metavar="FILE", help="where to (standard output)"
        )
        parser.add_argument(
            "--format", choices=sorted(FORMATS), default="", help="csv, or as FILE is called"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["output"]) if options["output"] else None
        named = "json" if target is not None and target.suffix.lower() == ".json" else "csv"
        try:
            with chosen(options) as scope:
                self._export(scope, options["format"] or named, target)
        except OSError as error:
            raise CommandError(
                f"{target or 'standard output'} cannot be written: {error.strerror or error}",
                returncode=2,
            ) from error

    def _export(self, scope: Scope, form: str, target: Path | None) -> None:
        count = 0

        with _progress(scope) as shown:

            def advance(number: int) -> None:
                nonlocal count
                count += number
                shown(number)

            pieces = FORMATS[form](scope, advance)
            if target is None:
                self._print(pieces)
            else:
                _write(target, pieces, mark=form == "csv")
        others = len(scope.books) - 1
        more = f"; {others} other kinds of money are left out" if others > 0 else ""
        self.stderr.write(f"{count:,} trades of {scope.book or 'nothing recorded yet'}{more}")

    def _print(self, pieces: Iterator[str]) -> None:
        out = cast(IO[str], self.stdout._out)
        raw = getattr(out, "buffer", None)
        try:
            for piece in pieces:
                if raw is None:
                    out.write(piece)
                else:  # a console's own encoding may lack what stands in a note
                    raw.write(piece.encode())
            out.flush()
        except BrokenPipeError:
            # Whoever read us has seen enough, as `head` has; nothing is left to say to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(target: Path, pieces: Iterator[str], *, mark: bool) -> None:
    """The whole file or none: a broken-off export must not pass for a complete one."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        # Excel takes a CSV without the mark for one in the system's old encoding.
        encoding = "utf-8-sig" if mark else "utf-8"
        with unfinished.open("w", encoding=encoding, newline="") as stream:
            for piece in pieces:
                stream.write(piece)
        unfinished.replace(target)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


@contextmanager
def _progress(scope: Scope) -> Iterator[Advance]:
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (TextColumn("Exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_terminal.console(), transient=True) as bar:
        task = bar.add_task("", total=matching(scope).count())
        yield lambda number: bar.advance(task, number)
