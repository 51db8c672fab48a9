"""Bots and their open positions as of a time, from the events themselves.

The tables hold the newest state alone. An older one is folded from the newest snapshot before
that time, which lists what the bot had, and from the events around it, by the projector's fold.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from dashboard import events
from dashboard.events import Event
from dashboard.models import Book, Bot, BotWord, EquityPoint, Position
from dashboard.projection.fold import fold, fold_part
from dashboard.projection.rows import Rows, State
from dashboard.projection.writer import BOT_FIELDS, POSITION_FIELDS
from dashboard.selectors.scope import Filters
from dashboard.units import LARGEST

AROUND = 500  # events folded before the snapshot: other symbols' snapshots are among them
AFTER = 2_000  # and at most so many after it
WORDS = 50  # starts, settings and halts folded, the newest


@dataclass(frozen=True, slots=True)
class Then:
    """A bot as it was, none of it saved, with what it had open, and the seq that is true for."""

    bot: Bot
    positions: list[Position]
    seq: int


def bots(filters: Filters, found: QuerySet[Bot]) -> list[Then]:
    """Of these bots, those that had said anything by then. Raises StreamUnreadable."""
    books = {(book.mode, book.quote_asset, book.account): book for book in Book.objects.all()}
    told = [_then(bot.stream, filters) for bot in found]
    return [_saved(rows, seq, books) for rows, seq in told if rows.bot_changed]


def moment(filters: Filters) -> int:
    """The time that is asked about, for what is judged by a clock."""
    return min(LARGEST if at is None else at for at in (filters.as_of, filters.known_at))


def _then(stream: str, filters: Filters) -> tuple[Rows, int]:
    """The stream's rows at that time, and its last event by then."""
    as_of = LARGEST if filters.as_of is None else filters.as_of
    known_at = LARGEST if filters.known_at is None else filters.known_at

    def by_then(event: Event) -> bool:
        return event.occurred_at <= as_of and event.recorded_at <= known_at

    candles = EquityPoint.objects.filter(stream=stream, time__lte=as_of, recorded_at__lte=known_at)
    newest = candles.order_by("-time").values_list("seq", flat=True).first() or 0
    begins = max(0, newest - AROUND)
    words = BotWord.objects.filter(stream=stream, seq__lte=begins)
    words = words.filter(occurred_at__lte=as_of, recorded_at__lte=known_at).order_by("-seq")
    rows = Rows(stream)
    for seq in reversed(words.values_list("seq", flat=True)[:WORDS]):
        for event in events.read(stream, after=seq - 1, limit=1):
            fold(rows, event)
    told = [
        event for event in events.read(stream, after=begins, limit=AROUND + AFTER) if by_then(event)
    ]
    fold_part(rows, told)
    return rows, told[-1].seq if told else 0


def _saved(rows: Rows, seq: int, books: dict[tuple[str, str, str], Book]) -> Then:
    """The same as model objects, unsaved."""
    known = {name: rows.bot[name] for name in BOT_FIELDS if name in rows.bot}
    key = rows.bot.get("book")
    bot = Bot(stream=rows.stream, book=books.get(key) if key else None, **known)
    positions = [
        _position(trade_id, state, rows, books) for trade_id, state in rows.positions.items()
    ]
    return Then(bot, positions, seq)


def _position(
    trade_id: str, state: State, rows: Rows, books: dict[tuple[str, str, str], Book]
) -> Position:
    return Position(
        stream=rows.stream,
        trade_id=trade_id,
        book=books.get(state["book"]),
        **{name: state[name] for name in POSITION_FIELDS},
    )
