"""Figures for the API and the pages: summaries and daily equity handed to the formulas."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from dashboard.models import DayRollup
from dashboard.performance.deflation import deflated_sharpes
from dashboard.performance.drawdown import recovered_at
from dashboard.performance.equity import DailyEquity
from dashboard.performance.formulas import Undefined
from dashboard.performance.metrics import Metrics, metrics
from dashboard.performance.summary import Summary
from dashboard.performance.trade import TradeResult
from dashboard.selectors import equity, folding
from dashboard.selectors.equity import Close
from dashboard.selectors.scope import Filters, Scope
from dashboard.selectors.trades import matching
from dashboard.units import DAY

ACCOUNT, TOGETHER, CLOSED_TRADES = "account", "bots together", "closed trades"


class Figures(NamedTuple):
    """Trades' figures. `basis` says whose daily equity the figures over days are drawn from.

    ACCOUNT: the account's own, open positions included. TOGETHER: the sum of what each of the
    account's bots had last, for an account of several. CLOSED_TRADES: realised results on the
    equity there was before the first of them, for a version that shared its account with others.
    None where no equity answers for the filter.
    """

    summary: Summary
    metrics: Metrics
    basis: str | None


def figures(scope: Scope) -> Figures:
    """Every figure of the trades the filters leave."""
    days = folding.days(scope)
    bots = equity.accounts(scope)
    version = scope.filters.version
    shared = version is not None and not _alone(scope, version)
    own, basis = _daily(scope, days, equity.closes(scope, bots), len(bots), shared=shared)
    return _figures(scope, days, own, basis)


def newest_first(scope: Scope) -> list[tuple[str, folding.DayRows]]:
    """Every version's days, the one that traded last first."""

    def last_exit(item: tuple[str, folding.DayRows]) -> tuple[int, str]:
        return item[1][-1][1].running.last_exit or 0, item[0]

    return sorted(folding.versions(scope).items(), key=last_exit, reverse=True)


def versions(
    scope: Scope, found_days: list[tuple[str, folding.DayRows]]
) -> list[tuple[str, Figures]]:
    """The figures of each of these versions: those that asking for it alone would give."""
    bots = equity.accounts(scope)
    closes = equity.closes(scope, bots)
    found = []
    for version, days in found_days:
        of_version = replace(scope, filters=replace(scope.filters, version=version))
        shared = len(found_days) > 1 or not _alone(of_version, version)
        own, basis = _daily(of_version, days, closes, len(bots), shared=shared)
        found.append((version, _figures(of_version, days, own, basis)))
    return found


def deflated(
    scope: Scope, found_days: list[tuple[str, folding.DayRows]]
) -> dict[str, float | Undefined]:
    """The deflated Sharpe ratio of each of these versions, by what the filters leave of it.

    Given every version this money ever knew: one that the filters leave out was tried too, and
    counts with all it did.
    """
    found = dict(found_days)
    everything = replace(scope, filters=Filters(known_at=scope.filters.known_at))
    tried = found if scope.filters == everything.filters else folding.versions(everything) | found
    deflated = deflated_sharpes(tried)
    return {version: deflated[version] for version in found}


def _figures(
    scope: Scope, days: folding.DayRows, own: DailyEquity | None, basis: str | None
) -> Figures:
    whole = Summary.join(summary for _, summary in days)
    over = _recovered(scope, days, whole)
    found = metrics(whole, equity=own, period=_period(whole), recovered_at=over)
    return Figures(whole, found, basis)


def _recovered(scope: Scope, days: folding.DayRows, whole: Summary) -> int | None:
    """When the deepest money drawdown was over; None while it is open."""
    try:
        return recovered_at(
            [summary for _, summary in days],
            lambda index: _trades_of(scope, *days[index]),
            whole,
        )
    except ValueError:
        # The projector wrote between our two readings: the next answer will know the time.
        return None


@lru_cache(maxsize=32)
def _trades_of(scope: Scope, day: int, _: Summary) -> list[TradeResult]:
    """A day's trades, remembered while its summary is the same: an old drawdown's days are asked
    for at every refresh, and hardly ever change."""
    return list(folding.trades_of(scope, day))


def _daily(
    scope: Scope, days: folding.DayRows, closes: Sequence[Close], bots: int, *, shared: bool
) -> tuple[DailyEquity | None, str | None]:
    """The daily equity that answers for the filters, and its basis.

    A version that no other shared the book with has the account's own. Nothing answers where a
    filter leaves only a part of what moved the account.
    """
    narrowed = set(scope.filters.narrowed())
    if narrowed - {"bot", "version"}:
        return None, None
    if shared:
        own, basis = _of_trades(days, closes), CLOSED_TRADES
    else:
        own = _of_account(closes, scope.filters)
        basis = ACCOUNT if bots == 1 else TOGETHER
    return own, None if own is None else basis


def _alone(scope: Scope, version: str) -> bool:
    """Whether no other version had closed a trade in the book."""
    if scope.filters.known_at is not None:
        whole = replace(scope, filters=replace(scope.filters, version=None))
        return not matching(whole).exclude(version=version).exists()
    rows = DayRollup.objects.filter(book=scope.book, scope="version")
    if scope.filters.as_of is not None:
        rows = rows.filter(day__lte=scope.filters.as_of // DAY)
    return not rows.exclude(value=version).exists()


def _of_account(closes: Sequence[Close], filters: Filters) -> DailyEquity | None:
    first = filters.since // DAY if filters.since is not None else None
    last = filters.until // DAY if filters.until is not None else None
    if filters.as_of is not None and filters.until == filters.as_of + 1:
        last = filters.as_of // DAY + 1  # the unfinished day counts as far as it went
    before = [row for row in closes if first is not None and row.day < first]
    inside = [row for row in closes[len(before) :] if last is None or row.day < last]
    if not inside:
        return None
    start, moved = _beginning(before, inside[0])
    by_day = {row.day: row for row in inside}
    days = range(inside[0].day, inside[-1].day + 1)
    ends: list[int] = []
    flows: list[int] = []
    for day in days:
        row = by_day.get(day)
        ends.append(row.equity if row else ends[-1])
        deposits = moved if row is None or row.deposits is None else row.deposits
        flows.append(deposits - moved)
        moved = deposits
    return DailyEquity(
        days[0],
        start,
        tuple(ends),
        tuple(max(flow, 0) for flow in flows),
        tuple(max(-flow, 0) for flow in flows),
    )


def _beginning(before: Sequence[Close], first: Close) -> tuple[int, int]:
    """Equity and deposits before the first day: the day before's, else an account just opened.

    A bot that says nothing of deposits starts with the equity it first showed.
    """
    if before:
        return before[-1].equity, before[-1].deposits or 0
    return (first.opening, 0) if first.deposits is None else (0, 0)


def _of_trades(days: folding.DayRows, closes: Sequence[Close]) -> DailyEquity | None:
    """Realised results by day on top of the equity there was before the first of them."""
    if not days or not closes:
        return None
    first, last = days[0][0], days[-1][0]
    before = [row.equity for row in closes if row.day < first]
    start = before[-1] if before else closes[0].opening
    pnl = {day: summary.net_pnl for day, summary in days}
    return DailyEquity.of_pnl(pnl, {}, start=start, first_day=first, last_day=last)


def _period(summary: Summary) -> int | None:
    """From the first entry to the last exit, microseconds."""
    first, last = summary.holding.first_entry, summary.running.last_exit
    return None if first is None or last is None else last - first
