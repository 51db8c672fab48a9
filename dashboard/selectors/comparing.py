"""Two versions side by side: their days and circumstances handed to the comparison."""

from collections import defaultdict
from dataclasses import replace

from django.db.models import Count, FloatField, Max, Min, Sum
from django.db.models.functions import Cast, Coalesce

from dashboard.models import DayRollup
from dashboard.performance.comparability import Facts
from dashboard.performance.comparison import Comparison, Version, compare
from dashboard.performance.summary import Summary
from dashboard.performance.trade import TradeResult
from dashboard.projection.rollups import RESULT_FIELDS, result
from dashboard.selectors import folding
from dashboard.selectors.scope import Scope, choose
from dashboard.selectors.trades import matching
from dashboard.units import SCALE

UNIT = 10**SCALE


def compared(scope: Scope, a: str, b: str) -> Comparison:
    """B against A, deflated for every version this money ever knew.

    Raises Unknown where either was never seen.
    """
    tried = DayRollup.objects.filter(book=scope.book, scope="version").values("value").distinct()
    return compare(
        _version(scope, a),
        _version(scope, b),
        versions_tried=max(2, tried.count()),
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
        versions_tried=len(found),
        quote_asset=scope.book.quote_asset if scope.book else "",
    )


def _version(scope: Scope, name: str) -> Version:
    filters = replace(scope.filters, version=name)
    choose(replace(filters, last_days=None))  # refuses a version nobody knows
    own = replace(scope, filters=filters)
    return Version(name, folding.days(own), _regimes(own), _facts(own))


def _regimes(scope: Scope) -> dict[str, Summary]:
    """The version's trades by the market's regime at their signal."""
    trades: dict[str, list[TradeResult]] = defaultdict(list)
    rows = matching(scope).order_by("exit_time", "trade_id")
    for row in rows.values_list(*RESULT_FIELDS, "regime").iterator(chunk_size=5000):
        trades[row[-1]].append(result(row[:-1]))
    return {name: Summary.of_trades(own) for name, own in trades.items()}


def _facts(scope: Scope) -> Facts | None:
    """Circumstances of the version's trades, added up by the database."""
    price = Cast("entry_price", FloatField())
    size = Cast("quantity", FloatField())
    out = Cast("exit_price", FloatField())
    rows = list(
        matching(scope)
        .order_by()
        .values("symbol", "source")
        .annotate(
            trades=Count("pk"),
            since=Min(Coalesce("entry_time", "exit_time")),
            until=Max("exit_time"),
            staked=Sum(price * size),
            turned=Sum((price + out) * size),
            fees=Sum("fee"),
        )
    )
    if not rows or scope.book is None:
        return None
    trades = sum(row["trades"] for row in rows)
    staked = sum(row["staked"] or 0 for row in rows)
    turned = sum(row["turned"] or 0 for row in rows)
    fees = sum(row["fees"] or 0 for row in rows) / UNIT
    return Facts(
        since=min(row["since"] for row in rows),
        until=max(row["until"] for row in rows),
        symbols=frozenset(row["symbol"] for row in rows),
        modes=frozenset({scope.book.mode}),
        quote_assets=frozenset({scope.book.quote_asset}),
        sources=frozenset(row["source"] for row in rows),
        stake=staked / trades if staked else None,
        fee_rate=fees / turned if turned else None,
    )
