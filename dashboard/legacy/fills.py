"""Fills to round trips: per market, flat to flat, fees by the asset they were paid in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from .binding import Binding
from .cells import action_of, base_of, is_null, quote_of, side_of, to_unit
from .records import Record
from .times import too_old
from .values import STATUS_WORDS, Context, aside_kind, number, show, symbol_of, text_of, time_of
from .verdicts import Aside, Fill, Judged, Refusal, Trade

ZERO = Decimal(0)
_AMOUNT = re.compile(r"([+-]?[0-9][0-9.,]*(?:[eE][+-]?\d{1,2})?)\s*([A-Za-z0-9]{2,12})?")
_DUST = Decimal("0.002")
"""After fees taken in the bought asset, a rest this small a share of the position is dust."""


def read_fill(record: Record, binding: Binding, context: Context) -> Fill | Refusal | Aside:
    """One record of a fills layout."""
    if record.trouble:
        return Refusal(record.trouble, show(record.text))
    if len(record.fields) != binding.width:
        return Refusal(
            "field_count", f"{len(record.fields)} fields, the layout has {binding.width}"
        )
    fields, roles = record.fields, binding.roles
    kind = aside_kind(record, binding)
    if kind:
        return Aside(kind)
    symbol = symbol_of(fields, binding, context)
    if isinstance(symbol, Refusal):
        return symbol
    when = time_of(fields, "time", binding, context)
    if isinstance(when, Refusal):
        return when
    if when is None:
        return Refusal("bad_time", "no time")
    if too_old(when):
        return Refusal("time_too_old", f"time is {show(fields[roles['time']])}")
    way = _way(fields, binding)
    if isinstance(way, (Refusal, Aside)):
        return way
    side, opens = way
    price = _positive(fields, "price", binding)
    quantity = _positive(fields, "quantity", binding)
    for value in (price, quantity):
        if isinstance(value, Refusal):
            return value
    assert isinstance(price, Decimal)
    assert isinstance(quantity, Decimal)
    fee = _amount(fields, "fee", binding)
    if isinstance(fee, Refusal):
        return fee
    printed: Decimal | None = None
    if binding.pnl_role in ("pnl", "net_pnl", "gross_pnl"):
        result = number(fields, binding.pnl_role, binding)
        if isinstance(result, Refusal):
            return result
        printed = result
    total = number(fields, "cum_pnl", binding)
    version, evidence = context.versions.of(fields, roles.get("version"))
    quote = binding.currency or quote_of(symbol)
    return Fill(
        record, when, symbol, side, price, quantity,
        None if fee is None else abs(fee[0]),
        (text_of(fields, "fee_asset", binding) or (fee[1] if fee else "") or quote).upper(),
        printed, binding.layout, version, evidence, opens,
        text_of(fields, "group", binding) or "",
        text_of(fields, "exchange_trade_id", binding) or "",
        text_of(fields, "exit_reason", binding), quote,
        total if isinstance(total, Decimal) else None,
    )  # fmt: skip


def _way(fields: list[str], binding: Binding) -> tuple[int, int] | Refusal | Aside:
    """(+1 buy or -1 sell, +1 opens, -1 closes or 0 unsaid)."""
    at = binding.roles.get("action", binding.roles.get("side"))
    if at is None:
        return Refusal("unknown_side", "no side column")
    cell = fields[at]
    action = action_of(cell)
    if action is not None:
        return action[0] * action[1], action[0]
    side = side_of(cell)
    if side is None:
        if cell.strip().casefold() in STATUS_WORDS:
            return Aside(STATUS_WORDS[cell.strip().casefold()])
        return Refusal("unknown_side", f"side is {show(cell)}")
    place = binding.roles.get("type")
    if place is not None and place != at:
        opens = _OPENING.get(fields[place].strip().casefold())
        if opens:
            # LONG/SHORT beside entry/exit: the side is the position's, not the order's.
            return side * opens, opens
    return side, 0


_OPENS = (
    "entry open enter 진입 오픈 开仓 入场 開倉 einstieg eröffnung entrada abertura вход открытие"
)
_CLOSES = (
    "exit close 청산 종료 平仓 出场 平倉 ausstieg schließung saída saida fechamento выход закрытие"
)
_OPENING = dict.fromkeys(_OPENS.split(), 1) | dict.fromkeys(_CLOSES.split(), -1)


def _positive(fields: list[str], role: str, binding: Binding) -> Decimal | Refusal:
    read = _amount(fields, role, binding)
    if isinstance(read, Refusal):
        return read
    if read is None:
        return Refusal("bad_number", f"no {role}: {show(fields[binding.roles[role]])}")
    if read[0] <= 0:
        reason = "price_not_positive" if role == "price" else "quantity_not_positive"
        return Refusal(reason, f"{role} is {show(fields[binding.roles[role]])}")
    return read[0]


def _amount(fields: list[str], role: str, binding: Binding) -> tuple[Decimal, str] | Refusal | None:
    """A number with or without its asset behind it, for layouts that declare such amounts."""
    at = binding.roles.get(role)
    if at is None or is_null(fields[at]):
        return None
    cell = fields[at].strip()
    asset = ""
    if binding.known is not None:
        found = _AMOUNT.fullmatch(cell)
        if found and found[2] and not found[2].isdigit():
            cell, asset = found[1], found[2]
    value = binding.grammar.number(cell)
    if value is None:
        return Refusal("bad_number", f"{role} is {show(fields[at])}")
    return value, asset


@dataclass(slots=True)
class _Position:
    """A position being built and taken down. Sums in quote; quantities in base."""

    direction: int
    opened: Decimal = ZERO
    cost: Decimal = ZERO
    lost: Decimal = ZERO
    """Base asset taken as fee on the way in: bought, never sold."""
    closed: Decimal = ZERO
    proceeds: Decimal = ZERO
    fee: Decimal = ZERO
    fee_known: bool = True
    other: dict[str, Decimal] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    opening: list[Fill] = field(default_factory=list)
    closing: list[Fill] = field(default_factory=list)

    @property
    def held(self) -> Decimal:
        return self.opened - self.lost - self.closed


def pair(fills: list[Fill], binding: Binding) -> list[Judged | tuple[Trade, list[Record]]]:
    """Every fill accounted for: trades with their records, or a verdict of its own each."""
    if any(fill.group for fill in fills):
        return _by_group(fills)
    out: list[Judged | tuple[Trade, list[Record]]] = []
    shorts = binding.known.shorts if binding.known else any(f.printed for f in fills)
    by_market: dict[str, list[Fill]] = {}
    for fill in _in_time(fills):
        by_market.setdefault(fill.symbol, []).append(fill)
    finished: list[_Position] = []
    for market in by_market.values():
        finished += _walk(market, out, shorts=shorts)
    net = _is_net(finished)
    for position in finished:
        out += _book(position, net=net)
    return out


def _in_time(fills: list[Fill]) -> list[Fill]:
    """Oldest first. A file printed newest first is turned round, so that equal times keep order."""
    falls = sum(b.time < a.time for a, b in itertools.pairwise(fills))
    rises = sum(b.time > a.time for a, b in itertools.pairwise(fills))
    ordered = fills[::-1] if falls > rises else fills
    return sorted(ordered, key=lambda fill: fill.time)


def _walk(
    market: list[Fill], out: list[Judged | tuple[Trade, list[Record]]], *, shorts: bool
) -> list[_Position]:
    done: list[_Position] = []
    position: _Position | None = None
    dust = ZERO
    for fill in market:
        starts = position is None
        if starts and (
            (fill.side < 0 and not shorts and fill.opens <= 0)
            or fill.opens < 0
            or (fill.opens == 0 and _closes_what_is_not_here(fill))
        ):
            out.append(_unmatched(fill))
            continue
        if position is None:
            position = _Position(fill.side)
        position.fills.append(fill)
        if fill.side == position.direction:
            _add(position, fill)
            continue
        rest = fill.quantity - position.held
        if rest > 0 and rest <= max(dust, position.opened * _DUST):
            # Dust left by an earlier trade is sold along; its cost went with that trade.
            rest = ZERO
        if rest > 0 and not shorts:
            position.fills.pop()
            out.append(_unmatched(fill, f"sells {fill.quantity}, held {position.held}"))
            continue
        _reduce(position, fill, fill.quantity - max(rest, ZERO))
        if rest > 0:
            done.append(position)
            position = _Position(fill.side)
            position.fills.append(fill)
            _add(position, fill, rest)
        elif _is_flat(position):
            dust = max(position.held, ZERO)
            done.append(position)
            position = None
    if position is not None:
        partly = bool(position.closing)
        kind = "open_partly_closed" if partly else "open"
        booked = {id(fill) for each in done for fill in each.fills}
        out += [Judged(f.record, Aside(kind)) for f in position.fills if id(f) not in booked]
    return done


def _closes_what_is_not_here(fill: Fill) -> bool:
    """A realized profit on a fill that would open: the position began before the file did."""
    return (
        fill.printed is not None and fill.printed != 0 and fill.layout == "binance-futures-trades"
    )


def _unmatched(fill: Fill, detail: str = "closes a position that is not in the file") -> Judged:
    return Judged(fill.record, Refusal("unmatched_fill", detail))


def _add(position: _Position, fill: Fill, quantity: Decimal | None = None) -> None:
    amount = fill.quantity if quantity is None else quantity
    position.opened += amount
    position.cost += amount * fill.price
    position.opening.append(fill)
    _charge(position, fill, amount)


def _reduce(position: _Position, fill: Fill, amount: Decimal) -> None:
    position.closed += amount
    position.proceeds += amount * fill.price
    position.closing.append(fill)
    _charge(position, fill, amount)


def _charge(position: _Position, fill: Fill, amount: Decimal) -> None:
    if fill.fee is None:
        position.fee_known = False
        return
    fee = fill.fee if amount == fill.quantity else fill.fee * amount / fill.quantity
    if not fee:
        return
    if fill.fee_asset == (fill.quote_asset or quote_of(fill.symbol)) or not fill.fee_asset:
        position.fee += fee
    elif fill.fee_asset == base_of(fill.symbol):
        position.fee += fee * fill.price
        if fill.side == position.direction:
            position.lost += fee
    else:
        position.other[fill.fee_asset] = position.other.get(fill.fee_asset, ZERO) + fee


def _is_flat(position: _Position) -> bool:
    held = abs(position.held)
    allowed = position.opened * _DUST if position.lost else position.opened * Decimal("1e-9")
    return held <= allowed


def _gross(position: _Position) -> Decimal:
    average = position.cost / position.opened
    return (position.proceeds - average * position.closed) * position.direction


def _printed(position: _Position) -> Decimal | None:
    """The PnL the file prints for the round trip: on its closing fills, or on both legs alike."""
    closing = [fill.printed for fill in position.closing if fill.printed is not None]
    if not closing:
        return None
    return sum(closing, ZERO)


def _is_net(positions: list[_Position]) -> bool:
    """True where printed PnL agrees with prices less fees more often than with prices alone."""
    net = gross = 0
    for position in positions:
        printed = _printed(position)
        if printed is None:
            continue
        value = _gross(position)
        net += abs(value - position.fee - printed) <= _slack(position)
        gross += abs(value - printed) <= _slack(position)
    return net > gross


def _slack(position: _Position) -> Decimal:
    places = max(-int(f.price.as_tuple().exponent) for f in position.fills)
    return (
        position.closed * Decimal(1).scaleb(-places)
        + Decimal("0.0001")
        + Decimal("0.00000001") * len(position.fills)
    )


def _book(position: _Position, *, net: bool) -> list[Judged | tuple[Trade, list[Record]]]:
    gross = _gross(position)
    printed = _printed(position)
    state = "not_computable"
    result = gross - position.fee
    if printed is not None:
        difference = printed - (result if net else gross)
        if abs(difference) > _slack(position):
            return [
                Judged(
                    fill.record,
                    Refusal("contradicted", f"printed {printed}, fills give {to_unit(gross)}"),
                )
                for fill in _once(position.fills)
            ]
        state = "confirmed"
        result = printed if net else printed - position.fee
    last = position.closing[-1]
    first = position.opening[0]
    trade = Trade(
        line=last.record.line, offset=last.record.offset, symbol=last.symbol,
        side=position.direction,
        entry_time=first.time, exit_time=last.time,
        entry_price=_rounded(position.cost / position.opened),
        exit_price=_rounded(position.proceeds / position.closed),
        quantity=position.closed, fee=to_unit(position.fee) if position.fee_known else None,
        net_pnl=to_unit(result), version=last.version, version_evidence=last.version_evidence,
        layout=last.layout, reconciled=state, quote_asset=last.quote_asset or quote_of(last.symbol),
        exit_reason=last.reason, exchange_id=last.exchange_id,
        lines=tuple(sorted({fill.record.line for fill in position.fills})),
        other_fees=position.other or None, exact=state == "confirmed",
    )  # fmt: skip
    return [(trade, [fill.record for fill in _once(position.fills)])]


def _rounded(price: Decimal) -> Decimal:
    return price if -int(price.as_tuple().exponent) <= 12 else price.quantize(Decimal("1e-12"))


def _once(fills: Iterable[Fill]) -> list[Fill]:
    """A fill that closes one position and opens the next belongs to the one it closes."""
    return list(fills)


def _by_group(fills: list[Fill]) -> list[Judged | tuple[Trade, list[Record]]]:
    """Entry and exit rows that share a trade number. The result may stand on one or on both."""
    groups: dict[str, list[Fill]] = {}
    for fill in fills:
        groups.setdefault(fill.group, []).append(fill)
    out: list[Judged | tuple[Trade, list[Record]]] = []
    for group in groups.values():
        entries = [fill for fill in group if fill.opens > 0]
        exits = [fill for fill in group if fill.opens < 0]
        if any((fill.reason or "").casefold() == "open" for fill in exits) or (
            entries and not exits
        ):
            out += [Judged(fill.record, Aside("open")) for fill in group]
        elif len(entries) != 1 or len(exits) != 1:
            out += [
                Judged(
                    fill.record,
                    Refusal("unmatched_fill", f"trade {fill.group}: no entry and exit pair"),
                )
                for fill in group
            ]
        else:
            out += _leg_pair(entries[0], exits[0])
    return out


def _leg_pair(entry: Fill, left: Fill) -> list[Judged | tuple[Trade, list[Record]]]:
    records = [entry.record, left.record]
    direction = entry.side
    gross = (left.price - entry.price) * left.quantity * direction
    printed = left.printed
    places = -min(int(entry.price.as_tuple().exponent), int(left.price.as_tuple().exponent), 0)
    pnl_places = -min(int(printed.as_tuple().exponent), 0) if printed is not None else 8
    slack = left.quantity * Decimal(1).scaleb(-places) + Decimal(1).scaleb(-pnl_places)
    turnover = (entry.price + left.price) * left.quantity
    refusal: Refusal | None = None
    if printed is None:
        refusal = Refusal("pnl_not_available", f"trade {left.group}: no PnL on its exit")
    elif entry.printed is not None and entry.printed not in (printed, ZERO):
        refusal = Refusal("contradicted", f"entry prints {entry.printed}, exit {printed}")
    elif left.time < entry.time:
        refusal = Refusal("exit_before_entry", f"trade {left.group}")
    elif not -slack <= gross - printed <= turnover / 100 + slack:
        refusal = Refusal("contradicted", f"printed {printed}, prices give {to_unit(gross)}")
    if refusal is not None:
        return [Judged(record, refusal) for record in records]
    assert printed is not None
    confirmed = abs(gross - printed) <= slack
    trade = Trade(
        line=left.record.line, offset=left.record.offset, symbol=left.symbol, side=direction,
        entry_time=entry.time, exit_time=left.time, entry_price=entry.price, exit_price=left.price,
        quantity=left.quantity, fee=None, net_pnl=to_unit(printed), version=left.version,
        version_evidence=left.version_evidence, layout=left.layout,
        reconciled="confirmed" if confirmed else "not_computable",
        quote_asset=left.quote_asset or quote_of(left.symbol), exit_reason=left.reason,
        lines=tuple(sorted(record.line for record in records)), own_id=left.group, exact=confirmed,
    )  # fmt: skip
    return [(trade, records)]
