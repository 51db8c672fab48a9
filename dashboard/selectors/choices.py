"""What there is to choose among: the filters' values, from the day rows and the journal."""

from dataclasses import dataclass
from typing import Any

from dashboard.models import Annotation, Bot, DayRollup
from dashboard.selectors.scope import Scope
from dashboard.services.journal import tag_list

NAMES = ("bot", "version", "symbol", "side")


@dataclass(frozen=True, slots=True)
class Choices:
    """Values a filter can take; those of the journal are in order of their use."""

    bots: list[str]
    versions: list[str]
    symbols: list[str]
    sides: list[str]
    tags: list[str]
    setups: list[str]
    mistakes: list[str]
    ratings: list[int]
    followed_plan: list[bool]


def choices(scope: Scope) -> Choices:
    """Of the scope's book; the journal's words are of all books."""
    rows = DayRollup.objects.filter(book=scope.book, scope__in=NAMES).order_by()
    found: dict[str, list[str]] = {name: [] for name in NAMES}
    for name, value in rows.values_list("scope", "value").distinct():
        found[name].append(value)
    # A bot of the book that has not closed a trade yet is one too.
    bots = {*found["bot"], *Bot.objects.filter(book=scope.book).values_list("bot", flat=True)}
    return Choices(
        sorted(bots),
        sorted(found["version"], reverse=True),
        sorted(found["symbol"]),
        sorted(found["side"]),
        _used([tag for tags in _words("tags") for tag in tag_list(tags)]),
        words("setup"),
        words("mistake"),
        _said("rating"),
        _said("followed_plan"),
    )


def _said(name: str) -> list[Any]:
    """The values of a field that is null where nothing was said, the best first."""
    rows = Annotation.objects.exclude(**{name: None}).order_by(f"-{name}")
    return list(rows.values_list(name, flat=True).distinct())


def words(name: str) -> list[str]:
    """Setups or mistakes that were named, the most used first."""
    return _used(_words(name))


def _words(name: str) -> list[str]:
    rows = Annotation.objects.exclude(**{name: ""}).order_by("-updated_at")
    return list(rows.values_list(name, flat=True))


def _used(words: list[str]) -> list[str]:
    """Each word once, the most used first."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts, key=lambda word: (-counts[word], word))
