"""Ending on a signal, whenever it strikes."""

import subprocess
import sys

import pytest

# Holding the event's own lock, as the main thread does for a moment in each `wait`.
STRUCK_IN_WAIT = """
import signal, sys, threading
from {module} import {name}
stop = threading.Event()
{name}(stop{more})
with stop._cond:
    signal.raise_signal(signal.SIGTERM)
sys.exit(0 if stop.wait(20) else 1)
"""


@pytest.mark.parametrize(
    ("module", "name", "more"),
    [
        ("dashboard.lifetime", "set_on_stop", ""),
        ("trader.cli", "_stop_on_signals", ", supervised=False"),
    ],
)
def test_a_signal_that_strikes_inside_wait_is_heard(module: str, name: str, more: str) -> None:
    code = STRUCK_IN_WAIT.format(module=module, name=name, more=more)
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
