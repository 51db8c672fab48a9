"""Two versions side by side: their days and circumstances handed to the comparison."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

from dashboard.models import DayRollup
from dashboard.performance.columns import Columns
from dashboard.performance.comparability import Facts
from dashboard.performance.comparison import Comparison, Version, compare
from dashboard.performance.summary import Summary
from dashboard.projection import circumstances
from dashboard.projection.circumstances import Circumstances
from dashboard.projection.rollups import RESULT_FIELDS, result
from dashboard.selectors import folding
from dashboard.selectors.scope import Filters, Scope, choose
from dashboard.selectors.trades import matching
from dashboard.units import SCALE

UNIT = 10**SCALE
CHUNK = 5_000  # trades at a time


def compared(scope: Scope, a: str, b: str) -> Comparison:
    """B against A, deflated for every version this money ever knew.

    Raises Unknown where either was never seen.
    """
    return compare(
        _version(scope, a),
        _version(scope, b),
        versions_tried=_tried(scope),
        quote_asset=scope.book.quote_asset if scope.book else "",
    )


def newest(scope: Scope, found: list[tuple[str, folding.DayRows]]) -> Comparison | None:
    """The version that traded last against the one before it, from day rows alone.

    `found`: every version's days, the newest first. None where there are not two.
    """
    if len(found) < 2:
        return None
    (b, days_b), (a, days_a) = found[:2]
    return compare(
        Version(a, days_a),
        Version(b, days_b),
        versions_tried=_tried(scope),
        quote_asset=scope.book.quote_asset if scope.book else "",
    )


def _tried(scope: Scope) -> int:
    """How many versions this money ever knew, whatever the filters leave of them."""
    if scope.filters.known_at is None:
        rows = DayRollup.objects.filter(book=scope.book, scope="version")
        return max(2, rows.values("value").distinct().count())
    everything = replace(scope, filters=Filters(known_at=scope.filters.known_at))
    return max(2, matching(everything).values("version").distinct().count())


def _version(scope: Scope, name: str) -> Version:
    filters = replace(scope.filters, version=name)
    choose(replace(filters, last_days=None))  # refuses a version nobody knows
    own = replace(scope, filters=filters)
    told = _circumstances(own)
    regimes = {regime: sums.summary() for regime, sums in told.regimes.items()}
    return Version(name, folding.days(own), regimes, _facts(own, told))


def _circumstances(scope: Scope) -> Circumstances:
    """From the day rows where they can answer, else from the trades."""
    if folding.by_days(scope.filters, ["version"]):
        rows = folding.rollups(scope, circumstances.SCOPE, scope.filters.version)
        packed = rows.values_list("summary", flat=True)
        return Circumstances.join(map(Circumstances.unpack, packed))
    fields = (*RESULT_FIELDS, "symbol", *circumstances.FIELDS)
    trades = matching(scope).order_by("exit_time", "trade_id").values_list(*fields)
    parts = []
    for chunk in batched(trades.iterator(chunk_size=CHUNK), CHUNK):
        columns = list(zip(*chunk, strict=True))
        run = Columns.of_trades([result(row[: len(RESULT_FIELDS)]) for row in chunk])
        beside = columns[len(RESULT_FIELDS) :]
        parts.append(Circumstances.of_trades(run, Summary.of_columns(run), beside[0], beside[1:]))
    return Circumstances.join(parts)


def _facts(scope: Scope, told: Circumstances) -> Facts | None:
    """Circumstances of the version's trades as the comparison wants them."""
    if not told.facts or scope.book is None:
        return None
    rows = told.facts.values()
    trades = sum(row.trades for row in rows)
    staked, turned = sum(row.staked for row in rows), sum(row.turned for row in rows)
    names = [name.split("\n") for name in told.facts]
    return Facts(
        since=min(row.since for row in rows),
        until=max(row.until for row in rows),
        symbols=frozenset(symbol for symbol, _ in names),
        modes=frozenset({scope.book.mode}),
        quote_assets=frozenset({scope.book.quote_asset}),
        sources=frozenset(source for _, source in names),
        stake=staked / trades if staked else None,
        fee_rate=sum(row.fees for row in rows) / UNIT / turned if turned else None,
    )


def batched(rows: Iterable[Any], size: int) -> Iterable[list[Any]]:
    """So many at a time (itertools has it from Python 3.12 on)."""
    left = iter(rows)
    while chunk := list(islice(left, size)):
        yield chunk
