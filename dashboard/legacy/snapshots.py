"""JSON beside the logs: a bot_state.json holds a state, not trades; JSON lines may hold trades."""

from __future__ import annotations

import bisect
import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from .binding import Binding
from .lines import Line
from .records import Record
from .segments import FileJudge, Outcome
from .statuses import status_kind
from .values import Context
from .verdicts import Aside

MAX_JSON = 64 * 1024**2
LISTS = (
    "trades",
    "closed_trades",
    "trade_history",
    "history",
    "fills",
    "orders",
    "data",
    "results",
)
Take = Callable[[Record, Outcome, Binding | None], None]


def looks_like_json(first: Sequence[Line]) -> bool:
    """True where the first thing in the file opens an object, or a list of objects."""
    for line in first:
        text = (line.text or "").strip()
        if text:
            return text[0] == "{" or (text[0] == "[" and text[1:].strip()[:1] in ("", "{"))
    return False


def read(
    first: Sequence[Line], rest: Iterator[Sequence[Line]], context: Context, take: Take
) -> str:
    """Judge a JSON file. "" where it is a state or holds trades, else what is wrong with it."""
    held = list(first)
    size = sum(len(line.raw) for line in held)
    for block in rest:
        held += block
        size += sum(len(line.raw) for line in block)
        if size > MAX_JSON:
            return f"more than {MAX_JSON:,} bytes of JSON; turn it into CSV first"
    text = "\n".join(line.text or "" for line in held)
    try:
        whole = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        return "JSON nested deeper than any log"
    except ValueError:
        return _read_lines(held, context, take)
    if isinstance(whole, list):
        return _read_objects(text, _spans(text, None), held, context, take)
    if isinstance(whole, dict):
        for name in LISTS:
            inside = whole.get(name)
            if isinstance(inside, list) and inside and all(isinstance(x, dict) for x in inside):
                return _read_objects(text, _spans(text, name), held, context, take)
        raw = b"".join(x.raw for x in held)
        take(Record(held[0].number, held[0].offset, raw, text, []), Aside("snapshot"), None)
        positions = whole.get("positions")
        for _ in positions if isinstance(positions, (list, dict)) else ():
            take(Record(held[0].number, held[0].offset, raw, text, []), Aside("open"), None)
        return ""
    return "JSON without an object in it"


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_KEY = re.compile(r"\s*:")


def _spans(text: str, member: str | None) -> list[tuple[int, int]]:
    """Where each object of the file's list starts and ends: of the whole, or of one member."""
    depth = 0
    inside = member is None
    spans: list[tuple[int, int]] = []
    level, start = (1 if member is None else 2), 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            if depth == level and inside and mark == "{":
                start = token.start()
            depth += 1
        elif mark in "]}":
            depth -= 1
            if depth == level and inside and mark == "}":
                spans.append((start, token.end()))
        elif member is not None and depth == 1 and _KEY.match(text, token.end()):
            inside = json.loads(mark) == member
    return spans


def _flat(item: dict[str, Any]) -> dict[str, str]:
    """The members of an object as cells; an object in it ({"data": {...}}) lends its own."""
    made: dict[str, str] = {}
    for name, value in item.items():
        if isinstance(value, dict):
            for inner, cell in value.items():
                if not isinstance(cell, (dict, list)) and inner not in item:
                    made.setdefault(inner, "" if cell is None else str(cell))
        elif not isinstance(value, list):
            made[name] = "" if value is None else str(value)
    return made


def _read_objects(
    text: str, spans: list[tuple[int, int]], held: list[Line], context: Context, take: Take
) -> str:
    """A list of objects, read as rows under the names of their members."""
    starts = list(itertools.accumulate((len(line.text or "") + 1 for line in held), initial=0))
    made: list[tuple[dict[str, str], Line]] = []
    for start, end in spans:
        line = held[bisect.bisect_right(starts, start) - 1]
        item = json.loads(text[start:end], parse_float=str, parse_int=str, parse_constant=str)
        inside = text[start:end]
        made.append((_flat(item), replace(line, raw=inside.encode(), text=inside)))
    if not made:
        return "JSON without trades"
    _judge(made, context, take)
    return ""


def _read_lines(held: list[Line], context: Context, take: Take) -> str:
    """An object a line."""
    made: list[tuple[dict[str, str], Line]] = []
    for line in held:
        if not (line.text or "").strip():
            if line.text is None:
                made.append(({}, line))
            continue
        try:
            item = json.loads(line.text or "", parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError):
            item = None
        made.append((_flat(item) if isinstance(item, dict) else {}, line))
    if sum(bool(row) for row, _ in made) * 2 < len(made):
        return "neither JSON nor an object a line"
    _judge(made, context, take)
    return ""


def _judge(rows: list[tuple[dict[str, str], Line]], context: Context, take: Take) -> None:
    judge = FileJudge(context, take)
    names: tuple[str, ...] = ()
    made: list[Record] = []
    for row, line in rows:
        text = line.raw.decode("utf-8", "replace") if line.text is None else line.text
        if not row:
            made.append(Record(line.number, line.offset, line.raw, text, [], "torn_line"))
            continue
        event = str(row.get("event") or row.get("type") or row.get("status") or "")
        if status_kind(event) in ("heartbeat", "error") and tuple(row) != names:
            take(
                Record(line.number, line.offset, line.raw, text, []),
                Aside(status_kind(event)),
                None,
            )
            continue
        if tuple(sorted(row)) != tuple(sorted(names)):
            names = tuple(row)
            made.append(Record(line.number, line.offset, b"", ",".join(names), list(names)))
        made.append(Record(line.number, line.offset, line.raw, text, [row[name] for name in names]))
    judge.feed(made)
    judge.finish()
