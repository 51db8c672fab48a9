"""`manage.py stats`: the figures of the API on the command line."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict, replace
from typing import IO, Any, cast

from django.core.management.base import CommandError
from rich.console import Console

from dashboard.api import answers
from dashboard.management.commands import _stats_tables as tables
from dashboard.management.commands._filter_options import FilteredCommand, chosen
from dashboard.performance.comparison import Version, observations
from dashboard.selectors import folding, statistics
from dashboard.selectors.comparing import compared
from dashboard.selectors.scope import Scope

EXAMPLES = """examples:
  python manage.py stats
  python manage.py stats --version 8.03 --since 2026-01-01 --json
  python manage.py stats --as-of 2026-03-31 --known-at 2026-04-01T08:00:00Z
  python manage.py stats --compare 8.02 8.03

exit status: 0; 1 where a filter names what was never recorded; 2 for wrong usage"""
SEED = 1  # of the resampling: the same events give the same interval


class Command(FilteredCommand):
    help = "Print the figures of /api/stats, or the comparison of two versions."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--compare", nargs=2, metavar=("A", "B"), help="judge version B against version A"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object, as the API's")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compare"] and options["version"] is not None:
            raise CommandError("--compare names both versions: leave --version out", returncode=2)
        with chosen(options) as scope:
            if options["compare"]:
                self._compare(scope, *options["compare"], as_json=options["json"])
            else:
                self._stats(scope, as_json=options["json"])

    def _stats(self, scope: Scope, *, as_json: bool) -> None:
        body = answers.scope_answer(scope) | answers.stats_answer(statistics.figures(scope))
        self._say(body, as_json=as_json, table=tables.stats)

    def _compare(self, scope: Scope, a: str, b: str, *, as_json: bool) -> None:
        body = answers.scope_answer(scope) | answers.comparison_answer(compared(scope, a, b))
        with Console(stderr=True, quiet=not sys.stderr.isatty()).status("Resampling the days"):
            body["fixed_sample"] = _fixed_sample(scope, a, b)
        self._say(body, as_json=as_json, table=tables.comparison)

    def _say(self, body: dict[str, Any], *, as_json: bool, table: tables.Table) -> None:
        if as_json:
            self.stdout.write(json.dumps(body))
            return
        # Django's wrapper ends every piece with a line of its own: rich writes below it.
        console = Console(file=cast(IO[str], self.stdout._out), highlight=False)
        for part in table(body):
            console.print(part)


def _fixed_sample(scope: Scope, a: str, b: str) -> dict[str, Any]:
    """The BCa interval and the permutation p-value: for one look, beside the verdict."""
    # scipy takes its time and memory to load: the figures of one version do without.
    from dashboard.performance.resampling import resample

    one, other = (
        Version(name, folding.days(replace(scope, filters=replace(scope.filters, version=name))))
        for name in (a, b)
    )
    return asdict(resample(*observations(one, other), seed=SEED))
