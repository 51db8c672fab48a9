"""The recorder: the only way into a stream."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType

from .codec import BadEvent, BodyEncoder, field, microseconds
from .errors import StreamUnusable
from .lock import WriterLock
from .model import MODES, Ack, Health
from .mover import Mover
from .paths import StreamPaths, private_folder, stream_paths
from .redact import Redactor
from .spool import Spool
from .upcast import current_schema
from .writer import Writer

_POLL = 0.2
SEGMENT_BYTES = 4 << 20
_REFUSED = Ack(None, stored=False, synced=False)


def now() -> int:
    """The system's clock, in microseconds since the epoch."""
    return time.time_ns() // 1000


class Recorder:
    """The one writer of a stream.

    Raises StreamLocked or StreamUnusable, and nothing after that.
    """

    def __init__(
        self,
        bot: str,
        *,
        version: str,
        mode: str,
        folder: str | Path | None = None,
        stream: str | None = None,
        clock: Callable[[], int] = now,
        safe_settings: Iterable[str] = (),
        secrets: Iterable[str] = (),
    ) -> None:
        self._paths = _paths(bot, version, mode, stream, folder)
        self.stream = self._paths.stream
        self.bot, self.version, self.mode = bot, version, mode
        self._clock = clock
        self._encoder = BodyEncoder(Redactor(safe_settings, secrets))
        self._append_lock = threading.Lock()
        self._appended = self._refused = 0
        self._last_error: str | None = None
        self._wake = threading.Event()
        self._moved = threading.Condition()
        self._closing = False
        private_folder(self._paths.events)
        self._lock = WriterLock(self._paths.lock, self.stream)
        try:
            self._spool = Spool(self._paths.spool, SEGMENT_BYTES)
            self._writer = Writer(self._paths)
            self._mover = Mover(self._spool, self._writer)
            while self._mover.move():
                pass
            if self._writer.head.seq > self._spool.tail.seq:
                self._spool.skip_to(self._writer.head.seq)
                self._mover = Mover(self._spool, self._writer)
        except (OSError, sqlite3.Error) as error:
            self._lock.release()
            raise StreamUnusable(f"the stream {self.stream!r} cannot be opened: {error}") from error
        self._first = self._spool.tail.seq
        self._thread = threading.Thread(
            target=self._run, name=f"recorder {self.stream}", daemon=True
        )
        self._thread.start()

    def append(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Ack:
        """Record an event; never raises and never waits for SQLite."""
        try:
            return self._append(kind, body, ref, occurred_at, durable)
        except Exception as error:  # noqa: BLE001 - the promise: nothing is raised into the bot
            self._refused += 1
            self._last_error = f"{kind!r} was refused: {error}"
            return _REFUSED

    def trade(self, *, occurred_at: datetime | int | None = None, **fields: object) -> Ack:
        """Record a closed trade, `trade.closed`; `trade_id` is its ref."""
        ref = fields.get("trade_id")
        return self.append(
            "trade.closed",
            fields,
            ref=None if ref is None else str(ref),
            occurred_at=occurred_at,
            durable=True,
        )

    def snapshot(self, *, occurred_at: datetime | int | None = None, **fields: object) -> Ack:
        """Record what the bot knows at a candle's close, `state.snapshot`."""
        return self.append("state.snapshot", fields, occurred_at=occurred_at)

    @property
    def health(self) -> Health:
        """How recording goes; cheap, from any thread."""
        head, tail = self._writer.head.seq, self._spool.tail.seq
        return Health(
            head=head,
            appended=self._appended,
            stored=head - self._first if head > self._first else 0,
            refused=self._refused,
            backlog=max(0, tail - head),
            backlog_seconds=0.0,
            clock_steps=0,
            alarms=(),
            last_error=self._last_error,
        )

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything appended so far is in SQLite; False if it took too long."""
        target = self._spool.tail.seq
        self._wake.set()
        with self._moved:
            return self._moved.wait_for(lambda: self._writer.head.seq >= target, timeout)

    def close(self) -> None:
        """Move what is left, and give the stream up. What cannot be moved waits on the spool."""
        with self._append_lock:
            if self._closing:
                return
            self._closing = True
        self._wake.set()
        self._thread.join()
        self._writer.close()
        self._spool.close()
        self._lock.release()

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _append(
        self,
        kind: str,
        body: Mapping[str, object],
        ref: str | None,
        occurred_at: datetime | int | None,
        durable: bool,
    ) -> Ack:
        text = self._encoder.encode(field("kind", kind), body)
        tagged = "" if ref is None else "=" + field("ref", ref)
        happened = None if occurred_at is None else microseconds(occurred_at)
        rest = (
            f"{kind}\n{current_schema(kind)}\n{self.bot}\n{self.version}\n{self.mode}\n"
            f"{tagged}\n{text}"
        )
        with self._append_lock:
            if self._closing:
                raise BadEvent("the recorder is closed")
            recorded = microseconds(self._clock())
            seq = self._spool.tail.seq + 1
            payload = f"{seq}\n{recorded if happened is None else happened}\n{recorded}\n{rest}"
            self._spool.write(seq, payload.encode())
            self._appended += 1
        if durable:
            self._spool.sync()
        return Ack(seq, stored=True, synced=durable)

    def _run(self) -> None:
        while True:
            self._wake.wait(_POLL)
            self._wake.clear()
            closing = self._closing
            try:
                while self._mover.move():
                    with self._moved:
                        self._moved.notify_all()
                self._spool.prepare()
            except (OSError, sqlite3.Error) as error:
                self._last_error = f"moving into SQLite: {error}"
            with self._moved:
                self._moved.notify_all()
            if closing:
                return


def _paths(
    bot: str, version: str, mode: str, stream: str | None, folder: str | Path | None
) -> StreamPaths:
    try:
        for name, value in (("bot", bot), ("version", version)):
            field(name, value)
        if mode not in MODES:
            raise BadEvent(f"mode has to be one of {', '.join(MODES)}; got {mode!r:.80}")
        return stream_paths(bot if stream is None else stream, folder)
    except ValueError as error:
        raise StreamUnusable(str(error)) from error
