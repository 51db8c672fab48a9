"""The short way: plain lines of one settled binding, matched whole and weighed by columns.

One pattern matches the whole line: it splits it, and holds the grammar of every cell that
counts. Whatever it does not match, or whose arithmetic is not right at once, goes the long way
through records and judging.judge; so this can be slower than it could, never more lenient.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC

from .binding import Binding
from .lines import Line, texts_of
from .plains import Plains
from .values import Context
from .weighing import WORDED, Row, Weigher


class FastJudge:
    """Judges lines of one settled binding by one pattern for the whole of a line."""

    def __init__(self, pattern: str, weigher: Weigher) -> None:
        self._match = re.compile(pattern).fullmatch
        self._every = re.compile(f"^{pattern}$", re.MULTILINE).findall
        self._weigher = weigher

    def judge(self, lines: Sequence[Line]) -> tuple[Plains | None, Sequence[int]]:
        """The trades among these lines, and where in them they stand; the rest is not decided."""
        texts = texts_of(lines)
        rows = self._whole(texts)
        if rows is not None:
            return self._weigher.weigh(rows)
        found = [None if text is None else self._match(text) for text in texts]
        places = [at for at, match in enumerate(found) if match is not None]
        plains, kept = self._weigher.weigh([match.groups() for match in found if match is not None])
        return plains, [places[at] for at in kept]

    def _whole(self, texts: Sequence[str | None]) -> list[Row] | None:
        """The cells of each of these lines, None where not all are plain."""
        try:
            whole = "\n".join(texts)  # type: ignore[arg-type]
        except TypeError:  # a line that no encoding reads, or whose end is missing
            return None
        # No part of the pattern takes a line break, so each match is one whole line.
        rows: list[Row] = self._every(whole)
        return rows if len(rows) == len(texts) == whole.count("\n") + 1 else None


_READ = frozenset(
    [
        "symbol",
        "side",
        "entry_time",
        "exit_time",
        "entry_price",
        "exit_price",
        "quantity",
        "fee",
        "pnl",
        "net_pnl",
        "gross_pnl",
        "version",
        "bot_trade_id",
        "exit_reason",
        "pnl_pct",
        "cum_pnl",
        "equity",
        "notional",
        "leverage",
        "other",
    ]
)
_NEEDED = frozenset(["symbol", "side", "exit_time", "entry_price", "exit_price", "quantity", "fee"])
_ISO = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]{3}(?:[0-9]{3})?)?)"
)


def compile_fast(binding: Binding, context: Context, delimiter: str) -> FastJudge | None:
    """A judge for lines of this binding, or None where only the long way reads it."""
    if not _is_plain(binding, context):
        return None
    pattern, groups = _pattern(binding, delimiter)
    if not pattern:
        return None
    return FastJudge(pattern, Weigher(binding, context, groups))


def _is_plain(binding: Binding, context: Context) -> bool:
    roles = binding.roles.keys()
    zones = {binding.zones.get(r) or context.zone or UTC for r in ("entry_time", "exit_time")}
    return (
        binding.shape == "trades"
        and not binding.proposed
        and binding.pnl_kind in ("net", "gross")
        and roles >= _NEEDED
        and roles <= _READ
        and binding.grammar.thousands == ""
        and not binding.units
        and not binding.clocks
        and zones == {UTC}
        and binding.fee_sign == 1
        and binding.side_sign == 1
        and not binding.signed_shorts
        and all(form.name in ("iso", "epoch") for form in binding.forms.values())
        and not (binding.naive_times and context.zone is None)
        and not binding.uncertain
        and not context.paper
        and not binding.swapped_prices
        and binding.venue < 0
        and _has_fees_in_quote(binding)
    )


def _has_fees_in_quote(binding: Binding) -> bool:
    """Whether no heading may name another asset than the market's quote for the fees."""
    fee = binding.headings[binding.roles["fee"]].currency if binding.headings else ""
    return fee in ("", binding.currency)


def _pattern(binding: Binding, delimiter: str) -> tuple[str, dict[str, int]]:
    mark = re.escape(binding.grammar.decimal)
    stop = re.escape(delimiter)
    if delimiter == binding.grammar.decimal:
        return "", {}
    whole = r"(?:0|[1-9][0-9]{0,14}+)"
    amount = rf"{whole}(?:{mark}[0-9]{{1,18}}+)?"
    text = rf'[^{stop}"\r\n]{{0,200}}+'
    # Without a header any word may say that the row is no trade: see statuses.says_it_is_none.
    unread = text if binding.headings else r"[0-9.:+ \-]{0,200}+"
    at_role = {at: role for role, at in binding.roles.items()}
    parts: list[str] = []
    groups: dict[str, int] = {}
    for at in range(binding.width):
        role = at_role.get(at, "")
        if role in ("entry_price", "exit_price"):
            # An identity has no finer prices than these.
            part = rf"({whole}(?:{mark}[0-9]{{1,8}}+)?)"
        elif role in ("quantity", "fee"):
            part = rf"({amount})"
        elif role == binding.pnl_role:
            part = rf"(-?{amount})"
        elif role in ("entry_time", "exit_time"):
            part = _time_pattern(binding, role)
        elif role == "symbol":
            part = r"([A-Za-z][A-Za-z0-9/_\-]{2,30})"
        elif role in ("side", "version", "exit_reason"):
            part = rf"({text})"
        elif role == "bot_trade_id":
            # No word for nothing has a digit.
            part = rf'((?=[^{stop}"\r\n]*[0-9]){unread}|)'
        elif at in binding.worded:
            role, part = f"{WORDED}{at}", rf"({text})"
        else:
            # A word where there were none goes the long way: it may say that nothing was traded.
            number = rf'(?: *[0-9+\-.][^{stop}"\r\n]{{0,200}}+| *)'
            parts.append(number if at in binding.watched else unread)
            continue
        parts.append(part)
        groups[role] = len(groups)
    return stop.join(parts), groups


def _time_pattern(binding: Binding, role: str) -> str:
    if binding.forms[role].name == "epoch":
        return r"([0-9]{13}|[0-9]{10})"
    naive = role in binding.zones or binding.naive_times
    return _ISO + (r"(?:Z|\+00:00)?" if naive else r"(?:Z|\+00:00)")
