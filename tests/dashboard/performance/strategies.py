"""Random histories for the tests of the statistics."""

from __future__ import annotations

from hypothesis import strategies as st

from dashboard.performance.trade import TradeResult

# Small numbers make ties (equal peaks, equal exit times, break-evens) common.
small = st.integers(-3, 3)
money = st.one_of(small, st.integers(-(10**13), 10**13))


@st.composite
def trades(draw: st.DrawFn, net: st.SearchStrategy[int] = money) -> TradeResult:
    exit_time = draw(st.integers(0, 40))
    held = draw(st.one_of(st.none(), st.integers(0, 10)))
    return TradeResult(
        trade_id=str(draw(st.integers(0, 10**6))),
        exit_time=exit_time,
        net_pnl=draw(net),
        fee=draw(st.integers(0, 10**9)),
        entry_time=None if held is None else exit_time - held,
        risk=draw(st.one_of(st.none(), st.integers(1, 10**12))),
        mae=draw(st.one_of(st.none(), st.integers(-(10**12), 0))),
        mfe=draw(st.one_of(st.none(), st.integers(0, 10**12))),
    )


def histories(max_size: int = 12) -> st.SearchStrategy[list[TradeResult]]:
    """Trades in (exit_time, trade_id) order, ids unique."""

    def some(kind: st.SearchStrategy[TradeResult]) -> st.SearchStrategy[list[TradeResult]]:
        return st.lists(kind, max_size=max_size, unique_by=lambda trade: trade.sort_key)

    return st.one_of(some(trades(small)), some(trades())).map(
        lambda found: sorted(found, key=lambda trade: trade.sort_key)
    )
