"""Fills to round trips: per market, flat to flat, fees by the asset they were paid in."""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from .binding import Binding
from .cells import MONEYS, base_of, is_inverse, quote_of, to_unit
from .fees import is_none_of
from .legs import pair_legs
from .positions import (
    ZERO,
    Position,
    Shares,
    closings,
    gross_of,
    is_net,
    is_within,
    printed_of,
    slack_of,
    unstated_fees,
)
from .records import Record
from .verdicts import Aside, Fill, Judged, Refusal, Trade

_DUST = Decimal("0.002")
"""After fees taken in the bought asset, a rest this small a share of the position is dust."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A damaged record among the fills: what was held there is not known any more."""

    line: int
    symbol: str
    """"" where it could be any market's."""


class Part(NamedTuple):
    """The fills of one file, or of a part of it, with its damaged records."""

    fills: list[Fill]
    gaps: Sequence[Gap] = ()


Market = tuple[str, int, str]
"""A symbol, +1 or -1 where each of its fills says of which position it is, else 0; the account.

In hedge mode a long and a short of one symbol may be held at once: each is a market of its own.
"""
Paired = list[Judged | tuple[Trade, list[Record]]]
"""Every fill accounted for: trades with their records, or a verdict of its own each."""


def pair(parts: Sequence[Part], binding: Binding) -> Paired:
    """Pair the fills of one history, told by one file or by several, the oldest first."""
    fills = [fill for part in parts for fill in part.fills]
    if any(fill.group for fill in fills):
        return pair_legs(fills)
    out: Paired = []
    shorts = binding.known.shorts if binding.known else any(f.printed for f in fills)
    by_market: dict[Market, list[Fill]] = {}
    after_gap: set[int] = set()
    broken: set[Market] = set()
    unsaid = {fill.symbol for fill in fills if not fill.opens}
    for part in parts:
        here: dict[Market, list[Fill]] = {}
        for fill in _in_time(part.fills):
            hold = 0 if fill.symbol in unsaid else fill.side * fill.opens
            here.setdefault((fill.symbol, hold, fill.account), []).append(fill)
        after_gap |= {id(market[0]) for name, market in here.items() if name in broken}
        falls = _newest_first(part.fills)
        after_gap |= _after(part.gaps, here, falls=falls)
        for name, market in here.items():
            by_market.setdefault(name, []).extend(market)
        broken = (broken - here.keys()) | _left_broken(part.gaps, here, by_market, falls=falls)
    closes = closings(fills, binding)
    finished: list[Position] = []
    for (_, hold, _), market in by_market.items():
        said: Paired = []
        done = _walk(market, said, after_gap, closes, shorts=shorts and not hold)
        if (
            binding.known is None
            and not shorts
            and not hold
            and _could_be_shorts(said, done, after_gap)
        ):
            detail = "sales of what is not held: shorts, or purchases that are not in the file"
            out += [_unmatched(fill, detail) for fill in market]
            continue
        out += said
        finished += done
    if binding.known is None and "fee_asset" not in binding.roles and _are_fees_in_coin(fills):
        binding.uncertain = "no PnL printed, and the fees of purchases look like the coin bought"
    net, shares = is_net(finished), unstated_fees(finished)
    order = {symbol: at for at, (symbol, _, _) in reversed(list(enumerate(by_market)))}
    finished.sort(key=lambda each: (order[each.fills[0].symbol], each.fills[-1].time))
    booked = [(p.fills[0].symbol, _book(p, binding, net=net, shares=shares)) for p in finished]
    return out + _without_muddled(booked)


def _without_muddled(booked: list[tuple[str, Paired]]) -> Paired:
    """What was booked, without the markets whose results agree with their fills here and there.

    Two positions held at once, which nothing in the file tells apart, agree by chance alone.
    """
    states = Counter((symbol, _contradicts(said)) for symbol, said in booked)
    out: Paired = []
    for symbol, said in booked:
        if 2 <= states[symbol, True] > states[symbol, False]:
            detail = f"most results of {symbol} are not what its fills give: two positions at once?"
            out += [
                Judged(record, Refusal("contradicted", detail))
                for each in said
                for record in ([each.record] if isinstance(each, Judged) else each[1])
            ]
        else:
            out += said
    return out


def _contradicts(said: Paired) -> bool:
    first = said[0]
    verdict = first.verdict if isinstance(first, Judged) else None
    return isinstance(verdict, Refusal) and verdict.reason == "contradicted"


def _could_be_shorts(said: Paired, done: list[Position], after_gap: set[int]) -> bool:
    """Sold before it was bought, and nothing says that it was not a short.

    A history that begins with a sale and ends with nothing held is one of purchases; where
    something is left, the next sale may have opened what the purchase before it closed.
    """
    judged = [each for each in said if isinstance(each, Judged)]
    sold = sum(isinstance(each.verdict, Refusal) for each in judged)
    left = any(isinstance(each.verdict, Aside) for each in judged)
    if not sold or after_gap:
        return False
    total = sold + sum(len(position.fills) for position in done)
    return left or (sold > 1 and sold * 5 > total)


def _in_time(fills: list[Fill]) -> list[Fill]:
    """Oldest first. A file printed newest first is turned round, so that equal times keep order."""
    ordered = fills[::-1] if _newest_first(fills) else fills
    return sorted(ordered, key=lambda fill: fill.time)


def _newest_first(fills: list[Fill]) -> bool:
    falls = sum(b.time < a.time for a, b in itertools.pairwise(fills))
    rises = sum(b.time > a.time for a, b in itertools.pairwise(fills))
    return falls > rises


def _after(gaps: Sequence[Gap], markets: dict[Market, list[Fill]], *, falls: bool) -> set[int]:
    """Which fills, by id, are the first in time after a gap of their market."""
    found: set[int] = set()
    symbols = {symbol for symbol, _, _ in markets}
    for (symbol, _, _), fills in markets.items():
        ordered = sorted(fills, key=lambda fill: fill.record.line)
        lines = [fill.record.line for fill in ordered]
        for gap in gaps:
            if gap.symbol != symbol and gap.symbol in symbols:
                continue
            at = bisect.bisect_right(lines, gap.line)
            at -= falls
            if 0 <= at < len(ordered):
                found.add(id(ordered[at]))
    return found


def _left_broken(
    gaps: Sequence[Gap],
    here: dict[Market, list[Fill]],
    all_markets: Iterable[Market],
    *,
    falls: bool,
) -> set[Market]:
    """The markets with a damaged record after their last fill in this file."""
    found: set[Market] = set()
    symbols = {symbol for symbol, _, _ in here}
    for market in all_markets:
        lines = [fill.record.line for fill in here.get(market, ())]
        for gap in gaps:
            if gap.symbol != market[0] and gap.symbol in symbols:
                continue
            if not lines or (gap.line < min(lines) if falls else gap.line > max(lines)):
                found.add(market)
    return found


def _walk(
    market: list[Fill],
    out: Paired,
    after_gap: set[int],
    closes: Callable[[Fill], bool],
    *,
    shorts: bool,
) -> list[Position]:
    done: list[Position] = []
    position: Position | None = None
    dust = ZERO
    for fill in market:
        if position is not None and id(fill) in after_gap:
            out += _broken(position, done, "a damaged record stands between it and its exit")
            position = None
        starts = position is None
        if starts and (
            (fill.side < 0 and not shorts and fill.opens <= 0)
            or fill.opens < 0
            or (fill.opens == 0 and closes(fill))
        ):
            out.append(_unmatched(fill))
            continue
        if position is None:
            position = Position(fill.side)
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
            detail = f"sells {fill.quantity}, held {position.held}"
            out += [_unmatched(fill, detail), *_broken(position, done, detail)]
            position = None
            continue
        _reduce(position, fill, fill.quantity - max(rest, ZERO))
        if rest > 0:
            done.append(position)
            position = Position(fill.side)
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


def _broken(position: Position, done: list[Position], detail: str) -> list[Judged]:
    booked = {id(fill) for each in done for fill in each.fills}
    return [_unmatched(fill, detail) for fill in position.fills if id(fill) not in booked]


def _unmatched(fill: Fill, detail: str = "closes a position that is not in the file") -> Judged:
    return Judged(fill.record, Refusal("unmatched_fill", detail))


def _add(position: Position, fill: Fill, quantity: Decimal | None = None) -> None:
    amount = fill.quantity if quantity is None else quantity
    position.opened += amount
    position.cost += amount * fill.price
    position.opening.append(fill)
    _charge(position, fill, amount)


def _reduce(position: Position, fill: Fill, amount: Decimal) -> None:
    position.closed += amount
    position.proceeds += amount * fill.price
    position.closing.append(fill)
    _charge(position, fill, amount)


def _charge(position: Position, fill: Fill, amount: Decimal) -> None:
    if fill.fee is None:
        position.fee_known = False
        return
    fee = fill.fee if amount == fill.quantity else fill.fee * amount / fill.quantity
    if not fee:
        return
    quote = fill.quote_asset or quote_of(fill.symbol)
    if fill.fee_asset in ("", quote) or (not quote and fill.fee_asset in MONEYS):
        position.fee += fee
    elif fill.fee_asset == base_of(fill.symbol):
        position.fee += fee * fill.price
        if fill.side == position.direction:
            position.lost += fee
    else:
        position.other[fill.fee_asset] = position.other.get(fill.fee_asset, ZERO) + fee


def _is_flat(position: Position) -> bool:
    held = abs(position.held)
    allowed = position.opened * _DUST if position.lost else position.opened * Decimal("1e-9")
    return held <= allowed


def _book(
    position: Position, binding: Binding, *, net: bool, shares: Shares | None
) -> list[Judged | tuple[Trade, list[Record]]]:
    gross = gross_of(position)
    printed = printed_of(position)
    state = "not_computable"
    result = gross - position.fee
    if printed is None:
        missing = _not_computable(position, binding)
        if missing:
            refusal = Refusal("pnl_not_available", missing)
            return [Judged(fill.record, refusal) for fill in position.fills]
    elif shares is not None and is_within(position, shares):
        result = printed
    elif not net and "fee" in binding.roles and (binding.two_fees or not position.fee_known):
        refusal = Refusal("pnl_not_available", "a result before fees, and not all fees are printed")
        return [Judged(fill.record, refusal) for fill in position.fills]
    else:
        difference = printed - (result if net else gross)
        if abs(difference) > slack_of(position):
            return [
                Judged(
                    fill.record,
                    Refusal("contradicted", f"printed {printed}, fills give {to_unit(gross)}"),
                )
                for fill in position.fills
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
        exchange_ids=_ids(position) if last.exchange_id else (),
        lines=tuple(sorted({fill.record.line for fill in position.fills})),
        other_fees=position.other or None, exact=state == "confirmed",
    )  # fmt: skip
    return [(trade, [fill.record for fill in position.fills])]


def _ids(position: Position) -> tuple[str, ...]:
    """The exchange's ids of its fills, the closing one last."""
    return tuple(dict.fromkeys(f.exchange_id for f in position.fills if f.exchange_id))


def _not_computable(position: Position, binding: Binding) -> str:
    """Why prices and quantities alone do not give the result of these fills, or ""."""
    if not position.fee_known:
        return "no PnL and no fee printed"
    if is_inverse(position.fills[0].symbol):
        return "no PnL printed, and the market is coin-margined"
    if binding.two_fees:
        return "no PnL printed, and two columns of fees"
    return binding.uncertain or ("" if binding.known else _may_be_contracts(position))


def _are_fees_in_coin(fills: list[Fill]) -> bool:
    """One share of the quantity bought, whatever the price: taken from the coin, not in money."""
    bought = [f for f in fills if f.side > 0 and f.fee and f.fee_asset in ("", f.quote_asset)]
    if len(bought) < 5:
        return False
    coin = sorted((f.fee or ZERO) / f.quantity for f in bought)
    money = sorted((f.fee or ZERO) / f.quantity / f.price for f in bought)
    cut = len(bought) // 10
    (low, high), (least, most) = ((s[cut], s[-1 - cut]) for s in (coin, money))
    usual = high <= Decimal("0.02") and high <= low * Decimal("1.005")
    return usual and most > least * Decimal("1.01")


def _may_be_contracts(position: Position) -> str:
    """Whether the fee is none of price x quantity: contracts, or an amount in quote currency."""
    whole = all(fill.quantity == fill.quantity.to_integral_value() for fill in position.fills)
    turnover = position.cost + position.proceeds
    if position.other or not is_none_of(position.fee, turnover, whole=whole):
        return ""
    return (
        f"no PnL printed, and a fee of {to_unit(position.fee)} is none of "
        f"{to_unit(turnover)}: the quantity may be in contracts"
    )


def _rounded(price: Decimal) -> Decimal:
    return price if -int(price.as_tuple().exponent) <= 12 else price.quantize(Decimal("1e-12"))
