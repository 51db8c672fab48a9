"""What tells a fee from a PnL: never negative, a small and steady share of the turnover."""

from __future__ import annotations

from decimal import Decimal

from .aliases import normalise
from .binding import Binding
from .checking import Check, turnover_of
from .columns import leverage_decides
from .fit import Fit
from .values import Values

_LEAST_FEE, _MOST_FEE = Decimal("0.000005"), Decimal("0.02")
_USUAL_FEE = Decimal("0.0001"), Decimal("0.003")
_SPREAD = 6
"""Makers pay less than takers, and some have a discount: so many times at most."""


def is_none_of(fee: Decimal, turnover: Decimal, *, whole: bool) -> bool:
    """Whether a fee shows that the turnover is none: the quantity is in contracts, or in quote.

    Whole quantities may be contracts of any size: their fee must be what exchanges charge.
    """
    least, most = _USUAL_FEE if whole else (_LEAST_FEE, _MOST_FEE)
    if not fee and not whole:
        return False
    return not least * turnover <= fee <= most * turnover


_CONTRACTS = frozenset(
    ("contracts", "contractsqty", "numcontracts", "contractqty", "lot", "lots", "lotsize", "계약수",
     "계약", "랏", "kontrakte", "contratos", "lote", "lotes", "张数", "張數", "合约张数", "手数",
     "手數", "枚数", "контракты", "лот", "лоты", "лотов", "ロット")
)  # fmt: skip


def counts_contracts(binding: Binding) -> bool:
    """Whether the header says that quantities are numbers of contracts, of whatever size."""
    at = binding.roles.get("quantity")
    if at is None or not binding.headings or binding.known is not None:
        return False
    return normalise(binding.headings[at].name.partition("(")[0]) in _CONTRACTS


def settle_contracts(binding: Binding, values: list[Values]) -> None:
    """Where no PnL in money proves the quantity, the fee must; see is_none_of."""
    if counts_contracts(binding):
        binding.uncertain = (
            "no PnL in money, and quantities in contracts of a size that is not said"
        )
    if binding.uncertain:
        return
    told = [each for each in values if each.fee is not None and turnover_of(each)]
    # A registered layout says that its quantities are no contracts; the fees may show otherwise.
    whole = binding.known is None and all(
        q == q.to_integral_value() for each in told if (q := each.quantity)
    )
    low, high = _usual_shares(told)
    digit = Decimal(1).scaleb(-binding.fee_places)
    strange = 0
    for each in told:
        fee, turnover = each.fee or Decimal(0), turnover_of(each)
        # In quote currency the fee's share of the supposed turnover goes with the market's price.
        varies = fee and not low * turnover - digit <= fee <= high * turnover + digit
        strange += bool(varies or is_none_of(fee, turnover, whole=whole))
    if told and strange * 5 > len(told):  # more than damage explains
        binding.uncertain = (
            "no PnL in money, and the fee is none of price x quantity: it may be in contracts"
        )


def _usual_shares(told: list[Values]) -> tuple[Decimal, Decimal]:
    """Between which shares of the turnover the fees of one exchange are: about the middle one."""
    shares = sorted(each.fee / turnover_of(each) for each in told if each.fee)
    middle = shares[len(shares) // 2] if shares else Decimal(0)
    return middle / _SPREAD, middle * _SPREAD


def settle_computed_fees(binding: Binding, values: list[Values], fit: Fit) -> None:
    """Without a printed PnL only the fee's steady share tells that columns hold what they say."""
    shares = [
        each.fee / turnover
        for each in values
        if each.fee and each.entry and each.exit and (turnover := turnover_of(each))
    ]
    if not shares:
        return
    shares.sort()
    middle = shares[len(shares) // 2]
    if binding.leverage > 1 and not leverage_decides(middle, binding.leverage):
        binding.uncertain = (
            f"no PnL printed, and with a leverage of {binding.leverage} it is not said whether "
            "the quantity is the position's or the margin's"
        )
    near = [share for share in shares if middle / 4 <= share <= middle * 4]
    fit.swapped = len(near) * 10 < len(shares) * 5 or middle > Decimal("0.01")
    rates = recurring(near)
    if len(rates) * 2 > len(near):
        near = rates  # an exchange's own: a result in the fee's place may be as small, not alike
    binding.fee_steady = len(near) >= 3
    binding.fee_band = (near[0] * Decimal("0.97"), near[-1] * Decimal("1.03"))


def recurring(shares: list[Decimal]) -> list[Decimal]:
    """Of shares in order, those that three others come within a fiftieth of."""
    close = Decimal("1.02")
    return [
        share
        for at, share in enumerate(shares)
        if any(
            first >= 0 and first + 3 < len(shares) and shares[first + 3] <= shares[first] * close
            for first in range(at - 3, at + 1)
        )
    ]


def settle_fee_band(
    binding: Binding, read: list[Values | None], checks: list[Check], fit: Fit
) -> None:
    """What share of the turnover fees are, from the rows where nothing can stand for them.

    Fee and PnL add up to the same whichever is which; but a fee is never negative and a small,
    steady share of the turnover. A losing row shows which of the two the fee is.
    """
    if not binding.says_fee:
        return
    certain, fees, results = [], [], []
    for values, result in zip(read, checks, strict=True):
        if (
            values is None
            or result.state != "confirmed"
            or not values.fee
            or values.printed is None
        ):
            continue
        turnover = turnover_of(values)
        if not turnover:
            continue
        fees.append(values.fee / turnover)
        results.append(values.printed / turnover)
        if values.printed < 0:
            certain.append(values.fee / turnover)
    if not fees:
        return
    if binding.pnl_kind == "net":
        fit.swapped = not steady(fees) and steady(results)
        fit.ambiguous = not certain and steady(fees) and steady(results)
    else:
        # The printed PnL agrees without the fee, so nothing but its share says that it is one.
        fit.swapped = not steady(fees)
        fit.few_rates = _are_rates(sorted(fees))
        certain = fees
    shares = sorted(certain if len(certain) >= 3 else fees)
    middle = shares[len(shares) // 2]
    near = [share for share in shares if middle / _SPREAD <= share <= middle * _SPREAD]
    if len(near) * 10 >= len(shares) * 8:  # a damaged one is no measure of the others
        shares = near
    low, high = shares[len(shares) // 20], shares[-1 - len(shares) // 20]
    binding.fee_steady = steady(shares)
    binding.fee_band = (low * Decimal("0.97"), high * Decimal("1.03"))


_RATES = 4
"""What makers and takers pay on the way in and out, at most."""


def _are_rates(shares: list[Decimal]) -> bool:
    """Whether most shares, in order, are one of few: an indicator's values are as small, not so."""
    groups: list[list[Decimal]] = []
    for share in shares:
        if groups and share <= groups[-1][0] * Decimal("1.03"):
            groups[-1].append(share)
        else:
            groups.append([share])
    sizes = sorted(map(len, groups), reverse=True)
    most = min(_RATES, max(1, len(shares) // 3))
    return sum(sizes[:most]) * 10 >= len(shares) * 8


def steady(shares: list[Decimal]) -> bool:
    """True where shares of the turnover are those of a fee: small, and all about alike."""
    values = sorted(shares)
    cut = len(values) // 12
    values = values[cut : len(values) - cut] or values
    return (
        bool(values)
        and values[0] > 0
        and values[-1] <= Decimal("0.01")
        and (values[-1] <= values[0] * 6)
    )
