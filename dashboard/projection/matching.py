"""One trade, several records: which of them counts.

Records of different streams match when their keys do (see `facts.match_key`), as first recorded
or as corrected since. The better source's record counts; two bots' own records never match each
other, however alike, and neither do two records of one stream.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from dashboard.models import Trade
from dashboard.projection.facts import RANKS

CHUNK = 400  # keys in one query
LAST_RANK = max(RANKS.values())
FIELDS = (
    "id",
    "stream",
    "seq",
    "source",
    "match_key",
    "first_key",
    "voided",
    "pending",
    "counted",
    "shared",
    "corrected",
    "trade_id",
    "book_id",
    "exit_time",
)


def recount(keys: set[int]) -> set[tuple[int, int]]:
    """Decide anew which records with these keys count.

    Returns (book id, exit time) of the records whose answer changed, to refold their days.
    """
    switched: dict[bool, list[Trade]] = {True: [], False: []}
    for group in groups(_records(keys)):
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


def _records(keys: set[int]) -> list[Trade]:
    """All records that share a key with these, directly or through one another."""
    found: dict[int, Trade] = {}
    asked: set[int] = set()
    wanted = set(keys)
    while wanted:
        for chunk in _chunks(sorted(wanted)):
            # The two keys differ for corrected records alone, which have an index of their own.
            same = Q(match_key__in=chunk) | Q(corrected=True, first_key__in=chunk)
            found |= {trade.pk: trade for trade in Trade.objects.filter(same).only(*FIELDS)}
        asked |= wanted
        reached = {key for trade in found.values() for key in (trade.match_key, trade.first_key)}
        wanted = reached - asked
    return list(found.values())


def groups(trades: list[Trade]) -> list[list[Trade]]:
    """Records joined by a common key, directly or through one another (union by relabelling)."""
    group_of: dict[int, list[Trade]] = {}
    for trade in trades:
        joined = [trade]
        for key in {trade.match_key, trade.first_key}:
            other = group_of.get(key)
            if other is not None and other is not joined:
                joined = other + joined
        for member in joined:
            group_of[member.match_key] = group_of[member.first_key] = joined
    return list({id(group): group for group in group_of.values()}.values())


def counting(group: list[Trade]) -> set[int]:
    """Ids of the records of one trade (or of several alike) that count."""
    of_stream: dict[tuple[int, str], list[Trade]] = defaultdict(list)
    for trade in sorted(group, key=lambda trade: trade.seq):
        if not trade.voided and not trade.pending:
            of_stream[RANKS.get(trade.source, LAST_RANK), trade.stream].append(trade)
    taken = 0
    counted: set[int] = set()
    for (rank, _), records in sorted(of_stream.items()):
        # The n-th record of a stream is the n-th of the better one: what goes beyond is new.
        known = 0 if rank == RANKS["bot"] else taken
        counted |= {trade.pk for trade in records[known:]}
        taken = taken + len(records) if rank == RANKS["bot"] else max(taken, len(records))
    return counted


def _chunks(values: list[int]) -> Iterable[list[int]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))
