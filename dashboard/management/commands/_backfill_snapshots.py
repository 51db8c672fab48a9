"""`backfill snapshots`: an equity history from trades and deposits, where none was recorded."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import CommandError
from django.db.models import Min

from dashboard.backfill.equity import Moment, Result, history, thinned
from dashboard.management.commands._backfill import REFUSED, Bar, projected
from dashboard.models import Book, Bot, EquityPoint, Trade
from dashboard.models.progress import DERIVED
from dashboard.units import EPOCH, MICROSECOND, iso, money, optional_text, text
from trader.store import BulkWriter, NotStored, Reader, StreamLocked, StreamUnusable

PAGE = 5_000
UNKNOWN_DEPOSITS = f"{DERIVED}; deposits are not known"
KNOWN_DEPOSITS = f"{DERIVED} and deposits"


class Deposit(NamedTuple):
    """Cash that a person says was moved; negative where it was taken out."""

    at: datetime
    amount: Decimal


class Account(NamedTuple):
    """One bot's trades in one book."""

    book: Book
    bot: str

    @property
    def stream(self) -> str:
        """The name of its history's stream, its own however it is called."""
        named = re.sub(r"[^A-Za-z0-9_-]+", "_", self.bot)[:40]
        whole = "\x1f".join((self.bot, self.book.mode, self.book.quote_asset, self.book.account))
        return f"equity-{named}-{blake2b(whole.encode(), digest_size=4).hexdigest()}"


def run(folder: Path, bot: str | None, deposits: list[Deposit], bar: Bar) -> dict[str, Any]:
    """Derive the history of every bot that has trades and no equity recorded."""
    projected()
    chosen = [account for account in _accounts() if bot is None or account.bot == bot]
    if bot is not None and not chosen:
        raise CommandError(f"no trade of a bot {bot!r} counts here", returncode=REFUSED)
    lacking = [account for account in chosen if not _recorded(account)]
    if deposits and len(lacking) != 1:
        named = ", ".join(sorted({account.bot for account in lacking})) or "none"
        raise CommandError(
            f"--deposit is about one account, and {len(lacking)} lack an equity history ({named}): "
            "say which with --bot",
            returncode=REFUSED,
        )
    try:
        found = [_derive(folder, account, deposits, bar) for account in lacking]
    except (StreamLocked, StreamUnusable, NotStored) as error:
        raise CommandError(str(error), returncode=REFUSED) from error
    projected()
    skipped = [account for account in chosen if account not in lacking]
    return {
        "accounts": found,
        "recorded": [_named(account) for account in skipped],
    }


def _accounts() -> list[Account]:
    books = {book.pk: book for book in Book.objects.all()}
    pairs = Trade.objects.filter(counted=True).values_list("book_id", "bot").distinct()
    return [Account(books[book], bot) for book, bot in sorted(pairs)]


def _recorded(account: Account) -> bool:
    """Whether the bot itself recorded what it had: then that is its history."""
    streams = [
        found.stream
        for found in Bot.objects.filter(book=account.book, bot=account.bot)
        if not found.is_derived
    ]
    return EquityPoint.objects.filter(book=account.book, stream__in=streams).exists()


def _derive(folder: Path, account: Account, deposits: list[Deposit], bar: Bar) -> dict[str, Any]:
    bar.show(f"equity of {account.bot}")
    before = _Before(folder, account.stream)
    given = [
        ((each.at - EPOCH) // MICROSECOND, money(str(each.amount), "--deposit"))
        for each in deposits
    ]
    new = [flow for flow in given if flow not in before.flows]
    flows = sorted([*before.flows, *new])
    moments = list(thinned(history(_results(account), flows, _began(account, flows))))
    known = bool(flows)
    appended = 0
    if new or moments != before.moments:
        # What is there already stays where the history only goes on; else it is told anew.
        goes_on = not new and moments[: len(before.moments)] == before.moments
        rest = moments[len(before.moments) :] if goes_on else moments
        _write(folder, account, new, rest, anew=not goes_on, known=known)
        appended = len(rest)
    last = moments[-1]
    return {
        **_named(account),
        "stream": account.stream,
        "first": iso(moments[0].time),
        "last": iso(last.time),
        "points": len(moments),
        "appended": appended,
        "equity": text(last.equity),
        "realised": text(last.realised),
        "deposits": optional_text(last.deposits),
    }


def _named(account: Account) -> dict[str, Any]:
    book = account.book
    return {
        "bot": account.bot,
        "mode": book.mode,
        "quote_asset": book.quote_asset,
        "account": book.account,
    }


def _results(account: Account) -> Iterator[Result]:
    found = Trade.objects.filter(book=account.book, bot=account.bot, counted=True)
    rows = found.order_by("exit_time", "trade_id").values_list("exit_time", "net_pnl", "version")
    return map(Result._make, rows.iterator(chunk_size=PAGE))


def _began(account: Account, flows: list[tuple[int, int]]) -> int:
    """Before the first trade was entered, or closed where nobody knows when it was entered."""
    found = Trade.objects.filter(book=account.book, bot=account.bot, counted=True)
    ends = found.aggregate(entry=Min("entry_time"), left=Min("exit_time"))
    times: list[int] = [ends["left"] - 1, *(time for time, _ in flows[:1])]
    return min(times if ends["entry"] is None else [ends["entry"], *times])


class _Before:
    """What the stream says already."""

    def __init__(self, folder: Path, stream: str) -> None:
        self.flows: list[tuple[int, int]] = []
        self.moments: list[Moment] = []
        reader, after = Reader(stream, folder=folder), 0
        while page := reader.read(after, PAGE):
            after = page[-1].seq
            for event in page:
                body = event.body
                if event.kind in ("cash.deposited", "cash.withdrawn"):
                    amount = money(body["amount"], "amount")
                    sign = 1 if event.kind == "cash.deposited" else -1
                    self.flows.append((event.occurred_at, sign * amount))
                elif event.kind == "equity.restarted":
                    self.moments = []
                elif event.kind == "state.snapshot":
                    self.moments.append(_moment(event.occurred_at, body))


def _moment(time: int, body: dict[str, Any]) -> Moment:
    deposits = body.get("deposits")
    return Moment(
        time,
        money(body["equity"], "equity"),
        money(body["realised"], "realised"),
        None if deposits is None else money(deposits, "deposits"),
        str(body.get("version") or ""),
    )


def _write(
    folder: Path,
    account: Account,
    flows: list[tuple[int, int]],
    moments: list[Moment],
    *,
    anew: bool,
    known: bool,
) -> None:
    book = account.book
    shared = {"quote_asset": book.quote_asset, "account": book.account}
    with BulkWriter(
        account.bot, version="derived", mode=book.mode, folder=folder, stream=account.stream
    ) as writer:
        feed = KNOWN_DEPOSITS if known else UNKNOWN_DEPOSITS
        writer.append("bot.started", {"feed": feed, **shared})
        for time, amount in flows:
            kind = "cash.deposited" if amount >= 0 else "cash.withdrawn"
            body = {"asset": book.quote_asset, "amount": text(abs(amount)), "said_by": "a person"}
            writer.append(kind, {**body, **shared}, occurred_at=time)
        if anew:
            writer.append("equity.restarted", shared)
        for moment in moments:
            body_ = {
                "derived": True,
                "equity": text(moment.equity),
                "realised": text(moment.realised),
                "unrealised": None,
                "deposits": optional_text(moment.deposits),
                "version": moment.version,
                **shared,
            }
            version = moment.version or "derived"
            writer.append("state.snapshot", body_, occurred_at=moment.time, version=version)
        writer.append("bot.stopped", {"reason": "finished", **shared})
