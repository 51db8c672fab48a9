"""Whether the bot may trade: asked at each candle, and before each entry.

Limits are judged by the book alone, so a restart comes to the same answer; what the operator
orders arrives through an inbox (trader/control.py) and is recorded before it counts.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Protocol

from trader.domain import events
from trader.domain.book import Book
from trader.domain.candle import Candle
from trader.domain.money import plain
from trader.domain.standing import OPERATOR, Mode, trading_day

log = logging.getLogger(__name__)

Record = Callable[[str, Mapping[str, Any], datetime], object]


@dataclass(frozen=True, slots=True)
class HaltLimits:
    """Where entries stop; None where a limit is off.

    `daily_loss_fraction` is of the day's first equity, `drawdown_fraction` of the highest equity,
    `losing_streak` in trades, `cooldown` after a losing trade, `stale_after` the age at which a
    closed candle is decided on no more.
    """

    daily_loss_fraction: Decimal | None = None
    drawdown_fraction: Decimal | None = None
    losing_streak: int | None = None
    cooldown: timedelta = timedelta(0)
    max_open_trades: int = 1
    stale_after: timedelta | None = None

    @property
    def watch_losses(self) -> bool:
        """Whether any limit on losses is set: where none is, a replay need not compute them."""
        watched = (self.daily_loss_fraction, self.drawdown_fraction, self.losing_streak)
        return any(limit is not None for limit in watched)

    def settings(self) -> dict[str, Any]:
        """What settings.changed tells of them."""
        return {
            "daily_loss_fraction": self.daily_loss_fraction,
            "drawdown_fraction": self.drawdown_fraction,
            "losing_streak": self.losing_streak,
            "cooldown_seconds": self.cooldown // timedelta(seconds=1),
            "max_open_trades": self.max_open_trades,
        }


class Command(Protocol):
    """An order of the operator's: `action` is pause, halt or resume; `number` grows."""

    @property
    def number(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Inbox(Protocol):
    def commands(self) -> Sequence[Command]:
        """What waits, oldest first."""
        ...

    def done(self, command: Command) -> None:
        """It is recorded: it need not be kept any longer."""
        ...


class EmptyInbox:
    """Of a bot that takes no orders while it runs."""

    def commands(self) -> Sequence[Command]:
        return ()

    def done(self, command: Command) -> None:
        raise AssertionError(f"{command} did not come from here")


_MODES = {"pause": Mode.REDUCE_ONLY, "halt": Mode.HALTED}


class RiskGate:
    """Says which mode the bot is in and records each change of it.

    `clock` is the present where candles come in real time, None where they are the past.
    """

    def __init__(
        self,
        limits: HaltLimits,
        *,
        account: str,
        inbox: Inbox | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.limits = limits
        self._account = account
        self._inbox = inbox or EmptyInbox()
        self._clock = clock

    def attend(self, book: Book, record: Record, at: datetime) -> None:
        """Carry out what the operator ordered, each order once."""
        for command in self._inbox.commands():
            if command.number > book.standing.last_command:
                self._carry_out(command, book, record, at)
            self._inbox.done(command)

    def review(self, book: Book, record: Record, candle: Candle) -> None:
        """Before the decision on a closed candle: orders, ends of halts, then the limits."""
        at = candle.close_time
        self.attend(book, record, at)
        standing = book.standing
        # An end is the first moment after it: the candle that closes at midnight is yesterday's.
        if standing.until is not None and trading_day(at) >= standing.until.date():
            self._resume(record, at, by=standing.rule, reason="its time is over")
        if standing.mode is not Mode.ACTIVE or not self.limits.watch_losses:
            return
        for rule, reason, until in self._broken(book, candle):
            log.warning("No more entries: %s", reason)
            self._halt(record, at, Mode.REDUCE_ONLY, rule, reason, until)
            return

    def entry_refusal(self, book: Book, candle: Candle) -> str | None:
        """Why no entry may be sent on this candle; None where one may."""
        standing, limits = book.standing, self.limits
        if standing.mode is not Mode.ACTIVE:
            return f"no entry while {standing.mode.value}: {standing.reason}"
        if len(book.positions) >= limits.max_open_trades:
            return f"no entry: {len(book.positions)} trades are open"
        if standing.last_loss_at is not None:
            ends = standing.last_loss_at + limits.cooldown
            if candle.close_time < ends:
                return f"no entry: cooling down until {ends:%Y-%m-%d %H:%M} after a loss"
        if self._clock is not None and limits.stale_after is not None:
            age = self._clock() - candle.close_time
            if age > limits.stale_after:
                return f"no entry: the candle closed {age.total_seconds():.0f} s ago"
        return None

    def exit_refusal(self, book: Book) -> str | None:
        """Why the strategy may not close a position; its stop and target stand all the same."""
        standing = book.standing
        return f"halted: {standing.reason}" if standing.mode is Mode.HALTED else None

    def _broken(
        self, book: Book, candle: Candle
    ) -> Sequence[tuple[str, str, datetime | None]]:  # fmt: skip
        """Each limit that is broken: its name, the reason in words, and until when it holds."""
        limits, standing = self.limits, book.standing
        equity = book.equity(candle.close)
        tomorrow = datetime.combine(
            trading_day(candle.close_time) + timedelta(days=1), time(), tzinfo=UTC
        )
        broken: list[tuple[str, str, datetime | None]] = []
        first, peak = standing.day_start_for(candle.close_time), standing.peak_equity
        if _fell(first, equity, limits.daily_loss_fraction):
            broken.append(("daily_loss", _fall("the day's first", first, equity), tomorrow))
        if _fell(peak, equity, limits.drawdown_fraction):
            broken.append(("drawdown", _fall("the highest", peak, equity), None))
        if limits.losing_streak is not None and standing.streak >= limits.losing_streak:
            reason = f"{standing.streak} losing trades in a row"
            broken.append(("losing_streak", reason, tomorrow))
        return sorted(broken, key=lambda each: each[2] is not None)  # the lasting one first

    def _carry_out(self, command: Command, book: Book, record: Record, at: datetime) -> None:
        log.warning("The operator orders: %s. %s", command.action, command.reason)
        if command.action == "resume" and book.standing.mode is Mode.ACTIVE:
            return  # it trades: there is nothing to resume
        if command.action == "resume":
            reason = command.reason or "ordered by the operator"
            self._resume(record, at, by=OPERATOR, reason=reason, command=command.number)
            return
        mode = _MODES[command.action]
        reason = command.reason or f"{command.action} ordered by the operator"
        if book.standing.mode is Mode.HALTED:
            mode = Mode.HALTED  # a pause does not loosen a halt
        self._halt(record, at, mode, OPERATOR, reason, None, command=command.number)

    def _halt(
        self,
        record: Record,
        at: datetime,
        mode: Mode,
        rule: str,
        reason: str,
        until: datetime | None,
        command: int | None = None,
    ) -> None:
        body = {
            "mode": mode,
            "rule": rule,
            "reason": reason,
            "until": until,
            "command": command,
            "account": self._account,
        }
        record(events.RISK_HALTED, body, at)

    def _resume(
        self, record: Record, at: datetime, *, by: str, reason: str, command: int | None = None
    ) -> None:
        body = {"by": by, "reason": reason, "command": command, "account": self._account}
        record(events.RISK_RESUMED, body, at)


def _fell(from_: Decimal, to: Decimal, fraction: Decimal | None) -> bool:
    return fraction is not None and from_ > 0 and from_ - to >= from_ * fraction


def _fall(what: str, from_: Decimal, to: Decimal) -> str:
    part = (from_ - to) / from_ * 100
    return f"equity {plain(to)} is {part:.2f} % under {what}, {plain(from_)}"
