"""The recorder: the only way into a stream."""

import atexit
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from . import forks
from .codec import BadEvent, BodyEncoder, Row, lost_row, microseconds
from .errors import StreamUnusable
from .keeper import Keeper
from .lock import WriterLock
from .model import MODES, REPAIRED, Ack, Clock, Health
from .paths import StreamPaths, private_folder, stream_paths
from .rebuild import Repair
from .redact import Redactor
from .spool import KEEP_BYTES, SEGMENT_BYTES, Spool
from .surroundings import refuse_unsafe_folder
from .upcast import current_schema

_REFUSED = Ack(None, stored=False, synced=False)
_CLOSE_TIMEOUT = 10.0
_EXIT_TIMEOUT = 5.0
_KINDS_KEPT = 1000
_TAGS_KEPT = 100


class _Waiting(NamedTuple):
    """An event that came while this very thread was appending: from a signal's handler."""

    kind: str
    bodies: Sequence[Mapping[str, object]]
    ref: str | None
    occurred_at: datetime | int | None
    durable: bool


def now() -> int:
    """The system's clock, in microseconds since the epoch, UTC."""
    return time.time_ns() // 1000


class Recorder:
    """The one writer of a stream, and the only way into it.

    It replays what an earlier run left on the spool before it returns, so a starting bot
    reads its whole past. Use it from any thread; close it, or leave its `with`, at the end.
    After fork() it works in the parent alone.

    Args:
        bot: the bot's name, recorded with each event; also names the stream.
        version: the bot's version tag; a new version is a new Recorder.
        mode: one of MODES: live, testnet, paper, replay, demo.
        folder: the data folder; $BLOTTER_DB, else "db", if not given. The stream's files
            are in its subfolder `events`.
        stream: the stream's name where it is not the bot's.
        clock: what `recorded_at` is taken from, microseconds since the epoch, UTC.
        safe_settings: names of further settings whose text may be recorded.
        secrets: values that must never be recorded; those of environment variables with
            names like API_KEY or TOKEN are known without.
        segment_bytes: size of a file of the spool, the reserve among them.
        keep_bytes: what spool files that are moved may take while no backup covers them.

    Raises:
        StreamLocked: another writer has the stream; the text names its process.
        StreamUnusable: the folder cannot be used; the text says why and what to do.
    """

    def __init__(
        self,
        bot: str,
        *,
        version: str,
        mode: str,
        folder: str | Path | None = None,
        stream: str | None = None,
        clock: Clock = now,
        safe_settings: Iterable[str] = (),
        secrets: Iterable[str] = (),
        segment_bytes: int = SEGMENT_BYTES,
        keep_bytes: int = KEEP_BYTES,
    ) -> None:
        self._encoder = BodyEncoder(Redactor(safe_settings, secrets))
        paths = paths_named(self._encoder, bot, version, mode, stream, folder)
        self.stream = paths.stream
        self.bot, self.version, self.mode = bot, version, mode
        self._clock = clock
        # Reentrant, so that a signal's handler that appends never waits for its own thread.
        self._append_lock = threading.RLock()
        self._sync_lock = threading.Lock()
        self._appending = False
        self._waiting: deque[_Waiting] = deque()
        self._columns: dict[str, str] = {}
        self._tags: dict[str, str] = {}
        self._recorded_at = self._appended = self._refused = self._clock_steps = 0
        self._last_refusal: str | None = None
        self._closed = False
        refuse_unsafe_folder(paths.events)
        private_folder(paths.events)
        lock = WriterLock(paths.lock, self.stream)
        try:
            self._keeper = Keeper(
                paths,
                lock=lock,
                spool=Spool(paths.spool, segment_bytes),
                stand_in=self._stand_in,
                append_lock=self._append_lock,
                report=self._report,
                keep_bytes=keep_bytes,
            )
        except (OSError, sqlite3.Error) as error:
            lock.release()
            raise StreamUnusable(
                f"the stream {self.stream!r} in {paths.events} cannot be opened: {error}"
            ) from error
        except BaseException:
            lock.release()
            raise
        self._spool = self._keeper.spool
        self._before = self._spool.tail.seq
        if self._keeper.first_repair is not None:
            self._keeper.alarms.tell(str(self._keeper.first_repair))
            self._report(self._keeper.first_repair)
        self._keeper.start()
        forks.watch(self)
        self._at_exit = _close_at_exit(self)

    def append(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Ack:
        """Record an event: one write to the spool, 20 microseconds or so.

        Never raises and never waits for SQLite: trouble is counted and told by `health`.

        Args:
            kind: what happened, "order.filled".
            body: a JSON object. Decimals become text, times with a zone ISO 8601 with Z,
                floats are written by repr; numbers that are not finite are refused.
                Secrets are taken out.
            ref: the trade or batch it is about.
            occurred_at: when it happened, a time with its zone or microseconds since the
                epoch; the time of recording if not given.
            durable: also wait until it is on the disk, a few tenths of a millisecond: for
                order intents and fills.

        Returns:
            Ack(seq, stored, synced); seq is None and nothing is stored where it was refused.
        """
        try:
            return self._append(kind, (body,), ref, occurred_at, durable)
        except Exception as error:  # noqa: BLE001 - the promise: nothing is raised into the bot
            return self._refuse(error)

    def append_all(
        self,
        kind: str,
        bodies: Sequence[Mapping[str, object]],
        *,
        ref: str | None = None,
        occurred_at: datetime | int | None = None,
        durable: bool = False,
    ) -> Ack:
        """Record events of one kind that happened at once: one write, and one sync.

        As `append` of each of them, in this order; all are refused where one cannot be written,
        or where they take more than a file of the spool together.

        Returns:
            Ack of the last one; seq is None and nothing is stored where they were refused.
        """
        try:
            return self._append(kind, tuple(bodies), ref, occurred_at, durable)
        except Exception as error:  # noqa: BLE001 - the promise: nothing is raised into the bot
            return self._refuse(error, len(bodies))

    def trade(self, *, occurred_at: datetime | int | None = None, **fields: object) -> Ack:
        """Record a closed trade, `trade.closed`; durable; `trade_id` is its ref.

        Fields: trade_id, symbol, side ("long" or "short"), entry_time, exit_time,
        entry_price, exit_price, quantity, fee, net_pnl (after fees), exit_reason,
        quote_asset, account. Prices, quantities and money as Decimal or text.
        """
        trade_id = fields.get("trade_id")
        try:
            ref = None if trade_id is None else str(trade_id)
        except Exception as error:  # noqa: BLE001 - an object of the bot's, with a __str__ of its own
            return self._refuse(error)
        return self.append("trade.closed", fields, ref=ref, occurred_at=occurred_at, durable=True)

    def snapshot(self, *, occurred_at: datetime | int | None = None, **fields: object) -> Ack:
        """Record what the bot knows at a candle's close, `state.snapshot`.

        Fields: symbol, interval, quote_asset, account, candle, indicators, balance, equity,
        realised, unrealised, deposits, positions: what the bot has of them.
        """
        return self.append("state.snapshot", fields, occurred_at=occurred_at)

    @property
    def health(self) -> Health:
        """How recording goes; cheap, from any thread."""
        head, tail = self._keeper.head.seq, self._spool.tail.seq
        alarms = self._keeper.alarms
        return Health(
            head=head,
            appended=self._appended,
            stored=max(0, min(head, tail) - self._before),
            refused=self._refused,
            backlog=max(0, tail - head),
            backlog_seconds=self._keeper.backlog_seconds,
            clock_steps=self._clock_steps,
            alarms=alarms.now(),
            last_error=self._last_refusal or alarms.last_error,
        )

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything appended so far is in SQLite.

        Returns False if it took longer than `timeout` seconds; it goes on all the same.
        """
        if self._closed:
            return self._spool.tail.seq <= self._keeper.head.seq
        return self._keeper.wait_for(self._spool.tail.seq, timeout)

    def close(self) -> None:
        """Move what is left into SQLite, for ten seconds at most, and give the stream up.

        What could not be moved waits on the spool for the next Recorder.
        """
        self._close(_CLOSE_TIMEOUT)

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def abandon(self) -> None:
        """In a forked child: leave everything to the parent, and refuse from here on."""
        self._closed = True
        self._last_refusal = "this process is a fork: the stream belongs to its parent"
        self._keeper.abandon()

    def _close(self, timeout: float) -> None:
        if self._closed:  # in a fork the locks may be held by threads that are not there
            return
        with self._append_lock, self._sync_lock:
            if self._closed:
                return
            self._closed = True
        atexit.unregister(self._at_exit)
        forks.forget(self)
        self._keeper.stop(timeout)

    def _append(
        self,
        kind: str,
        bodies: Sequence[Mapping[str, object]],
        ref: str | None,
        occurred_at: datetime | int | None,
        durable: bool,
    ) -> Ack:
        if self._closed:
            raise BadEvent(f"{kind!r} came after the recorder was closed, or in a fork of it")
        columns = self._columns.get(kind) or self._new_columns(kind)
        encode = self._encoder.encode
        texts = [encode(kind, body) for body in bodies]
        happened = None if occurred_at is None else microseconds(occurred_at)
        tag = "" if ref is None else self._tags.get(ref) or self._new_tag(ref)
        begin = f"{columns}\n{tag}\n"
        with self._append_lock:
            if self._appending:
                self._waiting.append(_Waiting(kind, bodies, ref, occurred_at, durable))
                return _REFUSED
            try:
                self._appending = True
                seq = self._write(begin, texts, happened)
            finally:
                self._appending = False
        synced = durable and self._sync()
        while self._waiting:
            self._append(*self._waiting.popleft())
        return Ack(seq, True, synced)

    def _refuse(self, error: Exception, count: int = 1) -> Ack:
        """Count what could not be recorded, and why."""
        self._refused += count
        try:
            reason = str(error)
        except Exception:  # noqa: BLE001 - an error of the bot's, with a __str__ of its own
            reason = type(error).__name__
        self._last_refusal = self._encoder.message(f"an event was refused: {reason}")
        return _REFUSED

    def _new_columns(self, kind: str) -> str:
        """The lines from kind to mode, which stay the same for a kind."""
        columns = (
            f"{self._encoder.column('kind', kind)}\n{current_schema(kind)}\n"
            f"{self.bot}\n{self.version}\n{self.mode}"
        )
        if len(self._columns) < _KINDS_KEPT:
            self._columns[kind] = columns
        return columns

    def _new_tag(self, ref: str) -> str:
        """The line of a ref; the events of a trade come together."""
        tag = f"={self._encoder.column('ref', ref)}"
        if len(self._tags) >= _TAGS_KEPT:
            self._tags.clear()
        self._tags[ref] = tag
        return tag

    def _write(self, begin: str, texts: Sequence[str], happened: int | None) -> int:
        if self._closed:
            raise BadEvent("the recorder is closed")
        recorded = self._clock()
        if type(recorded) is not int:
            recorded = microseconds(recorded)
        if recorded < self._recorded_at:
            self._clock_steps += 1
        seq = self._spool.tail.seq
        times = f"{recorded if happened is None else happened}\n{recorded}\n{begin}"
        payloads = [
            f"{number}\n{times}{text}".encode() for number, text in enumerate(texts, seq + 1)
        ]
        self._spool.write(seq + len(payloads), *payloads)
        self._recorded_at = recorded
        self._appended += len(payloads)
        return seq + len(payloads)

    def _sync(self) -> bool:
        try:
            with self._sync_lock:
                if self._closed:
                    return False
                self._spool.sync()
        except OSError as error:
            self._last_refusal = f"an event was stored but could not be synced: {error}"
            return False
        return True

    def _stand_in(self, seq: int, reason: str) -> Row:
        return lost_row(seq, self._clock(), self.bot, self.version, self.mode, reason)

    def _report(self, repair: Repair) -> None:
        self.append(REPAIRED, repair.body())


def _close_at_exit(recorder: Recorder) -> Callable[[], None]:
    """A bot that ends without closing still shows its last events on the dashboard."""
    reference = weakref.ref(recorder)

    def close() -> None:
        if (still_there := reference()) is not None:
            still_there._close(_EXIT_TIMEOUT)

    atexit.register(close)
    return close


def paths_named(
    encoder: BodyEncoder,
    bot: str,
    version: str,
    mode: str,
    stream: str | None,
    folder: str | Path | None,
) -> StreamPaths:
    """The paths of a stream whose writer goes by these names; raises StreamUnusable."""
    try:
        encoder.column("bot", bot)
        encoder.column("version", version)
        if mode not in MODES:
            raise BadEvent(f"mode has to be one of {', '.join(MODES)}; got {mode!r:.80}")
        return stream_paths(encoder.column("stream", bot if stream is None else stream), folder)
    except ValueError as error:
        raise StreamUnusable(str(error)) from error
