"""What a bot's state file says, as events: who it is, its settings, its snapshots."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from dashboard.legacy.versions import UNKNOWN, clean

from .follower import Planned, Recorded
from .statefile import State, StateFile


class States:
    """Turns each new state into events, once."""

    def __init__(
        self, file: StateFile, recorded: Recorded, *, account: str, version: str, quote_asset: str
    ) -> None:
        self.file = file
        self._recorded, self._account = recorded, account
        self._version, self._quote_asset = clean(version), quote_asset

    def step(self, now: int) -> list[Planned]:
        """The events of the file's new state; none where it has not changed."""
        state = self.file.step(now)
        if state is None:
            return []
        state.quote_asset = self._quote_asset or state.quote_asset
        return list(self._events(state))

    def _events(self, state: State) -> Iterator[Planned]:
        version = state.version or self._version or UNKNOWN
        started = {
            "strategy": state.strategy,
            "symbol": state.symbol,
            "interval": state.interval,
            "quote_asset": state.quote_asset,
            "account": self._account,
            "feed": "follow",
            "software": "",
            "version": version,
        }
        if started != {name: self._recorded.started.get(name) for name in started}:
            yield Planned("bot.started", started, None, state.time, version)
        if state.settings is not None:
            text = json.dumps(state.settings, sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            if digest != self._recorded.settings:
                body = {"settings": state.settings, "sha256": digest}
                yield Planned("settings.changed", body, None, state.time, version)
        yield Planned("state.snapshot", state.snapshot(self._account), None, state.time, version)
