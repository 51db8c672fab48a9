"""API tokens: made, shown once, used, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from dashboard.models import ApiToken

MARK = "blotter_"  # lets a secret scanner know one
PREFIX = len(MARK) + 4
NOTE_EVERY = timedelta(minutes=1)


def create(
    user: AbstractBaseUser, *, name: str, scope: str, lifetime: timedelta
) -> tuple[ApiToken, str]:
    """A new token's row, and its text, which exists nowhere else and cannot be shown again."""
    text = MARK + secrets.token_urlsafe(32)  # 256 bits
    row = ApiToken.objects.create(
        name=name,
        user_id=user.pk,
        prefix=text[:PREFIX],
        digest=hashlib.sha256(text.encode()).hexdigest(),
        scope=scope,
        expires_at=timezone.now() + lifetime,
    )
    return row, text


def note_use(token: ApiToken, now: datetime) -> None:
    """Remember when it was last used, at most once a minute."""
    if token.last_used_at is None or now - token.last_used_at >= NOTE_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def revoke(token: ApiToken) -> None:
    """From now on it opens nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
