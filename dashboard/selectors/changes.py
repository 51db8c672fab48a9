"""ETags: what an answer was drawn from, in one word."""

import time
from hashlib import blake2b

from django.http import HttpRequest

from dashboard.models import Counter
from dashboard.selectors.scope import Scope

# Another code may answer otherwise: a restarted site begins anew.
STARTED = time.time_ns()


def etag(request: HttpRequest, scope: Scope, *names: str, also: object = None) -> str:
    """Changes when rows of these kinds do, and with book, query, user, code, and what is `also`
    said."""
    values = dict(Counter.objects.filter(name__in=names).values_list("name", "value"))
    book = scope.book.pk if scope.book else None
    parts = (STARTED, request.get_full_path(), request.user.pk, book, sorted(values.items()), also)
    return f'"{blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


def unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether the asker holds this very answer, or any at all (`*`)."""
    held = request.headers.get("If-None-Match", "")
    return held.strip() == "*" or tag in [
        word.strip().removeprefix("W/") for word in held.split(",")
    ]
