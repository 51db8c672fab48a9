"""What to do about each reason a record was quarantined for."""

from dashboard.legacy.verdicts import REASONS

ANY = "Correct the line in an editor."
_CELL = "Mend the cell that is named."
REMEDIES: dict[str, str] = {
    "field_count": "Mend the line: often an unquoted comma in a cell, or a lost field.",
    "torn_line": "Complete the line where its end is known; else leave it out.",
    "glued_rows": "Put the lost newline back between the two records.",
    "bad_quotes": "Pair the quotes.",
    "unclosed_quote": "Close the quote, or take it off.",
    "double_encoded": "Take the outer quotes off.",
    "conflict_marker": "Resolve the merge: keep one side, and no marker.",
    "conflict": "Resolve the merge: keep the side that is true.",
    "filler": "Nothing can be saved: leave it out.",
    "undecodable": "Save the line again as UTF-8, from where it can still be read.",
    "line_too_long": "Find the newlines that were lost in it.",
    "bad_number": _CELL,
    "bad_time": _CELL,
    "time_without_date": "Write the date before the time.",
    "ambiguous_date": "Write dates as 2024-03-04.",
    "time_too_old": _CELL,
    "time_in_future": _CELL,
    "exit_before_entry": "Find which of the two times is wrong; perhaps they are swapped.",
    "price_not_positive": _CELL,
    "quantity_not_positive": _CELL,
    "negative_fee": _CELL,
    "unknown_side": "Write long or short.",
    "no_symbol": "Name the market, as BTCUSDT.",
    "contradicted": (
        "Find which of PnL, prices, quantity and fee is wrong, and correct it where you know it. "
        "The line stays out until then."
    ),
    "pnl_not_available": "Add the fee or the PnL, where you know it.",
    "pnl_kind_unknown": "Add a column with each trade's own result, or prices and quantity.",
    "unproven_layout": "Put a header line above, or describe the layout (docs/importing.md).",
    "unmatched_fill": "Export from an earlier date on, so that its other side is in the file.",
    "not_a_trade": "Leave it out if it is none; else write it like its neighbours.",
}


def meaning(reason: str) -> str:
    """A reason in words; its own name for one that is not known here."""
    return REASONS.get(reason, reason)


def remedy(reason: str) -> str:
    """What a person can do about it."""
    return REMEDIES.get(reason, ANY)
