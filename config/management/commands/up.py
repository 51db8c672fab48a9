"""`manage.py up`: everything at once, on one machine, until one Ctrl-C."""

import getpass
import os
import secrets
import socket
import sys
import threading
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.supervisor import Child, Supervisor
from dashboard.lifetime import set_on_stop
from trader.store import StreamLocked
from trader.store.lock import WriterLock

EXAMPLE = """examples:
  python manage.py up
  python manage.py up --feed replay --candles BTCUSDT_15m_2024Q1.csv.gz
  python manage.py up --feed binance --symbol BTCUSDT --interval 15m"""

_LOGIN = "admin"
_BOT_OPTIONS = ("feed", "candles", "symbol", "interval", "bot")
_HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Start the bot, the projector and the site; one Ctrl-C stops them."
    requires_migrations_checks = False

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(
            *args, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--feed",
            choices=("demo", "replay", "binance"),
            default=os.environ.get("BLOTTER_FEED", "demo"),
            help="demo: a generated market, no network (default); replay: a candle file; "
            "binance: public candles, paper orders",
        )
        parser.add_argument("--candles", type=Path, help="the candle file of a replay")
        parser.add_argument("--symbol", help="such as BTCUSDT")
        parser.add_argument("--interval", help="such as 15m (binance)")
        parser.add_argument("--bot", help="the bot's name, and its event stream's")
        parser.add_argument("--port", type=int, default=settings.PORT, help="8765 if not given")
        parser.add_argument("--data", metavar="DIR", help="the data folder, db/ if not given")
        parser.add_argument("--no-bot", action="store_true", help="the site without a bot")

    def handle(self, *args: Any, **options: Any) -> None:
        self._check_candles(options)
        lock = self._alone()
        try:
            self._check_port(options["port"])
            call_command("migrate", verbosity=0, interactive=False)
            self._ensure_login()
            status = self._run(options)
        finally:
            lock.release()
        if status:
            raise CommandError("Blotter stopped: see the line above.", returncode=status)

    def _check_candles(self, options: dict[str, Any]) -> None:
        if options["feed"] == "replay" and not options["no_bot"]:
            path = options["candles"] or os.environ.get("BLOTTER_CANDLES")
            if not path:
                raise CommandError("A replay needs a candle file: give --candles FILE.")
            options["candles"] = Path(path).expanduser().resolve()
            if not options["candles"].is_file():
                raise CommandError(f"There is no candle file {options['candles']}.")

    def _alone(self) -> WriterLock:
        try:
            return WriterLock(settings.DATA_FOLDER / "up.lock", "up")
        except StreamLocked as held:
            raise CommandError(
                f"Blotter is already running on {settings.DATA_FOLDER} (process {held.pid}). Stop "
                f"it first, or give this one a data folder of its own with --data."
            ) from held

    def _check_port(self, port: int) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if os.name == "posix":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_HOST, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} of {_HOST} cannot be used ({error.strerror}): stop what holds "
                    f"it, or choose another with --port."
                ) from error

    def _ensure_login(self) -> None:
        users = get_user_model().objects
        if users.exists():
            return
        password, made_up = _first_password()
        try:
            validate_password(password)
        except ValidationError as weak:
            raise CommandError(
                f"That password is too weak for the first login: {' '.join(weak.messages)}"
            ) from weak
        users.create_superuser(_LOGIN, password=password)
        if made_up:
            self.stdout.write(f"First login: {_LOGIN}, password {password} (shown this once)")
        else:
            self.stdout.write(f"First login: {_LOGIN}, with the password you gave")

    def _run(self, options: dict[str, Any]) -> int:
        stop = threading.Event()
        set_on_stop(stop)
        supervisor = Supervisor(_children(options), self.stderr.write)
        supervisor.start()
        try:
            self._announce(options["port"], stop)
            return supervisor.watch(stop.wait)
        finally:
            self.stdout.write("Stopping ...")
            supervisor.stop()
            self.stdout.write("Stopped.")

    def _announce(self, port: int, stop: threading.Event) -> None:
        """Say where to go once the site answers; after half a minute say it all the same."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not stop.wait(0.05):
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                if probe.connect_ex((_HOST, port)) == 0:
                    break
        self.stdout.write(
            f"Blotter is at http://{_HOST}:{port}  (login {_LOGIN}; data in "
            f"{settings.DATA_FOLDER}; Ctrl-C stops it)"
        )
        self.stdout.flush()


def _children(options: dict[str, Any]) -> list[Child]:
    """Bot, projector, site: stopped in this order, so that the page's last figures are true."""
    root = settings.BASE_DIR
    manage = [sys.executable, str(root / "manage.py")]
    with_parent = "--until-stdin-closes"
    projector = [*manage, "project_events", "--follow", with_parent]
    site = [*manage, "serve", "--port", str(options["port"]), with_parent]
    children = [Child("projector", projector, root), Child("site", site, root)]
    if options["no_bot"]:
        return children
    bot = [sys.executable, "-m", "trader", "--data", str(settings.DATA_FOLDER), with_parent]
    for name in _BOT_OPTIONS:
        if options[name] is not None:
            bot += [f"--{name}", str(options[name])]
    return [Child("bot", bot, root, ends=True), *children]


def _first_password() -> tuple[str, bool]:
    """The first login's password, and whether it was made up here."""
    if given := os.environ.get("BLOTTER_PASSWORD"):
        return given, False
    if sys.stdin.isatty():
        typed = getpass.getpass(f"Password for the first login {_LOGIN!r} (empty: make one up): ")
        if typed:
            return typed, False
    return secrets.token_urlsafe(15), True
