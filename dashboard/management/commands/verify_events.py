"""`manage.py verify_events`: do the streams still say what was recorded?"""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboard.management.commands._events_progress import events_progress
from trader.store import Verification, streams, verify


class Command(BaseCommand):
    help = (
        "Verify the hash chain and the numbering of events, and name the first bad event."
        " Exit status 1 if one is bad. Examples: manage.py verify_events;"
        " manage.py verify_events my-bot --pinned 41:9f86d0...0a08"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("streams", nargs="*", help="streams to verify (all)")
        parser.add_argument(
            "--pinned",
            metavar="SEQ:HASH",
            help="a head printed earlier and kept elsewhere: finds a history rewritten as a whole",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, pinned, as_json = settings.DATA_FOLDER, options["pinned"], options["json"]
        names = options["streams"] or streams(folder)
        if pinned and len(names) != 1:
            raise CommandError("--pinned is the head of one stream: name that stream")
        results = []
        for name in names:
            with events_progress(f"Verifying {name}", quiet=as_json) as progress:
                try:
                    found = verify(name, folder=folder, pinned=pinned, progress=progress)
                except ValueError as error:
                    raise CommandError(str(error)) from error
            results.append(found)
            if not as_json:
                self.stdout.write(_line(found))
        if as_json:
            self.stdout.write(json.dumps({"ok": _all_ok(results), "streams": _items(results)}))
        elif not names:
            self.stdout.write(f"There are no streams in {folder}.")
        if not _all_ok(results):
            raise SystemExit(1)


def _all_ok(results: list[Verification]) -> bool:
    return all(found.ok for found in results)


def _line(found: Verification) -> str:
    lost = f", {found.lost} of them lost and marked so" if found.lost else ""
    if found.ok:
        return f"{found.stream}: {found.events} events are as recorded{lost}; head {found.head}"
    return f"{found.stream}: BAD after {found.events} events: {found.problem}"


def _items(results: list[Verification]) -> list[dict[str, object]]:
    return [
        {
            "stream": found.stream,
            "ok": found.ok,
            "events": found.events,
            "head": str(found.head),
            "lost": found.lost,
            "first_bad": found.first_bad,
            "problem": found.problem,
        }
        for found in results
    ]
