"""Which kind of event changes what."""

from collections.abc import Callable, Sequence

from dashboard.events import Event
from dashboard.projection import about_bots, about_imports, about_trades
from dashboard.projection.rows import Rows
from dashboard.projection.told import read_ahead
from dashboard.units import Unreadable


def fold_part(rows: Rows, events: Sequence[Event]) -> None:
    """Fold some events in, oldest first; what most of them tell is read beforehand, at once."""
    read_ahead(rows, events)
    for event in events:
        taken = event.kind == "trade.closed" and event.seq <= rows.taken
        if not taken or rows.positions or rows.bot.get("regimes"):  # else nothing is left of it
            fold(rows, event)


def fold(rows: Rows, event: Event) -> None:
    """Fold one event in; an unreadable one is counted with its reason, and skipped."""
    handler = HANDLERS.get(event.kind)
    if handler is None:
        return
    try:
        handler(rows, event)
    except Unreadable as error:
        rows.unreadable += 1
        rows.last_problem = f"{event.kind} {event.seq}: {error}"


HANDLERS: dict[str, Callable[[Rows, Event], None]] = {
    "bot.started": about_bots.started,
    "bot.stopped": about_bots.stopped,
    "settings.changed": about_bots.settings_changed,
    "risk.halted": about_bots.halted,
    "risk.resumed": about_bots.resumed,
    "state.snapshot": about_bots.snapshot,
    "equity.restarted": about_bots.equity_restarted,
    "signal.raised": about_trades.signal,
    "position.opened": about_bots.position,
    "position.changed": about_bots.position,
    "trade.closed": about_trades.closed,
    "trade.voided": about_trades.changed,
    "trade.corrected": about_trades.changed,
    "trade.measured": about_trades.measured,
    "import.started": about_imports.started,
    "import.quarantined": about_imports.quarantined,
    "import.finished": about_imports.finished,
    "import.undone": about_imports.undone,
    # A followed file never finishes: its counts are those so far, and its trades count at once.
    "follow.advanced": about_imports.finished,
}
