"""Small monoids a `Summary` is made of (the fifth is `running_net`).

Each says what one aspect of a run of trades is (`of_columns`, by the definition) and how the
aspects of consecutive runs join (`join`). All numbers are ints (see `summary`). Tuples
rather than dataclasses, and many runs joined at a time rather than two: a page joins a few
thousand, and so does it in a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from operator import lt, mul
from typing import NamedTuple

from dashboard.performance.columns import Columns


class Totals(NamedTuple):
    """Counts and sums. `gross_loss` <= 0 is signed, so net is gross_profit + gross_loss.

    `fees` are those of the `fee_trades` whose fee is known.
    """

    trades: int = 0
    wins: int = 0
    losses: int = 0
    break_evens: int = 0
    gross_profit: int = 0
    gross_loss: int = 0
    fees: int = 0
    sum_squares: int = 0
    best: int | None = None
    worst: int | None = None
    mae_trades: int = 0
    mae_sum: int = 0
    mfe_trades: int = 0
    mfe_sum: int = 0
    fee_trades: int = 0

    @classmethod
    def of_columns(cls, columns: Columns) -> Totals:
        nets = columns.nets
        profits = [net for net in nets if net > 0]
        losses = [net for net in nets if net < 0]
        maes, mfes = _known(columns.maes), _known(columns.mfes)
        fees = _known(columns.fees)
        return cls(
            trades=len(nets),
            wins=len(profits),
            losses=len(losses),
            break_evens=len(nets) - len(profits) - len(losses),
            gross_profit=sum(profits),
            gross_loss=sum(losses),
            fees=sum(fees),
            sum_squares=sum(map(mul, nets, nets)),
            best=max(nets, default=None),
            worst=min(nets, default=None),
            mae_trades=len(maes),
            mae_sum=sum(maes),
            mfe_trades=len(mfes),
            mfe_sum=sum(mfes),
            fee_trades=len(fees),
        )

    @classmethod
    def join(cls, runs: Sequence[Totals]) -> Totals:
        if not runs:
            return cls()
        columns = list(zip(*runs, strict=True))
        best, worst = (cls._fields.index(name) for name in ("best", "worst"))
        sums = [sum(column) for column in columns[:best]]
        extremes = [
            max(_known(columns[best]), default=None),
            min(_known(columns[worst]), default=None),
        ]
        return cls(*sums, *extremes, *(sum(column) for column in columns[worst + 1 :]))


class Streaks(NamedTuple):
    """Longest runs of wins and of losses; a break-even ends both. The ends stay open."""

    trades: int = 0
    longest_wins: int = 0
    longest_losses: int = 0
    leading_wins: int = 0
    leading_losses: int = 0
    trailing_wins: int = 0
    trailing_losses: int = 0

    @classmethod
    def of_columns(cls, columns: Columns) -> Streaks:
        # As one word, a letter a trade: splitting text is quicker than walking through a list.
        word = "".join(["w" if net > 0 else "l" if net < 0 else "b" for net in columns.nets])
        return cls(
            len(word),
            max(map(len, word.replace("b", "l").split("l"))),
            max(map(len, word.replace("b", "w").split("w"))),
            len(word) - len(word.lstrip("w")),
            len(word) - len(word.lstrip("l")),
            len(word) - len(word.rstrip("w")),
            len(word) - len(word.rstrip("l")),
        )

    @classmethod
    def join(cls, runs: Sequence[Streaks]) -> Streaks:
        whole = cls()
        for run in runs:
            whole = whole.then(run)
        return whole

    def then(self, later: Streaks) -> Streaks:
        """This run followed by a later one. A streak that fills its run goes on beyond it."""
        trades, most_wins, most_losses, first_wins, first_losses, wins, losses = self
        return Streaks(
            trades + later.trades,
            max(most_wins, later.longest_wins, wins + later.leading_wins),
            max(most_losses, later.longest_losses, losses + later.leading_losses),
            first_wins + later.leading_wins if first_wins == trades else first_wins,
            first_losses + later.leading_losses if first_losses == trades else first_losses,
            later.trailing_wins + (wins if later.trailing_wins == later.trades else 0),
            later.trailing_losses + (losses if later.trailing_losses == later.trades else 0),
        )


class Multiples(NamedTuple):
    """R multiples of the trades whose risk is known, in units of 1e-12."""

    r_trades: int = 0
    r_sum: int = 0
    r_sum_squares: int = 0

    @classmethod
    def of_columns(cls, columns: Columns) -> Multiples:
        known = _known(columns.r)
        return cls(len(known), sum(known), sum(map(mul, known, known)))

    @classmethod
    def join(cls, runs: Sequence[Multiples]) -> Multiples:
        return cls(*(sum(column) for column in zip(*runs, strict=True)))


class Holding(NamedTuple):
    """Time in position, of the trades whose entry time is known, in microseconds.

    `overlapping` is 1 when two of them were ever open at once: `time_held` then counts that
    time twice, and time in position must be asked of the trades themselves.
    """

    timed_trades: int = 0
    time_held: int = 0
    first_entry: int | None = None
    last_timed_exit: int | None = None
    overlapping: int = 0

    @classmethod
    def of_columns(cls, columns: Columns) -> Holding:
        entries, exits = columns.entries, columns.exits
        timed = _known(entries)
        if len(timed) < len(exits):
            known = [entry is not None for entry in entries]
            exits = list(compress(exits, known))
        if not timed:
            return cls()
        overlapping = any(map(lt, timed[1:], exits))
        return cls(len(timed), sum(exits) - sum(timed), min(timed), exits[-1], int(overlapping))

    @classmethod
    def join(cls, runs: Sequence[Holding]) -> Holding:
        trades = held = overlapping = 0
        first_entry: int | None = None
        last_exit: int | None = None
        for timed, time_held, entry, exit_time, overlaps in runs:
            if entry is None:
                continue
            trades += timed
            held += time_held
            overlapping |= overlaps
            if last_exit is not None and entry < last_exit:
                overlapping = 1
            if first_entry is None or entry < first_entry:
                first_entry = entry
            last_exit = exit_time
        return cls(trades, held, first_entry, last_exit, overlapping)


def _known(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]
