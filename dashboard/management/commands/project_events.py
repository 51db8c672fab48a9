"""`manage.py project_events`: bring the site's rows up to the events."""

import json
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.progress import Progress, SpinnerColumn, TimeElapsedColumn

from dashboard.events import StreamUnreadable
from dashboard.lifetime import set_on_stop, when_stdin_closes
from dashboard.management.commands import _terminal
from dashboard.models import Checkpoint
from dashboard.projection import projector


class Command(BaseCommand):
    help = (
        "Project what is new in every stream. Examples: manage.py project_events; "
        "manage.py project_events --follow; manage.py project_events --rebuild"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--follow", action="store_true", help="go on until stopped")
        parser.add_argument("--rebuild", action="store_true", help="drop all projections first")
        parser.add_argument("--json", action="store_true", help="one JSON object at the end")
        parser.add_argument(
            "--every", type=float, default=0.5, help="seconds between two looks (0.5)"
        )

        parser.add_argument(
            "--until-stdin-closes",
            action="store_true",
            help="with --follow: end when the parent process, which holds our stdin, has gone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._project(options)
        except DatabaseError as error:
            raise CommandError(
                f"the site's database does not take it ({error}); what was projected stays. Make"
                " room or run manage.py migrate, then run this again"
            ) from error

    def _project(self, options: dict[str, Any]) -> None:
        started = time.monotonic()
        if options["rebuild"]:
            projector.start_over()
        else:
            for stream in projector.forget_vanished():
                self.stderr.write(f"{stream}: no such stream is left; its rows are dropped")
        if options["follow"]:
            self._follow(options["every"], until_stdin_closes=options["until_stdin_closes"])
            return
        try:
            handled = self._caught_up(quiet=options["json"])
        except StreamUnreadable as error:
            raise CommandError(f"{error}; every other stream is projected") from error
        self._report(handled, time.monotonic() - started, as_json=options["json"])

    def _caught_up(self, *, quiet: bool) -> int:
        console = _terminal.console(quiet=quiet)
        columns = (SpinnerColumn(), _terminal.label(), TimeElapsedColumn())
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("Projecting events", total=None)
            return projector.project(
                lambda stream, _, handled: bar.update(
                    task, description=f"{stream}: {handled:,} events"
                )
            )

    def _follow(self, every: float, *, until_stdin_closes: bool) -> None:
        """Look again and again until SIGTERM, Ctrl-C, or the end of our parent."""
        stop = threading.Event()
        set_on_stop(stop)
        if until_stdin_closes:
            when_stdin_closes(stop.set)
        told = ""
        while not stop.is_set():
            try:
                projector.project(stopped=stop.is_set)
                told = ""
            except (StreamUnreadable, DatabaseError) as error:
                # A store in trouble now may be well again at the next look; said once.
                if str(error) != told:
                    told = str(error)
                    self.stderr.write(f"projecting: {error}")
            stop.wait(every)

    def _report(self, handled: int, seconds: float, *, as_json: bool) -> None:
        checkpoints = dict(Checkpoint.objects.values_list("stream", "seq"))
        if as_json:
            found = {"events": handled, "seconds": round(seconds, 3), "checkpoints": checkpoints}
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(f"{handled:,} events of {len(checkpoints)} streams projected")
