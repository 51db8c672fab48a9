"""What the bots last said, and whether they have gone quiet."""

import time

from dashboard.models import Bot
from dashboard.units import seconds_of

SECOND = 1_000_000
OWN_CLOCK = {"demo", "replay"}  # their candles do not close by the wall clock
OWN_CLOCK_PATIENCE = 60  # seconds without a word
GRACE = 30  # seconds an exchange may be late with a candle


def quiet_after(bot: Bot) -> int | None:
    """The instant (microseconds) from which silence means trouble; None where none is due."""
    if bot.stopped_at is not None:
        return None
    if bot.mode in OWN_CLOCK:
        return bot.last_recorded_at + OWN_CLOCK_PATIENCE * SECOND
    interval = seconds_of(bot.interval)
    if interval is None:
        return None
    heard = bot.last_snapshot_at or bot.started_at or bot.last_recorded_at
    return heard + (2 * interval + GRACE) * SECOND


def state(bot: Bot, now: int | None = None) -> str:
    """running, quiet (two intervals without a candle), finished (its feed ended) or stopped."""
    if bot.stopped_at is not None:
        return "finished" if bot.stop_reason == "finished" else "stopped"
    due = quiet_after(bot)
    moment = time.time_ns() // 1000 if now is None else now
    return "quiet" if due is not None and moment > due else "running"


def is_running(bot: Bot) -> bool:
    """Whether the bot is at work as far as anybody knows."""
    return state(bot) == "running"
