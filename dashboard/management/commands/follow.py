"""`manage.py follow`: another bot's state file and logs into events, while it runs."""

import json
import sqlite3
import sys
import threading
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, Progress, TimeRemainingColumn

from dashboard.follow.follower import Follower
from dashboard.follow.logs import Logs
from dashboard.follow.statefile import PATIENCE, StateFile
from dashboard.follow.states import States
from dashboard.legacy.batch import Options
from dashboard.legacy.recording import TooManyVersions
from dashboard.legacy.times import UnknownTimezone, timezone_named
from dashboard.lifetime import set_on_stop, when_stdin_closes
from dashboard.management.commands import _terminal
from dashboard.management.commands._follow_stream import FollowStream, NotRecorded, OtherStreams
from trader.store import MODES, StreamLocked, StreamUnusable

EXAMPLE = """examples:
  python manage.py follow --state bot_state.json --trades 'logs/*.csv' --timezone Asia/Seoul
  python manage.py follow --trades 'logs/*.csv' --bot grid --version-tag 2.1 --once

The bot is not touched: its files are opened, read and closed. Stop it with Ctrl-C and start it
again at any time; it goes on where it was, and records nothing twice. What it recorded wrongly
is undone by `undo_import follow-BOT`, or one log of it by the batch that --json and the Imports
page name; following again (with another --timezone, say) then records it anew.
exit status: 0; 1 with --once where a file could not be read; 2 where it cannot be done as asked"""
REFUSED = 2
SHARE = 5  # of the time, one part is spent reading and judging at the most
QUIET_LOOK = 0.1  # seconds between two looks at a state that is just being written


@dataclass(slots=True)
class Parts:
    """What is looked at in each step."""

    stream: FollowStream
    logs: Logs
    follower: Follower
    states: States | None


class Command(BaseCommand):
    help = "Follow another bot's state file and growing logs, and record what they say as events."
    requires_system_checks = ()

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(
            *args, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--state", default="", metavar="FILE", help="the bot's state, JSON")
        parser.add_argument(
            "--trades", action="append", default=[], metavar="PATTERN",
            help="its logs, in quotes: 'logs/*.csv'; may be given several times",
        )  # fmt: skip
        parser.add_argument("--bot", default="bot", help="the bot's name (bot)")
        parser.add_argument(
            "--version-tag", default="", help="its version, where neither log nor state tells it"
        )
        parser.add_argument(
            "--timezone", default="", help="zone of times without one: UTC, Asia/Seoul, +09:00"
        )
        parser.add_argument("--mode", choices=MODES, default="live", help="what it trades (live)")
        parser.add_argument("--account", default="", help="account of the trades (the mode's name)")
        parser.add_argument(
            "--quote-asset", default="", help="the state's money, where it does not say: USDT"
        )
        parser.add_argument("--once", action="store_true", help="one look, then end")
        parser.add_argument(
            "--interval", type=float, default=1.0, help="seconds between two looks (1)"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")
        parser.add_argument(
            "--until-stdin-closes",
            action="store_true",
            help="end when the parent process, which holds our stdin, has gone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["state"] and not options["trades"]:
            raise CommandError("nothing to follow: give --state, --trades or both",
                               returncode=REFUSED)  # fmt: skip
        if not 0.05 <= options["interval"] <= 3600:
            raise CommandError(
                f"--interval {options['interval']}: seconds from 0.05 to 3600", returncode=REFUSED
            )
        self._told: set[str] = set()
        self._json = options["json"]
        self._watched = not (options["json"] or options["once"])
        self._counts = (0, 0)
        stop = threading.Event()
        if not options["once"]:
            set_on_stop(stop)
        if options["until_stdin_closes"]:
            when_stdin_closes(stop.set)
        try:
            zone = timezone_named(options["timezone"]) if options["timezone"] else None
            self._run(options, zone, stop)
        except (UnknownTimezone, StreamLocked, StreamUnusable, TooManyVersions) as error:
            raise CommandError(str(error), returncode=REFUSED) from None

    def _run(self, options: dict[str, Any], zone: tzinfo | None, stop: threading.Event) -> None:
        while True:
            try:
                with FollowStream(
                    Path(settings.DATA_FOLDER), bot=options["bot"], mode=options["mode"]
                ) as stream:
                    self._follow(_parts(stream, options, zone, stop), options, stop)
                return
            except (NotRecorded, sqlite3.Error) as error:
                # Nothing is lost: a new reader takes up what was not recorded.
                if options["once"]:
                    raise CommandError(str(error)) from None
                self._say(f"recording: {error}")
            if stop.wait(max(5.0, options["interval"])):
                return

    def _follow(self, parts: Parts, options: dict[str, Any], stop: threading.Event) -> None:
        appended, first = 0, True
        while not stop.is_set():
            began = time.monotonic()
            appended += self._step(parts, wait_for_state=options["once"], stop=stop)
            if first and parts.logs.zone_needed:
                raise CommandError(_terminal.shown(parts.logs.zone_needed), returncode=REFUSED)
            self._news(parts, first=first)
            first = False
            trouble = [*parts.logs.trouble.values()]
            if parts.states is not None and parts.states.file.trouble:
                trouble.append(parts.states.file.trouble)
            for text in trouble:
                self._say(text)
            self._told &= set(trouble)
            if options["once"]:
                self._report(parts, appended, trouble)
                return
            spent = time.monotonic() - began
            stop.wait(max(options["interval"], spent * (SHARE - 1)))
        self._report(parts, appended, [])

    def _step(self, parts: Parts, *, wait_for_state: bool, stop: threading.Event) -> int:
        appended = 0
        if parts.states is not None:
            for _ in range(PATIENCE + 2):
                events = parts.states.step(_now())
                if events:
                    parts.stream.append(events)
                    parts.follower.heard(events)
                    appended += len(events)
                if events or not wait_for_state or parts.states.file.settled:
                    break
                stop.wait(QUIET_LOOK)
        return appended + parts.follower.step()

    def _news(self, parts: Parts, *, first: bool) -> None:
        """A line for whoever watches, where something was recorded."""
        counts = parts.follower.trades, parts.follower.quarantined
        if not self._watched or (not first and counts == self._counts):
            return
        self._counts = counts
        self.stdout.write(
            f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {parts.stream.name}:"
            f" {counts[0]:,} trades and {counts[1]:,} refused rows since the start,"
            f" {sum(parts.follower.waiting.values()):,} rows wait"
        )

    def _say(self, text: str) -> None:
        """Once, until it is over."""
        if text not in self._told:
            self._told.add(text)
            self.stderr.write(_terminal.shown(text))

    def _report(self, parts: Parts, appended: int, trouble: list[str]) -> None:
        waiting = {path: rows for path, rows in sorted(parts.follower.waiting.items()) if rows}
        found = {
            "stream": parts.stream.name,
            "events": appended,
            "trades": parts.follower.trades,
            "quarantined": parts.follower.quarantined,
            "waiting": waiting,
            "batches": parts.follower.batches(),
            "trouble": trouble,
        }
        if self._json:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            held = f"; {sum(waiting.values()):,} rows wait for more" if waiting else ""
            self.stdout.write(
                f"{found['trades']:,} trades and {found['quarantined']:,} refused rows"
                f" recorded in {parts.stream.name}{held}"
            )
        if trouble:
            raise CommandError(f"{len(trouble)} files could not be followed", returncode=1)


def _parts(
    stream: FollowStream, options: dict[str, Any], zone: tzinfo | None, stop: threading.Event
) -> Parts:
    mode = options["mode"]
    account = options["account"] or mode
    recorded = stream.recorded()
    others = OtherStreams(Path(settings.DATA_FOLDER), stream.name, mode)
    bar = _Bar()
    logs = Logs(
        [pattern.strip("'\"") for pattern in options["trades"]],  # cmd.exe leaves quotes on
        lambda: Options(zone, options["version_tag"], _now(), mode=mode),
        others,
        refresh=others.refresh,
        progress=bar.reading,
        stopped=stop.is_set,
    )
    logs.resume(recorded.advances)
    states = None
    if options["state"]:
        known = str((recorded.state.get("source") or {}).get("sha256") or "")
        states = States(
            StateFile(Path(options["state"]), zone, known),
            recorded,
            account=account,
            version=options["version_tag"],
            quote_asset=options["quote_asset"].upper(),
        )
    return Parts(stream, logs, Follower(logs, stream, recorded, account), states)


def _now() -> int:
    return time.time_ns() // 1_000


class _Bar:
    """A progress bar on a terminal for files that take long to read, as at the first start."""

    LARGE = 1 << 23

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._progress: Progress | None = None

    def reading(self, path: str, done: int, size: int) -> None:
        """So many bytes of a file are read."""
        if not self._shown or (size < self.LARGE and self._progress is None):
            return
        if self._progress is None:
            columns = (_terminal.label(), BarColumn(), TimeRemainingColumn())
            self._progress = Progress(*columns, console=_terminal.console(), transient=True)
            self._progress.start()
            self._progress.add_task("")
        task = self._progress.task_ids[0]
        shown = f"reading {_terminal.shown(path)}"
        self._progress.update(task, description=shown, completed=done, total=size)
        if done >= size:
            self._progress.stop()
            self._progress = None
