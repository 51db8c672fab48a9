"""Reading a log in a test: bytes in, what became of each line out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from dashboard.legacy.batch import Options, read_all
from dashboard.legacy.report import FileReport
from dashboard.legacy.sinks import Known
from dashboard.legacy.verdicts import Quarantined, Trade

NOW = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "legacy"


@dataclass
class Reading:
    """One file read."""

    report: FileReport
    trades: list[Trade] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    refused: list[Quarantined] = field(default_factory=list)

    @property
    def reasons(self) -> dict[int, str]:
        """Line -> reason of each quarantined record."""
        return {record.line: record.reason for record in self.refused}

    @property
    def nets(self) -> list[str]:
        """The net PnL of each trade, as text."""
        return [str(trade.net_pnl) for trade in self.trades]

    def trade(self, trade_id: str, trade: Trade) -> None:
        """As a sink."""
        self.ids.append(trade_id)
        self.trades.append(trade)

    def quarantined(self, record: Quarantined) -> None:
        """As a sink."""
        self.refused.append(record)


def read(
    content: str | bytes,
    *,
    name: str = "log.csv",
    zone: tzinfo | None = UTC,
    tag: str = "",
    known: Known | None = None,
    mode: str = "live",
) -> Reading:
    """Read one file's content. Raises what read_all raises."""
    made: list[Reading] = []

    def sink(report: FileReport) -> Reading:
        made.append(Reading(report))
        return made[-1]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        read_all([path], Options(zone, tag, NOW, mode=mode), known=known, sink_for=sink)
    return made[0]
