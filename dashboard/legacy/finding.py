"""Finding the layout of rows: what a header can mean, and what arithmetic proves without one."""

from __future__ import annotations

from dataclasses import dataclass, field

from .aliases import Heading
from .binding import Binding, headerless
from .fit import Fit
from .looks import counts_up
from .proposing import propose
from .records import Record
from .settling import settle
from .values import Context, is_cut
from .versions import are_versions, belongs

_PROVEN = ("symbol", "side", "entry_time", "exit_time", "entry_price", "exit_price", "quantity",
           "fee", "net_pnl", "pnl", "gross_pnl", "version")  # fmt: skip

_FEW, _RUN = 3, 8
_FACTORS = ("side", "entry_price", "exit_price", "quantity")


@dataclass(slots=True)
class Block:
    """Rows under one header (or under none), with what their header can mean."""

    headings: tuple[Heading, ...] = ()
    bindings: list[Binding] = field(default_factory=list)
    width: int = 0
    rows: list[Record] = field(default_factory=list)
    aside: str = ""
    """What its rows are where the header says that they are no closed trades; see no_trades."""
    current: Binding | None = None
    """The settled binding, once rows have shown which one holds."""


def prove(cluster: list[Record], block: Block, context: Context) -> Binding | None:
    """A binding that arithmetic proves on rows which look alike."""
    if block.current is not None and _are_cut(cluster, block.current):
        return None
    width = len(cluster[0].fields)
    candidates = [each.copy() for each in block.bindings if each.width == width]
    own = len(candidates)
    candidates += headerless(width)
    for order, binding in enumerate(candidates):
        if binding.shape != "trades":
            continue
        fit = settle(binding, cluster, context)
        reason = binding.roles.get("exit_reason")
        if reason is not None and reason not in binding.text_columns:
            continue
        at = _version_column(binding)
        if at >= 0 and order >= own:
            tags = [record.fields[at].strip() for record in cluster]
            if not are_versions(binding.versions_seen, tags):
                continue
        if block.current is not None and not all(
            belongs(tag, block.current.versions_seen) for tag in binding.versions_seen
        ):
            continue
        if (
            fit.swapped
            or not _fees_prove(binding, fit, cluster)
            or _are_turned(binding, block.current)
            or (order < own and _are_strays(binding, block.current, cluster))
        ):
            continue
        if fit.confirmed * 10 >= fit.read * 6 and (
            fit.proven or (fit.confirmed >= 2 and fit.digits >= 9)
        ):
            return binding
    proposed = _neighbour(cluster, block, context) or propose(cluster, context, block.headings)
    if proposed is None or _are_turned(proposed, block.current):
        return None
    if _lost_fees(proposed, block.current):
        return None
    return None if _passes_by(proposed, block.current, cluster) else proposed


def _neighbour(cluster: list[Record], block: Block, context: Context) -> Binding | None:
    """The block's layout with one or two columns more, where arithmetic agrees on every row.

    Knowing the order of the others, fewer digits prove it than a layout out of nothing.
    """
    current, width = block.current, len(cluster[0].fields)
    if current is None or current.shape != "trades" or not 0 < width - current.width <= 2:
        return None
    found: list[Binding] = []
    for place in range(current.width + 1):
        binding = current.copy()
        binding.width, binding.headings, binding.known = width, (), None
        binding.layout, binding.proposed = "proposed", True
        binding.roles = {
            role: at + (width - current.width if at >= place else 0)
            for role, at in current.roles.items()
        }
        fit = settle(binding, cluster, context)
        reason = binding.roles.get("exit_reason")
        if reason is not None and reason not in binding.text_columns:
            continue
        agreed = fit.read and fit.confirmed >= 3 and fit.contradicted == 0
        if not agreed or fit.swapped or fit.digits < 4 or fit.read * 10 < fit.rows * 8:
            continue
        if binding.pnl_kind not in ("net", "gross") or not _fees_prove(binding, fit, cluster):
            continue
        if binding.pnl_kind == "gross" and not fit.few_rates:
            continue
        if all(belongs(tag, current.versions_seen) for tag in binding.versions_seen):
            found.append(binding)
    money = {tuple(b.roles.get(role) for role in _PROVEN) for b in found}
    return found[0] if len(money) == 1 else None


_MOST_OTHERS = 4
"""Rows of another layout for each of a running total's, below a header."""


def acceptable(binding: Binding, fit: Fit) -> bool:
    if fit.rows == 0:
        return fit.aside > 0
    if binding.shape == "fills":
        return fit.read * 10 >= 0 and fit.rows > 0
    if fit.swapped:
        return False
    if binding.pnl_kind in ("", "unknown"):
        return binding.pnl_kind == "unknown" and fit.read > 0
    if binding.pnl_kind in ("computed", "printed"):
        return fit.read * 10 >= fit.rows * 3
    if binding.pnl_kind == "cumulative" and fit.confirmed * _MOST_OTHERS < fit.contradicted:
        return False  # of many results a few follow one another as totals do
    if fit.proven or fit.aside_fees * 2 > fit.read:
        return True
    if binding.pnl_kind == "cumulative" and binding.pnl_role != "cum_pnl":
        return fit.confirmed >= _FEW and fit.confirmed > fit.contradicted
    return fit.confirmed > 0 and fit.confirmed >= fit.contradicted


def _are_cut(cluster: list[Record], current: Binding) -> bool:
    """Rows here and there whose PnL lost its end: alike in that, and no layout of their own."""
    rows = [row for row in cluster if len(row.fields) == current.width]
    cut = sum(is_cut(row.fields, current) for row in rows)
    return not _are_together(cluster) and cut * 10 >= len(cluster) * 6


def _are_turned(binding: Binding, current: Binding | None) -> bool:
    """Rows left over that read well with sides or prices the other way round, or with a minus
    on each short: what a layout means by them is told by all its rows, not by the damaged ones."""
    if current is None or current.width != binding.width:
        return False
    turned = {**current.roles, "entry_price": current.roles.get("exit_price"),
              "exit_price": current.roles.get("entry_price")}  # fmt: skip
    return (
        binding.signed_shorts
        or binding.side_sign != current.side_sign
        or all(binding.roles.get(role) == turned.get(role) for role in _FACTORS)
    )


def _lost_fees(proposed: Binding, current: Binding | None) -> bool:
    """Rows whose results agree without a fee, after rows that print fees: they may be gross."""
    return current is not None and current.says_fee and current.fee_steady and not proposed.says_fee


def _are_strays(binding: Binding, current: Binding | None, cluster: list[Record]) -> bool:
    """Rows here and there that the header's own columns read as another kind of result."""
    if current is None or binding.pnl_kind == current.pnl_kind:
        return False
    return len(cluster) < _FEW or not _are_together(cluster)


def _are_together(rows: list[Record]) -> bool:
    return rows[-1].line - rows[0].line < 2 * len(rows)


def _passes_by(proposed: Binding, current: Binding | None, cluster: list[Record]) -> bool:
    """Another result than the one the header names, which says otherwise on each of these rows.

    It may be so where the layout has changed: many rows in a row, or other things as well.
    """
    if current is None or current.width != proposed.width or "pnl" not in proposed.roles:
        return False
    if current.roles.get(current.pnl_role) in (None, *proposed.roles.values()):
        return False
    if any(proposed.roles.get(role) != current.roles.get(role) for role in _FACTORS):
        return False
    if proposed.forms.get("exit_time") is not current.forms.get("exit_time"):
        return False
    if current.says_fee and not proposed.says_fee:
        return True
    return len(cluster) < _RUN or not _are_together(cluster)


def _version_column(binding: Binding) -> int:
    """Where the registered layout has its version, -1 for nowhere."""
    roles = binding.known.roles() if binding.known is not None else ()
    return roles.index("version") if "version" in roles else -1


def _fees_prove(binding: Binding, fit: Fit, rows: list[Record]) -> bool:
    """Without a header of its own a layout's fee column must look like one, on most rows."""
    if fit.read * 10 < fit.rows * 8 or fit.ambiguous:
        return False
    at = binding.roles.get("fee")
    if at is not None and counts_up([row.fields[at].strip() for row in rows]):
        return False
    return "fee" not in binding.roles or binding.fee_steady


def is_run(cluster: list[Record], block: Block, refused: list[Record]) -> bool:
    """Rows of another layout follow on one another, or are many; so do refused ones as long
    as all others. Two torn rows that lost the same cell are none.
    """
    assert block.current is not None
    width = len(cluster[0].fields)
    if width == block.current.width:
        first, last = cluster[0].line, cluster[-1].line
        between = sum(first <= row.line <= last for row in block.rows)
        return sum(first <= row.line <= last for row in refused) * 2 >= between
    if width > block.current.width or len(cluster) * 7 >= len(block.rows) >= 28:
        return True
    run = longest = 0
    for record in block.rows:
        run = run + 1 if len(record.fields) == width else 0
        longest = max(longest, run)
    return longest >= 3
