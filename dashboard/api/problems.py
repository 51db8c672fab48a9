"""What the contract says of errors: each is a problem detail (RFC 9457)."""

from typing import Any

SCHEMA = {
    "type": "object",
    "required": ["title", "status"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was wrong, and what to do"},
        "instance": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
MEANINGS = {
    401: "Not logged in, and no valid token",
    403: "Logged in, but this is not allowed: a code is missing, or the token's scope",
    404: "A filter names what was never recorded",
    422: "A parameter cannot be used",
}


def problems(*statuses: int) -> dict[str, Any]:
    """The part of an operation's contract that names its errors, and the 304 of an ETag."""
    errors: dict[int, Any] = {
        status: {
            "description": MEANINGS[status],
            "content": {"application/problem+json": {"schema": SCHEMA}},
        }
        for status in statuses
    }
    return {"responses": errors}


NOT_MODIFIED = {304: {"description": "The asker holds this answer already (If-None-Match)"}}
PROBLEMS = {"responses": problems(401, 403, 404, 422)["responses"] | NOT_MODIFIED}
