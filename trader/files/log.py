"""The log of closed trades: a CSV that names its layout in every row, each trade once.

Columns that changed without a word once made +3,700 that nobody earned. So a file has one header
for good: where it is not the one that is written now, the file is put aside and another begun.
"""

import csv
import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from trader.files.whole import rename

LAYOUT = "blotter-trades-1"
COLUMNS = (
    "layout",
    "trade_id",
    "bot",
    "version",
    "mode",
    "strategy",
    "symbol",
    "side",
    "entry_time",
    "exit_time",
    "entry_price",
    "exit_price",
    "quantity",
    "fee",
    "funding",
    "net_pnl",
    "exit_reason",
    "stop_loss_price",
    "take_profit_price",
    "initial_risk",
    "mae",
    "mfe",
    "quote_asset",
    "account",
)
"""A change of these is another layout: raise its number, and teach the importer both."""

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠−")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")

Trade = Mapping[str, Any]
"""A trade.closed body with `bot`, `version` and `mode` in it."""


class TradesLog:
    """One CSV file and those put aside before it (`trades.20260302T114501Z.csv`).

    Everything here may raise OSError; what was written then is a whole number of rows.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: set[str] | None = None
        self._header = _line(COLUMNS)

    def add(self, trades: Iterable[Trade]) -> int:
        """Append those trades that no file has yet; how many there were."""
        written = self._known()
        fresh = {str(t["trade_id"]): t for t in trades if str(t["trade_id"]) not in written}
        if fresh:
            self._append("".join(_line(_cells(trade)) for trade in fresh.values()).encode())
            written.update(fresh)
        return len(fresh)

    def forget(self) -> None:
        """After trouble: look again what the files have."""
        self._written = None

    def _known(self) -> set[str]:
        if self._written is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._make_ready()
            older = self.path.parent.glob(f"{self.path.stem}.*{self.path.suffix}")
            self._written = set().union(*map(_ids, [*older, self.path]))
        return self._written

    def _make_ready(self) -> None:
        """The file as it can be appended to: its header ours, its last row whole."""
        try:
            with self.path.open("r+b") as stream:
                head = stream.read(len(self._header.encode()))
                if head == self._header.encode():
                    _cut_torn(stream.fileno())
                    return
                if not head:
                    return
        except FileNotFoundError:
            return
        rename(self.path, self._aside())

    def _aside(self) -> Path:
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        for number in range(1, 1000):
            more = "" if number == 1 else f"-{number}"
            free = self.path.with_name(f"{self.path.stem}.{stamp}{more}{self.path.suffix}")
            if not free.exists():
                return free
        raise FileExistsError(f"no free name to put {self.path} aside under")

    def _append(self, rows: bytes) -> None:
        """All rows or none: what a full disk took of them is cut off again."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.path, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            data = rows if size else self._header.encode() + rows
            try:
                if os.write(descriptor, data) < len(data):
                    raise OSError(28, "the disk took only a part")
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)


def _ids(path: Path) -> set[str]:
    """The ids of the trades in a file, of any layout that names them."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as stream:
            return {row["trade_id"] for row in csv.DictReader(stream) if row.get("trade_id")}
    except FileNotFoundError:
        return set()


def _cut_torn(descriptor: int) -> None:
    """Cut off a last row without its end: a crash in the midst of a write; it is written again."""
    size = os.fstat(descriptor).st_size
    start = max(0, size - 65_536)
    os.lseek(descriptor, start, os.SEEK_SET)
    tail = os.read(descriptor, size - start)
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(descriptor, start + tail.rfind(b"\n") + 1)


def _cells(trade: Trade) -> list[str]:
    return [_text(LAYOUT if name == "layout" else trade.get(name)) for name in COLUMNS]


def _text(value: object) -> str:
    """A cell; what a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = " ".join(str(value).splitlines()) if isinstance(value, str) else str(value)
    if {text[:1], text.lstrip()[:1]} & _FORMULA and _NUMBER.fullmatch(text) is None:
        return f"'{text}"
    return text


def _line(cells: Iterable[str]) -> str:
    buffer = StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return buffer.getvalue()
