"""`manage.py undo_import`: void the trades of an import or of `follow`; its events stay."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboard.follow.follower import Planned, batch_of
from dashboard.legacy.recording import STREAM
from dashboard.legacy.versions import UNKNOWN
from dashboard.management.commands import _follow_stream
from dashboard.management.commands._follow_stream import PREFIX, FollowStream
from dashboard.management.commands._import_stream import ImportStream, NotRecorded
from trader.store import Event, Reader, StreamLocked, StreamUnusable, streams

EXAMPLE = """examples:
  python manage.py undo_import 20260301-101500-a1b2c3      an import, as import_csv named it
  python manage.py undo_import 20260301-101500-a1b2c3.2    its second file alone
  python manage.py undo_import follow-mybot                all trades that follow --bot mybot told
  python manage.py undo_import follow-1a2b3c4d5e6f         those of one of its logs

The Imports page and follow --json name the batches. Stop a running follow first, and start it
with the right options afterwards: it reads its files again from their beginning.
exit status: 0; 2 where it cannot be done as asked, and nothing was written"""
PAGE = 5_000
REFUSED = 2


class Command(BaseCommand):
    help = (
        "Void every trade of an imported batch, or of what follow recorded, so that none counts "
        "any more; the same files can be imported or followed again afterwards."
    )
    requires_system_checks = ()

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(
            *args, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "batch", help="as import_csv named it (.N: one file of it), or as follow did"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        folder, batch = Path(settings.DATA_FOLDER), str(options["batch"])
        wanted = _find(folder, batch)
        if wanted is None:
            raise CommandError(
                f"no import has the batch {batch!r}, and no follow recorded under that name; the "
                "reports of import_csv name theirs, and so does the page of imports",
                returncode=REFUSED,
            )
        undo = _undo_import if wanted.stream == STREAM else _undo_follow
        try:
            voided = undo(folder, wanted)
        except StreamLocked as error:
            advice = "" if wanted.stream == STREAM else ". Stop it, undo, and start it again"
            raise CommandError(f"{error}{advice}", returncode=REFUSED) from None
        except (StreamUnusable, NotRecorded, _follow_stream.NotRecorded) as error:
            raise CommandError(str(error), returncode=REFUSED) from None
        found = {"batch": batch, "files": sorted(wanted.batches), "voided": voided}
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(f"{voided:,} trades of {batch} voided")


@dataclass(slots=True)
class _Wanted:
    """What is to be undone: batches of one stream."""

    name: str
    stream: str
    whole: bool = False
    """All of the stream."""
    batches: set[str] = field(default_factory=set)
    mode: str = "live"

    def has(self, batch: str) -> bool:
        """Whether a batch is among them."""
        return self.whole or batch == self.name or batch.startswith(f"{self.name}.")

    @property
    def reason(self) -> str:
        """Why its trades are voided."""
        return f"{'import' if self.stream == STREAM else 'follow'} {self.name} undone"


def _find(folder: Path, name: str) -> _Wanted | None:
    """The batches of this name, of the stream of imports or of a follower."""
    if not (folder / "events").is_dir():
        return None
    there = streams(folder)
    for stream in [STREAM, *(each for each in there if each.startswith(PREFIX))]:
        wanted = _Wanted(name, stream)
        if stream in there and _takes_in(wanted, folder):
            return wanted
    if name.startswith(PREFIX) and name in there:
        wanted = _Wanted(name, name, whole=True)
        _takes_in(wanted, folder)
        return wanted
    return None


def _takes_in(wanted: _Wanted, folder: Path) -> bool:
    """Fill in its batches; whether there are any."""
    before: int | None = None
    reader = Reader(wanted.stream, folder=folder)
    while page := reader.newest(before=before, limit=PAGE, kind="import.started"):
        before = page[-1].seq
        for event in page:
            of = str(event.body.get("batch") or "")
            if wanted.has(of):
                wanted.batches.add(of)
                wanted.mode = event.mode
    return bool(wanted.batches)


def _undo_import(folder: Path, wanted: _Wanted) -> int:
    with ImportStream(folder, bot="legacy", mode=wanted.mode) as stream:
        standing = _standing(folder, wanted)
        for event in standing.events(wanted.reason):
            stream.as_version(event.version or UNKNOWN)
            stream.append(event.kind, event.body, event.ref or "")
        stream.settle()
    return len(standing.trades)


def _undo_follow(folder: Path, wanted: _Wanted) -> int:
    bot = wanted.stream.removeprefix(PREFIX)
    with FollowStream(folder, bot=bot, mode=wanted.mode) as stream:
        # Opened first: what a killed follower left in the spool is in the stream now.
        _takes_in(wanted, folder)
        standing = _standing(folder, wanted)
        stream.append(list(standing.events(wanted.reason)))
    return len(standing.trades)


@dataclass(slots=True)
class _Standing:
    """What counts still: trades, sorted by version, and batches."""

    trades: list[tuple[str, str]]
    batches: set[str]

    def events(self, reason: str) -> Iterator[Planned]:
        """Those that undo them."""
        for trade_id, version in self.trades:
            body = {"trade_id": trade_id, "reason": reason}
            yield Planned("trade.voided", body, trade_id, None, version)
        for batch in sorted(self.batches):
            yield Planned("import.undone", {"batch": batch}, batch, None, None)


def _standing(folder: Path, wanted: _Wanted) -> _Standing:
    reader, after = Reader(wanted.stream, folder=folder), 0
    of_event = _import_of if wanted.stream == STREAM else _follow_of
    alive: dict[str, str] = {}
    batches = set(wanted.batches)
    while page := reader.read(after, PAGE):
        after = page[-1].seq
        for event in page:
            _fold(event, of_event, wanted, alive, batches)
    return _Standing(sorted(alive.items(), key=lambda item: item[1]), batches)


def _fold(
    event: Event,
    of_event: Callable[[Event], list[str]],
    wanted: _Wanted,
    alive: dict[str, str],
    batches: set[str],
) -> None:
    if event.kind == "import.undone":
        batches.discard(str(event.body.get("batch")))
    elif event.kind == "trade.closed" and any(map(wanted.has, of_event(event))):
        alive.setdefault(str(event.body.get("trade_id") or event.ref), event.version)
    elif event.kind == "trade.voided":
        alive.pop(str(event.body.get("trade_id") or event.ref), None)


def _import_of(event: Event) -> list[str]:
    """The batches of the files it is made of: of fills it may be several."""
    also = _source(event).get("also")
    told = [each.get("batch") for each in also if isinstance(each, dict)] if also else []
    return [str(batch) for batch in [event.body.get("batch"), *told] if batch]


def _follow_of(event: Event) -> list[str]:
    """A followed trade counts at once, so its batch stands where it came from."""
    source = _source(event)
    return [str(source.get("batch") or batch_of(str(source.get("file"))))]


def _source(event: Event) -> dict[str, Any]:
    source = event.body.get("source")
    return source if isinstance(source, dict) else {}
