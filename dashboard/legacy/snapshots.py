"""JSON beside the logs: a bot_state.json holds a state, not trades; JSON lines may hold trades."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from .binding import Binding
from .decoding import Line
from .records import Record
from .segments import FileJudge, Outcome
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


def looks_like_json(first: list[Line]) -> bool:
    """True where the first thing in the file opens an object, or a list of objects."""
    for line in first:
        text = (line.text or "").strip()
        if text:
            return text[0] == "{" or (text[0] == "[" and text[1:].strip()[:1] in ("", "{"))
    return False


def read(first: list[Line], rest: Iterator[list[Line]], context: Context, take: Take) -> str:
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
        whole = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        return _read_lines(held, context, take)
    if isinstance(whole, list):
        return _read_objects(text, whole, held, context, take)
    if isinstance(whole, dict):
        for name in LISTS:
            inside = whole.get(name)
            if isinstance(inside, list) and inside and all(isinstance(x, dict) for x in inside):
                return _read_objects(text, inside, held, context, take)
        record = Record(held[0].number, held[0].offset, b"".join(x.raw for x in held), text, [])
        take(record, Aside("snapshot"), None)
        for _ in whole.get("positions") or []:
            take(record, Aside("open"), None)
        return ""
    return "JSON without an object in it"


def _flat(item: dict[str, Any]) -> dict[str, str]:
    return {
        name: "" if value is None else str(value)
        for name, value in item.items()
        if not isinstance(value, (dict, list))
    }


def _read_objects(
    text: str, items: list[Any], held: list[Line], context: Context, take: Take
) -> str:
    """A list of flat objects, read as rows under the names of their members."""
    rows = [_flat(item) for item in items if isinstance(item, dict)]
    if not rows:
        return "JSON without trades"
    at = 0
    made: list[tuple[dict[str, str], int]] = []
    for row in rows:
        found = text.find("{", at)
        made.append((row, text.count("\n", 0, found) + held[0].number if found >= 0 else 1))
        at = max(text.find("}", found), at) + 1
    _judge(made, context, take)
    return ""


def _read_lines(held: list[Line], context: Context, take: Take) -> str:
    """An object a line."""
    made: list[tuple[dict[str, str], int]] = []
    for line in held:
        if not (line.text or "").strip():
            continue
        try:
            item = json.loads(line.text or "", parse_float=str, parse_int=str)
        except ValueError:
            item = None
        made.append((_flat(item) if isinstance(item, dict) else {}, line.number))
    if sum(bool(row) for row, _ in made) * 2 < len(made):
        return "neither JSON nor an object a line"
    _judge(made, context, take)
    return ""


def _judge(rows: list[tuple[dict[str, str], int]], context: Context, take: Take) -> None:
    judge = FileJudge(context, take)
    names: tuple[str, ...] = ()
    made: list[Record] = []
    for row, line in rows:
        if tuple(row) != names and row:
            names = tuple(row)
            made.append(Record(line, 0, b"", ",".join(names), list(names)))
        raw = json.dumps(row, ensure_ascii=False).encode()
        trouble = "" if row else "torn_line"
        made.append(Record(line, 0, raw, raw.decode(), list(row.values()), trouble))
    judge.feed(made)
    judge.finish()
