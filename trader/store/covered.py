"""Up to which event a verified backup exists: the spool may forget those."""

import json
from pathlib import Path

from .files import replace_file
from .paths import StreamPaths


def covered(paths: StreamPaths) -> int:
    """Seq of the newest event in a verified backup that is still there; 0 without one."""
    try:
        note = json.loads(paths.covered.read_text(encoding="utf-8"))
        return int(note["seq"]) if Path(note["path"]).exists() else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def note_covered(paths: StreamPaths, seq: int, backup: Path) -> None:
    """Note a verified backup, unless one that reaches further is noted. Raises OSError."""
    if seq > covered(paths):
        note = {"seq": seq, "path": str(backup.absolute())}
        replace_file(paths.covered, json.dumps(note).encode())
