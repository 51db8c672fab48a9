"""Entry and exit rows that share a trade number, as strategy testers print them."""

from __future__ import annotations

from decimal import Decimal

from .cells import quote_of, to_unit
from .records import Record
from .verdicts import Aside, Fill, Judged, Refusal, Trade

ZERO = Decimal(0)


def pair_legs(fills: list[Fill]) -> list[Judged | tuple[Trade, list[Record]]]:
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
