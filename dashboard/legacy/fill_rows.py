"""One record of a fills layout: an execution, or why it is none."""

from __future__ import annotations

from decimal import Decimal

from .aliases import is_of_execution
from .binding import Binding
from .cells import Grammar, base_of, is_null, quote_of, split_asset, without_asset
from .fees import counts_contracts
from .markets import symbol_of
from .records import Record
from .sides import SIGNS, action_of, is_either_way, side_of
from .statuses import OPENING, STATUS_WORDS, aside_kind
from .times import too_old
from .values import DOLLARS, Context, costs_of, number, text_of, time_of
from .verdicts import Aside, Fill, Refusal, show


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
    if kind and not _was_executed(fields, binding, kind):
        return Aside(kind)
    symbol = symbol_of(fields, binding, context.symbol)
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
    hold = _hold(fields, binding)
    if isinstance(hold, Refusal):
        return hold
    opens = side * hold or opens
    assets = (base_of(symbol), binding.currency or quote_of(symbol))
    price = _positive(fields, "price", binding, assets)
    quantity = _positive(fields, "quantity", binding, assets)
    for value in (price, quantity):
        if isinstance(value, Refusal):
            return value
    assert isinstance(price, Decimal)
    assert isinstance(quantity, Decimal)
    wrong = _amount_printed(fields, binding, price * quantity)
    if wrong is not None:
        return wrong
    fee = _fee(fields, binding)
    if isinstance(fee, Refusal):
        return fee
    if binding.costs and fee is not None:
        costs = costs_of(fields, binding)
        if isinstance(costs, Refusal):
            return costs
        fee = fee[0] + costs, fee[1]
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
        None if fee is None else fee[0],
        (text_of(fields, "fee_asset", binding) or (fee[1] if fee else "") or quote).upper(),
        printed, binding.layout, version, evidence, opens,
        text_of(fields, "group", binding) or "",
        text_of(fields, "exchange_trade_id", binding) or "",
        text_of(fields, "exit_reason", binding), quote,
        total if isinstance(total, Decimal) else None,
        "|".join(fields[at].strip() for at in binding.accounts),
    )  # fmt: skip


def _hold(fields: list[str], binding: Binding) -> int | Refusal:
    """+1 or -1 where a column says that this is of the long or the short position, else 0."""
    at = binding.roles.get("hold")
    if at is None or is_either_way(fields[at]):
        return 0
    return side_of(fields[at]) or Refusal("unknown_side", f"position is {show(fields[at])}")


def _was_executed(fields: list[str], binding: Binding, kind: str) -> bool:
    """Part of an order may be dealt before the rest of it is cancelled, or its time is over.

    So says a column of what was executed. Of one that was rejected nothing is.
    """
    at = binding.roles.get("quantity")
    if kind != "cancelled" or at is None or not binding.headings:
        return False
    if not is_of_execution(binding.headings[at].name):
        return False
    return bool(amount_of(fields[at], binding.grammar))


def _way(fields: list[str], binding: Binding) -> tuple[int, int] | Refusal | Aside:
    """(+1 buy or -1 sell, +1 opens, -1 closes or 0 unsaid)."""
    at = binding.roles.get("action", binding.roles.get("side"))
    if at is None:
        return Refusal("unknown_side", "no side column")
    cell = fields[at]
    action = action_of(cell)
    if action is not None:
        return action[0] * action[1], action[0]
    side = SIGNS.get(cell.strip()) if binding.numeric_side else side_of(cell)
    if side is None:
        if cell.strip().casefold() in STATUS_WORDS:
            return Aside(STATUS_WORDS[cell.strip().casefold()])
        return Refusal("unknown_side", f"side is {show(cell)}")
    place = binding.roles.get("type")
    if place is not None and place != at:
        opens = OPENING.get(fields[place].strip().casefold())
        if opens:
            # LONG/SHORT beside entry/exit: the side is the position's, not the order's.
            return (side if binding.orders_side else side * opens), opens
    return side, 0


def _positive(
    fields: list[str], role: str, binding: Binding, assets: tuple[str, str]
) -> Decimal | Refusal:
    read = _amount(fields, role, binding, assets)
    if isinstance(read, Refusal):
        return read
    if read is None:
        return Refusal("bad_number", f"no {role}: {show(fields[binding.roles[role]])}")
    if read[0] <= 0:
        if role == "quantity" and binding.signed_quantity and read[0] < 0:
            return -read[0]
        reason = "price_not_positive" if role == "price" else "quantity_not_positive"
        return Refusal(reason, f"{role} is {show(fields[binding.roles[role]])}")
    return read[0]


def _fee(fields: list[str], binding: Binding) -> tuple[Decimal, str] | Refusal | None:
    """A cost above zero, a rebate below it where the exchange's own export prints one."""
    fee = _amount(fields, "fee", binding)
    if isinstance(fee, Refusal) or fee is None:
        return fee
    value = fee[0] * binding.fee_sign
    if value < 0 and binding.known is None:
        return Refusal("negative_fee", f"fee is {show(fields[binding.roles['fee']])}")
    return value, fee[1]


def _amount_printed(fields: list[str], binding: Binding, product: Decimal) -> Refusal | None:
    """Where the rows print price x quantity too, a row on which it is another number is damaged."""
    if binding.amount_slack is None:
        return None
    amount = _amount(fields, "notional", binding)
    if amount is None or isinstance(amount, Refusal):
        return amount
    printed = abs(amount[0])
    digit = Decimal(1).scaleb(min(int(printed.as_tuple().exponent), 0))
    if abs(printed - product) <= product * binding.amount_slack + digit:
        return None
    return Refusal("contradicted", f"amount {printed}, price x quantity is {product}")


def _amount(
    fields: list[str], role: str, binding: Binding, assets: tuple[str, str] | None = None
) -> tuple[Decimal, str] | Refusal | None:
    """A number with or without its asset behind it.

    A price or quantity of a layout nobody registered may name only the market's own assets.
    """
    at = binding.roles.get(role)
    if at is None or is_null(fields[at]):
        return None
    cell, asset = split_asset(fields[at])
    if asset and assets is not None and binding.known is None and not _is_of(asset, assets):
        return Refusal("bad_number", f"{role} is {show(fields[at])}")
    value = binding.grammar.number(cell or fields[at])
    if value is None:
        return Refusal("bad_number", f"{role} is {show(fields[at])}")
    return value, asset


def _is_of(asset: str, assets: tuple[str, str]) -> bool:
    """Whether an asset is one of a market's two; "$" stands for every dollar."""
    return asset in assets or (asset == "USD" and assets[1] in (*DOLLARS, ""))


def amount_of(cell: str, grammar: Grammar) -> Decimal | None:
    """The number in a cell, with or without an asset behind it, without its sign."""
    value = grammar.number(without_asset(cell).strip())
    return None if value is None else abs(value)


def _is_no_coin(row: Record, at: int, binding: Binding) -> bool:
    """Whether an amount's unit is the money its market is paid in, or contracts."""
    place, unit = binding.roles.get("symbol"), row.fields[at].strip().upper()
    quote = quote_of(row.fields[place].strip()) if place is not None else ""
    return unit in ("CONT", "CONTRACT", "CONTRACTS", "LOT", "张") or (unit != "" and unit == quote)


def settle_amounts(binding: Binding, rows: list[Record]) -> None:
    """Whether these rows' amount is price x quantity, and how closely.

    Where it is something else throughout, quantities may be contracts: nothing is computed then.
    """
    ratios: list[Decimal] = []
    for row in rows:
        read = [_amount(row.fields, role, binding) for role in ("price", "quantity", "notional")]
        price, quantity, amount = (
            abs(each[0]) if isinstance(each, tuple) else Decimal(0) for each in read
        )
        if price and quantity and amount:
            ratios.append(abs(amount / (price * quantity) - 1))
    needed = 8 if binding.known is None else 6
    for slack in (Decimal("0.001"), Decimal("0.02")):
        near = sum(ratio <= slack for ratio in ratios)
        if near * 10 >= len(ratios) * needed and len(ratios) >= 3:
            binding.amount_slack = slack
            return
    places = [at for at, each in enumerate(binding.headings) if each.role == "unit"]
    if any(_is_no_coin(row, at, binding) for row in rows for at in places):
        binding.uncertain = "no PnL printed, and amounts in contracts, or of both sides of a fill"
    if counts_contracts(binding):
        binding.uncertain = "no PnL printed, and quantities in contracts of a size that is not said"
    if len(ratios) >= 3 and sum(ratio > Decimal("0.05") for ratio in ratios) * 2 > len(ratios):
        binding.uncertain = "no PnL printed, and the amount is not price x quantity"
