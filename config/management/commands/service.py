"""`manage.py service`: what makes the system start `up` by itself, printed, never installed."""

import getpass
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

EXAMPLE = """examples:
  python manage.py service > ~/.config/systemd/user/blotter.service
  python manage.py service --for windows > blotter.xml
  python manage.py service -- --feed binance --symbol BTCUSDT"""

_SYSTEMD = """\
# systemctl --user daemon-reload && systemctl --user enable --now blotter
# loginctl enable-linger {user}   (so that it runs while nobody is logged in)
[Unit]
Description=Blotter: bot, projector and site
After=network-online.target
Wants=network-online.target

[Service]
WorkingDirectory={root}
ExecStart={command}
Restart=on-failure
RestartSec=10
RestartPreventExitStatus=2
KillSignal=SIGINT
KillMode=mixed
TimeoutStopSec=60
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""

# Task Scheduler reads UTF-16 or what the file says it is; no trigger needs a password stored.
_TASK = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- schtasks /create /tn Blotter /xml blotter.xml      starts it at the next log-on
     schtasks /run /tn Blotter                          starts it now -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Blotter: bot, projector and site</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>999</Count></RestartOnFailure>
  </Settings>
  <Actions>
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{root}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


class Command(BaseCommand):
    help = "Print a systemd unit or a Windows task that keeps `up` running; installs nothing."
    requires_migrations_checks = False

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(
            *args, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--for",
            dest="system",
            choices=("linux", "windows"),
            default="windows" if sys.platform == "win32" else "linux",
            help="the system it is for (this one)",
        )
        parser.add_argument("options", nargs="*", help="options of `up`, behind --")

    def handle(self, *args: Any, **options: Any) -> None:
        words = ["up", "--data", str(settings.DATA_FOLDER), *options["options"]]
        unsafe = next((word for word in words if any(sign in word for sign in '"\n\r%$\\`')), None)
        if options["system"] == "linux" and unsafe is not None:
            raise CommandError(
                f'{unsafe!r} cannot stand in a systemd unit: name it without " % $ \\'
            )
        manage = str(Path(settings.BASE_DIR) / "manage.py")
        if options["system"] == "windows":
            arguments = " ".join(_quoted(word) for word in [manage, *words])
            given = {"program": sys.executable, "arguments": arguments}
            text = _TASK.format(
                **{name: escape(value) for name, value in given.items()},
                root=escape(str(settings.BASE_DIR)),
            )
        else:
            command = " ".join(_quoted(word) for word in [sys.executable, manage, *words])
            text = _SYSTEMD.format(root=settings.BASE_DIR, command=command, user=getpass.getuser())
        self.stdout.write(text, ending="")


def _quoted(word: str) -> str:
    return f'"{word}"' if not word or any(sign in word for sign in " '();&") else word
