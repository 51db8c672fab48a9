"""`manage.py serve`: the site alone, without bot or projector."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application

from config.server import PortTaken, serve
from dashboard.lifetime import interrupt_main, on_stop, when_stdin_closes


class Command(BaseCommand):
    help = "Serve the site on the loopback interface. Example: manage.py serve --port 8765"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT, help="(BLOTTER_PORT)")
        parser.add_argument("--host", default="127.0.0.1", help="loopback unless you know better")
        parser.add_argument(
            "--until-stdin-closes",
            action="store_true",
            help="end when the parent process, which holds our stdin, has gone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        on_stop(lambda: sys.exit(0))
        if options["until_stdin_closes"]:
            when_stdin_closes(interrupt_main)
        try:
            serve(
                get_wsgi_application(),
                host=options["host"],
                port=options["port"],
                proxy=settings.PROXY,
            )
        except PortTaken as error:
            raise CommandError(str(error)) from error
