"""The trader's own words about a trade. Keyed by the trade's id, so a rebuild leaves them be."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Annotation(models.Model):
    """One trade's note, tags and judgement. `bot` and `trade_id` are the trade's own."""

    bot = models.CharField(max_length=200)
    trade_id = models.CharField(max_length=200)
    note = models.TextField(blank=True, max_length=20_000)
    tags = models.CharField(
        max_length=500, blank=True, help_text="Separated by commas, as in: breakout, news"
    )
    setup = models.CharField(max_length=100, blank=True)
    mistake = models.CharField(max_length=100, blank=True)
    rating = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text="1 (poor) to 5 (as planned)",
    )
    followed_plan = models.BooleanField("followed the plan", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bot", "trade_id"], name="annotation_per_trade")
        ]

    def __str__(self) -> str:
        return f"on {self.trade_id}"


class AnnotationRevision(models.Model):
    """One edit, written in the edit's own transaction: who, when, by what, from what to what."""

    annotation = models.ForeignKey(Annotation, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    by = models.CharField(max_length=200)  # "admin", "page" or the API token's prefix
    old = models.JSONField()
    new = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "number"], name="revision_once")
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.annotation}"
