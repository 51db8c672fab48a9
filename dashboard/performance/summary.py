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

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, ClassVar

from dashboard.performance.columns import Columns
from dashboard.performance.running_net import RunningNet
from dashboard.performance.runs import Holding, Multiples, Streaks, Totals
from dashboard.performance.trade import TradeResult

Value = int | str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What the statistics need to know of a run of trades, in constant space.

    A product of five smaller monoids (see `runs` and `running_net`), each with its own join.
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
        return cls.of_trades([trade])

    @classmethod
    def of_trades(cls, trades: Iterable[TradeResult]) -> Summary:
        """The summary of trades that come in (exit_time, trade_id) order.

        Raises ValueError where a trade comes before its predecessor, for then drawdown
        and streaks would be those of a history that never was.
        """
        return cls.of_columns(Columns.of_trades(list(trades)))

    @classmethod
    def of_columns(cls, columns: Columns, parts: Collection[Summary] = ()) -> Summary:
        """The summary of a run whose columns are at hand.

        `parts` are, where they are known, those of the trades of each kind, whatever sorts them
        into kinds: what is only added up is then added from them.
        """
        return cls(
            Totals.join([part.totals for part in parts]) if parts else Totals.of_columns(columns),
            RunningNet.of_columns(columns),
            Streaks.of_columns(columns),
            Multiples.join([part.multiples for part in parts])
            if parts
            else Multiples.of_columns(columns),
            Holding.of_columns(columns),
        )

    @classmethod
    def join(cls, runs: Iterable[Summary]) -> Summary:
        """The summary of runs that follow one another, earliest first.

        Raises ValueError when a run begins before the one before it has ended.
        """
        summaries = list(runs)
        return cls(
            Totals.join([one.totals for one in summaries]),
            RunningNet.join([one.running for one in summaries]),
            Streaks.join([one.streaks for one in summaries]),
            Multiples.join([one.multiples for one in summaries]),
            Holding.join([one.holding for one in summaries]),
        )

    def __add__(self, later: Summary) -> Summary:
        """This run followed by `later`. Raises ValueError when `later` begins before this ends."""
        return Summary.join((self, later))

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

    def to_row(self) -> dict[str, Value]:
        """A flat row for a database: ints, except sums that may pass 64 bits, which are text."""
        return dict(zip(COLUMNS, self.to_values(), strict=True))

    def to_values(self) -> list[Value]:
        """The values of that row, in the order of `COLUMNS`."""
        parts = (*self.totals, *self.running, *self.streaks, *self.multiples, *self.holding)
        values = list(ONCE(parts))
        for place in TEXT_PLACES:
            values[place] = str(values[place])
        return values

    @classmethod
    def from_row(cls, row: Mapping[str, Value]) -> Summary:
        """The summary `to_row` wrote. Other columns in `row` are ignored; a missing one raises."""
        return cls.from_values([row[name] for name in COLUMNS])

    @classmethod
    def from_values(cls, values: Sequence[Value]) -> Summary:
        """The summary of a stored row, its values in the order of `COLUMNS`: quicker by far."""
        numbers: list[Any] = list(values)
        for place in TEXT_PLACES:
            numbers[place] = int(numbers[place])
        return cls(*[part._make(fields(numbers)) for part, fields in PICK])

    @classmethod
    def join_rows(cls, rows: Iterable[Sequence[Value]]) -> Summary:
        """What `join` answers for stored rows, their values in the order of `COLUMNS`."""
        return cls.join(map(cls.from_values, rows))


Summary.EMPTY = Summary(Totals(), RunningNet(), Streaks(), Multiples(), Holding())

PARTS: tuple[Any, ...] = (Totals, RunningNet, Streaks, Multiples, Holding)
FIELDS = tuple(name for part in PARTS for name in part._fields)
# The columns of a row; `trades` belongs to several parts and is stored once.
COLUMNS: tuple[str, ...] = tuple(dict.fromkeys(FIELDS))
# Picks the values of a row from those of all parts, one after another.
ONCE = itemgetter(*map(FIELDS.index, COLUMNS))
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
# Picks the fields of each part from a row's values.
PICK = tuple((part, itemgetter(*map(COLUMNS.index, part._fields))) for part in PARTS)
TEXT_PLACES = tuple(COLUMNS.index(name) for name in sorted(TEXT_COLUMNS))
