"""Fewer points for a chart, without losing a spike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Point = TypeVar("Point")


def downsample(points: Sequence[Point], limit: int, value: Callable[[Point], float]) -> list[Point]:
    """At most `limit` of the points, in order: the first, the last, each bucket's extremes.

    Buckets hold equally many consecutive points; each keeps its first minimum and first
    maximum of `value`. Points are kept as they are, never averaged. `limit` must be >= 4.
    """
    if limit < 4:
        raise ValueError(f"cannot downsample to {limit} points; ask for at least 4")
    if len(points) <= limit:
        return list(points)
    inner, buckets = len(points) - 2, (limit - 2) // 2
    kept = {0, len(points) - 1}
    for bucket in range(buckets):
        span = range(1 + bucket * inner // buckets, 1 + (bucket + 1) * inner // buckets)
        kept.add(min(span, key=lambda index: value(points[index])))
        kept.add(max(span, key=lambda index: value(points[index])))
    return [points[index] for index in sorted(kept)]
