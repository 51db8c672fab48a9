"""One batch's rows and its checkpoint, in one short transaction."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from dashboard.counters import bump
from dashboard.models import (
    Batch,
    Book,
    Bot,
    BotWord,
    Checkpoint,
    DayRollup,
    EquityDay,
    EquityPoint,
    Measurement,
    Position,
    Quarantined,
    SizeCount,
    Trade,
)
from dashboard.projection.equity import write_equity
from dashboard.projection.facts import BookKey
from dashboard.projection.imports import write_imports
from dashboard.projection.ledger import write_trades
from dashboard.projection.matching import recount
from dashboard.projection.measured import forget_source
from dashboard.projection.rollups import refold
from dashboard.projection.rows import Rows, State
from dashboard.units import DAY

POSITION_FIELDS = (
    "bot",
    "version",
    "symbol",
    "side",
    "quantity",
    "entry_price",
    "entry_time",
    "stop_loss_price",
    "take_profit_price",
    "price",
    "fee",
    "unrealised",
    "updated_at",
)
BOT_FIELDS = tuple(
    field.attname
    for field in Bot._meta.concrete_fields
    if field.attname not in {"stream", "book_id"}
)

IMPORTS = (Quarantined, Batch)  # a line goes before its file
COUNTERS = ("trades", "equity", "bots", "positions", "imports")


def load(stream: str) -> Rows:
    """An empty batch that starts from what the tables hold of the stream's bot."""
    rows = Rows(stream)
    bot = Bot.objects.select_related("book").filter(stream=stream).first()
    if bot is not None:
        rows.bot = {name: getattr(bot, name) for name in BOT_FIELDS}
        if bot.book is not None:
            rows.bot["book"] = _key(bot.book)
    for position in Position.objects.select_related("book").filter(stream=stream):
        state: State = {name: getattr(position, name) for name in POSITION_FIELDS}
        rows.positions[position.trade_id] = state | {"book": _key(position.book)}
    return rows


def write(rows: Rows, *, after: int, seq: int, hash_: bytes) -> bool:
    """Write everything, or nothing (False) when another projector has moved the checkpoint."""
    with transaction.atomic():
        checkpoint, _ = Checkpoint.objects.get_or_create(stream=rows.stream)
        if checkpoint.seq != after:
            return False
        books = _books(rows)
        touched = {
            "imports": write_imports(rows),  # before trades: those of a finished one count
            "trades": write_trades(rows, books),
            "equity": write_equity(rows, books),
            "bots": _write_bot(rows, books),
            "positions": _write_positions(rows, books),
        }
        BotWord.objects.bulk_create(
            BotWord(stream=rows.stream, seq=seq, occurred_at=occurred_at, recorded_at=recorded_at)
            for seq, occurred_at, recorded_at in rows.words
        )
        bump(*(name for name, changed in touched.items() if changed))
        checkpoint.seq, checkpoint.hash = seq, hash_
        checkpoint.unreadable += rows.unreadable
        checkpoint.repeated += rows.repeated
        checkpoint.contradicted += rows.contradicted
        checkpoint.last_problem = rows.last_problem or checkpoint.last_problem
        checkpoint.save()
    return True


def drop(stream: str) -> None:
    """Take away everything the stream's events made, its checkpoint too. Annotations stay."""
    with transaction.atomic():
        trades = Trade.objects.filter(stream=stream)
        exits = trades.values_list("book_id", "exit_time").iterator()
        days = {(book, exit_time // DAY) for book, exit_time in exits}
        days |= {(book, exit_time // DAY) for book, exit_time in forget_source(stream)}
        shared = trades.filter(shared=True).values_list("match_key", "first_key", "exchange_key")
        keys, ids = set[int](), set[int]()
        for facts, first, by_id in shared:
            keys |= {facts, first}
            ids |= {abs(by_id)} if by_id else set()
        Trade.states.filter(stream=stream).delete()
        for model in (Position, EquityPoint, EquityDay, Bot, BotWord, *IMPORTS, Checkpoint):
            model.objects.filter(stream=stream).delete()
        # Where its record of a trade counted, another's does now.
        days |= {(book, exit_time // DAY) for book, exit_time in recount(keys, ids)}
        refold(days)
        _forget_books()
        bump(*COUNTERS)


def _forget_books() -> None:
    """Of books only those stay that other streams write to, last heard of when those say so: an
    answer that names no book is about the one last heard of."""
    left = {
        Bot: "last_recorded_at",
        Trade: "recorded_at",
        EquityPoint: "recorded_at",
        Position: "updated_at",
    }
    for book in Book.objects.all():
        heard = [
            model._base_manager.filter(book=book).aggregate(newest=Max(column))["newest"]
            for model, column in left.items()
        ]
        if any(time is not None for time in heard):
            book.last_recorded_at = max(time or 0 for time in heard)
            book.save()
        else:
            book.delete()


def drop_everything() -> None:
    """Take away every projection. Annotations, logins and tokens stay."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (
            DayRollup,
            SizeCount,
            Trade,
            Measurement,
            Position,
            EquityPoint,
            EquityDay,
            Bot,
            BotWord,
            *IMPORTS,
            Checkpoint,
            Book,
        ):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608 - our own names
        bump(*COUNTERS)


def _books(rows: Rows) -> dict[BookKey, int]:
    """Ids of all books the batch writes to, made where they are new."""
    keys = set(rows.books)
    keys |= {state["book"] for state in rows.positions.values()}
    if rows.bot.get("book"):
        keys.add(rows.bot["book"])
    found: dict[BookKey, int] = {}
    for key in keys:
        book, _ = Book.objects.get_or_create(**key._asdict())
        found[key] = book.pk
        if rows.books.get(key, 0) > book.last_recorded_at:
            Book.objects.filter(pk=book.pk).update(last_recorded_at=rows.books[key])
    return found


def _write_bot(rows: Rows, books: dict[BookKey, int]) -> bool:
    if not rows.bot_changed:
        return False
    values: dict[str, Any] = {name: rows.bot[name] for name in BOT_FIELDS if name in rows.bot}
    if rows.bot.get("book"):
        values["book_id"] = books[rows.bot["book"]]
    Bot.objects.update_or_create(stream=rows.stream, defaults=values)
    return True


def _write_positions(rows: Rows, books: dict[BookKey, int]) -> bool:
    if not rows.positions_changed:
        return False
    Position.objects.filter(stream=rows.stream).delete()
    Position.objects.bulk_create(
        Position(
            stream=rows.stream,
            trade_id=trade_id,
            book_id=books[state["book"]],
            **{name: state[name] for name in POSITION_FIELDS},
        )
        for trade_id, state in rows.positions.items()
    )
    return True


def _key(book: Book) -> BookKey:
    return BookKey(book.mode, book.quote_asset, book.account)
