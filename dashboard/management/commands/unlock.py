"""`manage.py unlock`: open the login again after too many wrong tries."""

from argparse import ArgumentParser
from typing import Any

from axes.utils import reset
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Forget failed logins. Examples: manage.py unlock; manage.py unlock --address 10.0.0.7"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--address", help="of this network address only")
        parser.add_argument("--name", help="of this login only")

    def handle(self, *args: Any, **options: Any) -> None:
        count = reset(ip=options["address"], username=options["name"])
        self.stdout.write(f"{count} records of failed logins forgotten")
