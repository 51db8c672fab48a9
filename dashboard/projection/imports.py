"""Rows of imports: batches, and the lines they could not take."""

from collections import Counter, defaultdict

from django.db import connection

from dashboard.models import Batch
from dashboard.projection.rows import Rows

INSERT = """
INSERT INTO dashboard_quarantined
    (batch_id, stream, seq, line, "offset", reason, detail, raw, whole)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def write_imports(rows: Rows) -> bool:
    """Write what imports said of themselves. True when there was anything to write."""
    if not rows.batches:
        return False
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for refused in rows.quarantined:
        counted[refused.batch][refused.reason] += 1
    ids: dict[str, int] = {}
    for name, state in rows.batches.items():
        batch, _ = Batch.objects.get_or_create(stream=rows.stream, batch=name)
        for field, value in state.items():
            setattr(batch, field, value)
        batch.reasons = dict(Counter(batch.reasons) + counted[name])
        batch.save()
        ids[name] = batch.pk
    lines = [
        (ids[refused.batch], rows.stream, *refused[1:]) for refused in rows.quarantined
    ]  # as the columns stand
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, lines)
    return True
