"""The thread that writes the bot's files, and the event log that feeds it."""

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from trader.domain import events
from trader.files.log import Trade, TradesLog
from trader.files.whole import replace_whole
from trader.ports import EventLog, History, Receipt

log = logging.getLogger(__name__)

FILES_FAILING = "files.failing"
FILES_WRITTEN = "files.written"
PACE = 0.25  # seconds between two writes: a replay takes a thousand candles in one
RETRY = 5.0  # seconds between two tries to write what could not be written
HANGS = 30.0  # a write that takes longer is told
PATIENCE = 5.0  # how long an ending bot waits for its files
MOST_WAITING = 100_000  # trades; what is dropped beyond comes from the stream at the next start
PAGE = 1000
STATE = (
    "symbol", "interval", "balance", "equity", "unrealised", "realised", "deposits",
    "quote_asset", "account", "signal", "indicators", "positions",
)  # fmt: skip


class Files:
    """What is to be written, handed over without ever waiting for a disk.

    `past` reads the trades that the stream has: those the log lacks are added at the start.
    `report` is told (kind, body) when writing fails, hangs, or works again.
    """

    def __init__(
        self,
        *,
        state: Path | None,
        trades: Path | None,
        past: Callable[[], Iterable[Trade]],
        retry: float = RETRY,
    ) -> None:
        self._state_path = state
        self._log = None if trades is None else TradesLog(trades)
        self._past, self._retry = past, retry
        self._ready = threading.Condition()
        self._snapshot: Mapping[str, Any] | None = None
        self._trades: deque[Trade] = deque(maxlen=MOST_WAITING)
        self._caught_up = self._log is None
        self._ending = False
        self._busy_since: float | None = None
        self._trouble = ""
        self.report: Callable[[str, dict[str, object]], object] = lambda *_: None
        self._thread = threading.Thread(target=self._work, name="files", daemon=True)

    def start(self) -> None:
        """From here on files are written."""
        self._thread.start()

    def snapshot(self, body: Mapping[str, Any]) -> None:
        """The state is this now; one that was not written yet is passed over."""
        with self._ready:
            self._snapshot = body
            self._ready.notify()
        self._look_at_the_clock()

    def trade(self, body: Trade) -> None:
        """A trade was closed."""
        with self._ready:
            self._trades.append(body)
            self._ready.notify()
        self._look_at_the_clock()

    def close(self) -> None:
        """Wait a little for what is left; a hanging disk keeps nobody."""
        with self._ready:
            self._ending = True
            self._ready.notify()
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            self._tell("the bot ends, and they are not written; the events have it all")

    def _look_at_the_clock(self) -> None:
        since = self._busy_since
        if since is not None and time.monotonic() - since > HANGS:
            self._tell(f"writing hangs for over {HANGS:.0f} s")

    def _work(self) -> None:
        while True:
            with self._ready:
                # In trouble something always waits, and is tried again from time to time.
                self._ready.wait_for(self._wanted, self._retry if self._trouble else None)
                ending = self._ending
                snapshot, self._snapshot = self._snapshot, None
                trades = list(self._trades)
            self._busy_since = time.monotonic()
            try:
                self._write(snapshot, trades)
            except Exception as error:  # noqa: BLE001 - the thread's outermost loop: told, tried again
                with self._ready:
                    self._snapshot = self._snapshot or snapshot
                self._tell(str(error))
                if self._log is not None:
                    self._log.forget()
            else:
                self._is_well()
            finally:
                self._busy_since = None
            if ending:
                return
            with self._ready:
                self._ready.wait_for(lambda: self._ending, PACE)

    def _wanted(self) -> bool:
        waiting = self._snapshot is not None or bool(self._trades) or not self._caught_up
        return self._ending or (waiting and not self._trouble)

    def _write(self, snapshot: Mapping[str, Any] | None, trades: list[Trade]) -> None:
        if self._log is not None:
            if not self._caught_up:
                self._log.add(self._past())
                self._caught_up = True
            self._log.add(trades)
            with self._ready:
                for _ in trades:
                    if self._trades:
                        self._trades.popleft()
        if snapshot is not None and self._state_path is not None:
            self._state_path.parent.mkdir(parents=True, exist_ok=True)
            replace_whole(self._state_path, _state(snapshot))

    def _tell(self, problem: str) -> None:
        """Once, until it is over."""
        if problem != self._trouble:
            self._trouble = problem
            paths = [str(self._state_path or ""), str(self._log.path if self._log else "")]
            log.warning("The bot's own files (%s): %s", ", ".join(filter(None, paths)), problem)
            self.report(FILES_FAILING, {"problem": problem, "paths": paths})

    def _is_well(self) -> None:
        if self._trouble:
            self._trouble = ""
            log.warning("The bot's own files are written again")
            self.report(FILES_WRITTEN, {})


class Log(EventLog, AbstractContextManager["Log"], Protocol):
    """An event log that is open while a session runs."""

    @property
    def bot(self) -> str: ...
    @property
    def mode(self) -> str: ...
    def flush(self, timeout: float = ...) -> bool: ...
    def close(self) -> None: ...


def with_files(inner: Log, history: History, state: Path | None, trades: Path | None) -> "Log":
    """The log itself where no file is wanted, else one that keeps them, too."""
    if state is None and trades is None:
        return inner

    def past() -> Iterator[Trade]:
        before = None
        while page := history.newest(before=before, limit=PAGE, kind=events.TRADE_CLOSED):
            for event in page:
                version = event.body.get("version") or event.version
                yield {**event.body, "bot": inner.bot, "mode": inner.mode, "version": version}
            before = page[-1].seq

    # Oldest first, as they happened.
    files = Files(state=state, trades=trades, past=lambda: reversed(list(past())))
    return WithFiles(inner, files)


class WithFiles:
    """An event log that also keeps the bot's files, from what was recorded and nothing else."""

    def __init__(self, inner: Log, files: Files) -> None:
        self._inner, self._files = inner, files
        files.report = inner.append
        files.start()

    @property
    def version(self) -> str:
        return self._inner.version

    def append(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Receipt:
        receipt = self._inner.append(kind, body, ref=ref, occurred_at=occurred_at, durable=durable)
        self._keep(kind, body, occurred_at)
        return receipt

    def append_all(
        self,
        kind: str,
        bodies: Sequence[Mapping[str, object]],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Receipt:
        receipt = self._inner.append_all(
            kind, bodies, ref=ref, occurred_at=occurred_at, durable=durable
        )
        for body in bodies:
            self._keep(kind, body, occurred_at)
        return receipt

    def _keep(
        self, kind: str, body: Mapping[str, object], occurred_at: datetime | int | None
    ) -> None:
        inner = self._inner
        if kind == events.TRADE_CLOSED:
            version = body.get("version") or inner.version
            own = {"bot": inner.bot, "mode": inner.mode, "version": version}
            self._files.trade({**body, **own})
        elif kind == events.STATE_SNAPSHOT:
            own = {"bot": inner.bot, "version": inner.version, "mode": inner.mode}
            self._files.snapshot({**own, "updated_at": occurred_at, **body})

    def flush(self, timeout: float = 10.0) -> bool:
        return self._inner.flush(timeout)

    @property
    def bot(self) -> str:
        return self._inner.bot

    @property
    def mode(self) -> str:
        return self._inner.mode

    def close(self) -> None:
        self._files.close()
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _state(snapshot: Mapping[str, Any]) -> bytes:
    head = {name: snapshot.get(name) for name in ("bot", "version", "mode", "updated_at")}
    body = head | {name: snapshot.get(name) for name in STATE if name in snapshot}
    return (json.dumps(body, default=_plain, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
