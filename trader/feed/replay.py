"""Replay: the candles of a file, each checked, at the speed of the bot."""

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

from trader.domain.candle import BadCandle, Candle, from_milliseconds

_COLUMNS = ("open_time", "open", "high", "low", "close", "volume")
_MOST_BYTES = 2**30


class BadCandleFile(ValueError):
    """The file cannot be replayed; the text names the file, the line and what to do."""


class ReplayFeed:
    """All candles of one CSV file, plain or gzipped, with a header of at least
    open_time (UTC milliseconds), open, high, low, close, volume; in order and without a gap.
    """

    def __init__(self, path: Path) -> None:
        self._candles = read_candles(path)
        self.interval = self._candles[0].close_time - self._candles[0].open_time

    def __len__(self) -> int:
        return len(self._candles)

    def history(self, until: datetime | None, limit: int) -> list[Candle]:
        if until is None:
            return []
        past = self._candles[: self._index_after(until)]
        return past[-limit:]

    def fresh(self, candle: Candle) -> bool:  # noqa: ARG002  (its past is its present)
        return True

    def candles(self, after: datetime | None) -> Iterator[Candle]:
        first = 0 if after is None else self._index_after(after)
        yield from self._candles[first:]

    def _index_after(self, open_time: datetime) -> int:
        number = (open_time - self._candles[0].open_time) // self.interval + 1
        return min(max(number, 0), len(self._candles))


def read_candles_with_gaps(path: Path, interval: timedelta) -> list[Candle]:
    """As read_candles, where candles may be missing: each opens on the interval's grid, after
    the one before.
    """
    rows = list(_rows(path))
    for (_, before, _), (line, opened, _) in pairwise(rows):
        if opened <= before or (opened - before) % interval:
            raise BadCandleFile(
                f"{path}, line {line}: {opened - before} after the candle before is no step of "
                f"{interval}; give the interval that the file has, in order"
            )
    return [_candle(path, line, opened, interval, row) for line, opened, row in rows]


def read_candles(path: Path) -> list[Candle]:
    """The candles of `path`; BadCandleFile says what is wrong with it and in which line."""
    rows = list(_rows(path))
    if len(rows) < 2:
        raise BadCandleFile(f"{path} holds {len(rows)} candles; a replay needs at least two")
    interval = rows[1][1] - rows[0][1]
    if interval <= timedelta(0):
        raise BadCandleFile(f"{path}, line {rows[1][0]}: the candles do not go forward in time")
    for (_, before, _), (line, opened, _) in pairwise(rows):
        if opened - before != interval:
            raise BadCandleFile(
                f"{path}, line {line}: {opened - before} after the candle before, where the file "
                f"goes in steps of {interval}; a gap or a repeated candle cannot be replayed"
            )
    return [_candle(path, line, opened, interval, row) for line, opened, row in rows]


def _rows(path: Path) -> Iterator[tuple[int, datetime, dict[str, str]]]:
    """Line number, open time and cells of each row."""
    try:
        text = io.StringIO(_content(path).decode("utf-8-sig"))
    except (OSError, EOFError, UnicodeDecodeError) as trouble:
        raise BadCandleFile(f"{path} cannot be read as a candle file: {trouble}") from trouble
    reader = csv.DictReader(text)
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadCandleFile(
            f"{path} has no column {', '.join(missing)}; the first line must name open_time (UTC "
            f"milliseconds), open, high, low, close and volume"
        )
    for row in reader:
        if not re.fullmatch(r"[0-9]{10,16}", row["open_time"] or ""):
            raise BadCandleFile(
                f"{path}, line {reader.line_num}: open_time is {row['open_time']!r}, not a whole "
                f"number of milliseconds since 1970"
            )
        yield reader.line_num, from_milliseconds(int(row["open_time"])), row


def _content(path: Path) -> bytes:
    if path.suffix != ".gz":
        return path.read_bytes()
    with gzip.open(path) as packed:
        content = packed.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise BadCandleFile(f"{path} unpacks to more than {_MOST_BYTES:,} bytes: no candle file")
    return content


def _candle(
    path: Path, line: int, opened: datetime, interval: timedelta, row: dict[str, str]
) -> Candle:
    try:
        figures = [Decimal(row[name]) for name in _COLUMNS[1:]]
        return Candle(opened, opened + interval, *figures)
    except (InvalidOperation, TypeError, BadCandle) as trouble:
        raise BadCandleFile(f"{path}, line {line}: {trouble or 'not a number'}") from trouble


def fingerprint(path: Path) -> str:
    """The file's sha256 in hex: says in the events which candles were replayed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
