"""A flight recorder for trading bots: an append-only, hash-chained store of events.

Three lines record a bot, with nothing but the standard library:

    recorder = Recorder("my-bot", version="8.03", mode="live")
    recorder.snapshot(equity="1000.00", quote_asset="USDT", account="spot")  # each candle
    recorder.trade(trade_id="17", symbol="BTCUSDT", net_pnl="12.34")  # each close

The same code is `trader.store` in Blotter and, installed alone, `blotter_recorder`.
"""

from .backup import Backup, BackupFailed, backup, restore
from .bulk import BulkWriter
from .codec import BadEvent
from .errors import NotStored, StreamLocked, StreamUnusable
from .form import Form, Slot
from .model import GENESIS, LOST, MODES, REPAIRED, Ack, Event, Head, Health
from .paths import data_folder, streams
from .reader import Reader
from .recorder import Recorder
from .upcast import current_schema, register
from .verify import Verification, verify

__all__ = [
    "GENESIS",
    "LOST",
    "MODES",
    "REPAIRED",
    "Ack",
    "Backup",
    "BackupFailed",
    "BadEvent",
    "BulkWriter",
    "Event",
    "Form",
    "Head",
    "Health",
    "NotStored",
    "Reader",
    "Recorder",
    "Slot",
    "StreamLocked",
    "StreamUnusable",
    "Verification",
    "backup",
    "current_schema",
    "data_folder",
    "register",
    "restore",
    "streams",
    "verify",
]
