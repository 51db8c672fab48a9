"""What the bots are, hold and have open: now, or as of a time."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Max, QuerySet

from dashboard.models import Annotation, Bot, Checkpoint, Position
from dashboard.selectors import equity, past
from dashboard.selectors.bots import state
from dashboard.selectors.past import Then
from dashboard.selectors.scope import Scope
from dashboard.selectors.trades import has_words


def bots(scope: Scope) -> list[Then]:
    """The bots that the filters leave, the one at work first, the one heard of last before."""
    filters = scope.filters
    found = Bot.objects.select_related("book").order_by("-last_recorded_at")
    for name in ("bot", "mode"):
        if (value := getattr(filters, name)) is not None:
            found = found.filter(**{name: value})
    for name in ("quote_asset", "account"):
        if (value := getattr(filters, name)) is not None:
            found = found.filter(**{f"book__{name}": value})
    told = [
        one
        for one in _told(scope, found)
        if filters.version in (None, one.bot.version) and filters.symbol in (None, one.bot.symbol)
    ]
    at = clock(scope)
    working = {one.bot.stream for one in told if state(one.bot, at) == "running"}
    return sorted(told, key=lambda one: (one.bot.stream not in working, -one.bot.last_recorded_at))


def accounts(scope: Scope) -> list[Bot]:
    """Each bot of the account as its newest candle of the period and version tells."""
    filters = scope.filters
    found = []
    for bot in equity.accounts(scope):
        if filters.version is None and filters.since is None and filters.until is None:
            found += [one.bot for one in _told(scope, Bot.objects.filter(pk=bot.pk))]
            continue
        newest = equity.points(scope, [bot]).aggregate(newest=Max("time"))["newest"]
        if newest is not None:
            then = replace(scope, filters=replace(filters, as_of=newest))
            found += [one.bot for one in _told(then, Bot.objects.filter(pk=bot.pk))]
    return found


def positions(scope: Scope) -> list[Position]:
    """What the filters leave of what is or was open, the newest first; since and until are about
    the entry."""
    if scope.book is None:
        return []
    filters = scope.filters
    if filters.past:
        bots_then = past.bots(filters, Bot.objects.filter(book=scope.book))
        held = [one for then in bots_then for one in then.positions if one.book == scope.book]
    else:
        held = list(Position.objects.filter(book=scope.book))
    for name in ("bot", "version", "symbol", "side"):
        if (value := getattr(filters, name)) is not None:
            held = [one for one in held if getattr(one, name) == value]
    if filters.since is not None:
        held = [one for one in held if (one.entry_time or 0) >= filters.since]
    if filters.until is not None:
        held = [one for one in held if (one.entry_time or 0) < filters.until]
    held = _with_words(scope, held)
    return sorted(held, key=lambda one: (-(one.entry_time or 0), one.trade_id))


def clock(scope: Scope) -> int | None:
    """The time that silence is judged by; None is now."""
    return past.moment(scope.filters) if scope.filters.past else None


def _told(scope: Scope, found: QuerySet[Bot]) -> list[Then]:
    if scope.filters.past:
        return past.bots(scope.filters, found)
    heads = dict(Checkpoint.objects.values_list("stream", "seq"))
    return [Then(bot, [], heads.get(bot.stream, 0)) for bot in found.select_related("book")]


def _with_words(scope: Scope, held: Sequence[Position]) -> list[Position]:
    """Those whose trade is annotated as the filters ask."""
    words = has_words(scope.filters)
    if words is None:
        return list(held)
    own = Annotation.objects.filter(words, trade_id__in=[one.trade_id for one in held])
    said = set(own.values_list("bot", "trade_id"))
    return [one for one in held if (one.bot, one.trade_id) in said]
