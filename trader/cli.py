"""The command line of `python -m trader`: the bot alone, without the site."""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from trader.bootstrap import plan_of
from trader.commands import operate, versions
from trader.feed.replay import BadCandleFile
from trader.ports import Unreachable
from trader.redacted_log import RedactingFormatter
from trader.runner import OtherHistory, run
from trader.settings import (
    SECRETS,
    BotSettings,
    SettingsTrouble,
    confirmation_phrase,
    load,
    secret_values,
)
from trader.store import StreamLocked, StreamUnusable

log = logging.getLogger("trader")

DESCRIPTION = """The ADX trend bot: on a generated market, a candle file, or Binance.

commands, each with its own --help:
  status, pause, halt, resume   a running bot, from its own machine
  check                         keys, clock, rules and money tried before trading, trading nothing
  replay                        several versions on the same candles, each in a stream of its own
"""
EXAMPLE = """example:
  python -m trader --feed replay --candles BTCUSDT_15m.csv.gz
  python -m trader --feed binance --symbol BTCUSDT --interval 15m
  python -m trader status --bot paper

Each option is also a variable, --symbol is BLOTTER_SYMBOL, and may stand in the file that
BLOTTER_SETTINGS_FILE names. Secrets are taken from variables and the file alone. Orders are
paper orders, unless --testnet or --live says otherwise."""

_DAY = 24 * 60 * 60
_LEAVE_AFTER = 30.0
_TROUBLE = (SettingsTrouble, BadCandleFile, OtherHistory, StreamLocked, StreamUnusable)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bot until its feed ends or it is told to stop, or carry out a command."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and given[0] in _COMMANDS:
        return _COMMANDS[given[0]](given[1:])
    return _run_bot(given)


def _run_bot(argv: Sequence[str]) -> int:
    """0 where the bot ran and ended well."""
    given = vars(parser().parse_args(argv))
    supervised = given.pop("until_stdin_closes")
    set_up_logging()
    try:
        settings = load(given, confirmed=_confirmed(given, supervised=supervised))
    except SettingsTrouble as trouble:
        return _refused(trouble)
    set_up_logging(secret_values(settings))
    stop = threading.Event()
    _stop_on_signals(stop, supervised=supervised)
    try:
        return _run(settings, stop)
    except Unreachable as trouble:
        log.error("%s", trouble)
        return 1
    except _TROUBLE as trouble:
        return _refused(trouble)
    except Exception:
        log.exception("The bot failed and stops; its positions and events are as recorded.")
        return 1


def _refused(trouble: Exception) -> int:
    for line in str(trouble).splitlines():
        log.error("%s", line)
    return 2


def _confirmed(given: dict[str, Any], *, supervised: bool) -> bool:
    """Whether somebody at a terminal typed that real money shall trade.

    Only asked where the settings are sound and ask for it; else `load` says what is missing.
    """
    if supervised or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    settings = load(given, confirmed=True)
    if not settings.live:
        return False
    phrase = confirmation_phrase(settings)
    print(f"This trades with real money. To go on, type: {phrase}", file=sys.stderr)
    return input("> ").strip() == phrase


def _run(settings: BotSettings, stop: threading.Event) -> int:
    with plan_of(settings, stop, _watched(settings.db)) as (plan, candles):
        log.info("%s: %s %s", plan.market.bot, plan.market.symbol, plan.market.interval)
        threading.Thread(target=leave_late, args=(stop,), daemon=True).start()
        with progress(candles) as advanced:
            began = time.monotonic()
            outcome = run(plan, stop.is_set, advanced)
        log.info("%s after %.1f s", outcome.capitalize(), time.monotonic() - began)
    return 0


def leave_late(
    stop: threading.Event, seconds: float = _LEAVE_AFTER, leave: Callable[[int], object] = os._exit
) -> None:
    """A candle that hangs when the bot shall stop is given so long, and no longer."""
    stop.wait()
    time.sleep(seconds)
    log.error(
        "The bot did not end within %.0f s and leaves as it is: what it recorded is on the disk, "
        "stops on the exchange stay, and the next start goes on from there.",
        seconds,
    )
    leave(1)


def parser() -> argparse.ArgumentParser:
    """The options of the bot itself: every setting but the secrets."""
    made = argparse.ArgumentParser(
        prog="python -m trader",
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, field in BotSettings.model_fields.items():
        if name in SECRETS:
            continue
        option = "--data" if name == "db" else "--" + name.replace("_", "-")
        if field.annotation is bool:
            made.add_argument(
                option, dest=name, help=field.description, action="store_const", const="true"
            )
        else:
            # argparse reads a percent sign as its own.
            made.add_argument(option, dest=name, help=str(field.description).replace("%", "%%"))
    made.add_argument("--settings-file", help="a file of BLOTTER_NAME=value lines")
    made.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when the parent process, which holds our stdin, has gone",
    )
    return made


def set_up_logging(secrets: Sequence[str] = ()) -> None:
    """Log to stderr, without these secrets; may be called again when they are known."""
    handler: logging.Handler = logging.StreamHandler()
    if sys.stderr.isatty():
        handler = RichHandler(console=Console(stderr=True), show_path=False)
    handler.setFormatter(RedactingFormatter("bot: %(message)s", secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("apscheduler", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _stop_on_signals(stop: threading.Event, *, supervised: bool) -> None:
    """Ctrl-C, SIGTERM or SIGBREAK stop the bot; under a supervisor the end of stdin does too."""
    # Not stop.set in the handler: where the signal strikes inside stop.wait, it would wait for
    # ever for the lock that wait holds. A SimpleQueue may be filled from anywhere.
    told: SimpleQueue[None] = SimpleQueue()
    threading.Thread(target=_stop_when_told, args=(told, stop), daemon=True).start()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda *_: told.put(None))
    if supervised:
        threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()


def _stop_when_told(told: SimpleQueue[None], stop: threading.Event) -> None:
    told.get()
    stop.set()


def _stop_with_parent(stop: threading.Event) -> None:
    # Not sys.stdin: a daemon thread inside its buffer's lock breaks the interpreter's shutdown.
    while os.read(0, 4096):
        pass
    stop.set()


def _watched(folder: Path) -> Callable[[], bool]:
    """Whether a page was looked at within a day: the site touches the file at each look."""
    seen, born = folder / "last_viewed", time.time()

    def watched() -> bool:
        last = seen.stat().st_mtime if seen.exists() else born
        return time.time() - max(last, born) < _DAY

    return watched


@contextmanager
def progress(candles: int | None) -> Iterator[Callable[[], None]]:
    if candles is None or not sys.stderr.isatty():
        yield lambda: None
        return
    columns = (TextColumn("Candles"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=candles)
        yield lambda: bar.advance(task)


def _check(argv: Sequence[str]) -> int:
    # python-binance takes over a second to import: only who needs it pays for it.
    from trader.commands.check import check

    return check(parser(), argv)


def _replay(argv: Sequence[str]) -> int:
    set_up_logging()
    stop = threading.Event()
    _stop_on_signals(stop, supervised=False)
    return versions.replay(parser(), argv, stop, progress)


_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "status": operate.status,
    "pause": lambda argv: operate.order("pause", argv),
    "halt": lambda argv: operate.order("halt", argv),
    "resume": lambda argv: operate.order("resume", argv),
    "check": _check,
    "replay": _replay,
}
