"""How many trades made how much: counted by size, so that no page has to look at all trades.

A size is a net_pnl cut down (towards less) to its three leading digits. Bins of 1, 2 or 5 times
a power of ten, two dozen to the whole span, have borders that no size straddles: for a size's
step is at most a hundredth of the span, and so a power of ten that divides the bin's width.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from django.db import connection

DIGITS = 3
STEPS: tuple[int, ...] = tuple(
    10 ** max(0, digits - DIGITS) for digits in range(20)
)  # by a size's own digits
ADD = """
INSERT INTO dashboard_sizecount (book_id, low, trades) VALUES {rows}
ON CONFLICT (book_id, low) DO UPDATE SET trades = trades + excluded.trades
"""
ROW = "(%s, %s, %s)"
CHUNK = 300  # rows in one statement: half of the time that as many statements take
CLEAN = "DELETE FROM dashboard_sizecount WHERE book_id = %s AND trades = 0"


def size(net_pnl: int) -> int:
    """The size that a net_pnl (1e-8 quote) is counted under; a larger one's is never smaller."""
    step = STEPS[len(str(abs(net_pnl)))]
    return net_pnl // step * step


def sizes(nets: Iterable[int]) -> Counter[int]:
    """How many of these have each size."""
    return Counter(map(size, nets))


def pack(counted: Mapping[int, int]) -> str:
    """As the text of one column."""
    return json.dumps(list(counted.items()), separators=(",", ":"))


def unpack(packed: str) -> Counter[int]:
    """What `pack` wrote."""
    return Counter(dict(json.loads(packed)))


def add(book: int, change: Mapping[int, int]) -> None:
    """Add to the book's counts, or take away from them where a change is negative."""
    changes = sorted((low, trades) for low, trades in change.items() if trades)
    with connection.cursor() as cursor:
        for start in range(0, len(changes), CHUNK):
            chunk = changes[start : start + CHUNK]
            values = [value for low, trades in chunk for value in (book, low, trades)]
            cursor.execute(ADD.format(rows=", ".join([ROW] * len(chunk))), values)
        if any(trades < 0 for _, trades in changes):
            cursor.execute(CLEAN, [book])
