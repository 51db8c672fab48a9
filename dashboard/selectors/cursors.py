"""Cursors of lists paged by keyset: the last row's own sort key, in one opaque word."""

import base64
import binascii
import json
from typing import Any

from dashboard.selectors.trades import BadCursor, is_text


def encode(*key: int | str) -> str:
    """The cursor of the row with this key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """The key that `encode` was given, of these types. Raises BadCursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursor("cursor is none that an answer gave; leave it out to start") from error
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        raise BadCursor("cursor is none that an answer gave; leave it out to start")
    if any(isinstance(part, int) and not 0 <= part < 2**63 for part in key) or not all(
        is_text(part) for part in key if isinstance(part, str)
    ):
        raise BadCursor("cursor is none that an answer gave; leave it out to start")
    return key
