"""status, pause, halt, resume: the operator's hand on a bot, on the bot's own machine."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from trader.control import PING, Mailbox
from trader.domain import events
from trader.domain.money import plain
from trader.domain.standing import Mode
from trader.runner import read_book
from trader.store import Reader, data_folder, streams

# A running bot looks every half second while it waits, and at every candle.
_ANSWERS_WITHIN = 3.0
NOT_TAKEN = 3

_MEANS = {
    "pause": "no new entries; open trades end at their stop, target or the strategy's exit",
    "halt": "it sends nothing but missing protection; stops on the exchange stay",
    "resume": "it may enter again, and losses are counted from now on",
}


class WhichBot(ValueError):
    """It is not clear which bot is meant; the text names those there are."""


def order(action: str, argv: Sequence[str]) -> int:
    """Leave an order and see whether the bot takes it: 0 if so, 3 if it waits for its start."""
    parser = _parser(action, f"Tell a bot: {_MEANS[action]}.", "--reason 'news at 14:00'")
    parser.add_argument("--reason", default="", help="recorded with it, at most 200 characters")
    given = parser.parse_args(argv)
    try:
        bot = which_bot(given.bot, given.data)
        mailbox = Mailbox(given.data, bot)
        sent = mailbox.put(action, given.reason)
    except (WhichBot, OSError) as trouble:
        print(f"{action}: {trouble}", file=sys.stderr)
        return 2
    taken = mailbox.taken(sent, given.wait, time.sleep)
    if given.json:
        print(json.dumps({"bot": bot, "action": action, "taken": taken}))
    elif taken:
        print(f"{bot}: taken and recorded. From now on {_MEANS[action]}.")
    else:
        print(
            f"{bot} does not answer: it is not running, or in the middle of something long. The "
            f"order lies in {mailbox.folder} and is carried out before its next decision: "
            f"{_MEANS[action]}."
        )
    return 0 if taken else NOT_TAKEN


def status(argv: Sequence[str]) -> int:
    """What the bot last recorded, and whether it lives: 0 if it does, 3 if it does not answer."""
    given = _parser("status", "What a bot is doing.", "--json").parse_args(argv)
    try:
        bot = which_bot(given.bot, given.data)
        mailbox = Mailbox(given.data, bot)
        ping = mailbox.put(PING)
        alive = mailbox.taken(ping, given.wait, time.sleep)
        mailbox.done(ping)
    except (WhichBot, OSError) as trouble:
        print(f"status: {trouble}", file=sys.stderr)
        return 2
    found = state_of(bot, given.data) | {
        "running": alive,
        "orders_waiting": [each.action for each in mailbox.waiting()],
    }
    if given.json:
        print(json.dumps(found))
    else:
        _show(found)
    return 0 if alive else NOT_TAKEN


def state_of(bot: str, data: Path) -> dict[str, Any]:
    """The bot as its own events tell it; money as decimal text."""
    reader = Reader(bot, folder=data)
    book = read_book(reader)
    started = reader.newest(limit=1, kind=events.BOT_STARTED)
    standing, price = book.standing, book.last_price
    return {
        "bot": bot,
        "version": started[0].version if started else None,
        "account_mode": started[0].mode if started else None,
        "mode": standing.mode.value,
        "rule": standing.rule or None,
        "reason": standing.reason or None,
        "until": _time(standing.until),
        "last_candle": _time(book.last_candle),
        "balance": plain(book.cash),
        "equity": plain(book.equity(price)),
        "day": None if standing.day is None else standing.day.isoformat(),
        "day_trades": standing.day_trades,
        "day_net_pnl": plain(standing.day_net_pnl),
        "positions": [
            {
                "trade_id": position.trade_id,
                "symbol": position.symbol,
                "quantity": plain(position.quantity),
                "entry_price": plain(position.entry_price),
                "stop_loss_price": _money(position.stop_loss_price),
                "unrealised": plain(position.unrealised(price)),
            }
            for position in book.positions.values()
        ],
    }


def status_text(bot: str, data: Path) -> str:
    """The state in a few lines, for a chat."""
    found = state_of(bot, data)
    lines = [
        f"{bot} {found['version'] or ''}: {found['mode']}"
        + (f" ({found['reason']})" if found["reason"] else ""),
        f"Equity {found['equity']}, balance {found['balance']}",
        f"Last candle {found['last_candle']}",
    ]
    lines += [
        f"{each['quantity']} {each['symbol']} at {each['entry_price']}, stop "
        f"{each['stop_loss_price']}, unrealised {each['unrealised']}"
        for each in found["positions"]
    ]
    return "\n".join(lines)


def profit_text(bot: str, data: Path) -> str:
    """What was earned, for a chat: of the day and since the beginning."""
    book = read_book(Reader(bot, folder=data))
    standing = book.standing
    return (
        f"Realised since the beginning {plain(book.realised)}, unrealised "
        f"{plain(book.unrealised(book.last_price))}\n"
        f"{standing.day}: {standing.day_trades} trades, net PnL {plain(standing.day_net_pnl)}"
    )


def which_bot(name: str | None, data: Path) -> str:
    """The named bot, else BLOTTER_BOT, else the only one that ever ran in the data folder."""
    known = [each for each in streams(data) if _ran(Reader(each, folder=data))]
    name = name or os.environ.get("BLOTTER_BOT")
    if name is not None:
        if name in known:
            return name
        raise WhichBot(f"no bot {name!r} ever ran in {data}; there {_listed(known)}")
    if len(known) != 1:
        raise WhichBot(f"say which bot with --bot: in {data} there {_listed(known)}")
    return known[0]


def _ran(stream: Reader) -> bool:
    """Whether a bot wrote it, and not an import: it says so among its first words."""
    return any(event.kind == events.BOT_STARTED for event in stream.read(limit=20))


def _listed(known: Sequence[str]) -> str:
    return f"are {', '.join(known)}" if known else "is none yet"


def _show(found: dict[str, Any]) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    mode = Mode(found["mode"]).value + (f": {found['reason']}" if found["reason"] else "")
    rows = {
        "bot": f"{found['bot']} {found['version'] or ''} ({found['account_mode'] or 'never ran'})",
        "running": "yes" if found["running"] else "no answer",
        "mode": mode + (f", until {found['until']}" if found["until"] else ""),
        "orders waiting": ", ".join(found["orders_waiting"]) or "none",
        "last candle": found["last_candle"] or "none",
        "balance": found["balance"],
        "equity": found["equity"],
        "today": f"{found['day_trades']} trades, net PnL {found['day_net_pnl']}",
    }
    for name, text in rows.items():
        table.add_row(name, text)
    for position in found["positions"]:
        table.add_row(
            "position",
            f"{position['quantity']} {position['symbol']} at {position['entry_price']}, stop "
            f"{position['stop_loss_price'] or 'none'}, unrealised {position['unrealised']}",
        )
    Console(highlight=False).print(table)


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def _money(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _parser(action: str, description: str, example: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m trader {action}",
        description=description,
        epilog=f"example:\n  python -m trader {action} --bot paper {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--bot", help="the bot's name, where the data folder has several")
    parser.add_argument("--data", type=Path, default=data_folder(), help="the data folder")
    parser.add_argument(
        "--wait", type=float, default=_ANSWERS_WITHIN, help="seconds for the bot to answer (3)"
    )
    parser.add_argument("--json", action="store_true", help="for a script")
    return parser
