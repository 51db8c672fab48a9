"""Events about imports: a file's batch, and the lines it could not take."""

from collections.abc import Mapping
from typing import Any

from dashboard.events import Event
from dashboard.projection.rows import Refused, Rows, State
from dashboard.units import LARGEST, Unreadable

COUNTS = ("records", "trades", "imported", "duplicates", "set_aside", "quarantined")


def started(rows: Rows, event: Event) -> None:
    body = event.body
    _batch(rows, event).update(
        path=str(body.get("path") or "")[:1000],
        sha256=str(body.get("sha256") or "")[:64],
        bot=event.bot,
        mode=event.mode,
        started_at=event.recorded_at,
        body=dict(body),
    )


def finished(rows: Rows, event: Event) -> None:
    body = event.body
    counts = {name: body[name] for name in COUNTS if isinstance(body.get(name), int)}
    lists = {name: body.get(name) or [] for name in ("segments", "headings")}
    _batch(rows, event).update(
        finished_at=event.recorded_at,
        by_version=body.get("by_version") or {},
        layout=lists,
        **counts,
    )
    rows.finished.append(_name(event))


def undone(rows: Rows, event: Event) -> None:
    _batch(rows, event)["undone_at"] = event.recorded_at


def quarantined(rows: Rows, event: Event) -> None:
    body = event.body
    raw, whole = _raw(body)
    refused = Refused(
        batch=_name(event),
        seq=event.seq,
        line=_count(body, "line") or 0,
        offset=_count(body, "offset"),
        reason=str(body.get("reason") or "unknown")[:40],
        detail=str(body.get("detail") or ""),
        raw=raw,
        whole=whole,
    )
    _batch(rows, event)
    rows.quarantined.append(refused)


def _raw(body: Mapping[str, Any]) -> tuple[bytes, bool]:
    """The line's bytes, and whether they are all there: a long line's end is not kept, and a
    line with a secret in it was blotted out before it was recorded."""
    text = str(body.get("raw_file") or "")
    try:
        raw = text.encode("latin-1")  # each character stands for the byte of its number
    except UnicodeEncodeError:
        return text.encode(), False
    return raw, body.get("raw_bytes", len(raw)) == len(raw)


def _count(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise Unreadable(f"{name}={value!r} is no count")
    return value


def _batch(rows: Rows, event: Event) -> State:
    return rows.batches.setdefault(_name(event), {})


def _name(event: Event) -> str:
    batch = event.body.get("batch") or event.ref
    if not batch:
        raise Unreadable("batch is missing")
    return str(batch)[:200]
