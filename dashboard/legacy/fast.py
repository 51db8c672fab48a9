"""The same verdict as judging.judge for the plain common case, compiled for one settled binding.

Returns None for everything else, and the record goes the long way.
"""

from __future__ import annotations

from collections.abc import Callable

from .binding import Binding
from .judging import Context
from .records import Record
from .verdicts import Trade

FastJudge = Callable[[Record], Trade | None]


def compile_fast(binding: Binding, context: Context) -> FastJudge | None:
    """A judge for records of this binding, or None where only the long way reads it."""
    return None
