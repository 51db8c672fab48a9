"""The ledger as it was known at a time: records, corrections and voids that came later left out."""

import json

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from dashboard.models import Trade
from dashboard.projection.matching import FIELDS, counting, groups

# One parameter, however many ids: lists of them have a limit.
THESE = "SELECT value FROM json_each(%s)"


def counted(known_at: int) -> QuerySet[Trade]:
    """The records that counted with what was recorded up to then (microseconds), facts as known.

    A record that no other ever matched counts from its recording until it is voided; of those
    that share a trade it is worked out, by the projector's own rule, which one counted then.
    """
    known = Trade.states.filter(known_from__lte=known_at, known_until__gt=known_at, pending=False)
    known = known.filter(Q(voided_at=None) | Q(voided_at__gt=known_at))
    shared = list(known.filter(shared=True).only(*FIELDS))
    for record in shared:
        record.voided = False  # not yet, at that time
    winners = [pk for group in groups(shared) for pk in counting(group)]
    return known.filter(Q(shared=False) | Q(pk__in=RawSQL(THESE, [json.dumps(winners)])))  # noqa: S611 - a parameter
