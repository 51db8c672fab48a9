"""Another bot's state file: what it says of balance, equity and open positions, and no more.

What a state does not name, or names twice with different values, is unknown: None, never zero.
Equity and balance are taken as they stand and are never turned into a profit.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from dashboard.legacy.aliases import VOCABULARY, heading, normalise
from dashboard.legacy.bodies import SIDE_NAMES
from dashboard.legacy.cells import POINT, QUOTES, is_null, is_symbol, quote_of
from dashboard.legacy.decoding import Decoder, wide_encoding
from dashboard.legacy.sides import side_of
from dashboard.legacy.times import TimezoneNeeded, decide_form, iso, microseconds, place, too_old
from dashboard.legacy.versions import clean

from .names import CONTAINERS, INDICATORS, POSITION, STATE
from .reading import reading

MAX_BYTES = 16 * 1024**2
DEEPEST = 4
DAY = 86_400_000_000
QUIET_NS = 100_000_000
"""A file left alone for so long is not being written now."""
PATIENCE = 5
"""So many looks a file that is written all the time is waited for."""
FLAT = {"none", "flat", "no", "false", "closed", "없음", "无", "空仓", "keine", "nenhuma", "нет"}
Json = dict[str, Any]


@dataclass(slots=True)
class State:
    """What a state file says. Money as decimal text; None is unknown. Times in microseconds."""

    version: str = ""
    strategy: str = ""
    symbol: str = ""
    interval: str = ""
    quote_asset: str = ""
    balance: str | None = None
    equity: str | None = None
    unrealised: str | None = None
    positions: list[Json] | None = None
    indicators: dict[str, str] = field(default_factory=dict)
    settings: Json | None = None
    time: int | None = None
    unclear: list[str] = field(default_factory=list)
    """What could not be taken, and why."""
    sha256: str = ""

    def says_anything(self) -> bool:
        """Whether there is anything in it that a snapshot records."""
        return not (self.balance is self.equity is self.unrealised is None) or (
            self.positions is not None
        )

    def snapshot(self, account: str) -> Json:
        """The body of state.snapshot. There is no candle in it: the bot's file tells none."""
        body: Json = {
            "quote_asset": self.quote_asset,
            "account": account,
            "balance": self.balance,
            "equity": self.equity,
            "realised": None,
            "unrealised": self.unrealised,
            "deposits": None,
            "indicators": self.indicators,
            "source": {"sha256": self.sha256, "unclear": self.unclear},
        }
        if self.interval:
            body["interval"] = self.interval
        if self.positions is not None:
            body["positions"] = self.positions
        return body


class StateFile:
    """A state file while it is written: a whole state that is new, or None."""

    def __init__(self, path: Path, zone: tzinfo | None, known_sha256: str = "") -> None:
        self.path, self._zone = path, zone
        self._sha256, self._looks = known_sha256, 0
        self._seen: tuple[int, int, int] | None = None
        self.trouble = ""

    @property
    def settled(self) -> bool:
        """Whether the file as it stands has been read, or cannot be."""
        return not self._looks

    def step(self, now: int) -> State | None:
        """The file's state if it has changed and stands still; `now` in microseconds.

        Read twice: half of an old state and half of a new one can be valid JSON together.
        """
        try:
            stat = self.path.stat()
            if self._mark(stat) == self._seen:
                return None
            data = self._steady(stat, now)
        except FileNotFoundError:
            self.trouble, self._looks = f"{self.path} is not there (yet)", 0
            return None
        except OSError as error:
            self.trouble = f"{self.path} cannot be read now ({error.strerror or error})"
            return None
        if data is None:
            self._looks += 1
            return None
        found = read_state(data, self._zone, now)
        if found is None:
            self._looks += 1
            self.trouble = f"{self.path} is no whole JSON object now"
            return None
        self.trouble, self._looks, self._seen = "", 0, self._mark(stat)
        if not found.says_anything():
            self.trouble = f"{self.path} names no balance, equity or positions known here"
            return None
        if found.sha256 == self._sha256:
            return None
        self._sha256 = found.sha256
        if found.time is None:
            found.time = min(stat.st_mtime_ns // 1_000, now)
        return found

    def _steady(self, stat: os.stat_result, now: int) -> bytes | None:
        quiet = now * 1_000 - stat.st_mtime_ns >= QUIET_NS
        if not quiet and self._looks < PATIENCE:
            return None
        readings = []
        for _ in range(2):
            with reading(self.path) as stream:
                before = os.fstat(stream.fileno())
                readings.append(stream.read(MAX_BYTES + 1))
            if self._mark(before) != self._mark(stat):
                return None
        if len(readings[0]) > MAX_BYTES:
            raise OSError(f"it has more than {MAX_BYTES:,} bytes: no state file")
        same = readings[0] == readings[1] and self._mark(self.path.stat()) == self._mark(stat)
        return readings[0] if same else None

    @staticmethod
    def _mark(stat: os.stat_result) -> tuple[int, int, int]:
        return stat.st_ino, stat.st_size, stat.st_mtime_ns


def read_state(data: bytes, zone: tzinfo | None, now: int) -> State | None:
    """What the bytes of a state file say; None where they are no whole JSON object."""
    text = _text(data)
    if text is None:
        return None
    try:
        # Digits stay digits: a float would change them. NaN and Infinity are no numbers.
        whole = json.loads(text, parse_float=str, parse_int=str, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(whole, dict):
        return None
    state = State(sha256=hashlib.sha256(data).hexdigest())
    found = _Found(state)
    found.look(whole, 0)
    for name in ("version", "strategy", "interval"):
        value = found.text(name)
        setattr(state, name, clean(value) if name == "version" else value)
    symbol = found.text("symbol") or found.only_symbol
    state.symbol = symbol if is_symbol(symbol) else ""
    for name in ("balance", "equity", "unrealised"):
        setattr(state, name, found.amount(name))
    state.positions = found.positions(zone, now)
    state.quote_asset = found.quote_asset()
    state.time = _time(found.one("time"), zone, now)
    settings = found.one("settings")
    state.settings = settings if isinstance(settings, dict) else None
    if not state.interval and state.settings is not None:
        state.interval = next(
            (
                str(value)
                for name, value in state.settings.items()
                if STATE.get(normalise(name)) == "interval" and isinstance(value, str)
            ),
            "",
        )
    return state


def _text(data: bytes) -> str | None:
    wide = wide_encoding(data)
    try:
        return data.decode(wide or "utf-8-sig").removeprefix("\ufeff")
    except UnicodeDecodeError:
        pieces = [Decoder(vocabulary=VOCABULARY).decode(line) for line in data.split(b"\n")]
        return None if None in pieces else "\n".join(piece or "" for piece in pieces)


class _Found:
    """What stands in a state under known names, the shallowest place first."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._at: dict[str, tuple[int, list[Any]]] = {}
        self._beside: Json = {}
        self.only_symbol = ""
        self._symbols: set[str] = set()

    def look(self, item: Mapping[str, Any], depth: int) -> None:
        for name, value in item.items():
            key = normalise(name)
            role = STATE.get(key, "")
            if role:
                known = self._at.get(role)
                if known is None or known[0] > depth:
                    self._at[role] = (depth, [value])
                    if role == "positions":
                        self._beside = dict(item)
                elif known[0] == depth:
                    known[1].append(value)
            elif key in INDICATORS:
                self._indicator(name, value)
            elif isinstance(value, dict) and depth < DEEPEST:
                if key in CONTAINERS:
                    self.look(value, depth + 1)
                elif is_symbol(name):
                    self._symbols.add(name)
                    self.look(value, depth + 1)
            if role == "indicators" and isinstance(value, dict):
                for each, number in value.items():
                    self._indicator(each, number)
        self.only_symbol = next(iter(self._symbols)) if len(self._symbols) == 1 else ""

    def _indicator(self, name: str, value: Any) -> None:
        number = _number(value)
        if number is not None and len(self._state.indicators) < 50:
            self._state.indicators[str(name)[:60]] = number

    def one(self, role: str) -> Any:
        """The value under a role; None where there is none, or several that differ."""
        _, values = self._at.get(role, (0, []))
        if not values:
            return None
        if any(value != values[0] for value in values):
            self._state.unclear.append(f"{role} stands there {len(values)} times, differently")
            return None
        return values[0]

    def text(self, role: str) -> str:
        value = self.one(role)
        return value.strip()[:100] if isinstance(value, str) else ""

    def amount(self, role: str) -> str | None:
        value = self.one(role)
        number = _amount(value)
        if number is None and value is not None and not isinstance(value, bool):
            self._state.unclear.append(f"{role} is no number: {str(value)[:60]!r}")
        return number

    def quote_asset(self) -> str:
        """The money of it all: named, else the quote of the markets, where that is one."""
        named = self.text("quote_asset").upper()
        if named in QUOTES:
            return named
        symbols = [self._state.symbol, *(p["symbol"] for p in self._state.positions or [])]
        quotes = {quote_of(symbol) for symbol in symbols if symbol} - {""}
        return quotes.pop() if len(quotes) == 1 else ""

    def positions(self, zone: tzinfo | None, now: int) -> list[Json] | None:
        """Open positions; [] where it says there are none, None where it says nothing."""
        if "positions" not in self._at:
            return None
        value = self.one("positions")
        if isinstance(value, str) and not is_null(value) and side_of(value) is not None:
            # "position": "LONG" beside its price and quantity
            value = [{**self._beside, "side": value}]
        made = []
        for symbol, item in _items(value):
            position = _position(item, symbol or self._state.symbol, zone, now)
            if position is None:
                self._state.unclear.append(f"a position is not clear: {str(item)[:80]}")
            elif position:
                made.append(position)
        if not _is_positions(value):
            self._state.unclear.append(f"positions are no list: {str(value)[:60]!r}")
            return None
        return made


def _is_positions(value: Any) -> bool:
    flat = isinstance(value, str) and (is_null(value) or value.strip().casefold() in FLAT | {"0"})
    return value is None or value is False or flat or isinstance(value, (list, dict))


def _items(value: Any) -> Iterator[tuple[str, Json]]:
    """(symbol or "", position) of a list, of an object of positions, or of one position."""
    if isinstance(value, list):
        yield from (("", item) for item in value if isinstance(item, dict))
    elif isinstance(value, dict):
        if any(_role(name) == "entry_price" for name in value):
            yield "", value
        else:
            yield from (
                (name if is_symbol(name) else "", item)
                for name, item in value.items()
                if isinstance(item, dict)
            )


def _role(name: str) -> str:
    key = normalise(name)
    return POSITION.get(key) or heading(name).role or STATE.get(key, "")


def _position(item: Json, symbol: str, zone: tzinfo | None, now: int) -> Json | None:
    """One open position; {} for one of quantity zero; None where side or market is not clear."""
    told: dict[str, Any] = {}
    for name, value in item.items():
        role = _role(name)
        if role == "entry_time" and _number(value) is not None and _epochless(value):
            role = "entry_price"  # "entry" names a price as often as a time
        if role == "type" and "side" not in told:
            role = "side"
        if role and value is not None:
            told.setdefault(role, value)
    quantity = _number(told.get("quantity"))
    if quantity is not None and not Decimal(quantity):
        return {}
    market = told.get("symbol") if isinstance(told.get("symbol"), str) else symbol
    side = side_of(str(told.get("side", "")))
    if side is None and quantity is not None and Decimal(quantity) < 0:
        side = -1
    if side is None or not market:
        return None
    entered = _time(told.get("entry_time", told.get("time")), zone, now)
    made: Json = {
        "trade_id": "",
        "symbol": str(market)[:50],
        "side": SIDE_NAMES[side],
        "quantity": None if quantity is None else quantity.lstrip("-"),
        "entry_time": None if entered is None else iso(entered),
        **{
            name: _number(told.get(name))
            for name in (
                "entry_price", "price", "stop_loss_price", "take_profit_price", "fee", "unrealised",
            )
        },
    }  # fmt: skip
    own = told.get("trade_id")
    since = made["entry_time"] or made["entry_price"] or "now"
    made["trade_id"] = str(own)[:100] if own else f"open-{made['symbol']}-{made['side']}-{since}"
    return made


def _epochless(value: Any) -> bool:
    return len(str(value).partition(".")[0]) < 10


def _number(value: Any) -> str | None:
    """A number as the file writes it; None for what is none."""
    if not isinstance(value, str) or is_null(value):
        return None
    number = POINT.number(value)
    return None if number is None else format(number, "f")


def _amount(value: Any) -> str | None:
    """A sum of money: a number, the total of an object, or its only currency's."""
    if not isinstance(value, dict):
        return _number(value)
    total = next((v for name, v in value.items() if normalise(name) == "total"), None)
    if total is not None:
        return _amount(total)
    quotes = [name for name in value if str(name).upper() in QUOTES]
    return _amount(value[quotes[0]]) if len(quotes) == 1 and len(value) == 1 else None


def _time(value: Any, zone: tzinfo | None, now: int) -> int | None:
    if not isinstance(value, str):
        return None
    form = decide_form([value])
    read = form.read(value.strip()) if form is not None else None
    if read is None:
        return None
    try:
        moment = place(read[0], zone)
    except TimezoneNeeded:
        return None
    if moment is None:
        return None
    found = microseconds(moment)
    return None if too_old(found) or found > now + DAY else found
