"""Daily equity with deposits and withdrawals taken out, one value per UTC calendar day.

A day's return is (E_t + withdrawals_t) / (E_t-1 + deposits_t) - 1: money put in is at work
on the day it arrives, money taken out was at work on the day it left. Flat days count, and
a day nobody wrote anything about is a flat day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Self

from dashboard.performance.formulas import Undefined

DAY = 86_400 * 10**6  # a UTC day in microseconds
EPOCH = date(1970, 1, 1)


def day_of(time: int) -> int:
    """The UTC calendar day of a time in microseconds, as days since 1970-01-01."""
    return time // DAY


def date_of(day: int) -> date:
    """The calendar date of a day counted from 1970-01-01."""
    return EPOCH + timedelta(days=day)


@dataclass(frozen=True, slots=True)
class DailyEquity:
    """Equity at the end of each day, from `first_day` on without gaps; money in 1e-8 quote.

    `start` is the equity before the first day. `deposits` and `withdrawals` (both >= 0) are
    the cash moved on each day.
    """

    first_day: int
    start: int
    closes: tuple[int, ...]
    deposits: tuple[int, ...]
    withdrawals: tuple[int, ...]

    def __post_init__(self) -> None:
        lengths = {len(self.closes), len(self.deposits), len(self.withdrawals)}
        if len(lengths) != 1:
            raise ValueError(f"a daily equity needs one value a day in each column, not {lengths}")

    @classmethod
    def of_closes(cls, closes: Sequence[int], *, first_day: int = 0) -> Self:
        """Closes without cash moved; the first is the starting equity, not a day."""
        still = (0,) * (len(closes) - 1)
        return cls(first_day, closes[0], tuple(closes[1:]), still, still)

    @classmethod
    def of_pnl(
        cls,
        pnl: Mapping[int, int],
        flows: Mapping[int, int],
        *,
        start: int = 0,
        first_day: int,
        last_day: int,
    ) -> Self:
        """From realised net_pnl and signed cash flows by day, for histories without snapshots.

        `start` is the equity before `first_day`. Days outside first_day..last_day raise.
        """
        _check_days([*pnl, *flows], first_day, last_day)
        days = range(first_day, last_day + 1)
        moved = [flows.get(day, 0) for day in days]
        changes = [pnl.get(day, 0) + flow for day, flow in zip(days, moved, strict=True)]
        closes = list(accumulate(changes, initial=start))[1:]
        return cls(first_day, start, tuple(closes), *_split(moved))

    @classmethod
    def of_snapshots(
        cls,
        snapshots: Iterable[tuple[int, int]],
        flows: Iterable[tuple[int, int]],
        *,
        start: int = 0,
        last_day: int | None = None,
    ) -> Self:
        """From (time, equity) and signed (time, amount) cash flows, times in microseconds.

        A day closes with its last snapshot and the cash moved after that; a day without one
        carries the day before on. The first day is the first one anything happened on.
        Raises ValueError without a snapshot.
        """
        equity = sorted((time, False, value) for time, value in snapshots)
        if not equity:
            raise ValueError("a daily equity needs at least one snapshot; there is none")
        story = sorted([*((time, True, amount) for time, amount in flows), *equity])
        first, last = day_of(story[0][0]), day_of(story[-1][0])
        last = last if last_day is None else max(last, last_day)
        closes: list[int] = [0] * (last - first + 1)
        moved: dict[int, list[int]] = {}
        now, reached = start, 0
        for time, is_flow, value in story:
            index = day_of(time) - first
            closes[reached:index] = [now] * (index - reached)
            reached = index
            now = now + value if is_flow else value
            if is_flow:
                moved.setdefault(index, []).append(value)
        closes[reached:] = [now] * (len(closes) - reached)
        days = range(len(closes))
        deposits = tuple(sum(v for v in moved.get(day, ()) if v > 0) for day in days)
        withdrawals = tuple(-sum(v for v in moved.get(day, ()) if v < 0) for day in days)
        return cls(first, start, tuple(closes), deposits, withdrawals)

    @property
    def days(self) -> int:
        return len(self.closes)

    def returns(self) -> list[float] | Undefined:
        """The fraction gained on each day. Undefined where a day began without equity.

        A day that begins and ends with nothing (before the first deposit) gains 0.
        """
        found: list[float] = []
        before = self.start
        for index, close in enumerate(self.closes):
            base, worth = before + self.deposits[index], close + self.withdrawals[index]
            if base <= 0 and (base < 0 or worth != 0):
                return Undefined(f"no equity on {date_of(self.first_day + index).isoformat()}")
            found.append((worth - base) / base if base else 0.0)
            before = close
        return found

    def gained(self) -> list[int]:
        """Money gained up to each day's end, deposits and withdrawals taken out; 0 first."""
        moved = accumulate(a - b for a, b in zip(self.deposits, self.withdrawals, strict=True))
        return [0, *(e - self.start - m for e, m in zip(self.closes, moved, strict=True))]


def _split(moved: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(max(flow, 0) for flow in moved), tuple(max(-flow, 0) for flow in moved)


def _check_days(days: Iterable[int], first_day: int, last_day: int) -> None:
    for day in days:
        if not first_day <= day <= last_day:
            raise ValueError(
                f"{date_of(day).isoformat()} lies outside {date_of(first_day).isoformat()} to"
                f" {date_of(last_day).isoformat()}; widen the period or leave the day out"
            )
