"""The site's secret key: made once, kept in the data folder, never a default."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

LENGTH = 64


def secret_key(data: Path) -> str:
    """The key in `<data>/secret_key`; folder (0700) and file (0600) are made the first time."""
    path = data / "secret_key"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"the data folder {data} cannot be used ({error.strerror}); "
            "set BLOTTER_DB to a folder that can be written"
        ) from error
    if len(key) < LENGTH:
        raise ImproperlyConfigured(
            f"{path} holds {len(key)} characters, expected {LENGTH}; delete it and start again "
            "(every login then has to be made anew)"
        )
    return key


def _make(path: Path) -> None:
    """Create the file unless it is there; O_EXCL, so two starting processes agree on one key."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    try:
        os.write(handle, secrets.token_hex(LENGTH // 2).encode("ascii"))
    finally:
        os.close(handle)
