"""replay --versions: several versions on the same candles, each in a replay stream of its own.

The streams share an account, named after the candles, so that the site compares them with each
other and with nothing else. The same command again goes on where it was cut off.
"""

import argparse
import json
import re
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from trader.bootstrap import plan_of, replay_name
from trader.domain import events
from trader.domain.money import ZERO, plain
from trader.domain.times import moment
from trader.feed.replay import BadCandleFile
from trader.runner import OtherHistory, read_book, run
from trader.settings import SettingsTrouble, load
from trader.store import Reader, StreamLocked, StreamUnusable

_EXAMPLE = """example:
  python -m trader replay --versions 8.02,8.03 --candles BTCUSDT_15m_2024Q1.csv.gz

Then, for what the difference is worth:
  python manage.py project_events
  python manage.py stats --mode replay --compare 8.02 8.03"""
_TROUBLE = (SettingsTrouble, BadCandleFile, OtherHistory, StreamLocked, StreamUnusable)

Progress = Callable[[int | None], AbstractContextManager[Callable[[], None]]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one version's stream tells at its end; money in quote currency."""

    version: str
    stream: str
    outcome: str
    trades: int
    wins: int
    net_pnl: Decimal
    fees: Decimal
    equity: Decimal

    def shown(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "stream": self.stream,
            "outcome": self.outcome,
            "trades": self.trades,
            "wins": self.wins,
            "net_pnl": plain(self.net_pnl),
            "fees": plain(self.fees),
            "equity": plain(self.equity),
        }


def replay(
    parser: argparse.ArgumentParser,
    argv: Sequence[str],
    stop: threading.Event,
    progress: Progress,
) -> int:
    """0 where every version came to the end; 1 where it was interrupted; 2 for wrong usage.

    `parser` knows the bot's own options; `progress(candles)` shows a bar and gives what moves it.
    """
    parser.prog, parser.epilog = "python -m trader replay", _EXAMPLE
    parser.description = "Replays several versions of the bot on the same candles."
    parser.add_argument("--versions", required=True, help="such as 8.02,8.03")
    parser.add_argument("--json", action="store_true", help="for a script")
    given = vars(parser.parse_args(argv))
    as_json, versions = given.pop("json"), _versions(given.pop("versions"))
    given.pop("until_stdin_closes")
    try:
        found = _replay_all(given, versions, stop, progress)
    except _TROUBLE as trouble:
        print(f"replay: {trouble}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps([each.shown() for each in found]))
    else:
        _print(found)
    if len(found) == len(versions) and all(each.outcome == "finished" for each in found):
        return 0
    print("Interrupted: the same command goes on from here.", file=sys.stderr)
    return 1


def _versions(text: str) -> list[str]:
    """Each once, in the order they were named."""
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _replay_all(
    given: dict[str, Any], versions: Sequence[str], stop: threading.Event, progress: Progress
) -> list[Replayed]:
    if given.get("version") is not None or len(versions) < 1:
        raise SettingsTrouble("name the versions with --versions A,B, and leave --version out")
    if given.get("candles") is None:
        raise SettingsTrouble("a replay needs a candle file: give --candles FILE")
    name = given.get("bot") or replay_name(Path(given["candles"]))
    # In words: one long run of letters and digits would be taken for a secret.
    account = re.sub(r"[-_.]+", " ", name)
    found: list[Replayed] = []
    for version in versions:
        options = given | {"feed": "replay", "version": version, "bot": f"{name}-{version}"}
        settings = load(options)
        with plan_of(settings, stop, lambda: True, account) as (plan, candles):
            already = _recorded(settings.db, plan.market.bot)
            with progress(None if candles is None else max(0, candles - already)) as advanced:
                outcome = run(plan, stop.is_set, advanced)
        found.append(_read(version, plan.market.bot, settings.db, outcome))
        if outcome != "finished":
            break
    return found


def _recorded(data: Path, stream: str) -> int:
    """How many candles an earlier run got through: those the bar need not count."""
    reader = Reader(stream, folder=data)
    closed = reader.newest(limit=1, kind=events.STATE_SNAPSHOT)
    first = next((e for e in reader.read(limit=100) if e.kind == events.STATE_SNAPSHOT), None)
    if not closed or first is None:
        return 0
    length = closed[0].occurred_at - first.occurred_at
    each = _candle_length(first.body)
    return length // each + 1 if each else 0


def _candle_length(body: dict[str, Any]) -> int:
    """Microseconds of a snapshot's candle."""
    opened, closed = (moment(body["candle"][name]) for name in ("open_time", "close_time"))
    return round((closed - opened).total_seconds() * 1_000_000)


def _read(version: str, stream: str, data: Path, outcome: str) -> Replayed:
    reader = Reader(stream, folder=data)
    trades = wins = 0
    net = fees = ZERO
    before: int | None = None
    while batch := reader.newest(before=before, limit=1000, kind=events.TRADE_CLOSED):
        for event in batch:
            trades += 1
            pnl = Decimal(event.body["net_pnl"])
            wins += pnl > 0
            net += pnl
            fees += Decimal(event.body["fee"])
        before = batch[-1].seq
    book = read_book(reader)
    equity = book.equity(book.last_price)
    return Replayed(version, stream, outcome, trades, wins, net, fees, equity)


def _print(found: Sequence[Replayed]) -> None:
    table = Table()
    for name in ("version", "trades", "won", "net PnL", "fees", "equity", "stream"):
        left = name in ("version", "stream")
        table.add_column(name, justify="left" if left else "right", overflow="fold")
    for each in found:
        table.add_row(
            each.version,
            str(each.trades),
            str(each.wins),
            f"{each.net_pnl:,.2f}",
            f"{each.fees:,.2f}",
            f"{each.equity:,.2f}",
            each.stream,
        )
    Console(highlight=False).print(table)
    if len(found) > 1:
        asked = f"--mode replay --compare {found[0].version} {found[1].version}"
        print(f"What the difference is worth: python manage.py stats {asked}")
