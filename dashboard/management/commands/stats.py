"""`manage.py stats`: the figures of the API on the command line."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import asdict, replace
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from pydantic import ValidationError
from rich.console import Console

from dashboard.api import answers
from dashboard.api.filters import PastIn
from dashboard.management.commands import _stats_tables as tables
from dashboard.management.commands._filter_options import FILTERS, wrong_option
from dashboard.performance.comparison import Version, observations
from dashboard.selectors import folding, statistics
from dashboard.selectors.comparing import compared
from dashboard.selectors.scope import Scope, Unknown, choose

EXAMPLE = """examples:
  python manage.py stats
  python manage.py stats --version 8.03 --since 2026-01-01 --json
  python manage.py stats --as-of 2026-03-31 --known-at 2026-04-01T08:00:00Z
  python manage.py stats --compare 8.02 8.03

exit status: 0; 1 where a filter names what was never recorded; 2 for wrong usage"""
SEED = 1  # of the resampling: the same events give the same interval


class Command(BaseCommand):
    help = "Print the figures of /api/stats, or the comparison of two versions."

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        # Django's own --version would be in the way of the bot's.
        return super().create_parser(
            *args,
            epilog=EXAMPLE,
            formatter_class=RawDescriptionHelpFormatter,
            conflict_handler="resolve",
            **kwargs,
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, text in FILTERS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", default=None, help=text)
        parser.add_argument(
            "--compare", nargs=2, metavar=("A", "B"), help="judge version B against version A"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object, as the API's")

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: options[name] for name in FILTERS if options[name] is not None}
        if options["compare"] and "version" in given:
            raise CommandError("--compare names both versions: leave --version out", returncode=2)
        try:
            scope = choose(PastIn.model_validate(given).filters())
            if options["compare"]:
                self._compare(scope, *options["compare"], as_json=options["json"])
            else:
                self._stats(scope, as_json=options["json"])
        except ValidationError as error:
            raise CommandError(wrong_option(error), returncode=2) from error
        except Unknown as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"the site's database cannot be read ({error}): run manage.py migrate and"
                " manage.py project_events, or name another data folder with --data"
            ) from error

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
