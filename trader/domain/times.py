"""Times are UTC inside; in events they are ISO 8601 text with a Z."""

from datetime import UTC, datetime


def moment(value: datetime | str) -> datetime:
    """The UTC time that an event's body holds, whether it is fresh (datetime) or read (text)."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).astimezone(UTC)
