"""Who may ask the API: a logged-in session (with CSRF on writes) or a bearer token."""

# ruff: noqa: ARG002 - the signature is ninja's

import hashlib
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer, SessionAuth

from dashboard.models import ApiToken
from dashboard.services.tokens import note_use


class TokenAuth(HttpBearer):
    """`Authorization: Bearer TOKEN`; only the token's sha256 is known here."""

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        """The token's row, None for one that is unknown, revoked, over, or its user inactive."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        found = ApiToken.objects.select_related("user").filter(digest=digest).first()
        now = timezone.now()
        if found is None or found.revoked_at is not None or found.expires_at <= now:
            return None
        if not found.user.is_active:
            return None
        note_use(found, now)
        return found


class PageAuth(SessionAuth):
    """A browser's login, with CSRF on writes. Without its cookie there is nothing to forge."""

    def __call__(self, request: HttpRequest) -> Any | None:
        """The user, None for a stranger. Raises HttpError (403) where the CSRF token is missing."""
        return super().__call__(request) if self.param_name in request.COOKIES else None


session = PageAuth()
bearer = TokenAuth()
