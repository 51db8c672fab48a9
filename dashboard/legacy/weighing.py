"""Weighing the cells of plain lines, a column at a time, as judging.judge weighs a record.

Python's own loops over a column cost a fraction of a loop over rows. What is out of the
ordinary in a row is refused here, and the row goes the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import repeat
from operator import add, floordiv, gt, sub
from typing import NamedTuple, TypeVar

from dashboard.units import market_key

from .binding import Binding
from .bodies import SIDE_NAMES
from .cells import UNIT, decimals, is_null, quote_of
from .checking import is_nearer, last_digit, may_be_percent
from .duplicates import digests_of
from .markets import symbol_of
from .plains import Plains
from .sides import side_of
from .statuses import aside_word, never_closed, none_by, says_failed, status_kind
from .times import OLDEST, iso
from .values import Context
from .versions import belongs

T = TypeVar("T")
Row = tuple[str, ...]
Times = tuple[Sequence[int], Sequence[str]]
"""Instants in microseconds UTC, and each in ISO 8601 with Z."""

_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - compared with naive UTC only
_MICROSECOND = timedelta(microseconds=1)
_OLDEST_US = int(OLDEST.timestamp()) * 1_000_000
_DAY_US = 86_400_000_000
_WORDS_KEPT = 10_000
WORDED = "word "
"""Before the number of a column whose words may say that nothing was traded."""
_LONGEST_NET = len("-99999999.12345678")
"""A longer PnL may be more than judging.judge believes."""
_SECONDS = len("2025-01-31T23:59:59")


class _Amounts(NamedTuple):
    """The numbers of some rows: as they stand, and what they are."""

    entry_texts: Sequence[str]
    exit_texts: Sequence[str]
    quantity_texts: Sequence[str]
    fee_texts: Sequence[str]
    pnl_texts: Sequence[str]
    entry: list[Decimal]
    exit: list[Decimal]
    quantity: list[Decimal]
    fee: list[Decimal]
    pnl: list[Decimal]


class _Words(NamedTuple):
    """What the words of some rows mean."""

    symbols: Sequence[str]
    markets: Sequence[tuple[str, str]]
    """Each with its quote asset."""
    sides: Sequence[int]
    versions: Sequence[tuple[str, str]]
    reasons: Sequence[str]
    """None where the file has no such column."""
    own_ids: Sequence[str]


class _Refused(Exception):
    """Some of the rows have to go the long way."""

    def __init__(self, rows: set[int]) -> None:
        super().__init__()
        self.rows = rows


def _refuse(rows: Iterator[int]) -> None:
    """Raises _Refused where there are any."""
    if found := set(rows):
        raise _Refused(found)


class Weigher:
    """Weighs rows of one settled binding; `groups` says where in a row the roles' cells are."""

    def __init__(self, binding: Binding, context: Context, groups: dict[str, int]) -> None:
        self._binding, self._context, self._groups = binding, context, groups
        self._gross = binding.pnl_kind == "gross"
        self._markets: dict[str, tuple[str, str]] = {}
        self._sides: dict[str, int] = {}
        self._versions: dict[str, tuple[str, str]] = {}
        self._reasons: dict[str, str] = {}
        self._worded = {
            name: int(name[len(WORDED) :]) for name in groups if name.startswith(WORDED)
        }
        self._harmless: dict[str, set[str]] = {name: set() for name in self._worded}

    def weigh(self, rows: Sequence[Row]) -> tuple[Plains | None, Sequence[int]]:
        """The trades of these rows, and in which of them they stand."""
        places: Sequence[int] = range(len(rows))
        while rows:
            try:
                return self._weigh(rows), places
            except _Refused as refused:
                kept = [at for at in range(len(rows)) if at not in refused.rows]
                rows, places = [rows[at] for at in kept], [places[at] for at in kept]
        return None, ()

    def _weigh(self, rows: Sequence[Row]) -> Plains:
        cells = dict(zip(self._groups, zip(*rows, strict=True), strict=True))
        words = self._words(cells, len(rows))
        amounts = self._amounts(cells)
        exact = self._check(amounts, words)
        closed, closed_texts = self._times("exit_time", cells["exit_time"])
        latest = self._context.now + _DAY_US
        if min(closed) < _OLDEST_US or max(closed) > latest:
            _refuse(at for at, time in enumerate(closed) if not _OLDEST_US <= time <= latest)
        opened: Sequence[int] = ()
        opened_texts: Sequence[str] = ()
        if "entry_time" in cells:
            opened, opened_texts = self._times("entry_time", cells["entry_time"])
            if min(opened) < _OLDEST_US or any(map(gt, opened, closed)):
                pairs = enumerate(zip(opened, closed, strict=True))
                _refuse(at for at, (first, last) in pairs if not _OLDEST_US <= first <= last)
        return self._made(words, amounts, exact, (opened, opened_texts), (closed, closed_texts))

    def _made(
        self, words: _Words, amounts: _Amounts, exact: Sequence[bool], opened: Times, closed: Times
    ) -> Plains:
        unknown = [None] * len(exact)
        entered = opened[0] or unknown
        identities = _identities(words, amounts, opened[0], closed[0])
        keys, names = digests_of(identities)
        fees, fee_texts = _in_units(amounts.fee_texts, amounts.fee)
        if self._gross:
            nets, net_texts = _in_units((), list(map(sub, amounts.pnl, amounts.fee)))
        else:
            nets, net_texts = _in_units(amounts.pnl_texts, amounts.pnl)
        if max(map(len, net_texts)) > _LONGEST_NET:
            _refuse(at for at, text in enumerate(net_texts) if len(text) > _LONGEST_NET)
        quotes = [quote for _, quote in words.markets]
        written = [
            words.symbols,
            list(map(SIDE_NAMES.__getitem__, words.sides)),
            *([opened[1]] if opened[0] else []),
            closed[1],
            amounts.entry_texts,
            amounts.exit_texts,
            amounts.quantity_texts,
            _without_exponents(fees, fee_texts),
            _without_exponents(nets, net_texts),
            *([words.reasons] if words.reasons else []),
            quotes,
            names,
        ]
        return Plains(
            keys, names, identities, words.versions, words.symbols, words.sides, entered,
            closed[0], amounts.entry, amounts.exit, amounts.quantity, fees, nets, net_texts,
            words.reasons or unknown, quotes, words.own_ids, exact, written,
        )  # fmt: skip

    # -- words -------------------------------------------------------------------------------

    def _words(self, cells: Mapping[str, Sequence[str]], count: int) -> _Words:
        versions: Sequence[tuple[str, str]] = [self._context.versions.default()] * count
        if "version" in cells:
            versions = _meanings(cells["version"], self._versions, self._version_of)
        reasons: Sequence[str] = ()
        if "exit_reason" in cells:
            reasons = _meanings(cells["exit_reason"], self._reasons, self._reason_of)
        for name, at in self._worded.items():
            self._refuse_told(cells[name], self._harmless[name], at)
        own_ids: Sequence[str] = [""] * count
        if "bot_trade_id" in cells:
            own_ids = list(map(str.strip, cells["bot_trade_id"]))
        return _Words(
            cells["symbol"],
            _meanings(cells["symbol"], self._markets, self._market_of),
            _meanings(cells["side"], self._sides, self._side_of),
            versions,
            reasons,
            own_ids,
        )

    def _says_none(self, cell: str) -> bool:
        """Whether the word makes no trade of a row without a header, whatever its column."""
        return not self._binding.headings and none_by(cell) != ""

    def _refuse_told(self, cells: Sequence[str], harmless: set[str], at: int) -> None:
        """Refuse the rows by whose words in a watched column nothing was traded."""
        words = set(cells) - harmless
        told = {word for word in words if aside_word(word, self._binding, at)}
        if len(harmless) > _WORDS_KEPT:
            harmless.clear()
        harmless |= words - told
        if told:
            _refuse(row for row, cell in enumerate(cells) if cell in told)

    def _version_of(self, cell: str) -> tuple[str, str] | None:
        text = cell.strip()
        if not belongs(text, self._binding.versions_seen) or self._says_none(cell):
            return None
        return self._context.versions.of([text], 0)

    def _market_of(self, cell: str) -> tuple[str, str] | None:
        fields = [""] * self._binding.width
        fields[self._binding.roles["symbol"]] = cell
        symbol = symbol_of(fields, self._binding, self._context.symbol)
        if symbol != cell or self._says_none(cell):
            return None
        return market_key(cell), self._binding.currency or quote_of(cell)

    def _side_of(self, cell: str) -> int | None:
        return None if status_kind(cell) or self._says_none(cell) else side_of(cell)

    def _reason_of(self, cell: str) -> str | None:
        """Why a trade ended; None for what could be a number, nothing, or says that none did."""
        if is_null(cell) or cell[0].isdigit() or cell[0] in " +-−$€£₩":
            return None
        none = never_closed(cell) or says_failed(cell) or self._says_none(cell)
        return None if none else cell.strip()

    # -- numbers -----------------------------------------------------------------------------

    def _amounts(self, cells: Mapping[str, Sequence[str]]) -> _Amounts:
        names = ("entry_price", "exit_price", "quantity", "fee", self._binding.pnl_role)
        texts = [cells[name] for name in names]
        if self._binding.grammar.decimal == ",":
            texts = ["\n".join(column).replace(",", ".").split("\n") for column in texts]
        amounts = _Amounts(*texts, *(list(map(Decimal, column)) for column in texts))  # type: ignore[arg-type]
        for column in (amounts.entry, amounts.exit, amounts.quantity):
            if not all(column):
                _refuse(at for at, amount in enumerate(column) if not amount)
        return amounts

    def _check(self, amounts: _Amounts, words: _Words) -> Sequence[bool]:
        """Whether each PnL agrees with the other numbers to its last digit.

        Raises _Refused where it does not agree, or the fee is none.
        """
        _, _, _, _, _, entry, left, quantity, fee, pnl = amounts
        gross = [
            (out - into) * size if side > 0 else (into - out) * size
            for into, out, size, side in zip(entry, left, quantity, words.sides, strict=True)
        ]
        differences = list(map(sub, pnl, gross))
        if not self._gross:
            differences = list(map(add, differences, fee))
        if self._binding.fee_band[1]:
            _refuse(self._strange_fees(amounts))
        if not any(differences):
            return [True] * len(differences)
        allowed = last_digit(self._binding)
        exact = [abs(difference) <= allowed for difference in differences]
        _refuse(
            at
            for at, difference in enumerate(differences)
            if difference and not self._is_close(difference, at, amounts, words, exact[at])
        )
        return exact

    def _is_close(
        self, difference: Decimal, at: int, amounts: _Amounts, words: _Words, exact: bool
    ) -> bool:
        """Whether a PnL that is not the product of the other numbers may stand all the same."""
        binding = self._binding
        text = amounts.pnl_texts[at]
        if binding.to_the_digit or (
            binding.fixed_places and len(text) - text.find(".") - 1 < binding.pnl_places
        ):
            return False
        if exact:
            # Finer than its neighbours, it has to agree to its own last digit.
            return text.find(".") + binding.pnl_places + 1 >= len(text)
        prices = (amounts.entry_texts[at], amounts.exit_texts[at])
        places = max(binding.price_places.get(words.symbols[at], 0), *map(decimals, prices))
        tolerance = amounts.quantity[at] * Decimal(1).scaleb(-places)
        if binding.exact or abs(difference) > tolerance:
            return False
        low, high = binding.fee_band
        turnover = (amounts.entry[at] + amounts.exit[at]) * amounts.quantity[at]
        if binding.fee_steady and not low * turnover <= amounts.fee[at] <= high * turnover:
            return False
        base, pnl = amounts.entry[at] * amounts.quantity[at], amounts.pnl[at]
        other = difference - amounts.fee[at] * (1 if not self._gross else -1)
        return not (
            may_be_percent(pnl, decimals(text), base, pnl - difference)
            or is_nearer(abs(other), abs(difference), last_digit(binding))
        )

    def _strange_fees(self, amounts: _Amounts) -> Iterator[int]:
        low, high = self._binding.fee_band
        steady, every = self._binding.fee_steady, self._gross
        for at, (fee, pnl) in enumerate(zip(amounts.fee, amounts.pnl, strict=True)):
            if fee and (every or pnl >= 0):
                turnover = (amounts.entry[at] + amounts.exit[at]) * amounts.quantity[at]
                if not steady or not low * turnover <= fee <= high * turnover:
                    yield at

    # -- times -------------------------------------------------------------------------------

    def _times(self, role: str, cells: Sequence[str]) -> Times:
        read = _epochs if self._binding.forms[role].name == "epoch" else _iso_times
        try:
            return read(cells)
        except ValueError:  # a day that no month has
            _refuse(at for at, cell in enumerate(cells) if not _is_time(read, cell))
            raise


def _meanings(
    cells: Sequence[str], known: dict[str, T], learn: Callable[[str], T | None]
) -> list[T]:
    """What each cell means, learnt once for each word. Raises _Refused."""
    words = set(cells)
    if not words <= known.keys():
        if len(known) > _WORDS_KEPT:
            known.clear()
        for word in words - known.keys():
            meaning = learn(word)
            if meaning is not None:
                known[word] = meaning
        _refuse(at for at, cell in enumerate(cells) if cell not in known)
    return list(map(known.__getitem__, cells))


def _identities(
    words: _Words, amounts: _Amounts, opened: Sequence[int], closed: Sequence[int]
) -> list[str]:
    """As duplicates.identity_of has them."""
    seconds: list[object] = [time // 1_000_000 for time in opened] or [""] * len(closed)
    return [
        f"{market}|{side}|{first}|{last // 1_000_000}|{entry}|{left}|{quantity}"
        for (market, _), side, first, last, entry, left, quantity in zip(
            words.markets,
            words.sides,
            seconds,
            closed,
            _trimmed(amounts.entry_texts),
            _trimmed(amounts.exit_texts),
            _trimmed(amounts.quantity_texts),
            strict=True,
        )
    ]


def _trimmed(texts: Sequence[str]) -> list[str]:
    """Plain numbers as cells.plain writes them."""
    return [
        text if text[-1] != "0" or "." not in text else text.rstrip("0").rstrip(".")
        for text in texts
    ]


def _in_units(texts: Sequence[str], amounts: list[Decimal]) -> tuple[list[Decimal], Sequence[str]]:
    """Money to 1e-8, and as str() has it; `texts` are the amounts as they stand, if known."""
    if texts and {text[-9:-8] for text in texts} == {"."} and "0.000000" not in "".join(texts):
        return amounts, texts
    units = list(map(Decimal.quantize, amounts, repeat(UNIT)))
    return units, list(map(str, units))


def _without_exponents(amounts: Sequence[Decimal], texts: Sequence[str]) -> Sequence[str]:
    """Very small amounts have one in str(); a body has none."""
    if "E" in "".join(texts):
        return [format(amount, "f") for amount in amounts]
    return texts


def _iso_times(cells: Sequence[str]) -> Times:
    since = map(sub, map(datetime.fromisoformat, cells), repeat(_NAIVE_EPOCH))
    instants = list(map(floordiv, since, repeat(_MICROSECOND)))
    if max(map(len, cells)) > _SECONDS:
        return instants, list(map(iso, instants))
    return instants, ("Z\n".join(cells) + "Z").replace(" ", "T").split("\n")


def _epochs(cells: Sequence[str]) -> Times:
    instants = [int(cell) * (1_000 if len(cell) == 13 else 1_000_000) for cell in cells]
    return instants, list(map(iso, instants))


def _is_time(read: Callable[[Sequence[str]], Times], cell: str) -> bool:
    try:
        read([cell])
    except ValueError:
        return False
    return True
