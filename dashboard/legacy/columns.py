"""Which of several columns a role is in, where headers leave it open: their cells decide."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from .aliases import normalise
from .binding import TIME_ROLES, Binding, looks_numeric
from .cells import is_null
from .records import Record
from .sides import action_of, is_either_way, says_one_way, side_of
from .statuses import (
    OPENING,
    aside_word,
    could_be_a_word,
    is_cash_flow,
    is_closed,
    is_simulated,
    may_have_closed,
    says_trade,
    stands_open,
)
from .times import decide_form, is_clock_only, is_half_day

_COMMA = re.compile(r"-?(?:0,[0-9]+|[1-9][0-9]*,(?:[0-9]{1,2}|[0-9]{4,}))")
_LARGEST_RATE = 0.02
_MOST, _NEARLY_ALL = 0.6, 0.8
_HOLDS = 0.9
_ACCOUNTS = frozenset(
    ("account", "accountid", "accountname", "subaccount", "exchange", "venue", "계정", "계좌",
     "거래소", "konto", "börse", "账户", "交易所", "conta", "corretora", "аккаунт", "биржа")
)  # fmt: skip
_USUAL_FEE = (Decimal("0.0001"), Decimal("0.0011"))
"""What exchanges charge of a fill's turnover, least and most."""


def settle_columns(binding: Binding, rows: Sequence[Record], *, real: bool) -> None:
    """Choose the columns of sides, times of day, fee rates and modes by what is in them."""
    _settle_markets(binding, rows)
    if binding.shape == "fills":
        _settle_fill_sides(binding, rows)
    else:
        _settle_side(binding, rows)
    _settle_clocks(binding, rows)
    _settle_rates(binding, rows)
    _settle_constant_fee(binding, rows)
    _settle_costs(binding, rows)
    settle_mode(binding, rows, real=real)
    _settle_leverage(binding, rows)


def swap_time_words(binding: Binding, columns: Callable[[int], list[str]]) -> None:
    """ "entry" and "exit" name times in one log and prices in the next: their cells decide."""
    for time_role, price_role in (("entry_time", "entry_price"), ("exit_time", "exit_price")):
        at = binding.roles.get(time_role)
        if at is None or price_role in binding.roles:
            continue
        cells = [cell for cell in columns(at) if cell.strip()]
        if cells and decide_form(cells) is None and sum(map(looks_numeric, cells)) * 2 > len(cells):
            binding.roles[price_role] = binding.roles.pop(time_role)
            zone = binding.zones.pop(time_role, None)
            others = binding.also.get(time_role, ())
            if others:
                binding.roles[time_role] = others[0]
                if zone is not None:
                    binding.zones[time_role] = zone
    if "exit_time" not in binding.roles and "time" in binding.roles and binding.shape == "trades":
        binding.roles["exit_time"] = binding.roles.pop("time")
        if "time" in binding.zones:
            binding.zones["exit_time"] = binding.zones.pop("time")


def _cells(rows: Sequence[Record], at: int) -> list[str]:
    return [cell for row in rows if not is_null(cell := row.fields[at].strip())]


def _share(cells: Sequence[str], holds: object) -> float:
    assert callable(holds)
    return sum(bool(holds(cell)) for cell in cells) / len(cells) if cells else 0.0


def _settle_markets(binding: Binding, rows: Sequence[Record]) -> None:
    """ "Contracts" names the market in one export, and says how many in the next."""
    at = binding.roles.get("symbol")
    if binding.known is not None or "quantity" in binding.roles or at is None:
        return
    if _share(_cells(rows, at), looks_numeric) >= _NEARLY_ALL:
        binding.roles["quantity"] = binding.roles.pop("symbol")


def _settle_side(binding: Binding, rows: Sequence[Record]) -> None:
    """Of several columns called a side, the one that says long and short; or a type that does."""
    if binding.known is not None or binding.shape != "trades":
        return
    at = binding.roles.get("side")
    named = [*binding.also.get("side", ()), binding.roles.get("type")]
    if at is not None and _share(_cells(rows, at), _is_side) >= 1 - _NEARLY_ALL:
        return
    for other in named:
        if other is not None and _share(_cells(rows, other), _is_side) >= _NEARLY_ALL:
            binding.roles["side"] = other
            return


def _settle_fill_sides(binding: Binding, rows: Sequence[Record]) -> None:
    """The column that says buy or sell, and beside it the one that says entry or exit."""
    candidates = binding.also.get("side", ())
    if len(candidates) > 1 and binding.known is None:
        shares = [_share(_cells(rows, at), _is_side) for at in candidates]
        best = candidates[shares.index(max(shares))]
        if max(shares) >= 0.5:
            binding.roles["side"] = best
            opening = [at for at in candidates if at != best]
            told = [at for at in opening if _share(_cells(rows, at), _opens_or_closes) >= 0.6]
            binding.roles.pop("type", None)
            if told:
                binding.roles["type"] = told[0]
    binding.orders_side = _names_orders(binding, rows)
    _settle_holds(binding, rows)
    binding.accounts = tuple(
        at for at, each in enumerate(binding.headings) if normalise(each.name) in _ACCOUNTS
    )


def _settle_holds(binding: Binding, rows: Sequence[Record]) -> None:
    """The column that says, beside buy and sell, which of two positions of a market is meant.

    In hedge mode both may be held at once. A column that says long for every purchase and short
    for every sale says nothing more.
    """
    side = binding.roles.get("side")
    if side is None or not all(map(says_one_way, _cells(rows, side))):
        return
    taken = (side, binding.roles.get("type"))
    for at, each in enumerate(binding.headings):
        if each.role not in ("side", "type") or at in taken:
            continue
        if _share(_cells(rows, at), _is_position) < _HOLDS:
            continue
        told = [(side_of(row.fields[side]), side_of(row.fields[at])) for row in rows]
        if any(way and held and way != held for way, held in told):
            binding.roles["hold"] = at
            return


def _is_position(cell: str) -> bool:
    return not says_one_way(cell) and (side_of(cell) is not None or is_either_way(cell))


def _is_side(cell: str) -> bool:
    return side_of(cell) is not None or action_of(cell) is not None


def _opens_or_closes(cell: str) -> bool:
    return cell.strip().casefold() in OPENING


def _names_orders(binding: Binding, rows: Sequence[Record]) -> bool:
    """True where an exit's buy or sell is the opposite of its entry's: the order is meant."""
    side, kind = binding.roles.get("side"), binding.roles.get("type")
    if side is None or kind is None or side == kind:
        return False
    if not all(says_one_way(cell) for cell in _cells(rows, side)):
        return False
    market = binding.roles.get("symbol")
    last: dict[str, tuple[int, int]] = {}
    opposite = same = 0
    for row in rows:
        opens = OPENING.get(row.fields[kind].strip().casefold())
        way = side_of(row.fields[side])
        if opens is None or way is None:
            continue
        name = row.fields[market] if market is not None else ""
        before = last.get(name)
        if before is not None and before[0] != opens:
            opposite += before[1] != way
            same += before[1] == way
        last[name] = (opens, way)
    return opposite > same


def _settle_clocks(binding: Binding, rows: Sequence[Record]) -> None:
    """A date in one column and the time of day in the next are one time."""
    for role in TIME_ROLES:
        at = binding.roles.get(role)
        if at is None:
            continue
        # Settled once, a role stands in the date's column: its clock is under its own name.
        named = [i for i, each in enumerate(binding.headings) if each.role == role]
        near = [*named, *binding.also.get(role, ()), *(binding.also.get("time", ()))]
        if "time" in binding.roles:
            near.append(binding.roles["time"])
        if not binding.headings or (
            at + 1 < binding.width and binding.headings[at + 1].role in ("", *TIME_ROLES)
        ):
            near.append(at + 1)
        here = _clocks(rows, at)
        for other in near:
            if other == at or other >= binding.width:
                continue
            if here > 0.6 and _dates(rows, other) > 0.6:
                binding.roles[role], binding.clocks[role] = other, (at,)
            elif _dates(rows, at) > 0.6 and _clocks(rows, other) > 0.6:
                binding.clocks[role] = (other,)
            else:
                continue
            break
        _settle_half(binding, rows, role)


def _settle_half(binding: Binding, rows: Sequence[Record], role: str) -> None:
    """ "PM" in a column of its own: without it the time would be off by twelve hours."""
    clock = binding.clocks.get(role, ())
    half = max(binding.roles[role], *clock) + 1 if clock else binding.roles[role] + 1
    if half < binding.width and _share(_cells(rows, half), is_half_day) >= _MOST:
        binding.clocks[role] = (*clock, half)


def _clocks(rows: Sequence[Record], at: int) -> float:
    return _share(_cells(rows, at), is_clock_only)


def _dates(rows: Sequence[Record], at: int) -> float:
    """The share of cells that could be a date without a time of day."""
    return _share(_cells(rows, at), lambda cell: ":" not in cell and 6 <= len(cell) <= 20)


def _settle_rates(binding: Binding, rows: Sequence[Record]) -> None:
    """fee_open is a rate in one log (0.001) and money in another."""
    for rate, money in (("entry_fee_rate", "entry_fee"), ("exit_fee_rate", "exit_fee")):
        at = binding.roles.get(rate)
        if at is None:
            continue
        values = sorted(filter(None, (_float(cell) for cell in _cells(rows, at))))
        if values and values[len(values) // 2] > _LARGEST_RATE:
            binding.roles.setdefault(money, binding.roles.pop(rate))


def _settle_costs(binding: Binding, rows: Sequence[Record]) -> None:
    """Taxes and the like are costs as fees are. Of two fees it is not said what they add up to."""
    others = (
        [binding.roles["cost"], *binding.also.get("cost", ())] if "cost" in binding.roles else []
    )
    binding.costs = tuple(others)
    for at in binding.also.get("fee", ()):
        fee = binding.roles.get("fee", at)
        told = [(row.fields[fee].strip(), row.fields[at].strip()) for row in rows]
        if any(second.strip("0.,-") and second != first for first, second in told):
            binding.two_fees = True


def _settle_constant_fee(binding: Binding, rows: Sequence[Record]) -> None:
    """A fee that is the same number whatever was traded is a rate, or a note of one."""
    at = binding.roles.get("fee")
    if at is None or binding.shape != "trades":
        return
    cells = [_with_point(cell.rstrip("% ")) for cell in _cells(rows, at)]
    common = max(set(cells), key=cells.count, default="")
    value = _float(common)
    if len(cells) < 3 or not value:
        return
    if cells.count(common) >= 3 and cells.count(common) * 5 >= len(cells):
        binding.usual_fee = Decimal(common)
    if cells.count(common) * 20 < len(cells) * 19:
        return
    sizes = sorted(filter(None, (_size(binding, row) for row in rows)))
    if len(sizes) < 3 or sizes[-1 - len(sizes) // 10] < 1.3 * sizes[len(sizes) // 10]:
        return
    percent = any("%" in cell for cell in _cells(rows, at))
    if percent or value <= _LARGEST_RATE:
        del binding.roles["fee"]
        binding.roles["entry_fee_rate"] = binding.roles["exit_fee_rate"] = at
        binding.rate_scale = Decimal("0.01") if percent else Decimal(1)
    binding.constant_fee = Decimal(common)


def _with_point(cell: str) -> str:
    """A number whose comma can be no thousands mark, with a point in its place."""
    return cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell


def _size(binding: Binding, row: Record) -> float | None:
    price, quantity = binding.roles.get("entry_price"), binding.roles.get("quantity")
    if price is None or quantity is None:
        return None
    factors = [_float(row.fields[at].replace(",", ".")) for at in (price, quantity)]
    return None if None in factors else (factors[0] or 0.0) * (factors[1] or 0.0)


def settle_mode(binding: Binding, rows: Sequence[Record], *, real: bool) -> None:
    """Paper trades are told from real ones, where real ones are asked for or both stand here."""
    if not binding.headings:
        free = set(range(binding.width)) - set(binding.roles.values())
        told = [at for at in free if 0 < _share(_cells(rows, at), is_simulated) < 1]
        if told:
            binding.roles["mode"] = told[0]
    named = [binding.roles[role] for role in ("mode", "status", "type") if role in binding.roles]
    # A column whose name says nothing may have "testnet" in some of its cells.
    taken = set(binding.roles.values())
    named += [at for at in range(len(binding.headings)) if at not in taken]
    own = binding.known is not None and binding.known.own
    named = [] if own else list(dict.fromkeys(named))
    binding.watched = tuple(at for at in named if real or _is_mixed(binding, rows, at))
    binding.worded = tuple(
        at for at in binding.watched if any(map(could_be_a_word, _cells(rows, at)))
    )
    _settle_flows(binding, rows)


def _is_mixed(binding: Binding, rows: Sequence[Record], at: int) -> bool:
    """Whether some rows say here that they are paper, and some do not."""
    kinds = [aside_word(cell, binding, at) == "simulated" for cell in _cells(rows, at)]
    return any(kinds) and not all(kinds)


def _settle_flows(binding: Binding, rows: Sequence[Record]) -> None:
    """Columns by which some rows say that they are no closed trades, whatever their names say."""
    status = binding.roles.get("status")
    if status is not None and binding.shape == "trades":
        told = _cells(rows, status)
        binding.closes = _share(told, is_closed) >= _MOST
        unknown = {cell.casefold() for cell in told if not may_have_closed(cell)}
        binding.unsure = bool(unknown) and len({cell.casefold() for cell in told}) > 1
    if binding.shape == "trades":
        taken = set(binding.roles.values()) - {binding.roles.get("type")}
        for at in range(len(binding.headings)):
            if at not in taken and _share(_cells(rows, at), says_trade) >= _MOST:
                binding.says_trade = at
    for at, each in enumerate(binding.headings):
        cells = _cells(rows, at)
        if cells and all(stands_open(cell, each.name) is not None for cell in cells):
            binding.roles["stands"] = at
        elif each.role in ("", "other") and 0 < _share(cells, is_cash_flow) < 1:
            binding.roles.setdefault("flow", at)


def _settle_leverage(binding: Binding, rows: Sequence[Record]) -> None:
    """With leverage and no PnL printed, a quantity may be the position's or the margin's.

    The fee tells, where its share of the turnover is usual for the one and not for the other.
    """
    at = binding.roles.get("leverage")
    if at is None or binding.shape != "trades":
        return
    factors = sorted(filter(None, (_float(cell.strip(" xX")) for cell in _cells(rows, at))))
    if not factors or factors[-1] <= 1:
        return
    binding.leverage = Decimal(str(factors[len(factors) // 2]))


def leverage_decides(share: Decimal, leverage: Decimal) -> bool:
    """True where fees of this share of the turnover show that quantities include the leverage."""
    low, high = _USUAL_FEE
    return low <= share <= high and not low <= share / leverage <= high


def _float(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
