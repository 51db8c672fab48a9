"""One record under one binding: its values, whether its PnL agrees with them, and the verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from .binding import PNL_ROLES, Binding, looks_numeric
from .cells import (
    UNIT,
    action_of,
    decimals,
    is_null,
    is_symbol,
    quote_of,
    says_one_way,
    side_of,
    to_unit,
)
from .records import Record
from .times import TimezoneNeeded, is_clock_only, microseconds, place, too_old
from .verdicts import Aside, Refusal, Trade, Verdict
from .versions import Versions, belongs

ZERO = Decimal(0)
_MILLIONTH = Decimal("0.000001")
_HALF = Decimal("0.5")
_DAY_US = 86_400_000_000

_STATUS = {
    "open": (
        "open open_order new pending partially_filled partiallyfilled partial active submitted "
        "placed 미체결 대기 진행중 보유중 offen 未成交 持仓中 未平仓 aberta aberto pendente "
        "открыта открыт активен"
    ),
    "cancelled": (
        "cancelled canceled cancel storniert abgebrochen 취소 취소됨 已取消 已撤销 撤单 "
        "cancelada cancelado отменён отменен отменена"
    ),
    "rejected": (
        "rejected expired denied 거부 거절 abgelehnt verfallen 已拒绝 已过期 rejeitada "
        "rejeitado expirada отклонён отклонен истёк"
    ),
    "error": (
        "error failed failure fail err exception 오류 실패 에러 fehler fehlgeschlagen 错误 失败 "
        "erro falha falhou ошибка"
    ),
    "heartbeat": (
        "heartbeat alive ping status info debug warning hold idle startup shutdown started "
        "stopped keepalive 하트비트 상태 대기중 心跳 herzschlag batimento пульс"
    ),
}
STATUS_WORDS = {word: kind for kind, words in _STATUS.items() for word in words.split()}


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


def aside_kind(record: Record, binding: Binding | None = None) -> str:
    """The kind of a record that is no closed trade by its own word (status, type), or ""."""
    cells = record.fields
    if binding is not None:
        for role in ("status", "type", "side", "action"):
            at = binding.roles.get(role)
            if at is not None and at < len(cells):
                kind = STATUS_WORDS.get(cells[at].strip().casefold().replace(" ", "_"))
                if kind:
                    return kind
        if binding.roles.get("status") is not None:
            return ""
    return ""


def any_status_word(record: Record) -> str:
    """A status word anywhere in a record that could not be read as a trade."""
    for cell in record.fields:
        kind = STATUS_WORDS.get(cell.strip().casefold().replace(" ", "_"))
        if kind and kind != "open":
            return kind
    return ""


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
    symbol = _symbol(fields, binding, context)
    if isinstance(symbol, Refusal):
        return symbol
    side = _side(fields, binding)
    if isinstance(side, Refusal):
        return side
    for role, name in (("entry_price", "entry price"), ("exit_price", "exit price")):
        value = numbers[role]
        if role in roles and value is None:
            return Refusal("bad_number", f"no {name}: {_show(fields[roles[role]])}")
        if value is not None and value <= 0:
            return Refusal("price_not_positive", f"{name} is {_show(fields[roles[role]])}")
    quantity = numbers["quantity"]
    if "quantity" in roles:
        if quantity is None:
            return Refusal("bad_number", f"no quantity: {_show(fields[roles['quantity']])}")
        if quantity <= 0:
            return Refusal(
                "quantity_not_positive", f"quantity is {_show(fields[roles['quantity']])}"
            )
    fee = _fees(numbers, binding)
    if fee is not None and fee < 0:
        return Refusal("negative_fee", f"fee is {fee}")
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
        _pnl_places(fields, binding),
    )  # fmt: skip


def _pnl_places(fields: list[str], binding: Binding) -> int:
    """The precision a PnL cell is printed with: its own where that is common in its column."""
    if binding.pnl_role and binding.pnl_forms:
        own = decimals(fields[binding.roles[binding.pnl_role]], binding.grammar.decimal)
        if own in binding.pnl_forms:
            return own
    return binding.pnl_places


def _fees(numbers: dict[str, Decimal | None], binding: Binding) -> Decimal | None:
    if "fee" in binding.roles:
        value = numbers["fee"]
        return None if value is None else value * binding.fee_sign
    if "entry_fee" in binding.roles and "exit_fee" in binding.roles:
        first, second = numbers["entry_fee"], numbers["exit_fee"]
        if first is not None and second is not None:
            return (first + second) * binding.fee_sign
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
    if value is None:
        return Refusal("bad_number", f"{role} is {_show(cell)}")
    return value


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
    form = binding.forms.get(role)
    read = form.read(cell) if form is not None else None
    if read is None:
        if is_clock_only(cell):
            return Refusal("time_without_date", f"{role} is {_show(cell)}")
        if form is None:
            return Refusal("ambiguous_date", f"{role} is {_show(cell)}")
        return Refusal("bad_time", f"{role} is {_show(cell)}")
    zone = binding.zones.get(role) or context.zone
    if zone is None and not read[1]:
        raise TimezoneNeeded(cell)
    moment = place(read[0], zone)
    if moment is None:
        return Refusal("bad_time", f"{role} is {_show(cell)}, an hour the clocks skipped")
    instant = microseconds(moment)
    if instant > context.now + _DAY_US:
        return Refusal("time_in_future", f"{role} is {_show(cell)}")
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
    if "entry_time" in binding.roles and entered is None:
        return Refusal("bad_time", "no entry time")
    if entered is not None and left < entered:
        return Refusal(
            "exit_before_entry",
            (
                f"entry {_show(fields[binding.roles['entry_time']])}, exit "
                f"{_show(fields[binding.roles['exit_time']])}"
            ),
        )
    if too_old(left) or (entered is not None and too_old(entered)):
        return Refusal("time_too_old", f"exit is {_show(fields[binding.roles['exit_time']])}")
    return entered, left


def _symbol(fields: list[str], binding: Binding, context: Context) -> str | Refusal:
    at = binding.roles.get("symbol")
    if at is None:
        return context.symbol
    cell = fields[at].strip()
    if not cell or len(cell) > 40 or is_null(cell) or not any(char.isalpha() for char in cell):
        return Refusal("no_symbol", f"symbol is {_show(cell)}")
    if not _MARKET.fullmatch(cell):
        return Refusal("no_symbol", f"symbol is {_show(cell)}")
    return cell


_MARKET = re.compile(r"[\w.:/\-]{1,40}(?: ?\([\w ]{1,12}\))?")


def _side(fields: list[str], binding: Binding) -> int | Refusal:
    at = binding.roles.get("side")
    if at is None:
        return binding.fixed_side
    cell = fields[at]
    side = side_of(cell)
    if side is None:
        action = action_of(cell)
        if action is None:
            return Refusal("unknown_side", f"side is {_show(cell)}")
        return action[1]
    if binding.side_sign < 0 and says_one_way(cell):
        return -side
    return side


def gross_of(values: Values) -> Decimal | None:
    """(exit - entry) x quantity x direction, or None where one of them is not there."""
    if values.entry is None or values.exit is None or values.quantity is None or not values.side:
        return None
    return (values.exit - values.entry) * values.quantity * values.side


def tolerance(values: Values, binding: Binding) -> Decimal:
    """Quantity x printed price precision, and the last digit of the printed PnL and fee."""
    places = max(binding.price_places.get(values.symbol, 0), values.places)
    quantity = values.quantity or ZERO
    return quantity * Decimal(1).scaleb(-places) + last_digit(binding, values.pnl_places)


def last_digit(binding: Binding, places: int | None = None) -> Decimal:
    """Half the last digit of PnL and fee as the segment prints them, at least 1e-8."""
    return (
        Decimal(1).scaleb(-(binding.pnl_places if places is None else places))
        + Decimal(1).scaleb(-binding.fee_places)
    ) * _HALF + UNIT


@dataclass(slots=True)
class Check:
    """How a printed PnL compares: the state, the net PnL to record, whether to the last digit."""

    state: str
    net: Decimal | None
    exact: bool = False
    detail: str = ""


def check(values: Values, binding: Binding, kind: str, before: Decimal | None = None) -> Check:
    """Compare a record's printed PnL, read as `kind`, with its prices, quantity and fee.

    `before` is the running total of the record before, for the kind "cumulative".
    """
    gross = gross_of(values)
    printed = values.printed
    if gross is None:
        if kind == "printed" and printed is not None:
            return Check("not_computable", to_unit(printed))
        return Check("unavailable", None)
    fee = values.fee
    if printed is None or kind == "computed":
        if fee is None:
            return Check("unavailable", None, detail="no PnL and no fee printed")
        return Check("not_computable", to_unit(gross - fee + values.funding))
    if fee is None and "fee" in binding.roles:
        return _without_fee(values, gross, printed, kind)
    if kind == "net_unstated_fee":
        return _unstated_fee(values, binding, gross, printed)
    net = gross - (fee or ZERO) + values.funding
    if kind == "net":
        difference, record = printed - net, printed
    elif kind == "gross":
        difference, record = printed - gross, printed - (fee or ZERO) + values.funding
    elif kind == "percent":
        return _percent(values, gross, net, printed, binding)
    elif kind == "cumulative":
        follows = (printed - net).quantize(_MILLIONTH) in binding.running
        binding.running.add(printed.quantize(_MILLIONTH))
        if before is None and not follows:
            return Check("not_computable", to_unit(net))
        difference = ZERO if follows or before is None else printed - before - net
        record = net
    else:
        return Check("unavailable", None)
    size = abs(difference)
    if size <= last_digit(binding, values.pnl_places):
        return Check("confirmed", to_unit(record), exact=True)
    if not binding.exact and size <= tolerance(values, binding):
        return Check("confirmed", to_unit(record))
    expected = net if kind == "net" else gross
    return Check(
        "contradicted",
        None,
        detail=f"printed {printed}, prices, quantity and fee give {to_unit(expected)}",
    )


def _without_fee(values: Values, gross: Decimal, printed: Decimal, kind: str) -> Check:
    turnover = turnover_of(values)
    if kind == "net" and ZERO <= gross - printed <= turnover / 100:
        return Check("not_computable", to_unit(printed))
    return Check("unavailable", None, detail="the fee is not printed")


def turnover_of(values: Values) -> Decimal:
    """Money moved by the round trip: (entry + exit) x quantity."""
    return ((values.entry or ZERO) + (values.exit or ZERO)) * (values.quantity or ZERO)


def _unstated_fee(values: Values, binding: Binding, gross: Decimal, printed: Decimal) -> Check:
    low, high = binding.fee_share
    slack = tolerance(values, binding)
    turnover = turnover_of(values)
    if low * turnover - slack <= gross - printed <= high * turnover + slack:
        return Check("not_computable", to_unit(printed))
    return Check(
        "contradicted", None, detail=f"printed {printed}, prices and quantity give {to_unit(gross)}"
    )


def _percent(
    values: Values, gross: Decimal, net: Decimal, printed: Decimal, binding: Binding
) -> Check:
    base = (values.entry or ZERO) * (values.quantity or ZERO)
    places = Decimal(1).scaleb(-binding.pnl_places)
    for result in (gross, net):
        for scale in (Decimal(100), Decimal(1)):
            share = result / base * scale
            if abs(share - printed) <= places and abs(printed) >= 3 * places:
                return Check("confirmed", to_unit(net), exact=True)
    if abs(printed) < 3 * places and abs(gross / base) < 5 * places:
        return Check("not_computable", to_unit(net))
    return Check(
        "contradicted", None, detail=f"printed {printed} %, prices give {gross / base * 100:.4f}"
    )


def judge(
    record: Record, binding: Binding, context: Context, before: Decimal | None = None
) -> Verdict:
    """The verdict on one record under a settled binding."""
    if record.trouble:
        return Refusal(record.trouble, _show(record.text))
    if len(record.fields) != binding.width:
        return Refusal(
            "field_count", f"{len(record.fields)} fields, the layout has {binding.width}"
        )
    kind = aside_kind(record, binding)
    if kind:
        return Aside(kind)
    place = binding.roles.get("version")
    if place is not None and not belongs(record.fields[place].strip(), binding.versions_seen):
        return Refusal("unproven_layout", f"version is {_show(record.fields[place])}")
    for at in binding.text_columns:
        if looks_numeric(record.fields[at]):
            return Refusal(
                "unproven_layout", f"{_show(record.fields[at])} where the segment has text"
            )
    values = read_values(record.fields, binding, context)
    if isinstance(values, Aside):
        return Aside(any_status_word(record) or values.kind)
    if isinstance(values, Refusal):
        return values
    if binding.fixed_side == 0 and "side" not in binding.roles:
        values.side = _side_by_arithmetic(values, binding)
    if binding.pnl_kind == "unknown":
        return Refusal("pnl_kind_unknown", f"{binding.pnl_role} is {values.printed}")
    printed = values.printed if binding.pnl_kind == "printed" else None
    if printed is not None and _is_price(printed, record.fields, binding):
        return Refusal("contradicted", f"the PnL {printed} is a price")
    result = check(values, binding, binding.pnl_kind, before)
    if result.state == "contradicted":
        return Refusal("contradicted", result.detail)
    if binding.pnl_kind == "net" and result.state == "confirmed" and _is_swapped(values, binding):
        return Refusal(
            "contradicted", f"fee {values.fee} and PnL {values.printed} may stand for each other"
        )
    if binding.pnl_kind not in ("net", "printed") and not _fee_fits(values, binding):
        return Refusal("contradicted", f"fee {values.fee} is no fee of this turnover")
    if result.net is None:
        return Refusal("pnl_not_available", result.detail or "no PnL printed and none to compute")
    if binding.proposed and result.state != "confirmed":
        return Refusal(
            "unproven_layout",
            "this layout is no registered one and arithmetic does not prove the row",
        )
    if abs(result.net) > Decimal("9e9"):
        return Refusal("bad_number", f"a PnL of {result.net}")
    return _trade(record, values, result, binding, context)


def _is_price(printed: Decimal, fields: list[str], binding: Binding) -> bool:
    """A PnL nothing computes that is the same number as another cell, or among the prices."""
    low, high = binding.price_like
    if high and low <= printed <= high:
        return True
    if abs(printed) < 1:
        return False
    taken = {binding.roles.get(role) for role in (*PNL_ROLES, "equity", "quantity", "bot_trade_id")}
    return any(
        at not in taken and binding.grammar.number(cell) == printed
        for at, cell in enumerate(fields)
    )


def _is_swapped(values: Values, binding: Binding) -> bool:
    """Fee and PnL of a winning row could be each other, and the fee is not of the usual share."""
    if not values.fee or values.printed is None or values.printed <= 0:
        return False
    return not _fee_fits(values, binding)


def _fee_fits(values: Values, binding: Binding) -> bool:
    low, high = binding.fee_band
    if not values.fee or not high:
        return True
    share = values.fee / turnover_of(values)
    slack = last_digit(binding) / turnover_of(values)
    if binding.fee_steady:
        return low - slack <= share <= high + slack
    return share <= Decimal("0.02")


def _side_by_arithmetic(values: Values, binding: Binding) -> int:
    """Without a side column: the one direction whose arithmetic agrees, or 0."""
    agreeing = []
    for side in (1, -1):
        values.side = side
        if check(values, binding, binding.pnl_kind).exact:
            agreeing.append(side)
    return agreeing[0] if len(agreeing) == 1 else 0


def _trade(
    record: Record, values: Values, result: Check, binding: Binding, context: Context
) -> Trade:
    fields = record.fields
    assert result.net is not None
    version, evidence = context.versions.of(fields, binding.roles.get("version"))
    return Trade(
        line=record.line,
        offset=record.offset,
        symbol=values.symbol,
        side=values.side,
        entry_time=values.entry_time,
        exit_time=values.exit_time,
        entry_price=values.entry,
        exit_price=values.exit,
        quantity=values.quantity,
        fee=None if values.fee is None else to_unit(values.fee),
        net_pnl=result.net,
        version=version,
        version_evidence=evidence,
        layout=binding.layout,
        reconciled=result.state,
        quote_asset=binding.currency or quote_of(values.symbol),
        exit_reason=text_of(fields, "exit_reason", binding),
        stop_loss_price=_optional(fields, "stop_loss_price", binding),
        take_profit_price=_optional(fields, "take_profit_price", binding),
        funding=values.funding if "funding" in binding.roles else None,
        strategy=text_of(fields, "strategy", binding),
        own_id=text_of(fields, "bot_trade_id", binding) or "",
        exchange_id=text_of(fields, "exchange_trade_id", binding) or "",
        exact=result.exact,
    )


def text_of(fields: list[str], role: str, binding: Binding) -> str | None:
    """A text cell, None where there is none or it is a null; bounded in length."""
    at = binding.roles.get(role)
    if at is None or is_null(fields[at]):
        return None
    return fields[at].strip()[:200]


def _optional(fields: list[str], role: str, binding: Binding) -> Decimal | None:
    value = number(fields, role, binding)
    return value if isinstance(value, Decimal) and value > 0 else None


def _show(cell: str) -> str:
    text = cell if len(cell) <= 80 else cell[:77] + "..."
    return repr(text)


def is_market(cell: str) -> bool:
    """True where the cell can only be a market."""
    return is_symbol(cell)
