"""Following in a test: real files, the real judge, events in a list instead of a stream."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from dashboard.follow.follower import UNDOING, Follower, Planned, Recorded
from dashboard.follow.known import KnownElsewhere
from dashboard.follow.logs import Logs
from dashboard.legacy.batch import Options

HEADER = "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee,pnl,reason\n"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def row(number: int, *, pnl: str | None = None, quantity: str = "0.015", end: str = "\n") -> str:
    """A round trip whose arithmetic agrees to the last digit."""
    entered = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    entry, left = Decimal(40_000 + 7 * number), Decimal(40_100 + 5 * number)
    fee = (entry + left) * Decimal(quantity) / 1000
    net = (left - entry) * Decimal(quantity) - fee
    times = ",".join(f"{t:%Y-%m-%d %H:%M:%S}" for t in (entered, entered + timedelta(minutes=50)))
    return (
        f"BTCUSDT,LONG,{times},"
        f"{entry},{left},{quantity},{fee},{net if pnl is None else pnl},SIGNAL{end}"
    )


def rows(first: int, after: int) -> str:
    """Some of them."""
    return "".join(row(number) for number in range(first, after))


def append(path: Path, text: str) -> None:
    """As a bot does it."""
    with path.open("a", encoding="utf-8", newline="") as stream:
        stream.write(text)


class Killed(Exception):
    """The process is gone."""


class Journal(list[Planned]):
    """The stream, in memory; `left` events can still be appended before the process is killed."""

    left: int | None = None

    def append(self, events: list[Planned]) -> None:  # type: ignore[override]
        if self.left is None:
            self.extend(events)
            return
        self.extend(events[: self.left])
        self.left -= len(events)
        if self.left < 0:
            raise Killed


@dataclass
class Following:
    """A follower of the CSV files in a folder, which can be killed and begun again."""

    folder: Path
    pattern: str = "*.csv"
    zone: tzinfo | None = UTC
    tag: str = ""
    journal: Journal = field(default_factory=Journal)
    known: KnownElsewhere = field(default_factory=KnownElsewhere)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As after kill -9: all that is left is what was recorded."""
        recorded = Recorded()
        for event in sorted(self.journal, key=lambda event: event.kind not in UNDOING):
            recorded.take(event.kind, event.body, event.occurred_at or 0, event.version or "")
        microseconds = int(NOW.timestamp()) * 1_000_000
        self.logs = Logs(
            [str(self.folder / self.pattern)],
            lambda: Options(self.zone, self.tag, microseconds),
            self.known,
        )
        self.logs.resume(recorded.advances)
        self.follower = Follower(self.logs, self.journal, recorded, "live")

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            self.follower.step()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event.body for event in self.journal if event.kind == kind]

    @property
    def nets(self) -> list[str]:
        return [body["net_pnl"] for body in self.of("trade.closed")]

    @property
    def ids(self) -> list[str]:
        return [body["trade_id"] for body in self.of("trade.closed")]

    @property
    def reasons(self) -> list[str]:
        return [body["reason"] for body in self.of("import.quarantined")]

    @property
    def waiting(self) -> int:
        return sum(self.follower.waiting.values())
