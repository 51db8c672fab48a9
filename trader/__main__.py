"""`python -m trader`: the bot alone, without the site."""

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

from pydantic import ValidationError
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from trader.bootstrap import SettingsTrouble, plan_of
from trader.feed.replay import BadCandleFile
from trader.ports import Unreachable
from trader.runner import OtherHistory, run
from trader.settings import BotSettings
from trader.store import StreamLocked, StreamUnusable

log = logging.getLogger("trader")

EXAMPLE = """example:
  python -m trader --feed replay --candles BTCUSDT_15m.csv.gz
  python -m trader --feed binance --symbol BTCUSDT --interval 15m

Each option is also a variable: --symbol is BLOTTER_SYMBOL. Orders are paper orders."""

_DAY = 24 * 60 * 60
_TROUBLE = (SettingsTrouble, BadCandleFile, OtherHistory, StreamLocked, StreamUnusable)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bot until its feed ends or it is told to stop; 0 where that went well."""
    given = vars(_parser().parse_args(argv))
    supervised = given.pop("until_stdin_closes")
    _set_up_logging()
    try:
        settings = BotSettings(
            **{name: value for name, value in given.items() if value is not None}
        )
    except ValidationError as faults:
        for fault in faults.errors():
            name = "_".join(map(str, fault["loc"]))
            log.error("BLOTTER_%s is %r: %s", name.upper(), fault["input"], fault["msg"])
        return 2
    stop = threading.Event()
    _stop_on_signals(stop, supervised=supervised)
    try:
        return _run(settings, stop)
    except Unreachable as trouble:
        log.error("%s", trouble)
        return 1
    except _TROUBLE as trouble:
        log.error("%s", trouble)
        return 2
    except Exception:
        log.exception("The bot failed and stops; its positions and events are as recorded.")
        return 1


def _run(settings: BotSettings, stop: threading.Event) -> int:
    with plan_of(settings, stop, _watched(settings.db)) as (plan, candles):
        log.info("%s: %s %s", plan.market.bot, plan.market.symbol, plan.market.interval)
        with _progress(candles) as advanced:
            began = time.monotonic()
            outcome = run(plan, stop.is_set, advanced)
        log.info("%s after %.1f s", outcome.capitalize(), time.monotonic() - began)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trader",
        description="The ADX trend bot, trading on paper.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, field in BotSettings.model_fields.items():
        option = "--data" if name == "db" else "--" + name.replace("_", "-")
        parser.add_argument(option, dest=name, help=field.description)
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when the parent process, which holds our stdin, has gone",
    )
    return parser


def _set_up_logging() -> None:
    handler: logging.Handler = logging.StreamHandler()
    if sys.stderr.isatty():
        handler = RichHandler(console=Console(stderr=True), show_path=False)
    logging.basicConfig(level=logging.INFO, format="bot: %(message)s", handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _stop_on_signals(stop: threading.Event, *, supervised: bool) -> None:
    """Ctrl-C, SIGTERM or SIGBREAK stop the bot; under a supervisor the end of stdin does too."""
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda *_: stop.set())
    if supervised:
        threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()


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
def _progress(candles: int | None) -> Iterator[Callable[[], None]]:
    if candles is None or not sys.stderr.isatty():
        yield lambda: None
        return
    columns = (TextColumn("Candles"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=candles)
        yield lambda: bar.advance(task)


if __name__ == "__main__":
    sys.exit(main())
