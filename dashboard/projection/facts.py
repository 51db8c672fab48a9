"""What a `trade.closed` body says, as one row of the Trade table."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple
from zlib import crc32

from dashboard.columns import are_texts, decimal_texts, instants, moneys, price_keys
from dashboard.events import Event
from dashboard.units import Unreadable, exchange_text, market_key, money

# Whose word counts where several streams recorded one trade: the lowest.
RANKS = {"bot": 0, "backfill": 1, "follow": 2, "import": 3}
SIDES = {"long", "short"}


class BookKey(NamedTuple):
    """What may be added up."""

    mode: str
    quote_asset: str
    account: str


class TradeFacts(NamedTuple):
    """The facts of a trade, in the order of FACT_COLUMNS."""

    strategy: str
    symbol: str
    side: str
    entry_time: int | None
    exit_time: int
    entry_price: str
    exit_price: str
    quantity: str
    stop_loss_price: str
    take_profit_price: str
    fee: int | None
    funding: int
    net_pnl: int
    initial_risk: int | None
    mae: int | None
    mfe: int | None
    exit_reason: str


FACT_COLUMNS = TradeFacts._fields
# How each is read; a word is cut off behind so many characters.
TIMES = ("entry_time", "exit_time")
TEXTS = ("entry_price", "exit_price", "quantity", "stop_loss_price", "take_profit_price")
MONEY = ("fee", "funding", "net_pnl", "initial_risk", "mae", "mfe")
WORDS = {"strategy": 200, "symbol": 50, "exit_reason": 200}
SECOND = 1_000_000  # microseconds
Body = Mapping[str, Any]
Told = dict[str, Sequence[Any]]  # columns by name


def book_key(event: Event) -> BookKey:
    """The book an event's money belongs to."""
    get = event.body.get
    quote_asset, account = words([get("quote_asset")], 32), words([get("account")], 100)
    return BookKey(event.mode, *quote_asset, *account)


def trade_id(event: Event) -> str:
    """The trade's own id; an event that names none is a trade of its own."""
    value = event.body.get("trade_id") or event.ref or f"{event.stream}-{event.seq}"
    return str(value)[:200]


def trade_facts(body: Body, occurred_at: int) -> TradeFacts:
    """Read a body. Raises Unreadable where symbol or net_pnl is missing, or a value no use."""
    told = facts_of([body], [occurred_at])
    return TradeFacts._make(column[0] for column in told.values())


def facts_of(bodies: Sequence[Body], occurred_at: Sequence[int]) -> Told:
    """The FACT_COLUMNS of many bodies: a third of the time that reading one by one takes.

    Raises Unreadable where any one of them cannot be read: which, tells reading each by itself.
    """
    told: Told = dict(zip(FACT_COLUMNS, columns_of(bodies, FACT_COLUMNS), strict=True))
    told["side"] = _sides(told["side"])
    if not all(told["symbol"]):
        raise Unreadable("symbol is missing")
    if None in told["net_pnl"]:
        raise Unreadable("net_pnl is missing")
    told |= {name: instants(told[name], name) for name in TIMES}
    told |= {name: decimal_texts(told[name], name) for name in TEXTS}
    told |= {name: moneys(told[name], name) for name in MONEY}
    told |= {name: words(told[name], longest) for name, longest in WORDS.items()}
    told["exit_time"] = _filled(told["exit_time"], occurred_at)
    told["funding"] = _filled(told["funding"], repeat(0))
    return told


def columns_of(bodies: Sequence[Body], names: Sequence[str]) -> list[Sequence[Any]]:
    """What the bodies say under each of these names; None where they say nothing."""
    try:
        return list(zip(*map(itemgetter(*names), bodies), strict=True))
    except KeyError:
        return [[body.get(name) for body in bodies] for name in names]


def words(values: Sequence[object], longest: int) -> Sequence[str]:
    """Each as text, cut off where it is longer; "" where there is none."""
    if are_texts(values) and max(map(len, values)) <= longest:
        return merged(values)
    return ["" if value is None else str(value)[:longest] for value in values]


def merged(values: Sequence[str]) -> Sequence[str]:
    """The same, equal texts as one object: of all that comes later most looks at that one."""
    one = dict(zip(values, values, strict=True))
    return list(map(one.__getitem__, values))


def _filled(values: Sequence[int | None], otherwise: Iterable[int]) -> Sequence[int | None]:
    if None not in values:
        return values
    filled = zip(values, otherwise, strict=False)
    return [other if value is None else value for value, other in filled]


def _sides(values: Sequence[object]) -> Sequence[str]:
    if are_texts(values) and SIDES.issuperset(values):
        return merged(values)
    return list(map(_side, values))


def _side(value: object) -> str:
    side = str(value or "").lower()
    if side and side not in SIDES:
        raise Unreadable(f"side={value!r} is neither 'long' nor 'short'")
    return side


def match_key(mode: str, facts: TradeFacts) -> int:
    """A signed 64-bit key, equal for records of one trade made by different writers.

    Made of mode, symbol, side, entry and exit time to the second, prices and quantity. The
    exit's second comes first and 32 bits of a hash behind it: trades mostly come in order of
    their exits, and an index of keys in no order at all would be written anew all over.
    """
    told: Told = {name: [value] for name, value in facts._asdict().items()}
    return match_keys([mode], told)[0]


def match_keys(modes: Sequence[str], told: Told) -> list[int]:
    """The `match_key` of each trade, by its mode and its FACT_COLUMNS."""
    markets = {symbol: market_key(symbol) for symbol in set(told["symbol"])}
    entries = [None if time is None else time // SECOND for time in told["entry_time"]]
    exits = [time // SECOND for time in told["exit_time"]]
    prices = [price_keys(told[name]) for name in ("entry_price", "exit_price", "quantity")]
    names = [markets[symbol] for symbol in told["symbol"]]
    parts = zip(modes, names, told["side"], entries, exits, *prices, strict=True)
    hashes = [
        crc32(
            f"{mode}\x1f{market}\x1f{side}\x1f{entry}\x1f{leaving}\x1f{paid}\x1f{got}\x1f{size}".encode()
        )
        for mode, market, side, entry, leaving, paid, got, size in parts
    ]
    return [
        ((leaving & 0xFFFF_FFFF) << 32 | hash_) - 2**63
        for leaving, hash_ in zip(exits, hashes, strict=True)
    ]


def exchange_keys(modes: Sequence[str], told: Told, bodies: Sequence[Body]) -> list[int | None]:
    """The `exchange_key` of each; most records tell no id."""
    if not any("exchange_trade_id" in body or "exchange_trade_ids" in body for body in bodies):
        return [None] * len(bodies)
    return list(map(exchange_key, modes, told["symbol"], told["exit_time"], bodies))


def exchange_key(mode: str, symbol: str, exit_time: int, body: Body) -> int | None:
    """A signed 64-bit key of the exchange's own id of the trade; None where none is told.

    Above 0 for the fill that closed it, the last of `exchange_trade_ids`; below 0, of the same
    size for the same id, for an `exchange_trade_id` by itself, which may name something else.
    """
    ids = body.get("exchange_trade_ids")
    told = ids[-1] if type(ids) is list and ids else body.get("exchange_trade_id")
    if not told or type(told) not in (str, int):
        return None
    said = exchange_text(symbol, exit_time // SECOND, str(told)[:200])
    digest = blake2b(f"{mode}\x1f{said}".encode(), digest_size=8).digest()
    key = int.from_bytes(digest, "big") >> 1 or 1
    return key if type(ids) is list and ids else -key


def optional_money(body: Mapping[str, Any], name: str) -> int | None:
    """Money that may be missing or null."""
    value = body.get(name)
    return None if value is None else money(value, name)
