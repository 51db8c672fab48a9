"""Where the verdicts of an import go, and what it asks of trades recorded before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from .verdicts import Quarantined, Trade


class Sink(Protocol):
    """Where the trades and quarantined records of an import go."""

    def trade(self, trade_id: str, trade: Trade) -> None:
        """A trade that is imported."""

    def quarantined(self, record: Quarantined) -> None:
        """A record that is not."""


@runtime_checkable
class ColumnSink(Sink, Protocol):
    """A sink that also takes plain trades by columns of text, many at once."""

    def refs_of(self, trade_ids: list[str]) -> list[str]:
        """The ids that trades are recorded under."""

    def columns(self, like: Trade, times: Sequence[int], columns: list[str]) -> None:
        """Trades whose bodies are that of `like` but for the values in these columns.

        `times` are when they ended, in microseconds. A column is the values of all of them,
        joined by line breaks: ref, symbol, side, entry time where there is one, exit time,
        entry price, exit price, quantity, fee, net PnL, exit reason where there is one, quote
        asset, identity, line, own id where there is one.
        """


class NoSink:
    """A sink for dry runs."""

    def trade(self, trade_id: str, trade: Trade) -> None:
        """Nothing is kept."""

    def refs_of(self, trade_ids: list[str]) -> list[str]:
        """As they are."""
        return trade_ids

    def columns(self, like: Trade, times: Sequence[int], columns: list[str]) -> None:
        """Nothing is kept."""

    def quarantined(self, record: Quarantined) -> None:
        """Nothing is kept."""


class Known(Protocol):
    """Trades recorded before: by earlier imports, by the bot, by other files of this batch."""

    def get(self, key: int) -> int:
        """How many trades with this identity are recorded; see duplicates.digest_of."""

    def __len__(self) -> int:
        """How many identities are known; 0 spares asking."""
