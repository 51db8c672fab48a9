"""A layout tied to the columns of one segment: which column holds what, and how it is written."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, timezone, tzinfo
from decimal import Decimal

from .aliases import Heading, heading, normalise
from .cells import POINT, QUOTES, Grammar
from .layouts import REGISTRY, Layout
from .times import TimeForm

TIME_ROLES = ("entry_time", "exit_time", "time")
NUMBER_ROLES = (
    "entry_price", "exit_price", "price", "quantity", "fee", "entry_fee", "exit_fee", "funding",
    "entry_fee_rate", "exit_fee_rate", "pnl", "net_pnl", "gross_pnl", "pnl_pct", "cum_pnl",
    "stop_loss_price", "take_profit_price", "mae", "mfe",
)  # fmt: skip
_IN_QUOTE = (
    "entry_price", "exit_price", "price", "pnl", "net_pnl", "gross_pnl", "cum_pnl", "notional"
)  # fmt: skip
_TELLING = ("status", "type", "fee_asset", "mode", "version", "money")
PNL_ROLES = ("net_pnl", "pnl", "gross_pnl", "pnl_pct", "cum_pnl")


_numbers = itertools.count(1)


@dataclass(slots=True)
class Binding:
    """How to read the records of a segment. Filled in step by step; see settling.settle."""

    layout: str
    width: int
    roles: dict[str, int]
    shape: str = "trades"
    known: Layout | None = None
    headings: tuple[Heading, ...] = ()
    grammar: Grammar = POINT
    forms: dict[str, TimeForm] = field(default_factory=dict)
    clocks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Columns with the time of day and its half, where a time role's own column lacks them."""
    also: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Further columns that a header names alike: their cells decide which one it is."""
    orders_side: bool = False
    """Buy and sell beside entry and exit name the order's side, not the position's."""
    watched: tuple[int, ...] = ()
    """Columns in which a word may say that a row is paper, or money that moved without a trade."""
    worded: tuple[int, ...] = ()
    """Those of them in which words stand."""
    amount_slack: Decimal | None = None
    """Fills: how far, as a share, the amount printed may be from price x quantity; None: any."""
    signed_quantity: bool = False
    """Fills: sales are printed with a quantity below zero."""
    accounts: tuple[int, ...] = ()
    """Fills: columns of accounts or exchanges, each of which holds positions of its own."""
    costs: tuple[int, ...] = ()
    """Columns of further costs beside the fee: taxes, a clearing fee."""
    two_fees: bool = False
    """Two columns of fees: whether they add up, or are the same in two moneys, is not said."""
    constant_fee: Decimal = Decimal(0)
    """A fee that is one number on all rows, whatever was traded: it must be proven to be one."""
    usual_fee: Decimal = Decimal(0)
    """What many fees are, whatever was traded."""
    rate_scale: Decimal = Decimal(1)
    leverage: Decimal = Decimal(1)
    uncertain: str = ""
    """Why a PnL must not be computed here although prices and quantity are printed."""
    results_elsewhere: tuple[int, ...] = ()
    """Columns not called a result that hold it on some rows: these are of another layout."""
    to_the_digit: bool = False
    """Every PnL that its factors give without rounding is printed so, to the last digit."""
    zones: dict[str, tzinfo] = field(default_factory=dict)
    units: dict[int, Callable[[str], str]] = field(default_factory=dict)
    unit_names: dict[int, str] = field(default_factory=dict)
    """What each of those units is: "USDT", "%", "$"."""
    currency: str = ""
    venue: int = -1
    """The column of exchanges that tells in which money a coin alone is paid; -1 nowhere."""
    venue_money: str = ""
    """What it tells on all rows; "" where it tells several."""
    pnl_role: str = ""
    pnl_kind: str = ""
    """net | gross | percent | cumulative | computed | printed | net_unstated_fee."""
    side_sign: int = 1
    numeric_side: bool = False
    """Sides are 1 and -1."""
    fixed_side: int = 0
    """+1 or -1 where the file has no side column and arithmetic shows one direction throughout."""
    fee_sign: int = 1
    may_lack_entry: bool = False
    """An empty entry time is one that nobody knows, not damage."""
    signed_shorts: bool = False
    """Shorts, and they alone, have a quantity below zero."""
    swapped_prices: bool = False
    """The prices are those of buying and selling: a short is sold first."""
    signed_sides: bool = False
    """No column tells long from short but the sign of the quantity, and the results bear it out."""
    proposed: bool = False
    says_utc: bool = False
    """An exchange's own export, whose times are UTC by its word."""
    swapped_lines: tuple[int, int] = (0, 0)
    """Between these a result that nothing computes may stand for a quantity or a fee."""
    unsure: bool = False
    """Its status has words that nobody knows, beside others."""
    says_trade: int = -1
    """The column by which most rows say that they are trades; -1 for none."""
    closes: bool = False
    """Most rows say in their status that they are closed, so every trade must."""
    fixed_places: bool = False
    """The PnL column ends in zeros where they fall: a shorter cell of it is cut off."""
    naive_times: str = ""
    """A cell whose time has no offset anywhere; "" where every time says its own."""
    price_places: dict[str, int] = field(default_factory=dict)
    pnl_places: int = 8
    fee_places: int = 8
    exact: bool = False
    """Every printed PnL of the segment agrees to its last digit, so every one must."""
    fee_share: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    fee_band: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    """The least and the largest share of the turnover that fees are here; (0, 0) unknown."""
    fee_steady: bool = False
    text_columns: tuple[int, ...] = ()
    """Columns without a value in them on any row the layout was settled on."""
    versions_seen: frozenset[str] = frozenset()
    pnl_forms: frozenset[int] = frozenset()
    """How many decimals PnL cells are printed with, where several are common."""
    price_like: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    """Values of the PnL column that are prices by their looks lie between these."""
    running: set[Decimal] = field(default_factory=set)
    """Running totals met so far, where the PnL column is one."""
    last_cells: frozenset[str] = frozenset()
    funding_sign: int = 1
    confirmed: int = 0
    contradicted: int = 0
    version_by_values: bool = False
    number: int = field(init=False, default_factory=lambda: next(_numbers))
    """Which binding it is; a fork of the judge that made it keeps the number."""

    @property
    def says_side(self) -> bool:
        """Whether a column tells long from short."""
        return "side" in self.roles or "is_short" in self.roles or self.signed_sides

    @property
    def says_fee(self) -> bool:
        """Whether fees are printed, in money or as rates."""
        return bool({"fee", "entry_fee", "entry_fee_rate"} & self.roles.keys())

    def copy(self) -> Binding:
        """A binding of the same columns, to be settled anew."""
        return replace(
            self,
            forms={},
            clocks={},
            zones=dict(self.zones),
            units={},
            unit_names={},
            price_places={},
            grammar=POINT,
            running=set(),
            roles=dict(self.roles),
            text_columns=(),
            versions_seen=frozenset(),
            watched=(),
            worded=(),
            venue=-1,
            uncertain="",
            leverage=Decimal(1),
            amount_slack=None,
            constant_fee=Decimal(0),
            usual_fee=Decimal(0),
            costs=(),
            unsure=False,
            says_trade=-1,
            funding_sign=1,
            swapped_prices=False,
            signed_sides=False,
            two_fees=False,
            rate_scale=Decimal(1),
            signed_quantity=False,
            to_the_digit=False,
            results_elsewhere=(),
        )

    def key(self) -> tuple[object, ...]:
        """What makes two bindings the same layout of a report's segment."""
        return (self.layout, self.width, tuple(sorted(self.roles.items())), self.pnl_kind)


def looks_numeric(cell: str) -> bool:
    """True for cells that hold a value rather than a name: a digit or more to start or end with."""
    text = cell.strip().lstrip("+-−$€£₩ ")
    return bool(text) and text[0].isdigit()


def bindings_for(header: Sequence[str]) -> list[Binding]:
    """What a header row can mean: registered layouts first, then names by their aliases."""
    headings = tuple(heading(cell) for cell in header)
    found: list[tuple[int, Binding]] = []
    for layout in REGISTRY:
        bound = _bind_registered(layout, header, headings)
        if bound is not None:
            found.append((len(bound.roles) + 100 * layout.ordered, bound))
    found.sort(key=lambda pair: -pair[0])
    bindings = [bound for _, bound in found]
    general = _bind_aliases(headings)
    if general is not None:
        bindings.append(general)
    return bindings


def _bind_registered(
    layout: Layout, header: Sequence[str], headings: tuple[Heading, ...]
) -> Binding | None:
    names = [_bare(cell) for cell in header]
    if layout.ordered:
        if len(names) != len(layout.columns):
            return None
        for name, column in zip(names, layout.columns, strict=True):
            if name not in _alternatives(column.names):
                return None
        roles = {
            column.role: at for at, column in enumerate(layout.columns) if column.role != "other"
        }
    else:
        roles = {}
        taken: set[int] = set()
        for column in layout.columns:
            # A name that stands twice (entry price, exit price) is taken in the order given.
            wanted = _alternatives(column.names)
            found = [at for n in wanted for at, name in enumerate(names) if name == n]
            at = next((at for at in found if at not in taken), None)
            if at is None:
                if column.needed:
                    return None
                continue
            taken.add(at)
            if column.role != "other":
                roles.setdefault(column.role, at)
        for at, each in enumerate(headings):
            # A column that this export has not: what it says of a row counts all the same.
            if each.role in _TELLING and at not in taken:
                roles.setdefault(each.role, at)
    bound = Binding(layout.name, len(header), roles, layout.shape, layout, headings)
    bound.may_lack_entry = layout.may_lack_entry
    bound.says_utc = layout.utc and _as_the_exchange_writes(layout, header)
    return _finish(bound)


def _as_the_exchange_writes(layout: Layout, header: Sequence[str]) -> bool:
    """Whether most names are the export's to the letter: a bot's own log has times of its own."""
    written = {_words(name) for column in layout.columns for name in column.names.split("|")}
    return sum(_words(cell) in written for cell in header) * 2 > len(header)


def _words(name: str) -> str:
    return name.partition("(")[0].strip().strip("'\"\ufeff ")


def _alternatives(names: str) -> list[str]:
    return [_bare(name) for name in names.split("|")]


def _bare(name: str) -> str:
    """A header name without the currency or zone that exports put behind it."""
    read = heading(name)
    text = name
    if read.currency:
        for mark in (f"({read.currency})", read.currency):
            text = text.replace(mark, "").replace(mark.lower(), "")
    else:
        words = text.split()
        if len(words) > 1 and words[-1].strip("()[]").upper() in QUOTES:
            text = " ".join(words[:-1])
    return normalise(text) + ("%" if read.percent else "")


def _bind_aliases(headings: tuple[Heading, ...]) -> Binding | None:
    named: dict[str, list[int]] = {}
    for at, each in enumerate(headings):
        if each.role and each.role != "other":
            named.setdefault(each.role, []).append(at)
    for role in PNL_ROLES:
        # "pnl" beside "pnl_usd": the one that names a currency is money.
        named.get(role, []).sort(key=lambda at: not headings[at].currency)
    roles = {role: places[0] for role, places in named.items()}
    also = {role: tuple(places[1:]) for role, places in named.items() if len(places) > 1}
    if {"entry_time", "exit_time"} <= roles.keys() and len(named.get("price", ())) == 2:
        # MetaTrader calls both prices "Price": that of the opening comes first.
        roles["entry_price"], roles["exit_price"] = named["price"]
        del roles["price"]
    elif len(named.get("price", ())) == 2 and _are_both_ends(headings, named.get("time", [])):
        roles["entry_price"], roles["exit_price"] = named["price"]
        roles["entry_time"], roles["exit_time"] = named["time"]
        del roles["price"], roles["time"], also["price"], also["time"]
    markets = named.get("symbol", [])
    counted = [at for at in markets if normalise(headings[at].name) == "contracts"]
    if len(markets) == 2 and counted and "quantity" not in roles:
        # How many of them, where another column names the market.
        roles["quantity"] = counted[0]
        roles["symbol"] = next(at for at in markets if at not in counted)
        del also["symbol"]
    pnl = any(role in roles for role in PNL_ROLES)
    timed = any(role in roles for role in TIME_ROLES)
    if not timed:
        return None
    trades = {"entry_price", "exit_price"} <= roles.keys() or (
        pnl and not {"price", "quantity"} <= roles.keys()
    )
    fills = {"price", "quantity"} <= roles.keys() and not {
        "entry_price",
        "exit_price",
    } & roles.keys()
    if fills and "time" in roles and ("side" in roles or "type" in roles):
        also["side"] = tuple(dict.fromkeys([*named.get("side", []), *named.get("type", [])]))
        if "type" in roles and "side" not in roles:
            roles["side"] = roles["type"]
        return _finish(Binding("fills", len(headings), roles, "fills", None, headings, also=also))
    if trades:
        return _finish(
            Binding("round-trips", len(headings), roles, "trades", None, headings, also=also)
        )
    return None


def _are_both_ends(headings: tuple[Heading, ...], times: list[int]) -> bool:
    """Whether two times of one name stand apart: that of the opening, and later of the end."""
    names = {normalise(headings[at].name) for at in times}
    return len(times) == 2 and len(names) == 1 and times[1] - times[0] > 1


def _finish(binding: Binding) -> Binding:
    roles = binding.roles
    if "exit_time" not in roles and "time" in roles and binding.shape == "trades":
        roles["exit_time"] = roles.pop("time")
    binding.pnl_role = next((role for role in PNL_ROLES if role in roles), "")
    for role in TIME_ROLES:
        if role in roles:
            offset = binding.headings[roles[role]].offset if binding.headings else None
            if offset is not None:
                binding.zones[role] = UTC if offset == 0 else timezone(timedelta(minutes=offset))
            elif binding.says_utc:
                binding.zones[role] = UTC
    for each in binding.headings:
        if each.currency and each.role in _IN_QUOTE:
            binding.currency = each.currency
            break
    return binding


def headerless(width: int) -> list[Binding]:
    """Registered layouts of this width that are recognised by order and values alone."""
    return [
        _finish(
            Binding(
                layout.name,
                width,
                {c.role: at for at, c in enumerate(layout.columns) if c.role != "other"},
                layout.shape,
                layout,
            )
        )
        for layout in REGISTRY
        if layout.ordered and len(layout.columns) == width
    ]
