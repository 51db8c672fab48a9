"""Tables and progress bars on a terminal, in which other people's words stay words.

A file's name or a version may hold what rich takes for markup, or what moves a terminal's cursor.
"""

import sys
from typing import IO

from rich.console import Console
from rich.progress import TextColumn


def console(stream: IO[str] | None = None, *, quiet: bool = False) -> Console:
    """A console that takes no text for markup; on stderr, and only on a terminal, if not told."""
    if stream is None:
        return Console(
            stderr=True, quiet=quiet or not sys.stderr.isatty(), markup=False, highlight=False
        )
    return Console(file=stream, quiet=quiet, markup=False, highlight=False)


def label() -> TextColumn:
    """What a progress bar is at, as it is given."""
    return TextColumn("{task.description}", markup=False)


def shown(text: str) -> str:
    """Text without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "�" for letter in text)
