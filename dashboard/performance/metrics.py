"""A summary's figures, by the names of docs/statistics.md.

This module only puts figures together; the formulas stand in `formulas` (over trades) and
`returns` (over days).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dashboard.performance import formulas
from dashboard.performance.drawdown import EquityDrawdown, deepest
from dashboard.performance.equity import DailyEquity
from dashboard.performance.formulas import Undefined
from dashboard.performance.returns import (
    CAGR_MIN_DAYS,
    cagr,
    calmar,
    moments,
    probabilistic_sharpe,
    sharpe,
    sortino,
    ulcer_index,
)
from dashboard.performance.summary import Summary
from dashboard.performance.trade import R_UNIT

NO_EQUITY = Undefined("needs the daily equity of one account, which this filter does not have")


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall of cumulated net_pnl from its peak, the starting equity included.

    `money` >= 0 in 1e-8 quote, over trades. `fraction` <= 0 is the deepest fall of daily
    equity (its own dates stand in `Metrics.equity_drawdown`), None without an equity.
    `start` is the exit time of the peak's trade, None when it falls from the starting equity;
    `recovered_at` is None while it is open, or when nobody looked the time up (`recovered`).
    """

    money: int
    fraction: float | None
    start: int | None
    trough: int | None
    recovered_at: int | None
    recovered: bool


@dataclass(frozen=True, slots=True)
class Metrics:
    """Every figure of the table. Money is an int in 1e-8 quote; ratios are fractions.

    None where a figure is undefined, with the reason under its name in `undefined`.
    `fees` are those that are known; `fees_unknown` trades do not tell theirs.
    `gross_loss`, `average_loss`, `worst` and `average_mae` are <= 0.
    """

    trades: int
    wins: int
    losses: int
    break_evens: int
    net_pnl: int
    gross_profit: int
    gross_loss: int
    fees: int
    fees_unknown: int
    longest_winning_streak: int
    longest_losing_streak: int
    max_drawdown: Drawdown
    sqn_basis: str
    win_rate: float | None = None
    profit_factor: float | None = None
    expectancy: int | None = None
    expectancy_r: float | None = None
    payoff_ratio: float | None = None
    average_win: int | None = None
    average_loss: int | None = None
    best: int | None = None
    worst: int | None = None
    recovery_factor: float | None = None
    sqn: float | None = None
    kelly: float | None = None
    commission_drag: float | None = None
    average_mae: int | None = None
    average_mfe: int | None = None
    average_holding: int | None = None
    exposure: float | None = None
    sharpe: float | None = None
    sortino: float | None = None
    cagr: float | None = None
    calmar: float | None = None
    ulcer_index: float | None = None
    psr: float | None = None
    equity_drawdown: EquityDrawdown | None = None
    undefined: dict[str, str] = field(default_factory=dict)


def metrics(
    summary: Summary,
    *,
    equity: DailyEquity | None = None,
    period: int | None = None,
    time_in_position: int | None = None,
    recovered_at: int | None = None,
) -> Metrics:
    """The figures of a summary, and of the daily equity beside it where there is one.

    `period` is the length of time the figures are about, `time_in_position` the part of it
    with a position open (needed where positions overlapped, see `exposure`), both in
    microseconds. `recovered_at` is what `drawdown.recovered_at` found.
    """
    totals, running = summary.totals, summary.running
    days = None if equity is None else equity.returns()
    figures = {
        **over_trades(summary),
        "exposure": _exposure(summary, period, time_in_position),
        **over_days(NO_EQUITY if days is None else days),
    }
    fall = None if equity is None else deepest(equity)
    return Metrics(
        trades=totals.trades,
        wins=totals.wins,
        losses=totals.losses,
        break_evens=totals.break_evens,
        net_pnl=running.net,
        gross_profit=totals.gross_profit,
        gross_loss=totals.gross_loss,
        fees=totals.fees,
        fees_unknown=totals.trades - totals.fee_trades,
        longest_winning_streak=summary.streaks.longest_wins,
        longest_losing_streak=summary.streaks.longest_losses,
        max_drawdown=Drawdown(
            running.max_drawdown,
            fall.fraction if isinstance(fall, EquityDrawdown) else None,
            running.drawdown_start,
            running.drawdown_trough,
            recovered_at,
            running.recovered,
        ),
        equity_drawdown=fall if isinstance(fall, EquityDrawdown) else None,
        sqn_basis="R" if _all_in_r(summary) else "money",
        undefined={n: f.reason for n, f in figures.items() if isinstance(f, Undefined)}
        | _without_fall(fall),
        **{n: None if isinstance(f, Undefined) else f for n, f in figures.items()},
    )


def over_trades(summary: Summary) -> dict[str, Any]:
    """The figures that need trades alone, each a number or `Undefined`, by name."""
    totals, r = summary.totals, summary.multiples
    payoff = formulas.payoff_ratio(
        totals.gross_profit, totals.wins, totals.gross_loss, totals.losses
    )
    if _all_in_r(summary):
        sqn = formulas.sqn(r.r_trades, r.r_sum, r.r_sum_squares)
    else:
        sqn = formulas.sqn(totals.trades, summary.net_pnl, totals.sum_squares)
    none = formulas.NO_TRADES
    return {
        "win_rate": formulas.win_rate(totals.wins, totals.losses),
        "profit_factor": formulas.profit_factor(totals.gross_profit, totals.gross_loss),
        "expectancy": formulas.expectancy(summary.net_pnl, totals.trades),
        "expectancy_r": formulas.ratio(r.r_sum, r.r_trades * R_UNIT, "no trades with a known risk"),
        "payoff_ratio": payoff,
        "average_win": formulas.average(totals.gross_profit, totals.wins, "no winning trades"),
        "average_loss": formulas.average(totals.gross_loss, totals.losses, "no losing trades"),
        "best": none if totals.best is None else totals.best,
        "worst": none if totals.worst is None else totals.worst,
        "recovery_factor": formulas.recovery_factor(summary.net_pnl, summary.max_drawdown),
        "sqn": sqn,
        "kelly": formulas.kelly(totals.wins, totals.losses, payoff),
        "commission_drag": formulas.commission_drag(
            totals.fees, summary.net_pnl, totals.trades - totals.fee_trades
        ),
        "average_mae": formulas.average(totals.mae_sum, totals.mae_trades, "no recorded mae"),
        "average_mfe": formulas.average(totals.mfe_sum, totals.mfe_trades, "no recorded mfe"),
        "average_holding": formulas.average(
            summary.holding.time_held, summary.holding.timed_trades, "no recorded entry times"
        ),
    }


def over_days(days: list[float] | Undefined) -> dict[str, float | Undefined]:
    """The figures that need daily returns, each a number or `Undefined`, by name."""
    if isinstance(days, Undefined):
        return dict.fromkeys(("sharpe", "sortino", "cagr", "calmar", "ulcer_index", "psr"), days)
    young = Undefined(f"fewer than {CAGR_MIN_DAYS} days")
    hidden = len(days) < CAGR_MIN_DAYS
    return {
        "sharpe": sharpe(days),
        "sortino": sortino(days),
        "cagr": young if hidden else cagr(days),
        "calmar": young if hidden else calmar(days),
        "ulcer_index": ulcer_index(days),
        "psr": probabilistic_sharpe(moments(days)),
    }


def _without_fall(fall: EquityDrawdown | Undefined | None) -> dict[str, str]:
    if isinstance(fall, EquityDrawdown):
        return {}
    reason = NO_EQUITY.reason if fall is None else fall.reason
    return {"equity_drawdown": reason, "max_drawdown.fraction": reason}


def _all_in_r(summary: Summary) -> bool:
    """SQN is taken over R where every trade has one; mixing R and money would be neither."""
    return 0 < summary.trades == summary.multiples.r_trades


def _exposure(
    summary: Summary, period: int | None, time_in_position: int | None
) -> float | Undefined:
    if period is None:
        return Undefined("no period given")
    if time_in_position is not None:
        return formulas.exposure(time_in_position, period)
    if summary.holding.timed_trades < summary.trades:
        return Undefined("some trades have no recorded entry time")
    if summary.holding.overlapping:
        return Undefined("positions overlapped: their times cannot simply be added")
    return formulas.exposure(summary.holding.time_held, period)
