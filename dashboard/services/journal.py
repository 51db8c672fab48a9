"""Annotations and notes of days: each edit with who, when, what was and is, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from dashboard.counters import bump
from dashboard.models import (
    Annotation,
    AnnotationRevision,
    DayNote,
    DayNoteRevision,
    Trade,
)

FIELDS = ("note", "tags", "setup", "mistake", "rating", "followed_plan")
DAY_FIELDS = ("note", "tags", "rating")


def annotate(
    bot: str,
    trade_id: str,
    values: Mapping[str, Any],
    *,
    user: AbstractBaseUser | None,
    by: str,
) -> Annotation | None:
    """Set some of FIELDS of a trade's annotation. None where there was nothing to change.

    Raises django.core.exceptions.ValidationError for a value no field takes.
    """
    with transaction.atomic():
        found = Annotation.objects.filter(bot=bot, trade_id=trade_id).first()
        own = found or Annotation(bot=bot, trade_id=trade_id)
        changed = _edit(own, {name: values[name] for name in FIELDS if name in values})
        if changed is None:
            return None
        AnnotationRevision.objects.create(annotation=own, **_edited(own, changed, user, by))
        bump("annotations")
    return own


def annotate_many(
    trades: Iterable[Trade],
    values: Mapping[str, Any],
    *,
    add_tags: Sequence[str] = (),
    user: AbstractBaseUser | None,
    by: str,
) -> int:
    """The same words for several trades, all or none; how many annotations changed.

    `add_tags` are put beside the tags a trade has; `values` take the place of what it has.
    """
    count = 0
    with transaction.atomic():
        for trade in trades:
            wanted = dict(values)
            if add_tags:
                own = Annotation.objects.filter(bot=trade.bot, trade_id=trade.trade_id).first()
                wanted["tags"] = ",".join([own.tags if own else "", *add_tags])
            done = annotate(trade.bot, trade.trade_id, wanted, user=user, by=by)
            count += done is not None
    return count


def note_day(
    day: date, values: Mapping[str, Any], *, user: AbstractBaseUser | None, by: str
) -> DayNote | None:
    """Set some of DAY_FIELDS of a UTC day's note. None where there was nothing to change.

    Raises django.core.exceptions.ValidationError for a value no field takes.
    """
    with transaction.atomic():
        own = DayNote.objects.filter(day=day).first() or DayNote(day=day)
        changed = _edit(own, {name: values[name] for name in DAY_FIELDS if name in values})
        if changed is None:
            return None
        DayNoteRevision.objects.create(note=own, **_edited(own, changed, user, by))
        bump("annotations")
    return own


def tag_list(tags: str) -> list[str]:
    """ "Breakout, news ,news" is ["breakout", "news"]."""
    words = (word.strip().lower() for word in tags.split(","))
    return list(dict.fromkeys(word for word in words if word))


Changes = dict[str, tuple[Any, Any]]  # what was, what is


def _edit(own: Annotation | DayNote, values: Mapping[str, Any]) -> Changes | None:
    """Save what differs under the next revision's number; None where nothing does."""
    new = {name: _cleaned(name, value) for name, value in values.items()}
    changed = {
        name: (getattr(own, name), value)
        for name, value in new.items()
        if value != getattr(own, name)
    }
    if not changed:
        return None
    for name, (_, value) in changed.items():
        setattr(own, name, value)
    own.revision += 1
    own.full_clean(validate_unique=False, validate_constraints=False)
    own.save()
    return changed


def _edited(
    own: Annotation | DayNote, changed: Changes, user: AbstractBaseUser | None, by: str
) -> dict[str, Any]:
    return {
        "number": own.revision,
        "user_id": None if user is None else user.pk,
        "by": by,
        "old": {name: was for name, (was, _) in changed.items()},
        "new": {name: now for name, (_, now) in changed.items()},
    }


def _cleaned(name: str, value: Any) -> Any:
    if name == "tags":
        return ", ".join(tag_list(value or ""))
    if isinstance(value, str):
        return value.strip()
    return value
