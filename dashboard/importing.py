"""What the imports page and the overview say of imports, in words and grouped digits."""

from typing import Any

from django.urls import reverse

from dashboard.legacy.mending import meaning, remedy
from dashboard.models import Batch
from dashboard.selectors import imports
from dashboard.units import iso

NEWEST = 100  # files on the page


def quarantined() -> str:
    """How many lines wait in quarantine, as "1,204 imported lines"; "" for none."""
    lines = imports.quarantined()
    return f"{lines:,} imported line{'' if lines == 1 else 's'}" if lines else ""


def page() -> dict[str, Any]:
    """The imports page's values."""
    lists = reverse("admin:dashboard_quarantined_changelist")
    return {
        "batches": [_batch(batch, lists) for batch in imports.page(limit=NEWEST).batches],
        "reasons": [
            {
                "name": reason,
                "words": reason.replace("_", " ").capitalize(),
                "lines": f"{lines:,}",
                "meaning": meaning(reason),
                "remedy": remedy(reason),
            }
            for reason, lines in imports.by_reason(imports.standing().only("reasons"))
        ],
        "quarantined": quarantined(),
    }


def _batch(batch: Batch, lists: str) -> dict[str, Any]:
    counts = ("records", "trades", "duplicates", "set_aside", "quarantined")
    refused = batch.quarantined or batch.reasons
    # Recorded on this machine or on another: either slash ends the folder.
    cut = max(batch.path.rfind("/"), batch.path.rfind("\\")) + 1
    return {
        "name": batch.batch,
        "folder": batch.path[:cut],
        "file": batch.path[cut:],
        "began": iso(batch.started_at or 0)[:16].replace("T", " "),
        "state": imports.state(batch),
        "versions": ", ".join(sorted(batch.by_version)) or "–",
        "link": reverse("admin:dashboard_batch_change", args=[batch.pk]),
        "lines": f"{lists}?file={batch.pk}&standing=all" if refused else "",
        **{name: _count(getattr(batch, name)) for name in counts},
    }


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"
