"""Bots, their accounts and the files imported beside them, in the API's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api.answers import Answer
from dashboard.models import Batch, Bot, Checkpoint
from dashboard.selectors import imports
from dashboard.selectors.bots import quiet_after, state
from dashboard.units import iso, optional_iso, optional_text, text

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
        "reason": bot.stop_reason or None,
        "risk": _risk_answer(bot.risk),
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


def _risk_answer(risk: Mapping[str, Any]) -> Answer | None:
    """Whether the bot may trade, and why not; None where it never said."""
    if not risk:
        return None
    return {
        "mode": risk["mode"],
        "rule": risk.get("rule") or None,
        "reason": risk.get("reason") or None,
        "since": optional_iso(risk.get("since")),
        "until": optional_iso(risk.get("until")),
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
