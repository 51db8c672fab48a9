"""Reading BLOTTER_ environment variables: each error names the variable, its value and the cure."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str) -> str:
    """The variable's text without surrounding spaces, or the default when it is unset."""
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    """A yes-or-no variable: 1/true/yes/on or 0/false/no/off."""
    value = text(name, "1" if default else "0").lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no; write 1 or 0")
    return value in TRUE


def number(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number between two bounds, both included."""
    value = text(name, str(default))
    if not value.isdecimal() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name}={value!r} must be a whole number {least} to {most}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, empty entries dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """An absolute folder; a leading ~ is the home folder."""
    return Path(text(name, "") or default).expanduser().resolve()
