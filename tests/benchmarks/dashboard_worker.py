"""A process with Django on one data folder: projects, or reads as a plain application would.

Takes one word a line, `prepare`, `project` or `orm`, and answers each with a line of JSON.
"""

import json
import secrets
import sys
import time
from collections import defaultdict
from typing import Any

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - not before Django is set up
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from dashboard.models import Trade  # noqa: E402
from dashboard.projection import projector  # noqa: E402

Figures = dict[str, Any]


class Account:
    """A run of trades, figure by figure, as anybody would write it."""

    def __init__(self) -> None:
        self.trades = self.wins = self.net = self.fees = self.gained = self.lost = 0
        self.peak = self.fall = self.winning = self.losing = self.most_wins = self.most_losses = 0

    def add(self, net: int, fee: int) -> None:
        self.trades += 1
        self.net += net
        self.fees += fee
        self.peak = max(self.peak, self.net)
        self.fall = max(self.fall, self.peak - self.net)
        self.wins += net > 0
        self.gained += max(net, 0)
        self.lost += min(net, 0)
        self.winning = self.winning + 1 if net > 0 else 0
        self.losing = self.losing + 1 if net < 0 else 0
        self.most_wins = max(self.most_wins, self.winning)
        self.most_losses = max(self.most_losses, self.losing)


def prepare() -> Figures:
    """Make the site's database, and the login admin; its password."""
    call_command("migrate", verbosity=0, interactive=False)
    password = secrets.token_urlsafe(15)
    get_user_model().objects.create_superuser("admin", password=password)
    return {"password": password}


def project() -> Figures:
    """Bring the rows up to the events."""
    began = time.perf_counter()
    events = projector.project()
    return {
        "events": events,
        "seconds": time.perf_counter() - began,
        "batch": projector.BATCH,
        # The projector's own, the size of its cache too: the baseline is to want for nothing.
        "pragmas": connection.settings_dict["OPTIONS"]["init_command"]
        + f"PRAGMA cache_size={-projector.CACHE};",
    }


def orm() -> Figures:
    """The page's figures from model objects, one pass over all of them."""
    began = time.perf_counter()
    whole, versions = Account(), defaultdict[str, Account](Account)
    groups: dict[tuple[str, Any], int] = defaultdict(int)
    rows = Trade.objects.filter(counted=True).order_by("exit_time", "trade_id")
    for trade in rows.iterator():
        whole.add(trade.net_pnl, trade.fee or 0)
        versions[trade.version].add(trade.net_pnl, trade.fee or 0)
        hour = trade.exit_time // 3_600_000_000
        for name, value in (
            ("hour", hour % 24),
            ("day", hour // 24),
            ("symbol", trade.symbol),
            ("side", trade.side),
            ("exit_reason", trade.exit_reason),
        ):
            groups[name, value] += trade.net_pnl
    return {"seconds": time.perf_counter() - began, "net": whole.net, "fall": whole.fall}


def main() -> None:
    """Answer line by line until stdin ends."""
    work = {"prepare": prepare, "project": project, "orm": orm}
    for line in sys.stdin:
        print(json.dumps(work[line.strip()]()), flush=True)


if __name__ == "__main__":
    main()
