"""The verdict of judging.judge for the plain common case, compiled for one settled binding.

One pattern matches the whole line: it splits it, and holds the grammar of every cell that
counts. Whatever it does not match, or whose arithmetic is not right at once, is None here
and goes the long way; so this can be slower than it could, never more lenient.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple, cast

from .binding import Binding
from .cells import UNIT, quote_of, side_of
from .checking import last_digit
from .decoding import Line
from .times import OLDEST, iso
from .values import Context
from .verdicts import Trade
from .versions import belongs


class Plain(NamedTuple):
    """A confirmed trade of a plain line: what a Trade is made of, and its values as text."""

    key: int
    name: str
    """Of the identity, as duplicates.digest_of gives them."""
    version: str
    version_evidence: str
    exit_time: int
    net_pnl: Decimal
    net_text: str
    cells: str
    """symbol to identity as the trade's body has them, a line break behind each."""
    own_id: str
    identity: str
    symbol: str
    side: int
    entry_time: int | None
    entry_price: Decimal
    exit_price: Decimal
    quantity: Decimal
    fee: Decimal
    quote_asset: str
    exit_reason: str | None
    exact: bool

    def trade(self, line: Line, layout: str) -> Trade:
        """The trade, as judging.judge gives it."""
        return Trade(
            line.number, line.offset, self.symbol, self.side, self.entry_time, self.exit_time,
            self.entry_price, self.exit_price, self.quantity, self.fee, self.net_pnl,
            self.version, self.version_evidence, layout, "confirmed", self.quote_asset,
            self.exit_reason, own_id=self.own_id, exact=self.exact, identity=self.identity,
        )  # fmt: skip


Weigh = Callable[[tuple[str, ...]], Plain | None]
Times = Callable[[str], tuple[int, str]]
"""A time's cell to (microseconds UTC, ISO 8601 with Z); KeyError or ValueError for none."""


class FastJudge:
    """Judges lines of one settled binding by one pattern for the whole of a line."""

    def __init__(self, pattern: str, weigh: Weigh) -> None:
        self._match = re.compile(pattern).fullmatch
        self._every = re.compile(f"^{pattern}$", re.MULTILINE).findall
        self._weigh = weigh

    def line(self, line: Line) -> Plain | None:
        """The trade of one line, None where it goes the long way."""
        text = line.text
        found = self._match(text) if text is not None and line.ended else None
        return None if found is None else self._weigh(found.groups())

    def block(self, lines: list[Line]) -> list[Plain] | None:
        """The trades of all these lines, None where one of them goes the long way."""
        if not lines or not lines[-1].ended:
            return None
        try:
            text = "\n".join([line.text for line in lines])  # type: ignore[misc]
        except TypeError:  # a line that no encoding reads
            return None
        # No part of the pattern takes a line break, so each match is one whole line.
        rows = self._every(text)
        if len(rows) != len(lines):
            return None
        plains = list(map(self._weigh, rows))
        return None if None in plains else cast("list[Plain]", plains)


_READ = frozenset(
    [
        "symbol",
        "side",
        "entry_time",
        "exit_time",
        "entry_price",
        "exit_price",
        "quantity",
        "fee",
        "pnl",
        "net_pnl",
        "gross_pnl",
        "version",
        "bot_trade_id",
        "exit_reason",
        "pnl_pct",
        "cum_pnl",
        "equity",
        "notional",
        "leverage",
        "other",
    ]
)
_NEEDED = frozenset(["symbol", "side", "exit_time", "entry_price", "exit_price", "quantity", "fee"])
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - compared with naive UTC only
_OLDEST_US = int(OLDEST.timestamp()) * 1_000_000
_DAY_US = 86_400_000_000
_HOURS_KEPT = 10_000
_IN_HOUR = {
    f"{minute:02d}:{second:02d}": (minute * 60 + second) * 1_000_000
    for minute in range(60)
    for second in range(60)
}
_ISO = r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{3}(?:\d{3})?)?)"


def compile_fast(binding: Binding, context: Context, delimiter: str) -> FastJudge | None:
    """A judge for lines of this binding, or None where only the long way reads it."""
    if not _is_plain(binding, context):
        return None
    pattern, groups = _pattern(binding, delimiter)
    if not pattern:
        return None
    return FastJudge(pattern, _weigh(binding, context, groups))


def _is_plain(binding: Binding, context: Context) -> bool:
    roles = binding.roles.keys()
    zones = {binding.zones.get(r) or context.zone or UTC for r in ("entry_time", "exit_time")}
    return (
        binding.shape == "trades"
        and not binding.proposed
        and binding.pnl_kind in ("net", "gross")
        and roles >= _NEEDED
        and roles <= _READ
        and binding.grammar.thousands == ""
        and not binding.units
        and not binding.clocks
        and zones == {UTC}
        and binding.fee_sign == 1
        and binding.side_sign == 1
        and all(form.name in ("iso", "epoch") for form in binding.forms.values())
        and not (binding.naive_times and context.zone is None)
    )


def _pattern(binding: Binding, delimiter: str) -> tuple[str, dict[str, int]]:
    mark = re.escape(binding.grammar.decimal)
    stop = re.escape(delimiter)
    if delimiter == binding.grammar.decimal:
        return "", {}
    amount = rf"([0-9]{{1,15}}(?:{mark}[0-9]{{1,18}})?)"
    text = rf'[^{stop}"\r\n]{{0,200}}'
    at_role = {at: role for role, at in binding.roles.items()}
    parts: list[str] = []
    groups: dict[str, int] = {}
    for at in range(binding.width):
        role = at_role.get(at, "")
        if role in ("entry_price", "exit_price", "quantity", "fee"):
            part = amount
        elif role == binding.pnl_role:
            part = rf"(-?[0-9]{{1,15}}(?:{mark}[0-9]{{1,18}})?)"
        elif role in ("entry_time", "exit_time"):
            part = _time_pattern(binding, role)
        elif role == "symbol":
            part = r"([A-Za-z][A-Za-z0-9/_\-]{2,30})"
        elif role in ("side", "version", "bot_trade_id", "exit_reason"):
            part = rf"({text})"
        else:
            parts.append(text)
            continue
        parts.append(part)
        groups[role] = len(groups)
    return stop.join(parts), groups


def _time_pattern(binding: Binding, role: str) -> str:
    if binding.forms[role].name == "epoch":
        return r"([0-9]{13}|[0-9]{10})"
    naive = role in binding.zones or binding.naive_times
    return _ISO + (r"(?:Z|\+00:00)?" if naive else r"(?:Z|\+00:00)")


def _weigh(binding: Binding, context: Context, groups: dict[str, int]) -> Weigh:
    i_symbol, i_side = groups["symbol"], groups["side"]
    i_entry, i_exit = groups["entry_price"], groups["exit_price"]
    i_quantity, i_fee, i_pnl = groups["quantity"], groups["fee"], groups[binding.pnl_role]
    i_left, i_entered = groups["exit_time"], groups.get("entry_time", -1)
    i_version, i_id = groups.get("version", -1), groups.get("bot_trade_id", -1)
    i_reason = groups.get("exit_reason", -1)
    comma = binding.grammar.decimal == ","
    read_entered = _time_reader(binding, "entry_time")
    read_left = _time_reader(binding, "exit_time")
    gross_kind = binding.pnl_kind == "gross"
    allowed, finest = last_digit(binding), binding.pnl_places + 1
    exact_only, tolerances = binding.exact, _tolerances(binding)
    to_the_digit = binding.to_the_digit
    low, high = binding.fee_band
    steady = binding.fee_steady
    latest = context.now + _DAY_US
    symbols: dict[str, tuple[str, str]] = {}
    sides: dict[str, int] = {}
    versions: dict[str, tuple[str, str]] = {}
    reasons: dict[str, str | None] = {}
    default = context.versions.default()
    seen = binding.versions_seen
    plain, new, line_break = Plain, tuple.__new__, "\n"

    def version_of(cell: str) -> tuple[str, str] | None:
        text = cell.strip()
        if not belongs(text, seen):
            return None
        found = context.versions.of([text], 0)
        if len(versions) < 1_000:
            versions[cell] = found
        return found

    def weigh(cells: tuple[str, ...]) -> Plain | None:
        symbol = cells[i_symbol]
        named = symbols.get(symbol)
        if named is None:
            named = ("".join(c for c in symbol.upper() if c.isalnum()), quote_of(symbol))
            if len(symbols) < 10_000:
                symbols[symbol] = named
        word = cells[i_side]
        side = sides.get(word)
        if side is None:
            side = side_of(word)
            if side is None or len(sides) > 100:
                return None
            sides[word] = side
        entry_text, exit_text, quantity_text = cells[i_entry], cells[i_exit], cells[i_quantity]
        fee_text, pnl_text = cells[i_fee], cells[i_pnl]
        if comma:
            entry_text, exit_text = entry_text.replace(",", "."), exit_text.replace(",", ".")
            quantity_text = quantity_text.replace(",", ".")
            fee_text, pnl_text = fee_text.replace(",", "."), pnl_text.replace(",", ".")
        entry, left = Decimal(entry_text), Decimal(exit_text)
        quantity, fee, printed = Decimal(quantity_text), Decimal(fee_text), Decimal(pnl_text)
        if not (entry and left and quantity):
            return None
        if entry_text.find(".") + 9 < len(entry_text) or exit_text.find(".") + 9 < len(exit_text):
            return None  # finer than the prices of an identity
        gross = (left - entry) * quantity if side > 0 else (entry - left) * quantity
        difference = printed - gross if gross_kind else printed - gross + fee
        if difference and to_the_digit:
            return None
        exact = -allowed <= difference <= allowed
        if difference and exact and pnl_text.find(".") + finest < len(pnl_text):
            return None  # finer than its neighbours: it has to agree to its own last digit
        if not exact and (
            exact_only or abs(difference) > tolerances.get(symbol, allowed) * quantity
        ):
            return None
        if high and fee and (gross_kind or printed > 0):
            turnover = (entry + left) * quantity
            if not steady or not low * turnover <= fee <= high * turnover:
                return None
        opened, opened_text = None, ""
        try:
            closed, closed_text = read_left(cells[i_left])
            if i_entered >= 0:
                opened, opened_text = read_entered(cells[i_entered])
        except (KeyError, ValueError):
            return None
        if not _OLDEST_US <= closed <= latest:
            return None
        if opened is not None and not _OLDEST_US <= opened <= closed:
            return None
        if i_version >= 0:
            version = versions.get(cells[i_version]) or version_of(cells[i_version])
            if version is None:
                return None
        else:
            version = default
        reason: str | None = None
        if i_reason >= 0:
            reason = cells[i_reason]
            if reason in reasons:
                reason = reasons[reason]
            else:
                if not reason or reason[0].isdigit() or reason[0] in " +-−$€£₩":
                    return None
                kept = reason.strip()
                if len(reasons) < 1_000:
                    reasons[reason] = kept
                reason = kept
        net = (printed - fee if gross_kind else printed).quantize(UNIT)
        fee = fee.quantize(UNIT)
        net_text, fee_text = str(net), str(fee)
        entry_key, exit_key, quantity_key = entry_text, exit_text, quantity_text
        if entry_text[-1] == "0" or entry_text[0] == "0":
            entry_text, entry_key = str(entry), _trimmed(entry_text)
        if exit_text[-1] == "0" or exit_text[0] == "0":
            exit_text, exit_key = str(left), _trimmed(exit_text)
        if quantity_text[-1] == "0" or quantity_text[0] == "0":
            quantity_text, quantity_key = str(quantity), _trimmed(quantity_text)
        identity = (
            f"{named[0]}|{side}|{'' if opened is None else opened // 1_000_000}|"
            f"{closed // 1_000_000}|{entry_key}|{exit_key}|{quantity_key}"
        )
        raw = blake2b(identity.encode(), digest_size=12).digest()
        name = raw.hex()
        values = (
            f"{symbol}\n{'long' if side > 0 else 'short'}\n{opened_text}{closed_text}\n"
            f"{entry_text}\n{exit_text}\n{quantity_text}\n{fee_text}\n{net_text}\n"
        )
        if "E" in values and "E-" in values:
            # Decimals as str() writes very small ones; a body has none with an exponent.
            values = (
                f"{symbol}\n{'long' if side > 0 else 'short'}\n{opened_text}{closed_text}\n"
                f"{entry:f}\n{left:f}\n{quantity:f}\n{fee:f}\n{net:f}\n"
            )
        return new(plain, (
            int.from_bytes(raw[:8], "little") or 1,
            name,
            version[0],
            version[1],
            closed,
            net,
            net_text,
            f"{values}{'' if reason is None else reason + line_break}{named[1]}\n{name}\n",
            cells[i_id].strip() if i_id >= 0 else "",
            identity,
            symbol, side, opened, entry, left, quantity, fee, named[1], reason, exact,
        ))  # fmt: skip

    return weigh


def _trimmed(text: str) -> str:
    """The text of a number as cells.plain writes it."""
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if text[0] != "0" or len(text) == 1 or text[1] == "." else _normal(text)


def _normal(text: str) -> str:
    stripped = text.lstrip("0")
    return stripped if stripped and stripped[0] != "." else f"0{stripped}"


def _tolerances(binding: Binding) -> dict[str, Decimal]:
    """Per market, the printed price precision: times the quantity it is the tolerance."""
    return {symbol: Decimal(1).scaleb(-places) for symbol, places in binding.price_places.items()}


def _time_reader(binding: Binding, role: str) -> Times:
    form = binding.forms.get(role)
    end = "\n" if role == "entry_time" else ""
    if form is not None and form.name == "epoch":

        def read_epoch(cell: str) -> tuple[int, str]:
            instant = int(cell) * (1_000 if len(cell) == 13 else 1_000_000)
            return instant, iso(instant) + end

        return read_epoch
    hours: dict[str, int] = {}
    end = "Z" + end

    def read(cell: str) -> tuple[int, str]:
        hour = hours.get(cell[:13])
        if hour is None:
            if len(hours) >= _HOURS_KEPT:
                hours.clear()
            since = datetime.fromisoformat(f"{cell[:13]}:00:00") - _NAIVE_EPOCH
            hour = hours[cell[:13]] = (since.days * 86_400 + since.seconds) * 1_000_000
        instant = hour + _IN_HOUR[cell[14:19]]
        if len(cell) == 19:
            return instant, f"{cell[:10]}T{cell[11:]}{end}"
        instant += int(cell[20:].ljust(6, "0"))
        return instant, iso(instant) + end[1:]

    return read
