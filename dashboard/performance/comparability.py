"""Warnings where two versions are not really comparable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

# Differences under these are everyday; beyond them the figures mean something else.
STAKES_APART = 1.5
FEES_APART = 1.2
SAME_TIME = 0.5


@dataclass(frozen=True, slots=True)
class Facts:
    """Circumstances of a version's trades.

    `since`, `until` in microseconds: first entry (or exit) and last exit. `stake` is the mean
    notional of a trade in quote currency, `fee_rate` fees / turnover (entry and exit); None
    where unknown. `sources`: "bot", "import", "follow", "backfill".
    """

    since: int
    until: int
    symbols: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    quote_assets: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    stake: float | None = None
    fee_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Caution:
    """One reason for doubt: a stable code and a sentence for the page."""

    code: str
    text: str


def comparability(name_a: str, a: Facts, name_b: str, b: Facts) -> tuple[Caution, ...]:
    """Everything that makes a comparison of these two doubtful, in words."""
    found = [
        _periods(name_a, a, name_b, b),
        _sets("symbols", "traded different symbols", name_a, a.symbols, name_b, b.symbols),
        _sets("modes", "ran in different modes", name_a, a.modes, name_b, b.modes),
        _sets(
            "quote_assets",
            "made their money in different quote assets",
            name_a,
            a.quote_assets,
            name_b,
            b.quote_assets,
        ),
        _apart("stakes", "staked differently", name_a, a.stake, name_b, b.stake, STAKES_APART),
        _apart("fees", "paid different fees", name_a, a.fee_rate, name_b, b.fee_rate, FEES_APART),
        _sources(name_a, a.sources, name_b, b.sources),
    ]
    return tuple(warning for warning in found if warning is not None)


def _periods(name_a: str, a: Facts, name_b: str, b: Facts) -> Caution | None:
    shared = min(a.until, b.until) - max(a.since, b.since)
    if shared >= SAME_TIME * max(a.until - a.since, b.until - b.since):
        return None
    return Caution(
        "periods",
        f"They met different markets: {name_a} traded {_period(a)}, {name_b} {_period(b)}.",
    )


def _period(facts: Facts) -> str:
    days = [
        datetime.fromtimestamp(time / 10**6, UTC).date().isoformat()
        for time in (facts.since, facts.until)
    ]
    return days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"


def _sets(
    code: str, what: str, name_a: str, a: frozenset[str], name_b: str, b: frozenset[str]
) -> Caution | None:
    if a == b:
        return None
    return Caution(code, f"They {what}: {name_a} {_listed(a)}, {name_b} {_listed(b)}.")


def _listed(names: Iterable[str], most: int = 4) -> str:
    known = sorted(names)
    if len(known) > most:
        return f"{', '.join(known[:most])} and {len(known) - most} more"
    return ", ".join(known) or "none"


def _apart(
    code: str,
    what: str,
    name_a: str,
    a: float | None,
    name_b: str,
    b: float | None,
    factor: float,
) -> Caution | None:
    if a is None or b is None or max(a, b) <= factor * min(a, b):
        return None
    return Caution(code, f"They {what}: {name_a} {a:.4g}, {name_b} {b:.4g} on average.")


def _sources(name_a: str, a: frozenset[str], name_b: str, b: frozenset[str]) -> Caution | None:
    if ("import" in a | b) and (a != b or len(a) > 1):
        return Caution(
            "sources",
            "Imported and recorded trades are mixed:"
            f" {name_a} {_listed(a)}, {name_b} {_listed(b)}.",
        )
    return None
