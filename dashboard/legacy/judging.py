"""One record under one binding: its values, whether its PnL agrees with them, and the verdict."""

from __future__ import annotations

from decimal import Decimal

from .binding import PNL_ROLES, Binding, looks_numeric
from .cells import quote_of, to_unit
from .checking import Check, check, gross_of, last_digit, turnover_of
from .doubts import holds_result
from .moneys import money_of_sign, other_money
from .records import Record
from .statuses import (
    any_status_word,
    aside_kind,
    is_closed,
    may_have_closed,
    says_failed,
    says_it_is_none,
    says_trade,
)
from .values import Context, Values, number, read_values, text_of
from .verdicts import Aside, Refusal, Trade, Verdict, show
from .versions import belongs

EXCHANGED = "may stand for each other"


def judge(
    record: Record, binding: Binding, context: Context, before: Decimal | None = None
) -> Verdict:
    """The verdict on one record under a settled binding."""
    if record.trouble:
        return Refusal(record.trouble, show(record.text))
    if len(record.fields) != binding.width:
        return Refusal(
            "field_count", f"{len(record.fields)} fields, the layout has {binding.width}"
        )
    kind = aside_kind(record, binding)
    if kind:
        return Aside(kind)
    if not binding.headings and (kind := says_it_is_none(record)):
        return Aside(kind)
    if binding.closes and not is_closed(record.fields[binding.roles["status"]]):
        word = show(record.fields[binding.roles["status"]])
        return Refusal("not_a_trade", f"its status is {word}, where others say that they closed")
    if binding.pnl_kind == "printed" and (word := _is_of_another_kind(record, binding)):
        return Refusal("not_a_trade", f"{show(word)} may be no closed trade: nothing computes it")
    place = binding.roles.get("version")
    if place is not None and not belongs(record.fields[place].strip(), binding.versions_seen):
        return Refusal("unproven_layout", f"version is {show(record.fields[place])}")
    for at in binding.text_columns:
        if looks_numeric(record.fields[at]):
            return Refusal(
                "unproven_layout", f"{show(record.fields[at])} where the segment has text"
            )
    values = read_values(record.fields, binding, context)
    if isinstance(values, Aside):
        return Aside(any_status_word(record) or values.kind)
    if isinstance(values, Refusal):
        return values
    if _came_to_nothing(values, text_of(record.fields, "exit_reason", binding)):
        return Aside("error")
    if binding.fixed_side == 0 and not binding.says_side:
        values.side = _side_by_arithmetic(values, binding)
    if binding.pnl_kind == "unknown":
        return Refusal("pnl_kind_unknown", f"{binding.pnl_role} is {values.printed}")
    printed = values.printed if binding.pnl_kind == "printed" else None
    if printed is not None and not (values.symbol or values.side):
        return Refusal("not_a_trade", "a result without a market, a side or prices")
    if printed is not None and _is_price(printed, record.fields, binding):
        return Refusal("contradicted", f"the PnL {printed} is a price")
    if printed is not None and binding.swapped_lines[0] < record.line < binding.swapped_lines[1]:
        return Refusal("contradicted", f"the PnL {printed} may be a quantity or a fee: columns "
                       "have changed places in rows beside it")  # fmt: skip
    if printed is not None and (other := other_money(record.fields, binding, values.symbol)):
        return Refusal("pnl_kind_unknown", other)
    if printed == 0 and "price" in binding.roles:
        return Refusal("not_a_trade", "a price and no result: an entry, by its looks")
    if binding.uncertain:
        return Refusal("pnl_not_available", binding.uncertain)
    if any(holds_result(record.fields[at], values, binding) for at in binding.results_elsewhere):
        return Refusal("unproven_layout", "its result stands in a column that holds something "
                       "else in other rows")  # fmt: skip
    result = check(values, binding, binding.pnl_kind, before)
    if result.state == "contradicted":
        return Refusal("contradicted", result.detail)
    if values.cut and binding.pnl_kind != "computed" and result.digit != 1:
        return Refusal("bad_number", f"{show(record.fields[binding.roles[binding.pnl_role]])} is "
                       f"cut off: its column has {binding.pnl_places} decimals")  # fmt: skip
    if binding.pnl_kind == "net" and result.state == "confirmed" and _is_swapped(values, binding):
        return Refusal("contradicted", f"fee {values.fee} and PnL {values.printed} {EXCHANGED}")
    computed = values.printed is None or binding.pnl_kind not in ("net", "printed")
    # Near for the prices' last digit alone: a wrong quantity makes that as large as you like.
    roughly = result.state == "confirmed" and not result.exact
    if (computed or roughly) and not _fee_fits(values, binding):
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


def _is_of_another_kind(record: Record, binding: Binding) -> str:
    """The word by which a row may be another thing than a closed trade, or ""."""
    word = record.fields[binding.roles["status"]] if binding.unsure else ""
    if word.strip() and not may_have_closed(word):
        return word
    word = record.fields[binding.says_trade] if binding.says_trade >= 0 else ""
    return "" if may_have_closed(word) or says_trade(word) else word


def _came_to_nothing(values: Values, exit_reason: str | None) -> bool:
    """An order that failed: no result, and no move from its price, though a price is printed."""
    return not values.printed and values.entry == values.exit and says_failed(exit_reason or "")


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
    """Fee and PnL of a row without loss could be each other, and the fee is none of the usual."""
    if not values.fee or values.printed is None or values.printed < 0:
        return False
    if binding.constant_fee and "fee" in binding.roles:
        return values.fee != binding.constant_fee
    if binding.usual_fee and values.printed == binding.usual_fee != values.fee:
        return True
    if not values.printed:
        # A fee that is to all its digits what the prices give is the result, and rounded to
        # nought what stands in the result's place. In cents it may be so by chance.
        return values.fee == gross_of(values) and binding.fee_places > _CENTS
    share = values.printed / turnover_of(values)
    return is_like_a_fee(share, binding) and not _fee_fits(values, binding)


def is_like_a_fee(share: Decimal, binding: Binding) -> bool:
    """Whether a share of the turnover is about what fees are here."""
    low, high = binding.fee_band
    return low / _WIDE <= share <= high * _WIDE


_WIDE, _CENTS = 4, 2
"""How far from the fees that told the band a fee of the same exchange can be."""
_LEAST_FEE = Decimal("0.000005")
"""No exchange charges less of the turnover: so little of it shows a quantity in quote currency."""


def _fee_fits(values: Values, binding: Binding) -> bool:
    low, high = binding.fee_band
    if values.fee is None or not high:
        return True
    if not values.fee and not (binding.pnl_kind == "computed" and binding.fee_steady):
        return True
    share = values.fee / turnover_of(values)
    slack = last_digit(binding) / turnover_of(values)
    computed = values.printed is None or binding.pnl_kind in ("computed", "percent")
    if computed and share + slack < _LEAST_FEE:
        return False
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
        quote_asset=binding.currency or quote_of(values.symbol) or money_of_sign(binding),
        exit_reason=text_of(fields, "exit_reason", binding),
        stop_loss_price=_optional(fields, "stop_loss_price", binding),
        take_profit_price=_optional(fields, "take_profit_price", binding),
        funding=values.funding if "funding" in binding.roles else None,
        strategy=text_of(fields, "strategy", binding),
        own_id=text_of(fields, "bot_trade_id", binding) or "",
        exchange_id=text_of(fields, "exchange_trade_id", binding) or "",
        exact=result.exact,
        after_fees=result.after_fees,
        other_fees=values.other_fees,
    )


def _optional(fields: list[str], role: str, binding: Binding) -> Decimal | None:
    value = number(fields, role, binding)
    return value if isinstance(value, Decimal) and value > 0 else None
