"""`manage.py doctor`: how this installation stands, and what to do about what does not."""

import ipaddress
import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboard.management.commands._doctor_checks import examine

_SIGNS = {"ok": "ok  ", "look": "look", "bad": "BAD "}


class Command(BaseCommand):
    help = (
        "Look at the data folder, each stream, the site and its projector; change nothing. Exit"
        " status 1 where something is bad. Examples: manage.py doctor; manage.py doctor --net"
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--net",
            nargs="?",
            const="",
            metavar="ADDRESS",
            help="how to reach the page from another device, and the firewalls on the way;"
            " ADDRESS is that device's, as the server sees it",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["net"] is not None:
            self.stdout.write(_ways_in(settings.PORT, options["net"]))
            return
        findings = list(examine(settings.DATA_FOLDER))
        bad = any(finding.level == "bad" for finding in findings)
        if options["json"]:
            items = [asdict(finding) for finding in findings]
            self.stdout.write(json.dumps({"ok": not bad, "findings": items}))
        else:
            for finding in findings:
                line = f"{_SIGNS[finding.level]} {finding.about}: {finding.said}"
                self.stdout.write(f"{line}\n       {finding.todo}" if finding.todo else line)
        if bad:
            raise SystemExit(1)


_WAYS_IN = """\
The site listens on 127.0.0.1:{port}, for this machine alone. Three ways to it, the best first:

1. Tailscale on both devices, then here:  tailscale serve {port}
2. A domain and Caddy on this machine:    caddy reverse-proxy --from DOMAIN --to 127.0.0.1:{port}
3. An SSH tunnel, from the other device:  ssh -N -L {port}:127.0.0.1:{port} YOU@THIS.SERVER
   and there open http://127.0.0.1:{port}

The first two are HTTPS: start the site with BLOTTER_HTTPS=1 and BLOTTER_HOSTS=the name you open.

None of them opens port {port} to the world. Whoever does that all the same meets two walls, and
both must let the other device through:
- the cloud's own (security group, network ACL): allow TCP {port} from {address}, nobody else;
- Windows' own firewall, on this machine, in a prompt run as administrator, all on one line:
    netsh advfirewall firewall add rule name="Blotter" dir=in action=allow protocol=TCP
      localport={port} remoteip={address}
  and to close it again:
    netsh advfirewall firewall delete rule name="Blotter"

Over plain HTTP a password can be read on the way: take one of the three instead."""


def _ways_in(port: int, given: str) -> str:
    try:
        address = str(ipaddress.ip_address(given)) if given else "YOUR.ADDRESS"
    except ValueError as error:
        raise CommandError(
            f"--net {given!r} is no address: give the other device's, such as 203.0.113.7"
        ) from error
    return _WAYS_IN.format(port=port, address=address)
