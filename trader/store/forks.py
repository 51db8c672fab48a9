"""What a fork must not do: write, sync, close or unlock what its parent records with."""

import ctypes
import os
import weakref
from typing import Protocol


class Recording(Protocol):
    def abandon(self) -> None:
        """Called in a forked child."""


_recorders: "weakref.WeakSet[Recording]" = weakref.WeakSet()


def watch(recorder: Recording) -> None:
    """Tell this recorder when it finds itself in a forked child."""
    _recorders.add(recorder)


def forget(recorder: Recording) -> None:
    """It is closed."""
    _recorders.discard(recorder)


def immortal(thing: object) -> None:
    """Never let this be closed by the child's end: the parent is using its files.

    A connection closed in a child could checkpoint and remove the parent's live WAL.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def _in_child() -> None:
    for recorder in list(_recorders):
        recorder.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
