"""A backfill that ends itself: `python backfilling_run.py N WORDS...` runs `backfill WORDS`.

At its N-th step into or out of a function that fetches, records or projects it kills itself as
kill -9 does: nothing is flushed, closed or rolled back. With N 0 it lives, and says how many steps
there are.
"""

import os
import signal
import sys
from types import FrameType

import django
from django.core.management import call_command

WHERE = (
    "_backfill_binance.py", "history.py", "bulk.py", "projector.py", "fold.py", "facts.py",
    "about_trades.py", "writer.py", "ledger.py", "rollups.py", "measured.py", "units.py",
)  # fmt: skip
PAGE = 3
# Windows knows no SIGKILL; what it does for SIGTERM is the same.
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from trader.exchange.binance import history

    history._PAGE = PAGE
    at, steps = int(sys.argv[1]), 0

    def step(frame: FrameType, event: str, arg: object) -> None:
        nonlocal steps
        if event in ("call", "return") and frame.f_code.co_filename.endswith(WHERE):
            steps += 1
            if steps == at:
                os.kill(os.getpid(), KILL)

    sys.setprofile(step)
    call_command("backfill", *sys.argv[2:])
    sys.setprofile(None)
    print(steps)


if __name__ == "__main__":
    main()
