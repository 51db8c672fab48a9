"""Rows of column names: what makes one, and which name no closed trades."""

from __future__ import annotations

from collections.abc import Sequence

from .aliases import heading
from .binding import PNL_ROLES, looks_numeric
from .cells import PLAIN_NUMBER
from .times import ISO


def is_header(fields: Sequence[str]) -> bool:
    """True for a row of column names: nothing in it is a value, and enough of it is known.

    A row of unknown words counts only at the width of what follows; see segments.
    """
    cells = [cell.strip() for cell in fields]
    filled = [cell for cell in cells if cell]
    if len(filled) < 3 or len(filled) * 10 < len(cells) * 6:
        return False
    if any(PLAIN_NUMBER.fullmatch(cell) or ISO.read(cell) for cell in filled):
        return False
    known = [read.role for cell in filled if (read := heading(cell)).role]
    roles = {role for role in known if role != "other"}
    if len(set(filled)) * 10 < len(filled) * 8:
        return False
    return len(roles) >= 2 and len(known) * 10 >= len(filled) * 4


def could_be_header(fields: Sequence[str]) -> bool:
    """True for a row of distinct words without a value among them: a header in unknown words."""
    cells = [cell.strip() for cell in fields]
    if len(cells) < 4 or any(not cell for cell in cells) or len(set(cells)) != len(cells):
        return False
    return not any(looks_numeric(cell) or len(cell) > 40 for cell in cells)


def no_trades(header: Sequence[str]) -> str:
    """What rows under a header are where it names them as no closed trades; else "".

    open: unrealised results of positions; summary: counts of trades; equity: a balance alone.
    """
    roles = {read.role for cell in header if (read := heading(cell)).role}
    realised = roles & set(PNL_ROLES)
    exits = roles & {"exit_price", "exit_time"}
    if not exits and ("mark_price" in roles or ("unrealised" in roles and not realised)):
        return "open"
    if "count" in roles and not roles & {"entry_price", "exit_price", "price", "side", "type"}:
        return "summary"
    named = {"symbol", "side", "type", "entry_price", "exit_price", "price", "bot_trade_id"}
    if "equity" in roles and roles & {"time", "exit_time"} and not roles & named:
        return "equity"
    return ""
