"""Imports: batches newest first, and what they had to set aside for want of certainty."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from dashboard.models import Batch
from dashboard.selectors.cursors import decode, encode

FINISHED, UNFINISHED, UNDONE = "finished", "unfinished", "undone"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of batches and the cursor of the next, None at the end."""

    batches: list[Batch]
    next_cursor: str | None


def page(
    *, limit: int, cursor: str | None = None, bot: str | None = None, mode: str | None = None
) -> Page:
    """At most `limit` batches after the cursor, the newest first."""
    found = Batch.objects.filter(started_at__isnull=False).order_by("-started_at", "-id")
    for name, value in (("bot", bot), ("mode", mode)):
        if value is not None:
            found = found.filter(**{name: value})
    if cursor is not None:
        started, key = decode(cursor, int, int)
        found = found.filter(started_at__lte=started).filter(
            Q(started_at__lt=started) | Q(started_at=started, pk__lt=key)
        )
    batches = list(found[: limit + 1])
    more, batches = len(batches) > limit, batches[:limit]
    last = batches[-1] if more else None
    return Page(batches, None if last is None else encode(last.started_at or 0, last.pk))


def state(batch: Batch) -> str:
    """finished; unfinished (it counts for nothing); undone (it counts no more)."""
    if batch.undone_at is not None:
        return UNDONE
    return UNFINISHED if batch.finished_at is None else FINISHED


def standing() -> QuerySet[Batch]:
    """The batches that count."""
    return Batch.objects.filter(finished_at__isnull=False, undone_at__isnull=True)


def not_standing() -> list[int]:
    """Ids of the batches that do not count."""
    others = Batch.objects.filter(Q(finished_at__isnull=True) | Q(undone_at__isnull=False))
    return list(others.values_list("pk", flat=True))


def quarantined() -> int:
    """How many lines of all imports that count wait in quarantine."""
    return standing().aggregate(lines=Sum("quarantined"))["lines"] or 0


def by_reason(batches: Iterable[Batch]) -> list[tuple[str, int]]:
    """How many lines were refused for each reason, the commonest first."""
    total: Counter[str] = Counter()
    for batch in batches:
        total.update(batch.reasons)
    return total.most_common()
