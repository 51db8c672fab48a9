"""The summary of a run of trades: a monoid, exact to the last unit.

A run is a stretch of consecutive trades in (exit_time, trade_id) order. Summaries of
neighbouring runs add up to the summary of both, whatever the split, so a day's summary
is stored once and a page adds days instead of reading trades. `Summary.EMPTY` is the
identity and `+` is associative but not commutative: the earlier run stands on the left.

Every number is an int: money in units of 1e-8 quote currency, times in microseconds
since the epoch (UTC), R multiples in units of 1e-12. Nothing is rounded but a trade's
own R, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

from dashboard.performance.running_net import RunningNet
from dashboard.performance.runs import Holding, Multiples, Streaks, Totals
from dashboard.performance.trade import TradeResult

Row = dict[str, int | str | None]
Part = TypeVar("Part", Totals, RunningNet, Streaks, Multiples, Holding)


@dataclass(frozen=True, slots=True)
class Summary:
    """What the statistics need to know of a run of trades, in constant space.

    A product of five smaller monoids (see `runs` and `running_net`), each with its own `+`.
    """

    totals: Totals
    running: RunningNet
    streaks: Streaks
    multiples: Multiples
    holding: Holding

    EMPTY: ClassVar[Summary]

    @classmethod
    def of(cls, trade: TradeResult) -> Summary:
        """The summary of one trade."""
        return cls(
            Totals.of(trade),
            RunningNet.of(trade),
            Streaks.of(trade),
            Multiples.of(trade),
            Holding.of(trade),
        )

    @classmethod
    def of_trades(cls, trades: Iterable[TradeResult]) -> Summary:
        """The summary of trades that come in (exit_time, trade_id) order.

        Raises ValueError where a trade comes before its predecessor, for then drawdown
        and streaks would be those of a history that never was.
        """
        return cls.join(cls.of(trade) for trade in in_order(trades))

    @classmethod
    def join(cls, runs: Iterable[Summary]) -> Summary:
        """The summary of runs that follow one another, earliest first."""
        whole = cls.EMPTY
        for run in runs:
            whole = whole + run
        return whole

    def __add__(self, later: Summary) -> Summary:
        """This run followed by `later`. Raises ValueError when `later` begins before this ends."""
        ended, begins = self.running.last_exit, later.running.first_exit
        if ended is not None and begins is not None and begins < ended:
            raise ValueError(
                f"summaries added in the wrong order: the left run ends at {ended}, the right one"
                f" begins at {begins} (microseconds); add runs in the order of their exit times"
            )
        return Summary(
            self.totals + later.totals,
            self.running + later.running,
            self.streaks + later.streaks,
            self.multiples + later.multiples,
            self.holding + later.holding,
        )

    @property
    def trades(self) -> int:
        return self.totals.trades

    @property
    def net_pnl(self) -> int:
        """Sum of net_pnl, 1e-8 quote, signed."""
        return self.running.net

    @property
    def max_drawdown(self) -> int:
        """Deepest fall of cumulated net_pnl from its peak, 1e-8 quote, >= 0."""
        return self.running.max_drawdown

    def to_row(self) -> Row:
        """A flat row for a database: ints, except sums that may pass 64 bits, which are text."""
        row: Row = {}
        for part in (self.totals, self.running, self.streaks, self.multiples, self.holding):
            for name in FIELDS[type(part)]:
                number = getattr(part, name)
                row[name] = str(number) if name in TEXT_COLUMNS else number
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, int | str | None]) -> Summary:
        """The summary `to_row` wrote. Other columns in `row` are ignored; a missing one raises."""
        return cls(
            _part(Totals, row),
            _part(RunningNet, row),
            _part(Streaks, row),
            _part(Multiples, row),
            _part(Holding, row),
        )


def _part(kind: type[Part], row: Mapping[str, int | str | None]) -> Part:
    # The database knows a column's type, the type checker cannot.
    values: list[Any] = [row[name] for name in FIELDS[kind]]
    return kind(*(int(value) if isinstance(value, str) else value for value in values))


def in_order(trades: Iterable[TradeResult]) -> Iterable[TradeResult]:
    """The same trades; raises ValueError at the first that comes before its predecessor."""
    before: TradeResult | None = None
    for trade in trades:
        if before is not None and trade.sort_key < before.sort_key:
            raise ValueError(
                f"trades out of order: {trade.trade_id!r} (exit_time {trade.exit_time}) comes after"
                f" {before.trade_id!r} (exit_time {before.exit_time}); sort them by"
                " (exit_time, trade_id)"
            )
        before = trade
        yield trade


Summary.EMPTY = Summary(Totals(), RunningNet(), Streaks(), Multiples(), Holding())

# What a row holds of each part, in the order of its fields.
FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (Totals, RunningNet, Streaks, Multiples, Holding)
}
# Sums of squares, and of R in units of 1e-12, pass 64 bits: text in a database row.
TEXT_COLUMNS = frozenset({"sum_squares", "r_sum", "r_sum_squares"})
NULLABLE_COLUMNS = frozenset(
    {
        "best",
        "worst",
        "first_exit",
        "last_exit",
        "high_time",
        "low_time",
        "drawdown_start",
        "drawdown_trough",
        "first_entry",
        "last_timed_exit",
    }
)
# `trades` belongs to several parts and is stored once.
COLUMNS: tuple[str, ...] = tuple(dict.fromkeys(n for names in FIELDS.values() for n in names))
