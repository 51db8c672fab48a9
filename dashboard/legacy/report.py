"""The account of an import: docs/importing.md's report, and the same for a person to read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .binding import Binding
from .verdicts import REASONS

TOTAL_KEYS = ("records", "imported", "duplicates", "set_aside", "quarantined")


@dataclass(slots=True)
class Segment:
    """A run of lines read by one layout."""

    first_line: int
    last_line: int
    layout: str
    columns: list[str]
    pnl_kind: str
    confirmed: int = 0
    contradicted: int = 0
    not_computable: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "first_line": self.first_line,
            "last_line": self.last_line,
            "layout": self.layout,
            "columns": self.columns,
            "pnl_kind": self.pnl_kind,
            "reconciled": {
                "confirmed": self.confirmed,
                "contradicted": self.contradicted,
                "not_computable": self.not_computable,
            },
        }


def columns_of(binding: Binding) -> list[str]:
    """The role of each column, "" for those without one."""
    names = [""] * binding.width
    for role, at in binding.roles.items():
        names[at] = role
    return names


@dataclass(slots=True)
class FileReport:
    """What became of one file. Counts are of records; `trades` counts trades."""

    path: str
    sha256: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    records: int = 0
    imported: int = 0
    trades: int = 0
    duplicates: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    segments: list[Segment] = field(default_factory=list)
    quarantine: list[tuple[int, str, str]] = field(default_factory=list)
    duplicate_lines: list[int] = field(default_factory=list)
    repeated_lines: list[int] = field(default_factory=list)
    by_version: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    file_totals: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    batch: str = ""
    digest: str = ""
    headings: dict[int, bytes] = field(default_factory=dict)
    """The file's header lines, by line: an export of its refused lines puts them on top."""

    def to_json(self) -> dict[str, Any]:
        """The file's part of the report."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "records": self.records,
            "imported": self.imported,
            "trades": self.trades,
            "duplicates": self.duplicates,
            "set_aside": sum(self.set_aside.values()),
            "set_aside_by_kind": dict(sorted(self.set_aside.items())),
            "quarantined": self.quarantined,
            "segments": [segment.to_json() for segment in self.segments],
            "quarantine": [
                {"line": line, "reason": reason, "detail": detail}
                for line, reason, detail in sorted(self.quarantine)
            ],
            "duplicate_lines": sorted(self.duplicate_lines),
            "repeated_lines": sorted(self.repeated_lines),
            "by_version": {
                version: {"trades": trades, "net_pnl": f"{net:.8f}"}
                for version, (trades, net) in sorted(self.by_version.items())
            },
            "file_totals": self.file_totals,
            "notes": self.notes,
        }


@dataclass(slots=True)
class Report:
    """The account of a batch."""

    batch: str
    dry_run: bool
    digest: str
    files: list[FileReport]
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """(path, why) of what a folder, a pattern or an archive held and is no log."""

    def totals(self) -> dict[str, Any]:
        """The sums over all files."""
        versions: dict[str, tuple[int, Decimal]] = {}
        for file in self.files:
            for version, (trades, net) in file.by_version.items():
                count, total = versions.get(version, (0, Decimal(0)))
                versions[version] = (count + trades, total + net)
        return {
            "files": len(self.files),
            "records": sum(file.records for file in self.files),
            "imported": sum(file.imported for file in self.files),
            "trades": sum(file.trades for file in self.files),
            "duplicates": sum(file.duplicates for file in self.files),
            "set_aside": sum(sum(file.set_aside.values()) for file in self.files),
            "quarantined": sum(file.quarantined for file in self.files),
            "by_version": {
                version: {"trades": trades, "net_pnl": f"{net:.8f}"}
                for version, (trades, net) in sorted(versions.items())
            },
        }

    def to_json(self) -> dict[str, Any]:
        """The report in docs/importing.md's form."""
        return {
            "batch": self.batch,
            "dry_run": self.dry_run,
            "digest": self.digest,
            "files": [file.to_json() for file in self.files],
            "skipped": [{"path": path, "reason": reason} for path, reason in self.skipped],
            "totals": self.totals(),
        }

    def quarantine_by_reason(self) -> list[tuple[str, str, int, list[str]]]:
        """(reason, in words, how many, first places) for each reason met, the commonest first."""
        places: dict[str, list[str]] = {}
        counts: Counter[str] = Counter()
        for file in self.files:
            for line, reason, _ in sorted(file.quarantine):
                counts[reason] += 1
                shown = places.setdefault(reason, [])
                if len(shown) < 5:
                    shown.append(f"{file.path}:{line}")
        return [
            (reason, REASONS.get(reason, reason), count, places[reason])
            for reason, count in counts.most_common()
        ]
