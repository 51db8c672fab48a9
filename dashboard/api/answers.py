"""Figures in the API's words."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dashboard.performance.comparison import Comparison
from dashboard.performance.drawdown import EquityDrawdown
from dashboard.performance.equity import date_of
from dashboard.performance.formulas import Undefined
from dashboard.selectors import statistics
from dashboard.selectors.analysis import Bin, Rolling, Sums
from dashboard.selectors.equity import FIELDS, Row
from dashboard.selectors.scope import Scope, checkpoints
from dashboard.selectors.statistics import Figures
from dashboard.selectors.version_curves import Curve
from dashboard.units import iso, optional_iso, optional_text, text

Answer = dict[str, Any]


MONEY = ("net_pnl", "gross_profit", "gross_loss", "fees")


OPTIONAL_MONEY = (
    "expectancy",
    "average_win",
    "average_loss",
    "best",
    "worst",
    "average_mae",
    "average_mfe",
)


PLAIN = (
    "trades",
    "wins",
    "losses",
    "break_evens",
    "fees_unknown",
    "win_rate",
    "profit_factor",
    "expectancy_r",
    "payoff_ratio",
    "recovery_factor",
    "sqn",
    "kelly",
    "commission_drag",
    "longest_winning_streak",
    "longest_losing_streak",
    "exposure",
    "sharpe",
    "sortino",
    "cagr",
    "calmar",
    "ulcer_index",
    "psr",
)


def scope_answer(scope: Scope) -> Answer:
    """Which money an answer is about, and the events it is true for."""
    return {
        "mode": scope.mode,
        "quote_asset": scope.book.quote_asset if scope.book else None,
        "account": scope.book.account if scope.book else None,
        "modes": sorted({book.mode for book in scope.books}),
        "checkpoints": checkpoints(),
    }


def stats_answer(figures: Figures) -> Answer:
    """The figures, each under its own name."""
    summary, found = figures.summary, figures.metrics
    answer: Answer = {name: getattr(found, name) for name in PLAIN}
    answer |= {name: text(getattr(found, name)) for name in MONEY}
    answer |= {name: optional_text(getattr(found, name)) for name in OPTIONAL_MONEY}
    holding = found.average_holding
    fall = found.max_drawdown
    answer["average_holding"] = None if holding is None else holding / 1_000_000
    answer["max_drawdown"] = {
        "money": text(fall.money),
        "fraction": fall.fraction,
        "start": optional_iso(fall.start),
        "trough": optional_iso(fall.trough),
        "recovered_at": optional_iso(fall.recovered_at),
        "recovered": fall.recovered,
        "basis": statistics.CLOSED_TRADES,
        "fraction_basis": None if fall.fraction is None else figures.basis,
    }
    answer["equity_drawdown"] = _equity_drawdown(found.equity_drawdown)
    answer["first_exit"] = optional_iso(summary.running.first_exit)
    answer["last_exit"] = optional_iso(summary.running.last_exit)
    answer["equity_basis"] = figures.basis
    answer["undefined"] = dict(found.undefined)
    return answer


def version_answer(version: str, figures: Figures, dsr: float | Undefined) -> Answer:
    """A version's figures, and what its Sharpe ratio is worth among all that were tried."""
    answer = {"version": version, **stats_answer(figures), "dsr": None}
    if isinstance(dsr, Undefined):
        answer["undefined"]["dsr"] = dsr.reason
    else:
        answer["dsr"] = dsr
    return answer


def _equity_drawdown(fall: EquityDrawdown | None) -> Answer | None:
    """The deepest fall of daily equity: money, fraction and days all of that one fall."""
    if fall is None:
        return None
    days = {name: getattr(fall, name) for name in ("start", "trough", "recovered_at")}
    return {
        "money": text(fall.money),
        "fraction": fall.fraction,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "recovered": fall.recovered,
    }


def day_answer(day: int, found: Sums) -> Answer:
    """One UTC day's results."""
    sums = found._asdict() | {"net_pnl": text(found.net_pnl)}
    return {"day": date_of(day).isoformat(), **sums}


def group_answer(value: str, found: Sums) -> Answer:
    """The results of the trades that share a value."""
    sums = found._asdict() | {"net_pnl": text(found.net_pnl)}
    figures = {"win_rate": found.win_rate, "expectancy": found.expectancy}
    return {"value": value, **sums, **_figures(figures)}


def rolling_answer(found: Rolling) -> Answer:
    """A window of days."""
    sums = found.sums
    figures = {"win_rate": sums.win_rate, "expectancy": sums.expectancy}
    return {"day": date_of(found.day).isoformat(), "trades": sums.trades, **_figures(figures)}


def bin_answer(found: Bin) -> Answer:
    """One bar of the distribution."""
    return {"low": text(found.low), "high": text(found.high), "trades": found.trades}


def _figures(figures: Mapping[str, float | int | Undefined]) -> Answer:
    """Ratios as they are, money (ints) as text, what is undefined as null with its reason."""
    answer: Answer = {
        "undefined": {
            name: figure.reason for name, figure in figures.items() if isinstance(figure, Undefined)
        }
    }
    for name, figure in figures.items():
        if isinstance(figure, Undefined):
            answer[name] = None
        else:
            answer[name] = text(figure) if isinstance(figure, int) else figure
    return answer


def comparison_answer(found: Comparison) -> Answer:
    """b against a."""
    ruling, evidence, regime = found.ruling, found.evidence, found.regime
    same = (
        "a",
        "b",
        "unit",
        "sentence",
        "expectancy_a",
        "expectancy_b",
        "difference",
        "paired_difference",
        "wins_more_often",
        "versions_tried",
        "undefined",
    )
    return {
        **{name: getattr(found, name) for name in same},
        "verdict": str(ruling.verdict),
        "better": ruling.better,
        "low": ruling.low,
        "high": ruling.high,
        "evidence": asdict(evidence),
        "regime": None if regime is None else asdict(regime),
        "warnings": [asdict(caution) for caution in found.warnings],
    }


def curve_answer(curve: Curve) -> Answer:
    """One version's net PnL from its beginning."""
    return {
        "version": curve.version,
        "first_day": date_of(curve.first_day).isoformat(),
        "trades": curve.trades,
        "points": [{"day": day, "net_pnl": text(net)} for day, net in curve.points],
    }


def equity_answer(row: Row, drawdown: float | None) -> Answer:
    """One point of the curve."""
    point: Answer = dict(zip(FIELDS, row, strict=True)) | {"drawdown": drawdown}
    for name in ("equity", "realised", "unrealised", "deposits"):
        point[name] = optional_text(point[name])
    point["time"] = iso(point["time"])
    return point
