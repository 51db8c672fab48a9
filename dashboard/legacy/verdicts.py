"""What an import says of a record: a trade, set aside, quarantined, or a repeat."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .records import Record

REASONS: dict[str, str] = {
    "field_count": "another number of fields than the layout of its segment has",
    "torn_line": "cut off: the file or the line ends in the middle of a record",
    "glued_rows": "two records on one line, their newline lost",
    "bad_quotes": "quotes that close in the middle of a cell",
    "unclosed_quote": "a quote that never closes",
    "double_encoded": "a whole record wrapped into one quoted cell",
    "conflict_marker": "a marker left by a git merge",
    "conflict": "two versions of one trade between the markers of a git merge",
    "filler": "nothing but fill characters",
    "undecodable": "bytes that are no text in any encoding tried",
    "line_too_long": "longer than any log line",
    "bad_number": "a cell that must be a number and is none",
    "bad_time": "a cell that must be a time and is none",
    "time_without_date": "a time of day without a date",
    "ambiguous_date": "day and month cannot be told apart anywhere in the column",
    "time_too_old": "before Bitcoin existed",
    "time_in_future": "later than now",
    "exit_before_entry": "the exit is earlier than the entry",
    "price_not_positive": "a price of zero or less",
    "quantity_not_positive": "a quantity of zero or less",
    "negative_fee": "a fee below zero among fees above it",
    "unknown_side": "neither long nor short in any language known here",
    "no_symbol": "the market is not named",
    "contradicted": "the printed PnL is not what price, quantity and fee give",
    "pnl_not_available": "no PnL printed and not enough printed to compute it",
    "pnl_kind_unknown": (
        "the PnL column is a running total, a price or a percentage, not a result per trade"
    ),
    "unproven_layout": "no known layout fits and arithmetic proves none",
    "unmatched_fill": "a fill whose other side is not in the file",
    "not_a_trade": "no trade can be recognised in it",
}
"""Every reason a record can be quarantined for, in words."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is not imported: a key of REASONS and what exactly was seen."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that is no closed trade and no damage: an open order, a heartbeat, a heading."""

    kind: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A record that stands in the file already, word for word, on the other side of a merge."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused record, kept whole so that it can be shown, mended and imported again."""

    line: int
    offset: int
    raw: bytes
    reason: str
    detail: str


@dataclass(slots=True)
class Trade:
    """A closed trade as a file tells it. Money in the quote currency; instants in UTC microseconds.

    entry_time, prices, quantity and fee are None where the file does not say them.
    """

    line: int
    offset: int
    symbol: str
    side: int
    entry_time: int | None
    exit_time: int
    entry_price: Decimal | None
    exit_price: Decimal | None
    quantity: Decimal | None
    fee: Decimal | None
    net_pnl: Decimal
    version: str
    version_evidence: str
    layout: str
    reconciled: str
    """confirmed | not_computable (contradicted records never become trades)."""
    quote_asset: str = ""
    exit_reason: str | None = None
    stop_loss_price: Decimal | None = None
    take_profit_price: Decimal | None = None
    mae: Decimal | None = None
    mfe: Decimal | None = None
    funding: Decimal | None = None
    strategy: str | None = None
    own_id: str = ""
    """The bot's own number: tells repeats apart within a file, identifies nothing beyond it."""
    exchange_id: str = ""
    """The exchange's id, unique for good in its market; "" where the file has none."""
    exchange_ids: tuple[str, ...] = ()
    """Those of all the fills it is made of, the closing one last."""
    lines: tuple[int, ...] = ()
    """All records the trade is made of, where it is made of several fills."""
    also: tuple[dict[str, object], ...] = ()
    """Other files with records it is made of: their file, batch, sha256 and lines."""
    other_fees: dict[str, Decimal] | None = None
    """Fees paid in an asset that is neither side of the market; not part of net_pnl."""
    exact: bool = False
    """The printed PnL agrees to its last digit."""
    after_fees: bool = False
    """And by this row alone it is net: read as gross it would not agree."""
    identity: str = ""
    """duplicates.identity, where it is known already."""


Verdict = Trade | Refusal | Aside | Repeated


@dataclass(slots=True)
class Judged:
    """A record with its verdict, in file order."""

    record: Record
    verdict: Verdict


@dataclass(slots=True)
class Fill:
    """One execution of a fills layout; fills pair into trades once the file is read.

    side: +1 buy, -1 sell. opens: +1 or -1 where the row itself says entry or exit, else 0.
    """

    record: Record
    time: int
    symbol: str
    side: int
    price: Decimal
    quantity: Decimal
    fee: Decimal | None
    fee_asset: str
    printed: Decimal | None
    layout: str
    version: str
    version_evidence: str
    opens: int = 0
    group: str = ""
    exchange_id: str = ""
    reason: str | None = None
    quote_asset: str = ""
    total: Decimal | None = None
    account: str = ""
    """Whose position it is, where the log is of several accounts or exchanges."""


def show(cell: str) -> str:
    """A cell as messages quote it: bounded in length."""
    text = cell if len(cell) <= 80 else cell[:77] + "..."
    return repr(text)
