"""What a layout description says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its header names ("|" between alternatives) and the role it has."""

    names: str
    role: str
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Layout:
    """A file form somebody writes, known by name and covered by a test.

    shape: "trades" (a record is a closed trade) or "fills" (records pair into trades).
    ordered: these columns in this order and no others; then recognised without a header too.
    pnl: what the PnL column holds, "net", "gross", or "" where arithmetic decides.
    side: "position" (long, short), "closing" (the side of the closing order).
    own: this project's; its demo and paper trades are whatever the import's --mode says.
    may_lack_entry: the entry time is left empty where it is not known.
    market: how a market is named where no column does, "{quote_asset}-{base_asset}".
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    shape: str = "trades"
    ordered: bool = False
    pnl: str = ""
    side: str = "position"
    utc: bool = False
    time_form: str = ""
    shorts: bool = False
    version_column: bool = False
    may_lack_entry: bool = False
    market: str = ""
    own: bool = False

    def roles(self) -> tuple[str, ...]:
        """The roles in column order."""
        return tuple(column.role for column in self.columns)


def columns(*described: tuple[str, str] | tuple[str, str, bool]) -> tuple[Column, ...]:
    """Columns from (names, role) pairs; a third False marks one that may be missing."""
    return tuple(Column(*each) for each in described)
