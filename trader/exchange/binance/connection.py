"""Asking and telling Binance: whose clock holds, when to be silent, and what an answer means.

What only reads is asked again after trouble. What changes something is sent once: where the
answer does not say for sure that it had no effect, Uncertain is raised and the caller asks.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from trader.domain.candle import from_milliseconds
from trader.exchange.binance.client import TROUBLE, BinanceAPIException, Client
from trader.ports import Unreachable

log = logging.getLogger(__name__)

_ALARM = 0.5  # seconds between this clock and the exchange's
_HOUR = 3600.0
_TRIES = 4
_PATIENCE = 60.0  # seconds; a longer ban is not waited for within a candle
_CLOCK = -1021
_UNCERTAIN = (-1000, -1001, -1006, -1007, -1016)  # the exchange itself does not know


class Refused(Exception):
    """The exchange said no: nothing happened. `code` and `message` are its own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message


class Uncertain(Exception):
    """What was sent may have taken effect, or may yet."""


@dataclass(frozen=True, slots=True)
class Timing:
    """This machine's clock in seconds since the epoch, and how to wait; `pause` answers False
    when it is time to stop.
    """

    pause: Callable[[float], bool]
    time: Callable[[], float] = time.time


class Connection:
    """One client with its clock kept right. A pause that the exchange orders (429, 418) holds for
    all requests and, in `pause_file`, for every bot of this folder and over a restart.
    """

    def __init__(self, client: Client, timing: Timing, pause_file: Path | None = None) -> None:
        self._client = client
        self._timing = timing
        self._pause_file = pause_file
        self._offset = 0.0
        self._synced_at: float | None = None
        self._paused_until = self._read_pause()

    def now(self) -> datetime:
        """The exchange's time, as far as this machine knows it."""
        return from_milliseconds(int((self._timing.time() + self._offset) * 1000))

    def local(self) -> float:
        """This machine's clock, seconds; for lengths of time."""
        return self._timing.time()

    def pause(self, seconds: float) -> None:
        """Wait; raises Unreachable when it is time to stop."""
        if not self._timing.pause(seconds):
            raise Unreachable("told to stop while waiting for Binance")

    def ask(self, what: str, call: Callable[[Client], Any]) -> Any:
        """The answer to a question that changes nothing; Refused or Unreachable."""
        for number in range(1, _TRIES + 1):
            try:
                return self._call(what, call)
            except (Uncertain, Unreachable) as trouble:
                log.warning("Binance did not tell %s (try %d): %s", what, number, trouble)
                if number == _TRIES:
                    raise Unreachable(f"Binance did not tell {what}: {trouble}") from trouble
                self.pause(2.0 ** (number - 1))
        raise AssertionError("the last try returns or raises")

    def send(self, what: str, call: Callable[[Client], Any]) -> Any:
        """The answer to what changes something: Refused where it surely did not, Uncertain where
        nobody knows, Unreachable where it was not sent.
        """
        return self._call(what, call)

    def sync(self) -> None:
        """Learn the exchange's time. Raises Unreachable."""
        self._wait_out("the time")
        before = self._timing.time()
        try:
            told = self._client.get_server_time()["serverTime"] / 1000
        except TROUBLE as trouble:
            self._heed(trouble)
            raise Unreachable(f"Binance did not tell the time: {trouble}") from trouble
        after = self._timing.time()
        self._offset, self._synced_at = told - (before + after) / 2, after
        if abs(self._offset) > _ALARM:
            log.error("This machine's clock is %.1f s off Binance's", -self._offset)

    def _call(self, what: str, call: Callable[[Client], Any]) -> Any:
        for _ in range(_TRIES):
            self._wait_out(what)
            if self._synced_at is None or self._timing.time() - self._synced_at > _HOUR:
                self.sync()
            real = self._timing.time() + self._offset - time.time()
            self._client.timestamp_offset = real * 1000
            try:
                return call(self._client)
            except BinanceAPIException as trouble:
                if self._heed(trouble):
                    continue
                if trouble.code == _CLOCK:
                    # Refused for its time alone: it surely had no effect and may be sent again.
                    self.sync()
                    continue
                raise _meaning(trouble) from trouble
            except TROUBLE as trouble:
                raise Uncertain(_said(trouble)) from trouble
        raise Unreachable(f"Binance would not hear {what} ({_TRIES} tries)")

    def _wait_out(self, what: str) -> None:
        left = self._paused_until - self._timing.time()
        if left <= 0:
            return
        if left > _PATIENCE:
            raise Unreachable(f"Binance wants no request for {left:.0f} s more; not sent: {what}")
        self.pause(left)

    def _heed(self, trouble: Exception) -> bool:
        """Whether it was an order to be silent; then it is obeyed from now on."""
        if getattr(trouble, "status_code", 0) not in (418, 429):
            return False
        assert isinstance(trouble, BinanceAPIException)
        after = trouble.response.headers.get("Retry-After", "60")
        wait = float(after) if after.isdigit() else 60.0
        self._paused_until = self._timing.time() + wait
        log.error("Binance wants no request for %.0f s (%d)", wait, trouble.status_code)
        if self._pause_file is not None:
            self._pause_file.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"until": self._paused_until})
            self._pause_file.write_text(text, encoding="utf-8")
        return True

    def _read_pause(self) -> float:
        if self._pause_file is None or not self._pause_file.exists():
            return 0.0
        try:
            return float(json.loads(self._pause_file.read_text(encoding="utf-8"))["until"])
        except (ValueError, KeyError, TypeError):
            # Half written in a crash: silence is the safe reading.
            return self._timing.time() + _PATIENCE


def _meaning(trouble: BinanceAPIException) -> Exception:
    code = trouble.code if isinstance(trouble.code, int) else 0
    if trouble.status_code >= 500 or code == 0 or code in _UNCERTAIN:
        return Uncertain(f"{trouble.status_code} {_said(trouble)}")
    return Refused(code, str(trouble.message))


def _said(trouble: Exception) -> str:
    """In a few words: an HTML page is not for the log, an address with a signature neither."""
    if isinstance(trouble, requests.RequestException):
        return type(trouble).__name__
    message = str(getattr(trouble, "message", trouble))
    return "no JSON" if "<" in message else message[:200]
