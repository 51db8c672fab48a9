"""The ledger: counted trades, newest first, a page at a time by keyset."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import Exact

from dashboard.models import Annotation, Trade
from dashboard.selectors import knowledge
from dashboard.selectors.scope import Filters, Scope
from dashboard.units import DAY

EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
HOUR = DAY // 24


class BadCursor(ValueError):
    """A cursor that no answer of ours gave."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of trades and the cursor of the next, None at the end."""

    trades: list[Trade]
    next_cursor: str | None


def page(scope: Scope, *, limit: int, cursor: str | None) -> Page:
    """At most `limit` trades after the cursor, by (exit_time, trade_id) descending."""
    return page_of(matching(scope), limit=limit, cursor=cursor)


def page_of(found: QuerySet[Trade], *, limit: int, cursor: str | None) -> Page:
    """The same of any trades."""
    found = found.order_by("-exit_time", "-trade_id", "-pk")
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


def annotations(trades: Sequence[Trade]) -> dict[tuple[str, str], Annotation]:
    """What the trader has written about these, by bot and trade id; one question for all."""
    bots = {trade.bot for trade in trades}
    ids = [trade.trade_id for trade in trades]
    found = Annotation.objects.filter(bot__in=bots, trade_id__in=ids)
    return {(own.bot, own.trade_id): own for own in found}


class OffIndex(Func):
    """A column that no index is asked for."""

    template = "+%(expressions)s"
    arity = 1


def matching(scope: Scope, *, few: bool = False) -> QuerySet[Trade]:
    """The book's counted trades that pass every filter, in no order yet.

    `few`: conditions to come leave a handful, known by their trades' ids. SQLite would rather
    walk the whole book in its ledger's order than look each of them up.
    """
    if scope.book is None:
        return Trade.objects.none()
    filters = scope.filters
    if filters.known_at is None:
        known = Trade.objects.filter(counted=True)
    else:
        known = knowledge.counted(filters.known_at)
    found = known.filter(book=scope.book)
    if few or has_words(filters) is not None:
        own = Exact(OffIndex(F("book_id"), output_field=BigIntegerField()), scope.book.pk)
        found = known.filter(own)
    for name in ("bot", "version", "symbol", "side", "exit_reason"):
        value = getattr(filters, name)
        if value is not None:
            found = found.filter(**{name: value})
    if filters.weekday is not None:
        day = (filters.weekday - EPOCH_WEEKDAY) % 7 * DAY
        found = found.alias(in_week=F("exit_time") % (7 * DAY))
        found = found.filter(in_week__gte=day, in_week__lt=day + DAY)
    if filters.hour is not None:
        hour = filters.hour * HOUR
        found = found.alias(in_day=F("exit_time") % DAY)
        found = found.filter(in_day__gte=hour, in_day__lt=hour + HOUR)
    if filters.since is not None:
        found = found.filter(exit_time__gte=filters.since)
    if filters.until is not None:
        found = found.filter(exit_time__lt=filters.until)
    return found if (conditions := said(filters)) is None else found.filter(*conditions)


def said(filters: Filters) -> tuple[Q | Exists, ...] | None:
    """Conditions that a trade's annotation says what the filters ask for; None where they do not.

    The first walks the index of trade ids from the few that are annotated; the second tells the
    bots apart.
    """
    words = has_words(filters)
    if words is None:
        return None
    own = Annotation.objects.filter(words)
    of_trade = own.filter(bot=OuterRef("bot"), trade_id=OuterRef("trade_id"))
    return among(own), Exists(of_trade)


def among(annotations: QuerySet[Annotation]) -> Q:
    """Trades with one of these ids; ask it of `matching(scope, few=True)`."""
    return Q(trade_id__in=Subquery(annotations.values("trade_id")))


def has_words(filters: Filters) -> Q | None:
    """What the filters ask of an annotation; None where they ask nothing."""
    names = ("setup", "mistake", "rating", "followed_plan")
    wanted = {name: getattr(filters, name) for name in names}
    asked = {name: value for name, value in wanted.items() if value is not None}
    if not asked and filters.tag is None:
        return None
    words = Q(**asked)
    return words if filters.tag is None else words & _has_tag(filters.tag.strip().lower())


def _has_tag(tag: str) -> Q:
    """As a word of its own: tags are kept in lower case, parted by a comma and a space."""
    last, first, middle = f", {tag}", f"{tag}, ", f", {tag}, "
    return (
        Q(tags=tag) | Q(tags__startswith=first) | Q(tags__endswith=last) | Q(tags__contains=middle)
    )


def is_text(word: str) -> bool:
    """Whether a database can be asked for it: JSON may hold half a character, which is none."""
    return not any("\ud800" <= letter <= "\udfff" for letter in word)


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
    if not (abs(exit_time) < 2**63 and 0 <= pk < 2**63 and is_text(trade_id)):
        raise BadCursor("cursor is none that an answer gave; leave it out to start")
    return exit_time, trade_id, pk
