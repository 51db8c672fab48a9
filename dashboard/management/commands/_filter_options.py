"""The API's filters as options of commands, and what is said where one of them is wrong."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from pydantic import ValidationError

from dashboard.api.filters import PastIn
from dashboard.selectors.scope import Scope, Unknown, choose

FILTERS = {
    "bot": "only this bot's trades",
    "mode": "live, testnet, paper, replay or demo (the running bot's, else the newest)",
    "quote_asset": "only money in this asset, as USDT",
    "account": "only this account's",
    "version": "only this version's, as 8.03",
    "symbol": "only this market's, as BTCUSDT",
    "side": "long or short",
    "exit_reason": "only trades that ended so, as stop_loss",
    "weekday": "only trades that ended on this day of the week, UTC, as Monday",
    "hour": "only trades that ended in this hour, UTC, 0 to 23",
    "tag": "only trades annotated so",
    "setup": "only trades annotated with this setup",
    "mistake": "only trades annotated with this mistake",
    "rating": "only trades rated so, 1 to 5",
    "followed_plan": "yes or no: only trades that are said to have followed the plan, or not to",
    "since": "from this day or time on, inclusive, UTC, as 2026-01-31",
    "until": "up to this day or time, exclusive, UTC",
    "period": "the last so many UTC days, as 90d",
    "as_of": "as things stood at this time, with what is known today",
    "known_at": "with what had been recorded by this time, later corrections left out",
}


class FilteredCommand(BaseCommand):
    """A command about the trades that pass the filters."""

    examples: ClassVar[str]

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        # Django's own --version would be in the way of the bot's.
        return super().create_parser(
            *args,
            epilog=self.examples,
            formatter_class=RawDescriptionHelpFormatter,
            conflict_handler="resolve",
            **kwargs,
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, text in FILTERS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", default=None, help=text)


@contextmanager
def chosen(options: Mapping[str, Any]) -> Iterator[Scope]:
    """The scope the options name; what is wrong with them or the database, in a sentence."""
    given = {name: options[name] for name in FILTERS if options[name] is not None}
    try:
        yield choose(PastIn.model_validate(given).filters())
    except ValidationError as error:
        raise CommandError(_wrong_option(error), returncode=2) from error
    except Unknown as error:
        raise CommandError(str(error)) from error
    except DatabaseError as error:
        raise CommandError(
            f"the site's database cannot be read ({error}): run manage.py migrate and"
            " manage.py project_events, or name another data folder with --data"
        ) from error


def _wrong_option(error: ValidationError) -> str:
    """The first thing wrong, under the option's own name."""
    first = error.errors()[0]
    option = str(first["loc"][0]).replace("_", "-") if first["loc"] else "options"
    return f"--{option}: {first['msg'].removeprefix('Value error, ')}, not {first['input']!r}"
