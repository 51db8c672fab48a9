"""One trade's story: its record, the others of it, its neighbours, and its events in order."""

from dataclasses import dataclass

from django.db.models import Q

from dashboard import events
from dashboard.models import Trade

MOST = 500  # events told of one trade


class NoSuchTrade(LookupError):
    """No trade of that bot and id; the text says which."""


@dataclass(frozen=True, slots=True)
class Story:
    """A trade and what was recorded about it, oldest first."""

    trade: Trade
    others: list[Trade]
    newer: Trade | None
    older: Trade | None
    events: list[events.Event]
    trouble: str | None


def find(bot: str, trade_id: str) -> Trade:
    """The record that counts, else any of that id. Raises NoSuchTrade."""
    own = Trade.objects.select_related("book").filter(bot=bot, trade_id=trade_id)
    found = own.order_by("-counted", "pk").first()
    if found is None:
        raise NoSuchTrade(f"bot {bot!r} has no trade {trade_id!r}")
    return found


def tell(trade: Trade, *, known_at: int | None = None) -> Story:
    """Everything recorded about it; with `known_at`, what had been recorded by then."""
    found, trouble = _about(trade)
    if known_at is not None:
        found = [event for event in found if event.recorded_at <= known_at]
    return Story(trade, _others(trade), *_neighbours(trade), found, trouble)


def _about(trade: Trade) -> tuple[list[events.Event], str | None]:
    try:
        return events.about(trade.stream, trade.trade_id, limit=MOST), None
    except events.StreamUnreadable as error:
        return [], str(error)


def _others(trade: Trade) -> list[Trade]:
    """Other records of the same trade: of another stream, or of another source."""
    same = Q(match_key=trade.match_key) | Q(first_key=trade.first_key)
    if trade.exchange_key:
        same |= Q(exchange_key__in=[trade.exchange_key, -trade.exchange_key])
    rows = Trade.objects.filter(same, book=trade.book_id, symbol=trade.symbol)
    return list(rows.exclude(pk=trade.pk).order_by("pk")[:10])


def _neighbours(trade: Trade) -> tuple[Trade | None, Trade | None]:
    """The trades that closed right after and right before it, in the ledger's order."""
    rows = Trade.objects.filter(book=trade.book_id, counted=True)
    here = {"exit_time": trade.exit_time}
    later = Q(exit_time__gt=trade.exit_time) | Q(**here, trade_id__gt=trade.trade_id)
    earlier = Q(exit_time__lt=trade.exit_time) | Q(**here, trade_id__lt=trade.trade_id)
    newer = rows.filter(exit_time__gte=trade.exit_time).filter(later)
    older = rows.filter(exit_time__lte=trade.exit_time).filter(earlier)
    return (
        newer.order_by("exit_time", "trade_id").first(),
        older.order_by("-exit_time", "-trade_id").first(),
    )
