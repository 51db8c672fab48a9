"""Which money an answer is about: one book, since modes, assets and accounts are never summed."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from django.db.models import Max

from dashboard.models import (
    Book,
    Bot,
    Checkpoint,
    DayRollup,
    EquityDay,
    EquityPoint,
    Position,
    Trade,
)
from dashboard.selectors.bots import is_running
from dashboard.units import DAY


class Unknown(LookupError):
    """A filter names what does not exist; the text says which, and what there is."""


# Which money and which time, not which of its trades.
OTHERS = {
    *("mode", "quote_asset", "account"),
    *("since", "until", "as_of", "known_at", "last_days"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for; None where nothing was. Times are microseconds; until is exclusive."""

    bot: str | None = None
    mode: str | None = None
    quote_asset: str | None = None
    account: str | None = None
    version: str | None = None
    symbol: str | None = None
    side: str | None = None
    exit_reason: str | None = None
    weekday: int | None = None  # of the exit, UTC; 0 is Monday
    hour: int | None = None  # of the exit, UTC
    tag: str | None = None
    setup: str | None = None
    mistake: str | None = None
    rating: int | None = None
    followed_plan: bool | None = None
    since: int | None = None
    until: int | None = None
    as_of: int | None = None  # inclusive; `choose` lets it bound `until`
    known_at: int | None = None  # inclusive; None where everything was known by then
    last_days: int | None = None  # resolved to `since` by `choose`

    def narrowed(self) -> list[str]:
        """Names of the filters set that choose among a book's trades, times left out."""
        names = (field.name for field in fields(self))
        return [name for name in names if name not in OTHERS and getattr(self, name) is not None]

    @property
    def past(self) -> bool:
        """Whether a time in the past is asked about."""
        return self.as_of is not None or self.known_at is not None


@dataclass(frozen=True, slots=True)
class Scope:
    """The book chosen (None while there is nothing recorded), and what else there is."""

    book: Book | None
    filters: Filters
    books: tuple[Book, ...]

    @property
    def mode(self) -> str | None:
        return self.book.mode if self.book else self.filters.mode


def choose(filters: Filters) -> Scope:
    """The running bot's book, else the one heard of last, among those the filters allow.

    Raises Unknown where bot, account, quote asset, version, symbol or exit reason names nothing
    that was ever recorded.
    """
    books = tuple(Book.objects.order_by("-last_recorded_at", "pk"))
    for name in ("account", "quote_asset"):
        value, there = getattr(filters, name), [getattr(book, name) for book in books]
        if value is not None and value not in there:
            raise _unknown(name, value, {*there})
    allowed = [book for book in books if _allows(filters, book)]
    if filters.bot is not None:
        own = _books_of_bot(filters.bot)
        if not own:
            raise _unknown("bot", filters.bot, Bot.objects.values_list("bot", flat=True))
        allowed = [book for book in allowed if book.pk in own]
    book = _preferred(allowed)
    scope = Scope(book, _dated(filters, book), books)
    _check(scope, "version")
    _check(scope, "symbol")
    _check(scope, "exit_reason", ())
    return scope


def _dated(filters: Filters, book: Book | None) -> Filters:
    """`as_of` as a bound of the period, and the last so many days as a midnight.

    Days are counted from the book's newest day at that time: a demo's or a replay's newest day
    is not today.
    """
    if filters.known_at is not None and book and book.last_recorded_at <= filters.known_at:
        filters = replace(filters, known_at=None)  # nothing is known since
    if filters.as_of is not None:
        after = filters.as_of + 1
        filters = replace(filters, until=min(after, filters.until or after))
    if filters.last_days is None or book is None:
        return filters
    if filters.known_at is None:
        newest = max(_newest_day(model, book, filters.as_of) for model in (EquityDay, DayRollup))
    else:
        newest = _newest_known(book, filters.known_at, filters.as_of)
    since = (newest - filters.last_days + 1) * DAY
    return replace(filters, since=max(since, filters.since or since))


def _newest_day(model: type[EquityDay] | type[DayRollup], book: Book, as_of: int | None) -> int:
    rows = model._default_manager.filter(book=book)
    if as_of is not None:
        rows = rows.filter(day__lte=as_of // DAY)
    return rows.aggregate(newest=Max("day"))["newest"] or 0


def _newest_known(book: Book, known_at: int, as_of: int | None) -> int:
    """The newest day anything was known of then."""
    points = EquityPoint.objects.filter(book=book, recorded_at__lte=known_at)
    trades = Trade.states.filter(book=book, known_from__lte=known_at)
    if as_of is not None:
        points, trades = points.filter(time__lte=as_of), trades.filter(exit_time__lte=as_of)
    times = (
        points.aggregate(newest=Max("time"))["newest"],
        trades.aggregate(newest=Max("exit_time"))["newest"],
    )
    return max(time or 0 for time in times) // DAY


def checkpoints() -> dict[str, int]:
    """Stream and seq an answer is true for."""
    return dict(Checkpoint.objects.values_list("stream", "seq"))


def _allows(filters: Filters, book: Book) -> bool:
    wanted = ((filters.mode, book.mode), (filters.quote_asset, book.quote_asset))
    return all(want is None or want == have for want, have in wanted) and (
        filters.account is None or filters.account == book.account
    )


def _books_of_bot(name: str) -> set[int | None]:
    of_bots: set[int | None] = set(Bot.objects.filter(bot=name).values_list("book_id", flat=True))
    traded = DayRollup.objects.filter(scope="bot", value=name).values_list("book_id", flat=True)
    return of_bots.union(traded.distinct())


def _preferred(books: list[Book]) -> Book | None:
    running = [
        bot
        for bot in Bot.objects.filter(book__in=books).order_by("-last_recorded_at")
        if is_running(bot)
    ]
    if running:
        return next(book for book in books if book.pk == running[0].book_id)
    return books[0] if books else None


def _check(
    scope: Scope, name: str, models: Iterable[type[Bot] | type[Position]] = (Bot, Position)
) -> None:
    """Refuse a value the book has never seen: an empty answer would look like a result."""
    value = getattr(scope.filters, name)
    if value is None:
        return
    rows = DayRollup.objects.filter(book=scope.book, scope=name)
    if rows.filter(value=value).exists():
        return
    known = set(rows.values_list("value", flat=True).distinct())
    for model in models:
        known |= set(model.objects.filter(book=scope.book).values_list(name, flat=True))
    if value not in known:
        raise _unknown(name, value, known)


def _unknown(name: str, value: str, known: object) -> Unknown:
    there = ", ".join(sorted(str(item) for item in known if item)[:20])  # type: ignore[attr-defined]
    return Unknown(f"{name}={value!r} is not known here; there is {there or 'nothing yet'}")
