"""When a child process of ours should end: on a signal, or when its parent has gone."""

import _thread
import os
import signal
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue


def on_stop(action: Callable[[], None]) -> None:
    """Call `action` on SIGTERM, on SIGBREAK (Windows) and on Ctrl-C, in the main thread."""
    for name in ("SIGTERM", "SIGBREAK", "SIGINT"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda *_: action())


def set_on_stop(stop: threading.Event) -> None:
    """Set the event when `on_stop` would act, soon afterwards and from a thread of its own.

    A handler must not set it: where the signal strikes inside the event's own `wait`, it would
    wait for ever for the lock that `wait` holds. A SimpleQueue may be filled from anywhere.
    """
    told: SimpleQueue[None] = SimpleQueue()

    def pass_on() -> None:
        told.get()
        stop.set()

    threading.Thread(target=pass_on, name="stop-signals", daemon=True).start()
    on_stop(lambda: told.put(None))


def when_stdin_closes(action: Callable[[], None]) -> None:
    """Call `action` from a thread of its own once nobody holds our stdin's other end."""

    def watch() -> None:
        try:
            while os.read(sys.stdin.fileno(), 4096):
                pass
        except (OSError, ValueError):
            pass  # it was never open, or closed under us: the parent is gone all the same
        action()

    if sys.stdin is None:  # a process without any console never had a parent to wait for
        return
    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def interrupt_main() -> None:
    """From any thread: have the main thread's SIGTERM handler run."""
    _thread.interrupt_main(signal.SIGTERM)
