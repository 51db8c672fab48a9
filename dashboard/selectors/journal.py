"""The journal: annotated trades, what each mistake has cost, notes of days."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from dashboard.models import Annotation, DayNote, Screenshot, Trade
from dashboard.selectors.analysis import Sums
from dashboard.selectors.scope import Scope
from dashboard.selectors.trades import Page, among, matching, page_of
from dashboard.services.journal import tag_list
from dashboard.units import DAY, moment

GROUPS = ("mistake", "setup", "tag", "rating", "followed_plan")
MOST_DAYS = 60  # day notes in one answer
WORDS = ("note", "tags", "setup", "mistake")


@dataclass(frozen=True, slots=True)
class Costs:
    """Sums of the annotated trades by what was said of them; `none` are those without mistake."""

    groups: dict[str, dict[str, Sums]]
    annotated: Sums
    none: Sums


def costs(scope: Scope) -> Costs:
    """What each mistake, setup, tag, rating and kept or broken plan has made."""
    nets = matching(scope, few=True).filter(among(_said())).order_by()
    of_trade = {(bot, own): net for bot, own, net in nets.values_list("bot", "trade_id", "net_pnl")}
    groups: dict[str, dict[str, Sums]] = {name: defaultdict(Sums) for name in GROUPS}
    annotated, none = Sums(), Sums()
    for own in _said().only(
        "bot", "trade_id", "tags", "setup", "mistake", "rating", "followed_plan"
    ):
        net = of_trade.get((own.bot, own.trade_id))
        if net is None:
            continue
        one = Sums(1, int(net > 0), int(net < 0), net)
        annotated = annotated.plus(one)
        if not own.mistake:
            none = none.plus(one)
        for name, value in _values(own):
            groups[name][value] = groups[name][value].plus(one)
    return Costs({name: _costliest(found) for name, found in groups.items()}, annotated, none)


def entries(scope: Scope, *, search: str, limit: int, cursor: str | None) -> Page:
    """Annotated trades, newest first; `search` finds words in what was written."""
    said = _said().filter(bot=OuterRef("bot"), trade_id=OuterRef("trade_id"))
    ids = _said()
    for word in search.split()[:8]:
        anywhere = Q()
        for name in WORDS:
            anywhere |= Q(**{f"{name}__icontains": word})
        said, ids = said.filter(anywhere), ids.filter(anywhere)
    found = matching(scope, few=True).filter(among(ids), Exists(said))
    return page_of(found, limit=limit, cursor=cursor)


def day_notes(scope: Scope) -> QuerySet[DayNote]:
    """Notes of the period's days, newest first."""
    found = DayNote.objects.exclude(note="", tags="", rating=None).order_by("-day")
    filters = scope.filters
    if filters.since is not None:
        found = found.filter(day__gte=moment(filters.since // DAY * DAY).date())
    if filters.until is not None:
        found = found.filter(day__lte=moment(filters.until - 1).date())
    return found[:MOST_DAYS]


def screenshots(bot: str, trade_id: str) -> QuerySet[Screenshot]:
    """Of a trade, oldest first, without the pictures themselves."""
    return _shown(Screenshot.objects.filter(bot=bot, trade_id=trade_id, day=None))


def screenshots_of_days(notes: Iterable[DayNote]) -> dict[object, list[Screenshot]]:
    """Of several days, by day."""
    found: dict[object, list[Screenshot]] = defaultdict(list)
    for shot in _shown(Screenshot.objects.filter(day__in=[note.day for note in notes])):
        found[shot.day].append(shot)
    return found


def pictured(trades: Iterable[Trade]) -> dict[tuple[str, str], list[Screenshot]]:
    """Of several trades, by bot and trade id."""
    wanted = list(trades)
    rows = Screenshot.objects.filter(
        bot__in={trade.bot for trade in wanted}, trade_id__in=[trade.trade_id for trade in wanted]
    )
    found: dict[tuple[str, str], list[Screenshot]] = defaultdict(list)
    for shot in _shown(rows):
        found[shot.bot, shot.trade_id].append(shot)
    return found


def _shown(rows: QuerySet[Screenshot]) -> QuerySet[Screenshot]:
    return rows.filter(removed_at=None).defer("image").order_by("pk")


def _said() -> QuerySet[Annotation]:
    """Annotations that say anything."""
    return Annotation.objects.exclude(
        note="", tags="", setup="", mistake="", rating=None, followed_plan=None
    )


def _values(own: Annotation) -> list[tuple[str, str]]:
    found = [("tag", tag) for tag in tag_list(own.tags)]
    found += [(name, getattr(own, name)) for name in ("mistake", "setup") if getattr(own, name)]
    if own.rating is not None:
        found.append(("rating", str(own.rating)))
    if own.followed_plan is not None:
        found.append(("followed_plan", "yes" if own.followed_plan else "no"))
    return found


def _costliest(found: dict[str, Sums]) -> dict[str, Sums]:
    return dict(sorted(found.items(), key=lambda item: (item[1].net_pnl, item[0])))
