"""Giving way to a live bot: long work of the site runs when nobody else needs the processor."""

import os
import sys
from contextlib import suppress

NICE = 15
_BELOW_NORMAL = 0x4000


def give_way() -> None:
    """Lower this process's priority for good, and that of all it starts afterwards."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        with suppress(OSError):
            os.nice(max(0, NICE - os.nice(0)))
