"""Time in position, where positions may overlap."""

from __future__ import annotations

from collections.abc import Iterable


def time_in_position(intervals: Iterable[tuple[int, int]], since: int, until: int) -> int:
    """Microseconds of since..until with at least one position open.

    `intervals` are (entry_time, exit_time) in any order; give an open position `until` as its
    exit. Time outside since..until does not count, overlapping time counts once.
    """
    total, covered = 0, since
    for entry, exit_time in sorted(intervals):
        begins, ends = max(entry, covered), min(exit_time, until)
        if ends > begins:
            total += ends - begins
            covered = ends
    return total
