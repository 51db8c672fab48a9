"""The bot's own files beside the events: its state as JSON, its trades as CSV.

They are a convenience for whoever wants them; the events are the record. A thread writes them, fed
by what was recorded, so that no disk, full, slow or gone, can touch the bot.
"""

from trader.files.log import COLUMNS, LAYOUT, TradesLog
from trader.files.writer import Files, WithFiles, with_files

__all__ = ["COLUMNS", "LAYOUT", "Files", "TradesLog", "WithFiles", "with_files"]
