"""`manage.py restore`: a stream from a backup, whole or as it stood at an event."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboard.management.commands._events_progress import events_progress
from trader.store import BackupFailed, StreamUnusable, restore


class Command(BaseCommand):
    help = (
        "Make a stream from a backup; refuses to overwrite one. Examples:"
        " manage.py restore db/backups/my-bot-120-20260101T000000Z.sqlite3 my-bot;"
        " manage.py restore FILE my-bot-then --until 41"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the backup")
        parser.add_argument("stream", help="the stream to make; it must not exist")
        parser.add_argument(
            "--until", type=int, metavar="SEQ", help="the last event to take (all events)"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        stream, as_json = options["stream"], options["json"]
        with events_progress(f"Restoring {stream}", quiet=as_json) as progress:
            try:
                made = restore(
                    options["file"],
                    stream,
                    folder=settings.DATA_FOLDER,
                    until=options["until"],
                    progress=progress,
                )
            except (BackupFailed, StreamUnusable, ValueError) as error:
                raise CommandError(str(error)) from error
        if as_json:
            told = {"ok": True, "stream": stream, "path": str(made.path), "head": str(made.head)}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(
            f"{stream}: events 1 to {made.head.seq} restored and verified in {made.seconds:.1f} s;"
            f" head {made.head}"
        )
