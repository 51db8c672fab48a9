"""The site's own tables: projections of events, which can be dropped and made again, and the
journal and access tables, which cannot."""

from dashboard.models.access import ApiToken
from dashboard.models.journal import (
    Annotation,
    AnnotationRevision,
    DayNote,
    DayNoteRevision,
    Screenshot,
)
from dashboard.models.ledger import (
    Book,
    DayRollup,
    EquityDay,
    EquityPoint,
    Measurement,
    Position,
    SizeCount,
    Trade,
)
from dashboard.models.progress import Batch, Bot, BotWord, Checkpoint, Counter, Quarantined

__all__ = [
    "Annotation",
    "AnnotationRevision",
    "ApiToken",
    "Batch",
    "Book",
    "Bot",
    "BotWord",
    "Checkpoint",
    "Counter",
    "DayNote",
    "DayNoteRevision",
    "DayRollup",
    "EquityDay",
    "EquityPoint",
    "Measurement",
    "Position",
    "Quarantined",
    "Screenshot",
    "SizeCount",
    "Trade",
]
