"""Random histories for the tests of the statistics."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

from dashboard.performance.trade import TradeResult

# Small numbers make ties (equal peaks, equal exit times, break-evens) common.
small = st.integers(-3, 3)
money = st.one_of(small, st.integers(-(10**13), 10**13))


# A busy machine is no failure, so there is no deadline.
often = settings(max_examples=40, deadline=None)


def trades(net: st.SearchStrategy[int] = money) -> st.SearchStrategy[TradeResult]:
    def trade(
        number: int, exit_time: int, net_pnl: int, known: tuple[int, int, int]
    ) -> TradeResult:
        held, risk, excursion = known
        return TradeResult(
            trade_id=str(number),
            exit_time=exit_time,
            net_pnl=net_pnl,
            fee=number if number % 3 else None,
            entry_time=exit_time - held if held >= 0 else None,
            risk=risk or None,
            mae=-excursion if excursion >= 0 else None,
            mfe=excursion + 1 if excursion >= 0 else None,
        )

    known = st.tuples(st.integers(-1, 10), st.integers(0, 10**12), st.integers(-1, 10**12))
    return st.builds(trade, st.integers(0, 10**6), st.integers(0, 40), net, known)


def histories(max_size: int = 12) -> st.SearchStrategy[list[TradeResult]]:
    """Trades in (exit_time, trade_id) order, ids unique."""

    def some(kind: st.SearchStrategy[TradeResult]) -> st.SearchStrategy[list[TradeResult]]:
        return st.lists(kind, max_size=max_size, unique_by=lambda trade: trade.sort_key)

    return st.one_of(some(trades(small)), some(trades())).map(
        lambda found: sorted(found, key=lambda trade: trade.sort_key)
    )
