"""Small monoids a `Summary` is made of (the fifth is `running_net`).

Each says what one aspect of a run of trades is, and how the aspects of two consecutive
runs join. All numbers are ints (see `summary`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.performance.trade import TradeResult, r_multiple


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts and sums. `gross_loss` <= 0 is signed, so net is gross_profit + gross_loss."""

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

    @classmethod
    def of(cls, trade: TradeResult) -> Totals:
        net = trade.net_pnl
        return cls(
            trades=1,
            wins=int(net > 0),
            losses=int(net < 0),
            break_evens=int(net == 0),
            gross_profit=max(net, 0),
            gross_loss=min(net, 0),
            fees=trade.fee,
            sum_squares=net * net,
            best=net,
            worst=net,
            mae_trades=int(trade.mae is not None),
            mae_sum=trade.mae or 0,
            mfe_trades=int(trade.mfe is not None),
            mfe_sum=trade.mfe or 0,
        )

    def __add__(self, later: Totals) -> Totals:
        return Totals(
            trades=self.trades + later.trades,
            wins=self.wins + later.wins,
            losses=self.losses + later.losses,
            break_evens=self.break_evens + later.break_evens,
            gross_profit=self.gross_profit + later.gross_profit,
            gross_loss=self.gross_loss + later.gross_loss,
            fees=self.fees + later.fees,
            sum_squares=self.sum_squares + later.sum_squares,
            best=_known(max, self.best, later.best),
            worst=_known(min, self.worst, later.worst),
            mae_trades=self.mae_trades + later.mae_trades,
            mae_sum=self.mae_sum + later.mae_sum,
            mfe_trades=self.mfe_trades + later.mfe_trades,
            mfe_sum=self.mfe_sum + later.mfe_sum,
        )


@dataclass(frozen=True, slots=True)
class Streaks:
    """Longest runs of wins and of losses; a break-even ends both. The ends stay open."""

    trades: int = 0
    longest_wins: int = 0
    longest_losses: int = 0
    leading_wins: int = 0
    leading_losses: int = 0
    trailing_wins: int = 0
    trailing_losses: int = 0

    @classmethod
    def of(cls, trade: TradeResult) -> Streaks:
        win, loss = int(trade.net_pnl > 0), int(trade.net_pnl < 0)
        return cls(1, win, loss, win, loss, win, loss)

    def __add__(self, later: Streaks) -> Streaks:
        wins_across = self.trailing_wins + later.leading_wins
        losses_across = self.trailing_losses + later.leading_losses
        return Streaks(
            trades=self.trades + later.trades,
            longest_wins=max(self.longest_wins, later.longest_wins, wins_across),
            longest_losses=max(self.longest_losses, later.longest_losses, losses_across),
            leading_wins=_through(self.leading_wins, self.trades, later.leading_wins),
            leading_losses=_through(self.leading_losses, self.trades, later.leading_losses),
            trailing_wins=_through(later.trailing_wins, later.trades, self.trailing_wins),
            trailing_losses=_through(later.trailing_losses, later.trades, self.trailing_losses),
        )


def _through(streak: int, trades: int, beyond: int) -> int:
    """A streak that fills its whole run goes on into the neighbouring one."""
    return streak + beyond if streak == trades else streak


@dataclass(frozen=True, slots=True)
class Multiples:
    """R multiples of the trades whose risk is known, in units of 1e-12."""

    r_trades: int = 0
    r_sum: int = 0
    r_sum_squares: int = 0

    @classmethod
    def of(cls, trade: TradeResult) -> Multiples:
        r = r_multiple(trade.net_pnl, trade.risk)
        return cls() if r is None else cls(1, r, r * r)

    def __add__(self, later: Multiples) -> Multiples:
        return Multiples(
            self.r_trades + later.r_trades,
            self.r_sum + later.r_sum,
            self.r_sum_squares + later.r_sum_squares,
        )


@dataclass(frozen=True, slots=True)
class Holding:
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
    def of(cls, trade: TradeResult) -> Holding:
        if trade.entry_time is None:
            return cls()
        held = trade.exit_time - trade.entry_time
        return cls(1, held, trade.entry_time, trade.exit_time, 0)

    def __add__(self, later: Holding) -> Holding:
        ended, begins = self.last_timed_exit, later.first_entry
        across = ended is not None and begins is not None and begins < ended
        return Holding(
            timed_trades=self.timed_trades + later.timed_trades,
            time_held=self.time_held + later.time_held,
            first_entry=_known(min, self.first_entry, later.first_entry),
            last_timed_exit=_known(max, self.last_timed_exit, later.last_timed_exit),
            overlapping=int(bool(self.overlapping or later.overlapping or across)),
        )


def _known(choose: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    """max or min of two numbers, of which either may be unknown."""
    if one is None:
        return other
    return one if other is None else choose(one, other)
