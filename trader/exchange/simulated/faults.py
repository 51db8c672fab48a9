"""What can go wrong between a bot and an exchange, and when: before or after it took effect."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """TIMEOUT never answers; SLOW answers late; LOST closes without an answer; RESET breaks the
    connection off; the others answer what they are named after.
    """

    TIMEOUT = "timeout"
    SLOW = "slow"
    LOST = "lost"
    RESET = "reset"
    ERROR_503 = "503"
    ERROR_1007 = "-1007"
    HTML_502 = "html 502"
    HTML_403 = "html 403"
    CLOCK_1021 = "-1021"
    LIMIT_429 = "429"
    BAN_418 = "418"


# What the exchange says before it has done anything, by its own documents.
ONLY_BEFORE = (Kind.HTML_403, Kind.CLOCK_1021, Kind.LIMIT_429, Kind.BAN_418)


@dataclass(frozen=True, slots=True)
class Fault:
    """`after`: the request took effect first. `seconds`: how long TIMEOUT and SLOW take (real
    time), and what 429 and 418 say in Retry-After (the exchange's time).
    """

    kind: Kind
    after: bool = False
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault for the requests that `wanted(number, method, path)` picks, `times` of them."""

    fault: Fault
    wanted: Callable[[int, str, str], bool]
    times: int = 1


class FaultPlan:
    """Which request meets which fault; requests are numbered from 1 on.

    `by_chance` is asked at each request that no fault was planned for.
    `arrived` is called with the number of each request before anything is done about it; `met`
    counts the faults that struck, `struck_at` is the number of the last.
    """

    def __init__(self) -> None:
        self.met = 0
        self.struck_at = 0
        self.by_chance: Callable[[], Fault | None] = lambda: None
        self.arrived: Callable[[int], None] = lambda _number: None
        self._planned: list[tuple[Planned, list[int]]] = []

    def at_request(self, number: int, fault: Fault) -> None:
        self.add(Planned(fault, lambda each, _method, _path: each == number))

    def on(self, method: str, path: str, fault: Fault, times: int = 1) -> None:
        """For the next requests of this method whose path ends so."""
        self.add(Planned(fault, lambda _number, by, to: by == method and to.endswith(path), times))

    def add(self, planned: Planned) -> None:
        self._planned.append((planned, [planned.times]))

    def clear(self) -> None:
        self._planned.clear()

    def take(self, number: int, method: str, path: str) -> Fault | None:
        for planned, left in self._planned:
            if left[0] > 0 and planned.wanted(number, method, path):
                left[0] -= 1
                self.met += 1
                self.struck_at = number
                return planned.fault
        drawn = self.by_chance()
        if drawn is not None:
            self.met += 1
            self.struck_at = number
        return drawn
