"""How the account stands against its risk limits, and which mode the bot is in.

Folded from the bot's own events, as the book is, and carried in each snapshot: a bot that is
killed and started again is in the mode it was in, and judges by the same figures.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from trader.domain import events
from trader.domain.flat import fields_of
from trader.domain.money import ZERO
from trader.domain.times import moment

Body = Mapping[str, Any]


class Mode(StrEnum):
    """ACTIVE trades; REDUCE_ONLY enters nothing; HALTED sends nothing but missing protection."""

    ACTIVE = "active"
    REDUCE_ONLY = "reduce_only"
    HALTED = "halted"


OPERATOR = "operator"


def trading_day(close_time: datetime) -> date:
    """The UTC day a candle belongs to: one that closes at midnight to the day before."""
    return (close_time - timedelta(microseconds=1)).date()


@dataclass(slots=True)
class Standing:
    """Money in quote currency; days are UTC.

    `equity` is the last snapshot's, `day_start_equity` the one before the first candle of `day`,
    both moved with cash paid in or out. `before` is the newest day that is over, with its closed
    trades; for a day's summary. `streak` counts losing trades in a row, `last_command`
    the newest order from the operator that was carried out (nanoseconds).
    """

    mode: Mode = Mode.ACTIVE
    rule: str = ""
    reason: str = ""
    until: datetime | None = None
    equity: Decimal = ZERO
    peak_equity: Decimal = ZERO
    day: date | None = None
    day_start_equity: Decimal = ZERO
    day_trades: int = 0
    day_wins: int = 0
    day_net_pnl: Decimal = ZERO
    day_fees: Decimal = ZERO
    before: date | None = None
    before_trades: int = 0
    before_wins: int = 0
    before_net_pnl: Decimal = ZERO
    before_fees: Decimal = ZERO
    streak: int = 0
    last_loss_at: datetime | None = None
    last_command: int = 0

    @classmethod
    def from_body(cls, body: Body | None) -> Self:
        """What `to_body` wrote; a fresh one for a snapshot of before there was any."""
        if body is None:
            return cls()
        read: dict[str, Any] = {name: body[name] for name in _NAMES if name in body}
        for name, value in read.items():
            if name in _READERS:
                read[name] = _READERS[name](value)
        return cls(**read)

    def to_body(self) -> dict[str, Any]:
        """What is not as in a fresh one; a snapshot a minute shall not repeat the ordinary."""
        fields = zip(_NAMES, _values(self), _FRESH, strict=True)
        said = {name: value for name, value, fresh in fields if value != fresh}
        for name in ("day", "before"):
            if name in said:
                said[name] = said[name].isoformat()
        return said

    def apply(self, kind: str, body: Body) -> None:
        """Fold one event; those that say nothing of risk change nothing."""
        fold = _FOLDS.get(kind)
        if fold is not None:
            fold(self, body)

    def day_start_for(self, close_time: datetime) -> Decimal:
        """Equity before the first candle of this candle's day."""
        return self.day_start_equity if self.day == trading_day(close_time) else self.equity

    def _seen(self, body: Body) -> None:
        self._turn_to(trading_day(moment(body["candle"]["close_time"])))
        self.equity = Decimal(body["equity"])
        self.peak_equity = max(self.peak_equity, self.equity)

    def _closed(self, body: Body) -> None:
        exit_time, net_pnl = moment(body["exit_time"]), Decimal(body["net_pnl"])
        if self.day is None or exit_time.date() > self.day:
            self._turn_to(exit_time.date())
        self.day_trades += 1
        self.day_wins += net_pnl > 0
        self.day_net_pnl += net_pnl
        self.day_fees += Decimal(body.get("fee") or 0)
        self.streak = self.streak + 1 if net_pnl < 0 else 0
        if net_pnl < 0:
            self.last_loss_at = exit_time

    def _turn_to(self, day: date) -> None:
        if self.day is not None and day <= self.day:
            return
        if self.day is not None:
            self.before, self.before_trades, self.before_wins = (
                self.day,
                self.day_trades,
                self.day_wins,
            )
            self.before_net_pnl, self.before_fees = self.day_net_pnl, self.day_fees
        self.day, self.day_start_equity = day, self.equity
        self.day_trades, self.day_wins = 0, 0
        self.day_net_pnl = self.day_fees = ZERO

    def _deposited(self, body: Body) -> None:
        self._moved(Decimal(body["amount"]))

    def _withdrawn(self, body: Body) -> None:
        self._moved(-Decimal(body["amount"]))

    def _moved(self, amount: Decimal) -> None:
        self.equity += amount
        self.peak_equity = max(self.peak_equity + amount, ZERO)
        self.day_start_equity += amount

    def _halted(self, body: Body) -> None:
        self.mode, self.rule, self.reason = Mode(body["mode"]), body["rule"], body["reason"]
        self.until = None if body["until"] is None else moment(body["until"])
        self.last_command = max(self.last_command, body.get("command") or 0)

    def _resumed(self, body: Body) -> None:
        """What the operator resumed is judged anew: else the same fall would halt it again."""
        self.mode, self.rule, self.reason, self.until = Mode.ACTIVE, "", "", None
        self.last_command = max(self.last_command, body.get("command") or 0)
        if body["by"] in (OPERATOR, "losing_streak"):
            self.streak = 0
        if body["by"] == OPERATOR:
            self.peak_equity = self.day_start_equity = self.equity


_READERS: dict[str, Callable[[Any], Any]] = {
    "mode": Mode,
    "until": moment,
    "last_loss_at": moment,
    "day": date.fromisoformat,
    "before": date.fromisoformat,
    "day_fees": Decimal,
    "before_net_pnl": Decimal,
    "before_fees": Decimal,
    "equity": Decimal,
    "peak_equity": Decimal,
    "day_start_equity": Decimal,
    "day_net_pnl": Decimal,
}
_NAMES, _values = fields_of(Standing)
_FRESH = _values(Standing())
_FOLDS: dict[str, Callable[[Standing, Body], None]] = {
    events.STATE_SNAPSHOT: Standing._seen,
    events.TRADE_CLOSED: Standing._closed,
    events.CASH_DEPOSITED: Standing._deposited,
    events.CASH_WITHDRAWN: Standing._withdrawn,
    events.RISK_HALTED: Standing._halted,
    events.RISK_RESUMED: Standing._resumed,
}
