"""Rows and figures in the API's words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from dashboard.events import Event
from dashboard.models import Annotation, Batch, Bot, Checkpoint, Position, Trade
from dashboard.performance.comparison import Comparison
from dashboard.performance.drawdown import EquityDrawdown
from dashboard.performance.equity import date_of
from dashboard.performance.formulas import Undefined
from dashboard.selectors import imports, statistics
from dashboard.selectors.analysis import Bin, Rolling, Sums
from dashboard.selectors.bots import quiet_after, state
from dashboard.selectors.candles import Around, Candle
from dashboard.selectors.equity import FIELDS, Row
from dashboard.selectors.scope import Scope, checkpoints
from dashboard.selectors.statistics import Figures
from dashboard.selectors.story import Story
from dashboard.selectors.version_curves import Curve
from dashboard.services.journal import tag_list
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


def trade_answer(trade: Trade, mode: str | None, annotation: Annotation | None = None) -> Answer:
    """One closed trade, with the words the trader has for it."""
    return {
        "trade_id": trade.trade_id,
        "bot": trade.bot,
        "mode": mode,
        "version": trade.version,
        "symbol": trade.symbol,
        "side": trade.side,
        "entry_time": optional_iso(trade.entry_time),
        "exit_time": iso(trade.exit_time),
        "entry_price": trade.entry_price or None,
        "exit_price": trade.exit_price or None,
        "quantity": trade.quantity or None,
        "fee": optional_text(trade.fee),
        "net_pnl": text(trade.net_pnl),
        "exit_reason": trade.exit_reason or None,
        "source": trade.source,
        "corrected": trade.corrected,
        "tags": [] if annotation is None else tag_list(annotation.tags),
        "mistake": None if annotation is None else annotation.mistake or None,
        "link": trade_link(trade),
    }


def trade_link(trade: Trade) -> str:
    """The trade's own page."""
    query = urlencode({"bot": trade.bot, "trade_id": trade.trade_id})
    return f"{reverse('trade')}?{query}"


def standing(trade: Trade) -> str:
    """Whether a record counts, and if not, why."""
    if trade.voided:
        return "voided"
    if trade.pending:
        return "pending"
    return "counted" if trade.counted else "duplicate"


def story_answer(told: Story, candles: Around) -> Answer:
    """A trade with its events and candles."""
    trade = told.trade
    known = ("strategy", "stop_loss_price", "take_profit_price")
    return {
        "trade": trade_answer(trade, trade.book.mode)
        | {name: getattr(trade, name) or None for name in known}
        | {name: optional_text(getattr(trade, name)) for name in ("initial_risk", "mae", "mfe")}
        | {
            "funding": text(trade.funding),
            "regime": trade.regime,
            "excursions_from": trade.excursions_from or None,
            "regime_from": trade.regime_from or None,
            "standing": standing(trade),
            "quote_asset": trade.book.quote_asset,
            "account": trade.book.account,
            "recorded_at": iso(trade.recorded_at),
            "stream": trade.stream,
            "seq": trade.seq,
        },
        "candles": [candle_answer(candle) for candle in candles.candles],
        "merged": candles.merged,
        "left_out": candles.left_out,
        "candles_why": candles.why,
        "events": [event_answer(event) for event in told.events],
        "events_why": told.trouble,
        "others": [
            {name: getattr(other, name) for name in ("bot", "trade_id", "source", "stream")}
            | {"standing": standing(other), "link": trade_link(other)}
            for other in told.others
        ],
        "newer": trade_link(told.newer) if told.newer else None,
        "older": trade_link(told.older) if told.older else None,
    }


def curve_answer(curve: Curve) -> Answer:
    """One version's net PnL from its beginning."""
    return {
        "version": curve.version,
        "first_day": date_of(curve.first_day).isoformat(),
        "trades": curve.trades,
        "points": [{"day": day, "net_pnl": text(net)} for day, net in curve.points],
    }


def candle_answer(candle: Candle) -> Answer:
    """One candle, prices as text."""
    prices = {name: f"{getattr(candle, name):f}" for name in ("open", "high", "low", "close")}
    return {**candle._asdict(), **prices, "indicators": dict(candle.indicators)}


def event_answer(event: Event) -> Answer:
    """One event as it stands in the store."""
    return {
        "stream": event.stream,
        "seq": event.seq,
        "kind": event.kind,
        "occurred_at": iso(event.occurred_at),
        "recorded_at": iso(event.recorded_at),
        "version": event.version,
        "body": dict(event.body),
    }


def position_answer(position: Position, mode: str | None) -> Answer:
    """One open position."""
    return {
        "trade_id": position.trade_id,
        "bot": position.bot,
        "mode": mode,
        "version": position.version,
        "symbol": position.symbol,
        "side": position.side,
        "quantity": position.quantity,
        "entry_price": position.entry_price,
        "entry_time": optional_iso(position.entry_time),
        "stop_loss_price": position.stop_loss_price or None,
        "take_profit_price": position.take_profit_price or None,
        "price": position.price or None,
        "fee": optional_text(position.fee),
        "unrealised": optional_text(position.unrealised),
        "updated_at": iso(position.updated_at),
    }


def equity_answer(row: Row, drawdown: float | None) -> Answer:
    """One point of the curve."""
    point: Answer = dict(zip(FIELDS, row, strict=True)) | {"drawdown": drawdown}
    for name in ("equity", "realised", "unrealised", "deposits"):
        point[name] = optional_text(point[name])
    point["time"] = iso(point["time"])
    return point


BALANCES = ("balance", "equity", "realised", "unrealised", "deposits")


def account_answer(bots: Sequence[Bot]) -> Answer:
    """An account, and each of its bots: of several the sum, null where one never said it."""
    items = [balance_answer(bot) for bot in bots]
    if len(items) == 1:
        return items[0] | {"items": items, "bots": [bots[0].bot]}
    missing = (
        "one of the account's bots has not recorded it"
        if items
        else ("no bot has recorded anything yet")
    )
    answer: Answer = {"bot": None, "undefined": {}, "items": items}
    for name in BALANCES:
        values = [getattr(bot, name) for bot in bots]
        known = bool(values) and None not in values
        answer[name] = text(sum(values)) if known else None
        if not known:
            answer["undefined"][name] = missing
    times = [bot.last_candle_at for bot in bots if bot.last_candle_at is not None]
    answer["time"] = optional_iso(max(times, default=None))
    return answer | {"bots": [bot.bot for bot in bots]}


def balance_answer(bot: Bot) -> Answer:
    """One bot's account as its newest candle says; what it never said is null, with a reason."""
    missing = [name for name in BALANCES if getattr(bot, name) is None]
    return {
        "bot": bot.bot,
        "quote_asset": bot.book.quote_asset if bot.book else None,
        "account": bot.book.account if bot.book else None,
        "time": optional_iso(bot.last_candle_at),
        "undefined": dict.fromkeys(missing, "the bot has not recorded it"),
        **{name: optional_text(getattr(bot, name)) for name in BALANCES},
    }


def bot_answer(
    bot: Bot, checkpoint: Checkpoint | None, seq: int, clock: int | None = None
) -> Answer:
    """A bot's word about itself at that seq and time, and how reading its stream goes."""
    troubles = ("unreadable", "repeated", "contradicted")
    found = {name: getattr(checkpoint, name) if checkpoint else 0 for name in troubles}
    return {
        "bot": bot.bot,
        "version": bot.version,
        "mode": bot.mode,
        "strategy": bot.strategy,
        "symbol": bot.symbol,
        "interval": bot.interval,
        "feed": bot.feed,
        "quote_asset": bot.book.quote_asset if bot.book else None,
        "account": bot.book.account if bot.book else None,
        "settings": bot.settings,
        "indicators": bot.indicators,
        "signal": bot.signal,
        "price": bot.price or None,
        "state": state(bot, clock),
        "reason": bot.halt_reason or bot.stop_reason or None,
        "started_at": optional_iso(bot.started_at),
        "stopped_at": optional_iso(bot.stopped_at),
        "last_candle_at": optional_iso(bot.last_candle_at),
        "last_recorded_at": iso(bot.last_recorded_at),
        "quiet_after": optional_iso(quiet_after(bot)),
        "health": {
            "ok": found["unreadable"] == found["contradicted"] == 0,
            "stream": bot.stream,
            "events": seq,
            **found,
            "last_problem": (checkpoint.last_problem if checkpoint else "") or None,
        },
    }


def import_answer(batch: Batch) -> Answer:
    """One imported file; its counts are null until it has finished."""
    counts = ("records", "trades", "imported", "duplicates", "set_aside", "quarantined")
    return {
        "batch": batch.batch,
        "path": batch.path,
        "sha256": batch.sha256,
        "bot": batch.bot,
        "mode": batch.mode,
        "state": imports.state(batch),
        "started_at": optional_iso(batch.started_at),
        "finished_at": optional_iso(batch.finished_at),
        "undone_at": optional_iso(batch.undone_at),
        **{name: getattr(batch, name) for name in counts},
        "by_version": batch.by_version,
        "reasons": batch.reasons,
    }
