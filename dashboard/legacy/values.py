"""A record's cells as values under one binding, or the first thing wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from .binding import Binding
from .cells import FALSE, TRUE, base_of, decimals, is_null, quote_of, split_asset
from .markets import symbol_of
from .sides import SIGNS, action_of, says_one_way, side_of
from .times import TimezoneNeeded, is_clock_only, microseconds, place, too_old, with_clock
from .verdicts import Aside, Refusal, show
from .versions import Versions

ZERO = Decimal(0)


_DAY_US = 86_400_000_000


@dataclass(slots=True)
class Context:
    """What judging needs beside the record: the zone of naive times, the clock, the versions."""

    zone: tzinfo | None
    now: int
    versions: Versions
    order: str = ""
    """"dmy" or "mdy" as dates elsewhere in the file show it, "" unknown."""
    symbol: str = ""
    """The market named by the file, for layouts without such a column."""
    real: bool = True
    """Whether trades of real money are asked for, so that those on paper are none."""
    paper: str = ""
    """The line above the file's rows by which all of them are on paper."""


@dataclass(slots=True)
class Values:
    """A record's cells as values. None where the file says nothing."""

    symbol: str
    side: int
    entry_time: int | None
    exit_time: int
    entry: Decimal | None
    exit: Decimal | None
    quantity: Decimal | None
    fee: Decimal | None
    funding: Decimal
    printed: Decimal | None
    places: int
    pnl_places: int = 8
    other_fees: dict[str, Decimal] | None = None
    """A fee in an asset that is not the quote: no part of any sum."""
    cut: bool = False
    """The PnL has fewer places than its column, which keeps its zeros: the end is missing."""


def read_values(fields: list[str], binding: Binding, context: Context) -> Values | Refusal | Aside:
    """The record's values, or the first thing wrong with it."""
    roles = binding.roles
    numbers: dict[str, Decimal | None] = {}
    for role in (
        "entry_price",
        "exit_price",
        "quantity",
        "fee",
        "entry_fee",
        "exit_fee",
        "entry_fee_rate",
        "exit_fee_rate",
        "funding",
    ):
        value = number(fields, role, binding)
        if isinstance(value, Refusal):
            if role == "exit_price" and _is_open(fields, binding):
                return Aside("open")
            return value
        numbers[role] = value
    printed: Decimal | None = None
    if binding.pnl_role:
        value = number(fields, binding.pnl_role, binding)
        if isinstance(value, Refusal):
            return value
        printed = value
    if _is_open(fields, binding):
        return Aside("open")
    times = _times(fields, binding, context)
    if isinstance(times, Refusal):
        return times
    symbol = symbol_of(fields, binding, context.symbol)
    if isinstance(symbol, Refusal):
        return symbol
    side = _side(fields, binding)
    if isinstance(side, Refusal):
        return side
    for role, name in (("entry_price", "entry price"), ("exit_price", "exit price")):
        value = numbers[role]
        if role in roles and value is None:
            return Refusal("bad_number", f"no {name}: {show(fields[roles[role]])}")
        if value is not None and value <= 0:
            return Refusal("price_not_positive", f"{name} is {show(fields[roles[role]])}")
    if binding.swapped_prices and side < 0:
        numbers |= {"entry_price": numbers["exit_price"], "exit_price": numbers["entry_price"]}
    quantity = numbers["quantity"]
    if "quantity" in roles:
        if quantity is None:
            return Refusal("bad_number", f"no quantity: {show(fields[roles['quantity']])}")
        if binding.signed_sides and quantity:
            side, quantity = (1 if quantity > 0 else -1), abs(quantity)
        elif binding.signed_shorts and quantity and (quantity < 0) == (side < 0):
            quantity = abs(quantity)
        elif quantity <= 0 or binding.signed_shorts:
            return Refusal(
                "quantity_not_positive", f"quantity is {show(fields[roles['quantity']])}"
            )
    fee = _fees(numbers, binding)
    if binding.costs and fee is not None:
        costs = costs_of(fields, binding)
        if isinstance(costs, Refusal):
            return costs
        fee += costs
    if fee is not None and fee < 0:
        return Refusal("negative_fee", f"fee is {fee}")
    other = _other_asset(fields, binding, symbol) if fee else ""
    other_fees = {other: fee} if other and fee else None
    if other:
        fee = None
    places = 0
    if "entry_price" in roles and "exit_price" in roles:
        mark = binding.grammar.decimal
        places = max(
            decimals(fields[roles["entry_price"]], mark),
            decimals(fields[roles["exit_price"]], mark),
        )
    return Values(
        symbol, side, times[0], times[1], numbers["entry_price"], numbers["exit_price"], quantity,
        fee, (numbers["funding"] or ZERO) * binding.funding_sign, printed, places,
        _pnl_places(fields, binding), other_fees, printed is not None and is_cut(fields, binding),
    )  # fmt: skip


DOLLARS = frozenset(("USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USDP", "DAI"))


def _other_asset(fields: list[str], binding: Binding, symbol: str) -> str:
    """The asset a fee was paid in where it is not the market's quote; "" where it is, or "
    "unsaid."""
    at = binding.roles.get("fee")
    named = text_of(fields, "fee_asset", binding)
    if not named and at is not None:
        named = binding.unit_names.get(at, "")
        if not named and binding.headings:
            named = binding.headings[at].currency
    asset = (named or "").upper()
    if not asset.isalnum() or not asset.isascii():
        return ""
    quote = binding.currency or quote_of(symbol)
    if asset == quote or (asset in DOLLARS and (quote in DOLLARS or not quote)):
        return ""
    return asset


def _pnl_places(fields: list[str], binding: Binding) -> int:
    """The precision a PnL cell is printed with: its own where that is common in its column.

    Or finer than its column's: what prints eight digits does not agree by two of them.
    """
    if binding.pnl_role and binding.pnl_forms:
        at = binding.roles[binding.pnl_role]
        take_off = binding.units.get(at)
        own = decimals(take_off(fields[at]) if take_off else fields[at], binding.grammar.decimal)
        if own in binding.pnl_forms or own > binding.pnl_places:
            return own
    return binding.pnl_places


def is_cut(fields: list[str], binding: Binding) -> bool:
    """Whether the PnL has fewer places than its column, which keeps its zeros."""
    if not binding.fixed_places:
        return False
    at = binding.roles[binding.pnl_role]
    take_off = binding.units.get(at)
    cell = take_off(fields[at]) if take_off else fields[at]
    if binding.grammar.number(cell) is None:
        return False
    places = decimals(cell, binding.grammar.decimal)
    if places < 2 and not cell.strip("0.,+-− "):
        return False  # a nought that a program writes by itself: 0, 0.0
    return places < binding.pnl_places


def _fees(numbers: dict[str, Decimal | None], binding: Binding) -> Decimal | None:
    if "fee" in binding.roles:
        value = numbers["fee"]
        return None if value is None else value * binding.fee_sign
    if "entry_fee" in binding.roles and "exit_fee" in binding.roles:
        first, second = numbers["entry_fee"], numbers["exit_fee"]
        if first is not None and second is not None:
            return (first + second) * binding.fee_sign
    if "entry_fee_rate" in binding.roles and "exit_fee_rate" in binding.roles:
        parts = [numbers[r] for r in ("entry_price", "entry_fee_rate", "exit_price",
                                      "exit_fee_rate", "quantity")]  # fmt: skip
        if all(part is not None for part in parts):
            entry, opening, left, closing, quantity = (part or ZERO for part in parts)
            return quantity * (entry * opening + left * closing) * binding.rate_scale
    return None


def _is_open(fields: list[str], binding: Binding) -> bool:
    """A position that is still open: neither exit time nor exit price nor PnL is there."""
    roles = [
        role for role in ("exit_time", "exit_price", binding.pnl_role) if role in binding.roles
    ]
    if len(roles) < 2 or "entry_price" not in binding.roles:
        return False
    zeros = {"0", "0.0", "0.00"}
    empty = [is_null(fields[binding.roles[role]]) for role in roles]
    if all(empty):
        return True
    loose = [
        e or (role != "exit_time" and fields[binding.roles[role]].strip() in zeros)
        for role, e in zip(roles, empty, strict=True)
    ]
    return all(loose) and empty[0] and "exit_time" in roles


def number(fields: list[str], role: str, binding: Binding) -> Decimal | Refusal | None:
    """A number cell: its value, None for a null or a missing column, or why it is none."""
    at = binding.roles.get(role)
    if at is None:
        return None
    cell = fields[at]
    if is_null(cell):
        return None
    take_off = binding.units.get(at)
    value = binding.grammar.number(take_off(cell) if take_off else cell)
    if value is None and role == "quantity":
        value = _with_asset(cell, fields, binding)
    if value is None:
        return Refusal("bad_number", f"{role} is {show(cell)}")
    return value


def _with_asset(cell: str, fields: list[str], binding: Binding) -> Decimal | None:
    """ "0.05 BTC" of a market that trades it."""
    at = binding.roles.get("symbol")
    amount, asset = split_asset(cell)
    market = fields[at].strip() if at is not None else ""
    if not asset or asset not in (base_of(market), market.upper()):
        return None
    return binding.grammar.number(amount)


def costs_of(fields: list[str], binding: Binding) -> Decimal | Refusal:
    """Further costs beside the fee, which are none where a cell is empty; above zero."""
    total = ZERO
    for at in binding.costs:
        cell = fields[at]
        if is_null(cell):
            continue
        value = binding.grammar.number(cell.strip().lstrip("$€₩"))
        if value is None:
            return Refusal("bad_number", f"{binding.headings[at].name} is {show(cell)}")
        total += abs(value)
    return total


def time_of(
    fields: list[str], role: str, binding: Binding, context: Context
) -> int | Refusal | None:
    """A time cell in microseconds UTC, None for a null or a missing column, or why it is none."""
    at = binding.roles.get(role)
    if at is None:
        return None
    cell = fields[at].strip()
    if is_null(cell):
        return None
    if role in binding.clocks:
        cell = with_clock(cell, fields, binding.clocks[role])
    form = binding.forms.get(role)
    read = form.read(cell) if form is not None else None
    if read is None:
        if is_clock_only(cell):
            return Refusal("time_without_date", f"{role} is {show(cell)}")
        if form is None:
            return Refusal("ambiguous_date", f"{role} is {show(cell)}")
        return Refusal("bad_time", f"{role} is {show(cell)}")
    zone = binding.zones.get(role) or context.zone
    if zone is None and not read[1]:
        raise TimezoneNeeded(cell)
    moment = place(read[0], zone)
    if moment is None:
        return Refusal("bad_time", f"{role} is {show(cell)}, an hour the clocks skipped")
    instant = microseconds(moment)
    if instant > context.now + _DAY_US:
        return Refusal("time_in_future", f"{role} is {show(cell)}")
    return instant


def _times(
    fields: list[str], binding: Binding, context: Context
) -> tuple[int | None, int] | Refusal:
    entered = time_of(fields, "entry_time", binding, context)
    if isinstance(entered, Refusal):
        return entered
    left = time_of(fields, "exit_time", binding, context)
    if isinstance(left, Refusal):
        return left
    if left is None:
        return Refusal("bad_time", "no exit time")
    if "entry_time" in binding.roles and entered is None and not binding.may_lack_entry:
        return Refusal("bad_time", "no entry time")
    if entered is not None and left < entered:
        return Refusal(
            "exit_before_entry",
            (
                f"entry {show(fields[binding.roles['entry_time']])}, exit "
                f"{show(fields[binding.roles['exit_time']])}"
            ),
        )
    if too_old(left) or (entered is not None and too_old(entered)):
        return Refusal("time_too_old", f"exit is {show(fields[binding.roles['exit_time']])}")
    return entered, left


def _side(fields: list[str], binding: Binding) -> int | Refusal:
    at = binding.roles.get("side")
    if at is None:
        at = binding.roles.get("is_short")
        if at is None:
            return binding.fixed_side
        word = fields[at].strip().casefold()
        if word in TRUE or word in FALSE:
            return -1 if word in TRUE else 1
        return Refusal("unknown_side", f"is_short is {show(fields[at])}")
    cell = fields[at]
    side = SIGNS.get(cell.strip()) if binding.numeric_side else side_of(cell)
    if side is None:
        action = action_of(cell)
        if action is None:
            return Refusal("unknown_side", f"side is {show(cell)}")
        return action[1]
    if binding.side_sign < 0 and says_one_way(cell):
        return -side
    return side


def text_of(fields: list[str], role: str, binding: Binding) -> str | None:
    """A text cell, None where there is none or it is a null; bounded in length."""
    at = binding.roles.get(role)
    if at is None or is_null(fields[at]):
        return None
    return fields[at].strip()[:200]
