"""One trade, several records: which of them counts.

Records of different streams match when the exchange's own ids do (see `facts.exchange_key`), else
when their keys do (see `facts.match_key`), as first recorded or as corrected since; records of two
fills the exchange tells apart never. The better source's record counts; two bots' own records
never match each other, however alike, and neither do two records of one stream.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from dashboard.models import Trade
from dashboard.projection.facts import RANKS

CHUNK = 400  # keys in one query
BEYOND_KEYS = 2**64
LAST_RANK = max(RANKS.values())
FIELDS = (
    "id",
    "stream",
    "seq",
    "source",
    "match_key",
    "first_key",
    "exchange_key",
    "voided",
    "pending",
    "counted",
    "shared",
    "corrected",
    "trade_id",
    "book_id",
    "exit_time",
)


def recount(keys: set[int], ids: Iterable[int] = ()) -> set[tuple[int, int]]:
    """Decide anew which records with these keys, or these ids of the exchange, count.

    Returns (book id, exit time) of the records whose answer changed, to refold their days.
    """
    switched: dict[bool, list[Trade]] = {True: [], False: []}
    for group in groups(_records(keys, set(ids))):
        counted = counting(group)
        if len(group) > 1:
            _share(group)
        for trade in group:
            if trade.counted != (trade.pk in counted):
                switched[trade.pk in counted].append(trade)
    for counts, trades in switched.items():
        for ids in _chunks([trade.pk for trade in trades]):
            Trade.objects.filter(pk__in=ids).update(counted=counts)
    return {(trade.book_id, trade.exit_time) for trades in switched.values() for trade in trades}


def _share(group: list[Trade]) -> None:
    """Note, of all that was ever known of these records, that which of them counts must be
    worked out; the group is one trade's, and small."""
    fresh = [trade for trade in group if not trade.shared]
    for ids in _chunks([trade.pk for trade in fresh]):
        Trade.objects.filter(pk__in=ids).update(shared=True)
    for trade in fresh:
        if trade.corrected:
            Trade.states.filter(stream=trade.stream, trade_id=trade.trade_id).update(shared=True)


def _records(keys: set[int], ids: set[int]) -> list[Trade]:
    """All records that share a key or an id with these, directly or through one another."""
    found: dict[int, Trade] = {}
    asked: set[int] = set()
    asked_ids: set[int] = set()
    while keys or ids:
        fresh: dict[int, Trade] = {}
        for chunk in _chunks(sorted(keys)):
            # The two keys differ for corrected records alone, which have an index of their own.
            same = Q(match_key__in=chunk) | Q(corrected=True, first_key__in=chunk)
            fresh |= {trade.pk: trade for trade in Trade.objects.filter(same).only(*FIELDS)}
        for chunk in _chunks(sorted(ids)):
            same = Q(exchange_key__in=[*chunk, *(-key for key in chunk)])
            fresh |= {trade.pk: trade for trade in Trade.objects.filter(same).only(*FIELDS)}
        found |= fresh
        asked |= keys
        asked_ids |= ids
        reached = fresh.values()
        keys = {key for trade in reached for key in (trade.match_key, trade.first_key)} - asked
        ids = {abs(trade.exchange_key) for trade in reached if trade.exchange_key} - asked_ids
    return list(found.values())


def groups(trades: list[Trade]) -> list[list[Trade]]:
    """Records joined by a common key, directly or through one another (union by relabelling)."""
    group_of: dict[int, list[Trade]] = {}
    for trade in trades:
        others = {id(group_of[key]): group_of[key] for key in _keys(trade) if key in group_of}
        joined = [*(member for other in others.values() for member in other), trade]
        for member in joined:
            for key in _keys(member):
                group_of[key] = joined
    return list({id(group): group for group in group_of.values()}.values())


def _keys(trade: Trade) -> tuple[int, ...]:
    """What joins a record to others; the exchange's id above all numbers that keys can be."""
    if trade.exchange_key is None:
        return trade.match_key, trade.first_key
    return trade.match_key, trade.first_key, BEYOND_KEYS + abs(trade.exchange_key)


def counting(group: list[Trade]) -> set[int]:
    """Ids of the records of one trade (or of several alike) that count."""
    of_stream: dict[tuple[int, str], list[Trade]] = defaultdict(list)
    for trade in sorted(group, key=lambda trade: trade.seq):
        if not trade.voided and not trade.pending:
            of_stream[RANKS.get(trade.source, LAST_RANK), trade.stream].append(trade)
    known: list[int | None] = []  # the trades there are, each by the exchange's id where told
    counted: set[int] = set()
    for (rank, _), records in sorted(of_stream.items()):
        own = rank == RANKS["bot"]
        fresh = records if own else _beyond(records, known)
        counted |= {trade.pk for trade in fresh}
        known += [trade.exchange_key for trade in fresh]
    return counted


def _beyond(records: list[Trade], known: list[int | None]) -> list[Trade]:
    """Those of a stream's records that are none of the known trades.

    By their ids first; else the n-th record is the n-th trade, unless their ids differ. A trade
    without an id is given that of its record.
    """
    if not known:
        return records
    at_id = {abs(key): at for at, key in enumerate(known) if key}
    free, left = dict.fromkeys(range(len(known))), list[Trade]()
    for trade in records:
        at = at_id.get(abs(trade.exchange_key or 0))
        if at is None or at not in free:
            left.append(trade)
        else:
            del free[at]
    found: set[int] = set()
    for trade in sorted(left, key=lambda trade: not trade.exchange_key):
        at = next((at for at in free if not _differ(known[at], trade.exchange_key)), None)
        if at is not None:
            del free[at]
            known[at] = known[at] or trade.exchange_key
            found.add(trade.pk)
    return [trade for trade in left if trade.pk not in found]


def _differ(one: int | None, other: int | None) -> bool:
    """Whether the exchange told two closing fills apart; other ids may name the same by another."""
    return one is not None and other is not None and one > 0 and other > 0 and one != other


def _chunks(values: list[int]) -> Iterable[list[int]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
