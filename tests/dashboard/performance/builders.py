"""Short ways to write histories down in the tests of the statistics."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.performance.equity import DailyEquity
from dashboard.performance.formulas import Undefined
from dashboard.performance.summary import Summary
from dashboard.performance.trade import UNIT, TradeResult

# The golden fixture of docs/statistics.md.
GOLDEN_PNL = (12, -8, 0, 15, -10, -4, 22, 6, -9, -3)
GOLDEN_EQUITY = (1000, 980, 1010, 1030, 990, 960, 1000, 1045, 1040, 1080, 1060)


def history(*net_pnls: int, risk: int | None = None, fee: int = 0) -> list[TradeResult]:
    """Trades of so many whole quote units each, one microsecond apart."""
    return [
        TradeResult(
            trade_id=f"{index:06}",
            exit_time=index,
            net_pnl=net * UNIT,
            fee=fee * UNIT,
            risk=None if risk is None else risk * UNIT,
        )
        for index, net in enumerate(net_pnls, start=1)
    ]


def summary(*net_pnls: int, risk: int | None = None, fee: int = 0) -> Summary:
    return Summary.of_trades(history(*net_pnls, risk=risk, fee=fee))


def equity(closes: Sequence[int]) -> DailyEquity:
    """Daily equity in whole quote units, the first value being the start."""
    return DailyEquity.of_closes([close * UNIT for close in closes])


def returns(closes: Sequence[int]) -> list[float]:
    found = equity(closes).returns()
    assert not isinstance(found, Undefined)
    return found


def known(figure: float | Undefined) -> float:
    """The figure's value; fails the test when it is undefined."""
    assert not isinstance(figure, Undefined), figure.reason
    return figure
