"""Annotations: every edit with who, when, what was and what is, in one transaction."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from dashboard.counters import bump
from dashboard.models import Annotation, AnnotationRevision

FIELDS = ("note", "tags", "setup", "mistake", "rating", "followed_plan")


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
        annotation = Annotation.objects.filter(bot=bot, trade_id=trade_id).first() or Annotation(
            bot=bot, trade_id=trade_id
        )
        new = {name: _cleaned(name, values[name]) for name in FIELDS if name in values}
        old = {name: getattr(annotation, name) for name in new}
        changed = [name for name in new if new[name] != old[name]]
        if not changed:
            return None
        for name in changed:
            setattr(annotation, name, new[name])
        annotation.revision += 1
        annotation.full_clean(validate_unique=False, validate_constraints=False)
        annotation.save()
        AnnotationRevision.objects.create(
            annotation=annotation,
            number=annotation.revision,
            user_id=None if user is None else user.pk,
            by=by,
            old={name: old[name] for name in changed},
            new={name: new[name] for name in changed},
        )
        bump("annotations")
    return annotation


def tag_list(tags: str) -> list[str]:
    """ "Breakout, news ,news" is ["breakout", "news"]."""
    words = (word.strip().lower() for word in tags.split(","))
    return list(dict.fromkeys(word for word in words if word))


def _cleaned(name: str, value: Any) -> Any:
    if name == "tags":
        return ", ".join(tag_list(value or ""))
    if isinstance(value, str):
        return value.strip()
    return value
