"""Telling the same record from an equal one: identities, occurrence numbers, overlapping runs."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from struct import iter_unpack
from typing import Generic, TypeVar

from dashboard.units import exchange_text, market_key, price_key

from .cells import plain
from .verdicts import Trade

T = TypeVar("T")
FEW = 20_000
"""So many keys may be kept as objects."""
_BLAKE = blake2b(digest_size=12)
MINIMUM_RUN = 3
"""So many consecutive records must repeat an earlier run in the same order to be an overlap."""


class KeyTable:
    """64-bit keys to small counts, at about 20 bytes a key: a million in 20 MB.

    Keys and values lie in the order they came, with an index over their places.
    """

    def __init__(self) -> None:
        self._mask = (1 << 12) - 1
        self._index = array("I", [0]) * (self._mask + 1)
        self._keys = array("Q")
        self._values = array("I")
        self._late = 0
        """So many of the last keys the index does not have yet."""

    def __len__(self) -> int:
        return len(self._keys)

    def copy(self) -> KeyTable:
        """A table of its own with the same keys and values."""
        made = KeyTable.__new__(KeyTable)
        made._mask, made._index = self._mask, self._index[:]
        made._keys, made._values = self._keys[:], self._values[:]
        made._late = self._late
        return made

    def get(self, key: int) -> int:
        """The value kept for a key, 0 where there is none."""
        if self._late:
            self._make_room(0)
        index, keys, mask = self._index, self._keys, self._mask
        at = key & mask
        while place := index[at]:
            if keys[place - 1] == key:
                return self._values[place - 1]
            at = (at + 1) & mask
        return 0

    def put(self, key: int, value: int) -> int:
        """Keep a value for a key; the value it had before, 0 for none."""
        if self._late:
            self._make_room(0)
        index, keys, mask = self._index, self._keys, self._mask
        at = key & mask
        while place := index[at]:
            if keys[place - 1] == key:
                before = self._values[place - 1]
                self._values[place - 1] = value
                return before
            at = (at + 1) & mask
        keys.append(key)
        self._values.append(value)
        index[at] = len(keys)
        if len(keys) * 2 > mask:
            self._make_room(1)
        return 0

    def bump(self, key: int) -> int:
        """Count a key: the first time 1, then 2 ..."""
        return self.bump_all([key])[0]

    def bump_all(self, wanted: Sequence[int]) -> list[int]:
        """Count each of these keys, as `bump` does."""
        self._make_room(len(wanted))
        index, keys, values, mask = self._index, self._keys, self._values, self._mask
        size = len(keys)
        made: list[int] = []
        for key in wanted:
            at = key & mask
            while place := index[at]:
                if keys[place - 1] == key:
                    count = values[place - 1] = values[place - 1] + 1
                    break
                at = (at + 1) & mask
            else:
                size += 1
                index[at] = size
                keys.append(key)
                values.append(1)
                count = 1
            made.append(count)
        return made

    def extend_new(self, wanted: Sequence[int]) -> None:
        """Count keys of which is known that none is there: their index waits until it is asked."""
        self._keys.extend(wanted)
        self._values.extend([1] * len(wanted))
        self._late += len(wanted)

    def add_new(self, wanted: Sequence[int]) -> bool:
        """Count keys none of which is there; where one is, False, and nothing is counted."""
        self._make_room(len(wanted))
        index, keys, mask, size = self._index, self._keys, self._mask, len(self._keys)
        keys.extend(wanted)
        taken: list[int] = []
        for place, key in enumerate(wanted, size + 1):
            at = key & mask
            while found := index[at]:
                if keys[found - 1] == key:
                    for slot in taken:
                        index[slot] = 0
                    del keys[size:]
                    return False
                at = (at + 1) & mask
            index[at] = place
            taken.append(at)
        self._values.extend([1] * len(wanted))
        return True

    def put_places(self, wanted: list[int], start: int, first: int) -> int:
        """Keep first, first + 1 ... for keys from `start` on; where one has a value, stop there."""
        self._make_room(len(wanted) - start)
        index, keys, mask = self._index, self._keys, self._mask
        size = len(keys)
        stop = start
        for key in islice(wanted, start, None):
            at = key & mask
            while place := index[at]:
                if keys[place - 1] == key:
                    break
                at = (at + 1) & mask
            else:
                size += 1
                index[at] = size
                keys.append(key)
                stop += 1
                continue
            break
        self._values.extend(range(first, first + stop - start))
        return stop

    def items(self) -> Iterator[tuple[int, int]]:
        """Every key with its value."""
        return zip(self._keys, self._values, strict=True)

    def _make_room(self, more: int) -> None:
        """Bring the index up to date, with room for so many more."""
        late, self._late = self._late, 0
        mask = self._mask
        while (len(self._keys) + more) * 2 > mask:
            mask = mask * 2 + 1
        if mask != self._mask:
            self._mask = mask
            self._index = array("I")  # the old one is given back first
            self._index = array("I", [0]) * (mask + 1)
            late = len(self._keys)
        if not late:  # to pass over all that are there would cost as much as to index them
            return
        index, start = self._index, len(self._keys) - late
        for place, key in enumerate(self._keys[start:], start + 1):
            at = key & mask
            while index[at]:
                at = (at + 1) & mask
            index[at] = place


def identity(trade: Trade) -> str:
    """What makes two records the same trade, whoever recorded them, as canonical text.

    The exchange's own id where there is one, unique within a market; else market, side, times to
    the second, prices and quantity. Where a file prints no prices its PnL stands in for them.
    """
    if trade.identity:
        return trade.identity
    if trade.exchange_id:
        return f"id|{trade.layout}|{market_key(trade.symbol)}|{trade.exchange_id}"
    entry = "" if trade.entry_time is None else trade.entry_time // 1_000_000
    return identity_of(
        trade.symbol, trade.side, entry, trade.exit_time // 1_000_000,
        None if trade.entry_price is None else plain(trade.entry_price),
        None if trade.exit_price is None else plain(trade.exit_price),
        None if trade.quantity is None else plain(trade.quantity),
        plain(trade.net_pnl),
    )  # fmt: skip


def identity_of(
    symbol: str,
    side: int,
    entry_second: int | str,
    exit_second: int,
    entry_price: str | None,
    exit_price: str | None,
    quantity: str | None,
    net_pnl: str,
) -> str:
    """The canonical text of a trade's fields; numbers as cells.plain writes them."""
    market = market_key(symbol)
    if entry_price is None or exit_price is None or quantity is None:
        return f"{market}|{side}|{entry_second}|{exit_second}|{quantity}|{net_pnl}"
    prices = f"{price_key(entry_price)}|{price_key(exit_price)}"
    return f"{market}|{side}|{entry_second}|{exit_second}|{prices}|{quantity}"


def exchange_identity(symbol: str, exit_second: int, exchange_id: str) -> str:
    """The canonical text of what the exchange calls a trade, whatever file tells it."""
    return f"exchange|{exchange_text(symbol, exit_second, exchange_id)}"


def told_by_exchange(trade: Trade) -> str:
    """The same of a trade that has an exchange's id."""
    return exchange_identity(trade.symbol, trade.exit_time // 1_000_000, trade.exchange_id)


def digest_of(text: str) -> tuple[int, str]:
    """(64-bit key for the tables, hex for the trade's id) of an identity."""
    (key,), (name,) = digests_of([text])
    return key, name


def digests_of(texts: Iterable[str]) -> tuple[list[int], list[str]]:
    """The keys and the names of many identities, as `digest_of` gives each."""
    raws = []
    for text in texts:
        made = _BLAKE.copy()
        made.update(text.encode("utf-8", "surrogatepass"))
        raws.append(made.digest())
    joined = b"".join(raws)
    keys = [key or 1 for (key,) in iter_unpack("<Q4x", joined)]
    return keys, joined.hex("\n", _BLAKE.digest_size).split("\n") if raws else []


def trade_id_of(exit_time: int, name: str, number: int) -> str:
    """The id of a trade: when it ended, its identity's digest, its occurrence number.

    The time comes first so that the ids of a log are nearly in order: an index of a million
    ids in no order is most of the work of writing them.
    """
    return f"imp-{exit_time // 1_000_000:08x}-{name}-{number}"


def name_in(trade_id: str) -> str:
    """The identity's digest in a trade's id."""
    return trade_id.rsplit("-", 2)[1]


def number_in(trade_id: str) -> int:
    """The occurrence number in a trade's id."""
    return int(trade_id.rsplit("-", 2)[2])


class Overlaps(Generic[T]):
    """Finds runs that repeat an earlier run of the file in the same order.

    `push` and `finish` yield (item, is_overlap) in order, a little late while a run is open.
    """

    def __init__(self) -> None:
        self._keys = array("Q")
        self._first = KeyTable()
        # Of the last keys so many are not yet in it, and those that are, where they are few.
        self._later, self._few = 0, frozenset[int]()
        self._more: dict[int, list[int]] = {}
        self._ends: list[int] = []
        self._start = 0
        self._pending: list[T] = []
        self._alike = True
        self._overlap = False

    def copy(self) -> Overlaps[T]:
        """A finder that goes on from here by itself."""
        made: Overlaps[T] = Overlaps()
        made._keys, made._first = self._keys[:], self._first.copy()
        made._later = self._later
        made._more = {key: places[:] for key, places in self._more.items()}
        made._ends, made._start = self._ends[:], self._start
        made._pending, made._alike = self._pending[:], self._alike
        made._overlap = self._overlap
        return made

    @property
    def pending(self) -> list[T]:
        """Those that repeat earlier ones, while more of an overlap may follow."""
        return self._pending

    def may_repeat(self, keys: list[int]) -> bool:
        """Whether one of these records ends a run, or may repeat one not taken by `take_new`."""
        if self._ends or len(self._first) > FEW:
            return True
        if len(self._few) < len(self._first):
            self._few = frozenset(key for key, _ in self._first.items())
        return not self._few.isdisjoint(keys)

    def take_new(self, keys: list[int]) -> None:
        """Take records of which is known that they repeat none.

        A long log without repeats has no need of the table of first places; it is made when it
        is asked for.
        """
        self._keys.extend(keys)
        self._later += len(keys)

    def _place_all(self) -> None:
        start, self._later = len(self._keys) - self._later, 0
        for first in range(start, len(self._keys), FEW):
            keys, at = self._keys[first : first + FEW].tolist(), 0
            while at < len(keys):  # but for one that is there, of another text with the same hash
                at = self._first.put_places(keys, at, first + at + 1) + 1

    def fresh(self, keys: list[int], start: int) -> int:
        """Take records that repeat none and end no run; where the first is that it leaves."""
        if self._ends:
            return start
        if self._later:
            self._place_all()
        stop = self._first.put_places(keys, start, len(self._keys) + 1)
        self._keys.extend(keys[start:stop])
        return stop

    def push(self, key: int, item: T) -> list[tuple[T, bool]]:
        """Take the next record of the file."""
        if self._later:
            self._place_all()
        at = len(self._keys)
        self._keys.append(key)
        seen = self._first.get(key)
        if not seen:
            self._first.put(key, at + 1)
            if not self._ends:
                return [(item, False)]
            return [*self._close(), (item, False)]
        places = self._more.get(key)
        if places is None:
            places = self._more[key] = [seen - 1]
        out: list[tuple[T, bool]] = []
        going = [end + 1 for end in self._ends if end < self._start and self._keys[end] == key]
        if going:
            self._ends = going
            self._alike = self._alike and key == self._keys[at - 1]
        else:
            out = self._close()
            self._ends = [place + 1 for place in places]
            self._start = at
            self._alike = True
        # A long file of few different rows must not make every step long.
        del self._ends[:-64]
        if len(places) < 1024:
            places.append(at)
        self._pending.append(item)
        if not self._overlap and at - self._start + 1 >= MINIMUM_RUN and not self._alike:
            self._overlap = True
        if self._overlap:
            out += [(each, True) for each in self._pending]
            self._pending = []
        return out

    def _close(self) -> list[tuple[T, bool]]:
        out = [(each, False) for each in self._pending]
        self._pending, self._ends, self._overlap = [], [], False
        return out

    def finish(self) -> list[tuple[T, bool]]:
        """What is still undecided at the end of the file."""
        return self._close()
