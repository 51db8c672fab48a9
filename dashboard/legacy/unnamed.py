"""Quantities, fees and results under names nobody knows, told by arithmetic on all rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from .binding import Binding, looks_numeric
from .looks import counts_up
from .records import Record
from .settling import settle
from .values import Context

_TRIED, _MOST_COLUMNS = 200, 5
_NEEDED = ("entry_price", "exit_price")


def with_unnamed(binding: Binding, rows: Sequence[Record], context: Context) -> Binding:
    """The binding with the one meaning of its unnamed columns that arithmetic proves.

    Without it a result that is printed would be computed anew, and one before fees taken for
    the net. Where none or several are proven, the binding as it is.
    """
    if binding.shape != "trades" or binding.known is not None:
        return binding
    if not all(role in binding.roles for role in _NEEDED):
        return binding
    own = [row for row in rows if len(row.fields) == binding.width and not row.trouble]
    proven = [
        variant
        for variant in _variants(binding, own[:_TRIED])
        if _is_proven(variant, binding, own[:_TRIED], context)
    ]
    if not proven:
        return binding
    most = max(len(each.roles) for each in proven)
    proven = [each for each in proven if len(each.roles) == most]
    if len(proven) > 1:
        return binding
    settled = proven[0].copy()
    settle(settled, own, context)
    return settled


def _variants(binding: Binding, rows: Sequence[Record]) -> Iterator[Binding]:
    free = [
        at
        for at, each in enumerate(binding.headings)
        if not each.role and _is_numeric([row.fields[at] for row in rows])
    ][:_MOST_COLUMNS]
    missing = [
        role
        for role, there in (
            ("quantity", "quantity" in binding.roles),
            ("pnl", bool(binding.pnl_role)),
            ("fee", binding.says_fee),
        )
        if not there
    ]
    for count in range(1, min(len(free), len(missing)) + 1):
        for roles in combinations(missing, count):
            for places in permutations(free, count):
                variant = binding.copy()
                variant.roles.update(zip(roles, places, strict=True))
                variant.pnl_role = binding.pnl_role or ("pnl" if "pnl" in roles else "")
                yield variant


def _is_numeric(cells: Sequence[str]) -> bool:
    return bool(cells) and sum(map(looks_numeric, cells)) * 10 >= len(cells) * 8


def _is_proven(variant: Binding, known: Binding, rows: list[Record], context: Context) -> bool:
    fit = settle(variant, rows, context)
    if variant.pnl_kind not in ("net", "gross") or fit.swapped or fit.ambiguous:
        return False
    if "fee" in variant.roles and not known.says_fee:
        fees = [row.fields[variant.roles["fee"]].strip() for row in rows]
        if not variant.fee_steady or counts_up(fees):
            return False
        if variant.pnl_kind == "gross" and not fit.few_rates:
            return False
    return fit.proven and fit.confirmed * 10 >= fit.rows * 8
