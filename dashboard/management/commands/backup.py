"""`manage.py backup`: verified copies of the streams, while the bots run."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboard.management.commands._events_progress import events_progress
from trader.store import Backup, BackupFailed, StreamUnusable, backup, streams


class Command(BaseCommand):
    help = (
        "Write a verified backup of each stream, while its bot runs; into the folder backups of"
        " the data folder unless told otherwise. Examples: manage.py backup;"
        " manage.py backup my-bot --to /mnt/usb"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("streams", nargs="*", help="streams to back up (all)")
        parser.add_argument(
            "--to", metavar="PATH", help="a folder that exists, or for one stream a new file"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, as_json = settings.DATA_FOLDER, options["json"]
        names = options["streams"] or streams(folder)
        done: list[Backup] = []
        failed: dict[str, str] = {}
        for name in names:
            with events_progress(f"Backing up {name}", quiet=as_json) as progress:
                try:
                    made = backup(name, options["to"], folder=folder, progress=progress)
                except (BackupFailed, StreamUnusable, ValueError) as error:
                    failed[name] = str(error)
                    self.stderr.write(f"{name}: {error}")
                    continue
            done.append(made)
            if not as_json:
                self.stdout.write(
                    f"{name}: events 1 to {made.head.seq} in {made.path}"
                    f" ({made.bytes:,} bytes, verified, {made.seconds:.1f} s); head {made.head}"
                )
        if as_json:
            self.stdout.write(json.dumps(_summary(done, failed)))
        if failed:
            raise CommandError(f"{len(failed)} of {len(names)} streams have no backup")
        if not names and not as_json:
            self.stdout.write(f"There are no streams in {folder}.")


def _summary(done: list[Backup], failed: dict[str, str]) -> dict[str, object]:
    return {
        "ok": not failed,
        "backups": [
            {
                "stream": made.stream,
                "path": str(made.path),
                "head": str(made.head),
                "bytes": made.bytes,
                "seconds": round(made.seconds, 3),
            }
            for made in done
        ],
        "failed": failed,
    }
