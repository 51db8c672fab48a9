"""Reading old events again, a few at a time, while a bot runs.

The writer's own connection answers from its cache and would not see damage on the disk.
"""

from pathlib import Path

from .codec import PAYLOAD_SQL, chain
from .database import reading
from .model import GENESIS, Head

_STEP = 500
_QUERY = f"SELECT seq, {PAYLOAD_SQL}, hash FROM event WHERE seq > ? ORDER BY seq LIMIT {_STEP}"  # noqa: S608


class Scrub:
    """Goes round the events of a file, from the first to the newest and again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = Head(0, GENESIS)

    def step(self) -> str | None:
        """Verify the next few events; says what is wrong with the first that is not right.

        Raises sqlite3.DatabaseError where the file is damaged.
        """
        with reading(self._path) as connection:
            rows = connection.execute(_QUERY, (self._at.seq,)).fetchall()
        seq, previous = self._at.seq, self._at.hash
        self._at = Head(0, GENESIS)  # from the front again, behind the newest or a problem
        for found, payload, digest in rows:
            if found != seq + 1 or chain(previous, payload) != digest:
                return f"event {seq + 1} is not what was recorded"
            seq, previous = found, digest
        if len(rows) == _STEP:
            self._at = Head(seq, previous)
        return None
