"""An import's report as tables for people."""

import os
from collections.abc import Iterator
from pathlib import PurePath

from rich.console import RenderableType
from rich.table import Table

from dashboard.legacy.report import Report
from dashboard.management.commands._terminal import shown

SKIPPED = 20  # files shown that are no logs


def tables(report: Report) -> Iterator[RenderableType]:
    """What each file came to, what each version earned, and why records were refused."""
    title = "Dry run, nothing written" if report.dry_run else f"Batch {report.batch}"
    names = _names([file.path for file in report.files])
    table = Table("file", *("records", "trades", "duplicates", "set aside", "quarantined"))
    table.title = title
    for file in report.files:
        table.add_row(
            names[file.path], f"{file.records:,}", f"{file.trades:,}", f"{file.duplicates:,}",
            f"{sum(file.set_aside.values()):,}", f"{file.quarantined:,}",
        )  # fmt: skip
    yield _numbers_right(table)
    if by_version := report.totals()["by_version"]:
        versions = Table("version", "trades", "net PnL")
        for version, found in by_version.items():
            versions.add_row(shown(version), f"{found['trades']:,}", found["net_pnl"])
        yield _numbers_right(versions)
    if any(file.quarantine for file in report.files):
        reasons = Table("quarantined for", "records", "first at")
        for reason, words, count, places in report.quarantine_by_reason():
            reasons.add_row(f"{reason}: {words}", f"{count:,}", _places(places, names))
        yield reasons
    if report.skipped:
        left = Table("not read", "why")
        left.columns[0].overflow = "fold"
        for path, reason in report.skipped[:SKIPPED]:
            left.add_row(shown(path), reason)
        if len(report.skipped) > SKIPPED:
            left.add_row(f"{len(report.skipped) - SKIPPED:,} more", "--json names them all")
        yield left
    yield f"digest {report.digest}"


def _numbers_right(table: Table) -> Table:
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    table.columns[0].overflow = "fold"
    return table


def _names(paths: list[str]) -> dict[str, str]:
    """Each path as it is told apart from the others: without the folder that all lie in."""
    try:
        common = os.path.commonpath([PurePath(path).parent for path in paths]) if paths else ""
    except ValueError:  # several drives, or absolute beside relative
        common = ""
    return {path: shown(os.path.relpath(path, common) if common else path) for path in paths}


def _places(places: list[str], names: dict[str, str]) -> str:
    """ "path:line" of several records as "name: 3, 7, 12"."""
    lines: dict[str, list[str]] = {}
    for place in places:
        path, _, line = place.rpartition(":")
        lines.setdefault(names.get(path, shown(path)), []).append(line)
    return "\n".join(f"{name}: {', '.join(each)}" for name, each in lines.items())
