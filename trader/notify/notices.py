"""What a notice says of an event: its figures are the event's own, digit for digit."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from trader.domain import events
from trader.domain.money import plain
from trader.domain.standing import Standing

Body = Mapping[str, Any]
_LONGEST = 3500  # Telegram takes 4,096 characters, tags included


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind` is entry, exit, stop, halt, resume, start, end, alarm, rejection or summary."""

    kind: str
    title: str
    text: str = ""

    def plain(self) -> str:
        return "\n".join(part for part in (self.title, self.text) if part)[:_LONGEST]

    def html(self) -> str:
        """For Telegram: the title bold, and nothing in it that could be a tag."""
        title, text = html.escape(self.title[:300]), html.escape(self.text[: _LONGEST // 2])
        return f"<b>{title}</b>\n{text}".rstrip()

    def json(self, bot: str) -> dict[str, str]:
        return {"bot": bot, "kind": self.kind, "title": self.title, "text": self.text}


def notice_of(kind: str, body: Body) -> Notice | None:
    """The notice an event deserves; None for most."""
    maker = _MAKERS.get(kind)
    return None if maker is None else maker(body)


def summary(body: Body, standing: Standing) -> Notice:
    """Of the day that is over, from a snapshot and the standing after it."""
    assert standing.before is not None
    asset, trades = body["quote_asset"], standing.before_trades
    said = f"{trades} {'trade' if trades == 1 else 'trades'} closed, {standing.before_wins} won"
    net, fees = _signed(standing.before_net_pnl), plain(standing.before_fees)
    lines = [
        f"{said}, net PnL {net} {asset} after {fees} fees",
        f"Equity now {_text(body['equity'])} {asset}, mode {standing.mode.value}",
    ]
    return Notice("summary", f"{standing.before:%Y-%m-%d} in sum", "\n".join(lines))


def _opened(body: Body) -> Notice:
    stop, target = body.get("stop_loss_price"), body.get("take_profit_price")
    lines = [f"{_text(body['quantity'])} at {_text(body['entry_price'])}"]
    lines.append(f"Stop {_text(stop)}, target {_text(target)}")
    return Notice("entry", f"Bought {body['symbol']}", "\n".join(lines))


def _closed(body: Body) -> Notice:
    stopped = body["exit_reason"] == "stop_loss"
    title = f"{'Stopped out of' if stopped else 'Closed'} {body['symbol']}"
    net = Decimal(body["net_pnl"])
    lines = (
        f"Net PnL {_signed(net)} {body['quote_asset']} ({body['exit_reason']})\n"
        f"{_text(body['quantity'])} from {_text(body['entry_price'])} to "
        f"{_text(body['exit_price'])}"
    )
    return Notice("stop" if stopped else "exit", title, lines)


def _halted(body: Body) -> Notice:
    until = f"until {_time(body['until'])}" if body["until"] else "until you resume it"
    title = "Halted" if body["mode"] == "halted" else "No more entries"
    return Notice("halt", title, f"{body['reason']}; {until}")


def _resumed(body: Body) -> Notice:
    return Notice("resume", "Trading again", f"by {body['by']}: {body['reason']}")


def _started(body: Body) -> Notice:
    return Notice("start", "Started", f"{body['strategy']} on {body['symbol']} {body['interval']}")


def _stopped(body: Body) -> Notice:
    return Notice("end", "Ended", str(body["reason"]))


def _rejected(body: Body) -> Notice:
    return Notice("rejection", f"An order on {body['symbol']} was refused", str(body["reason"]))


def _text(value: Decimal | str | None) -> str:
    return "none" if value is None else plain(Decimal(value))


def _signed(value: Decimal) -> str:
    return f"+{plain(value)}" if value > 0 else plain(value)


def _time(value: datetime | str) -> str:
    text = value.isoformat() if isinstance(value, datetime) else value
    return text[:16].replace("T", " ") + " UTC"


_MAKERS = {
    events.POSITION_OPENED: _opened,
    events.TRADE_CLOSED: _closed,
    events.RISK_HALTED: _halted,
    events.RISK_RESUMED: _resumed,
    events.BOT_STARTED: _started,
    events.BOT_STOPPED: _stopped,
    events.ORDER_REJECTED: _rejected,
}
