"""The ledger: counted trades, newest first, a page at a time by keyset."""

import base64
import binascii
import json
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from dashboard.models import Annotation, Trade
from dashboard.selectors.scope import Filters, Scope


class BadCursor(ValueError):
    """A cursor that no answer of ours gave."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of trades and the cursor of the next, None at the end."""

    trades: list[Trade]
    next_cursor: str | None


def page(scope: Scope, *, limit: int, cursor: str | None) -> Page:
    """At most `limit` trades after the cursor, by (exit_time, trade_id) descending."""
    found = matching(scope).order_by("-exit_time", "-trade_id", "-pk")
    if cursor is not None:
        exit_time, trade_id, pk = _decode(cursor)
        same = Q(exit_time=exit_time)
        found = found.filter(exit_time__lte=exit_time).filter(
            Q(exit_time__lt=exit_time)
            | (same & Q(trade_id__lt=trade_id))
            | (same & Q(trade_id=trade_id, pk__lt=pk))
        )
    trades = list(found[: limit + 1])
    more = len(trades) > limit
    trades = trades[:limit]
    return Page(trades, _encode(trades[-1]) if more else None)


def matching(scope: Scope) -> QuerySet[Trade]:
    """The book's counted trades that pass every filter, in no order yet."""
    if scope.book is None:
        return Trade.objects.none()
    found = Trade.objects.filter(book=scope.book, counted=True)
    filters = scope.filters
    for name in ("bot", "version", "symbol", "side"):
        value = getattr(filters, name)
        if value is not None:
            found = found.filter(**{name: value})
    if filters.since is not None:
        found = found.filter(exit_time__gte=filters.since)
    if filters.until is not None:
        found = found.filter(exit_time__lt=filters.until)
    if filters.tag is not None:
        found = found.filter(_tagged(filters))
    return found


def _tagged(filters: Filters) -> Q:
    """Trades whose annotation has the tag, as its own word between commas."""
    tag = (filters.tag or "").strip().lower()
    chosen = Q(pk__in=[])
    for annotation in Annotation.objects.filter(tags__icontains=tag):
        if tag in [word.strip().lower() for word in annotation.tags.split(",")]:
            chosen |= Q(bot=annotation.bot, trade_id=annotation.trade_id)
    return chosen


def _encode(trade: Trade) -> str:
    text = json.dumps([trade.exit_time, trade.trade_id, trade.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[int, str, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        exit_time, trade_id, pk = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursor("cursor is none that an answer gave; leave it out to start") from error
    if not (type(exit_time) is int and type(trade_id) is str and type(pk) is int):
        raise BadCursor("cursor is none that an answer gave; leave it out to start")
    if not (abs(exit_time) < 2**63 and 0 <= pk < 2**63):
        raise BadCursor("cursor is none that an answer gave; leave it out to start")
    return exit_time, trade_id, pk
