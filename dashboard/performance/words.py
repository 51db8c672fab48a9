"""A ruling in a trader's words."""

from __future__ import annotations

from typing import Protocol

from dashboard.performance.units import Unit
from dashboard.performance.verdict import Ruling, Verdict

# More trades than this is as good as never.
NEVER = 1_000_000


class Evidence(Protocol):
    """What the sentence needs of the evidence meter."""

    @property
    def more_trades(self) -> int | None: ...
    @property
    def days(self) -> int: ...
    @property
    def side_by_side(self) -> int: ...


def sentence(
    a: str,
    b: str,
    unit: Unit,
    difference: float | None,
    ruling: Ruling,
    margin: float,
    evidence: Evidence,
) -> str:
    """The verdict on B against A, with the difference and its plausible range."""
    told = f"{_observed(a, b, unit, difference)}, {_range(unit, ruling)}."
    match ruling.verdict:
        case Verdict.TOO_EARLY:
            rest = f"{told} {_still(ruling, evidence)}"
        case Verdict.NO_VISIBLE_DIFFERENCE:
            small = unit.say(margin, signed=False)
            rest = f"{told} Whatever difference there is, is less than {small} {unit.name}."
        case Verdict.PROBABLY_BETTER:
            rest = f"{_version(a if ruling.better == 'a' else b)}. {told} {_odds(20)}"
        case Verdict.BETTER:
            rest = f"{_version(a if ruling.better == 'a' else b)}. {told} {_odds(100)}"
    mark = ":" if ruling.better else "."
    return f"{ruling.verdict}{mark} {rest}"


def _version(name: str) -> str:
    return f"v{name}" if name[:1].isdigit() else name


def _observed(a: str, b: str, unit: Unit, difference: float | None) -> str:
    if difference is None:
        return f"{_version(b)} and {_version(a)} cannot be compared yet"
    size = unit.say(abs(difference), signed=False)
    if not size.strip("0."):
        return f"{_version(b)} and {_version(a)} made the same per trade"
    more = "less" if difference < 0 else "more"
    return f"{_version(b)} made {size} {unit.name} {more} per trade than {_version(a)}"


def _range(unit: Unit, ruling: Ruling) -> str:
    if ruling.low is None or ruling.high is None:
        return "plausible range not known yet"
    return f"plausible range {unit.say(ruling.low)} to {unit.say(ruling.high)}"


def _still(ruling: Ruling, evidence: Evidence) -> str:
    """What it would take."""
    if ruling.waiting_for:
        return f"Not judged before there are {ruling.waiting_for}."
    more = evidence.more_trades
    if more is None:
        return "It cannot be told yet how many trades would settle it."
    if more > NEVER:
        return "No number of trades within reach would settle it."
    beside = ""
    if evidence.side_by_side * 2 < evidence.days:
        beside = "; running both side by side needs fewer"
    return f"About {_rounded(more):,} more trades each would settle it{beside}."


def _rounded(count: int) -> int:
    """To one significant digit, or two from 10 to 19 and the like: no false precision."""
    size = int(f"1{'0' * (len(str(count)) - 1)}")
    step = size // 10 if size > 1 and count < 2 * size else size
    return -(-count // step) * step


def _odds(times: int) -> str:
    return (
        f"Were they equal, fewer than 1 such verdict in {times} would ever be given, however"
        " often one looks."
    )
