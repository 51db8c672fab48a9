"""`manage.py undo_import`: void the trades of an import; its events stay."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboard.legacy.recording import STREAM
from dashboard.management.commands._import_stream import ImportStream, NotRecorded
from trader.store import Reader, StreamLocked, StreamUnusable

PAGE = 5_000
REFUSED = 2


class Command(BaseCommand):
    help = (
        "Void every trade of an imported batch, so that none counts any more; the same files "
        "can be imported again afterwards. Example: manage.py undo_import 20260301-101500-a1b2c3"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", help="as import_csv named it; with .N for one file of it")
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, batch = Path(settings.DATA_FOLDER), str(options["batch"])
        batches, standing = _standing(folder, batch)
        if not batches:
            raise CommandError(
                f"no import has the batch {batch!r}; the reports of import_csv name theirs, "
                "and so does the page of imports",
                returncode=REFUSED,
            )
        try:
            with ImportStream(folder, bot="legacy", mode=standing.mode) as stream:
                for trade_id, version in standing.trades:
                    stream.as_version(version)
                    body: dict[str, object] = {
                        "trade_id": trade_id,
                        "reason": f"import {batch} undone",
                    }
                    stream.append("trade.voided", body, trade_id)
                for of in sorted(standing.batches):
                    stream.append("import.undone", {"batch": of}, of)
                stream.settle()
        except (StreamLocked, StreamUnusable, NotRecorded) as error:
            raise CommandError(str(error), returncode=REFUSED) from None
        found = {"batch": batch, "files": sorted(batches), "voided": len(standing.trades)}
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(f"{found['voided']:,} trades of {batch} voided")


class _Standing:
    """The trades of a batch that are not voided yet, sorted by version."""

    def __init__(self) -> None:
        self.trades: list[tuple[str, str]] = []
        self.batches: set[str] = set()
        """Those of its files not undone yet."""
        self.mode = "live"


def _standing(folder: Path, batch: str) -> tuple[set[str], _Standing]:
    if not (folder / "events").is_dir():
        return set(), _Standing()
    reader = Reader(STREAM, folder=folder)
    standing, batches, after = _Standing(), set(), 0
    alive: dict[str, str] = {}
    while page := reader.read(after, PAGE):
        after = page[-1].seq
        for event in page:
            of = str(event.body.get("batch") or "")
            mine = of == batch or of.startswith(f"{batch}.")
            if event.kind == "import.started" and mine:
                batches.add(of)
                standing.batches.add(of)
                standing.mode = event.mode
            elif event.kind == "import.undone" and mine:
                standing.batches.discard(of)
            elif event.kind == "trade.closed" and mine:
                alive[str(event.body.get("trade_id") or event.ref)] = event.version
            elif event.kind == "trade.voided":
                alive.pop(str(event.body.get("trade_id") or event.ref), None)
    standing.trades = sorted(alive.items(), key=lambda item: item[1])
    return batches, standing
