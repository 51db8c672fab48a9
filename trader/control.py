"""Orders to a running bot, from its own machine: files in a folder that only its owner enters.

`python -m trader pause|halt|resume` puts a file there; the bot records the order and removes the
file. A bot that is down finds it at its next start. Nothing listens on a port, and the site has
no way here: only the bot ever appends to its stream.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trader.private_file import private_folder, write_private
from trader.risk_gate import Command

ACTIONS = ("pause", "halt", "resume")
PING = "ping"
_NAME = re.compile(r"(\d{1,19})-(pause|halt|resume|ping)\.json")
_MOST_BYTES = 4096
_MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class Order:
    """What the operator wants; `number` is when it was given, in nanoseconds since the epoch."""

    number: int
    action: str
    reason: str


class Mailbox:
    """The orders of one stream. Making it makes nothing on the disk."""

    def __init__(self, data: Path, stream: str) -> None:
        self.folder = data / "control" / stream

    def put(self, action: str, reason: str = "") -> Order:
        """Leave an order. Raises OSError where the folder is not ours to write."""
        order = Order(time.time_ns(), action, reason[:_MOST_REASON])
        for folder in (self.folder.parent, self.folder):
            private_folder(folder)
        write_private(self._path(order), json.dumps({"reason": order.reason}))
        return order

    def waiting(self) -> list[Order]:
        """All orders that lie there, oldest first; what is none of ours is left alone."""
        try:
            names = os.listdir(self.folder)  # noqa: PTH208  (each heartbeat: no objects)
        except FileNotFoundError:
            return []
        found = [(int(match[1]), match[2]) for name in names if (match := _NAME.fullmatch(name))]
        return [Order(*each, self._reason(*each)) for each in sorted(found)]

    def commands(self) -> list[Order]:
        """What the bot has to carry out; that somebody asks whether it lives is answered here."""
        orders = []
        for order in self.waiting():
            if order.action == PING:
                self.done(order)
            else:
                orders.append(order)
        return orders

    def done(self, command: Command) -> None:
        """It is recorded, or answered: take it away."""
        self._path(command).unlink(missing_ok=True)

    def taken(self, order: Order, seconds: float, pause: Callable[[float], None]) -> bool:
        """Whether the bot took the order within `seconds`."""
        ends = time.monotonic() + seconds
        while self._path(order).exists():
            if time.monotonic() > ends:
                return False
            pause(0.05)
        return True

    def _path(self, order: Command) -> Path:
        return self.folder / f"{order.number:019d}-{order.action}.json"

    def _reason(self, number: int, action: str) -> str:
        """The order counts by its name; a reason that cannot be read is only not shown."""
        path = self._path(Order(number, action, ""))
        try:
            flags = os.O_RDONLY if sys.platform == "win32" else os.O_RDONLY | os.O_NOFOLLOW
            with os.fdopen(os.open(path, flags), "rb") as file:
                given = json.loads(file.read(_MOST_BYTES))
            return str(given["reason"])[:_MOST_REASON]
        except (OSError, ValueError, KeyError, TypeError):
            return ""
