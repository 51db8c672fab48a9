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


class DayNote(models.Model):
    """What the trader has to say about one UTC day."""

    day = models.DateField(unique=True)
    note = models.TextField(blank=True, max_length=20_000)
    tags = models.CharField(max_length=500, blank=True, help_text="Separated by commas")
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"on {self.day}"


class DayNoteRevision(models.Model):
    """One edit of a day's note, as AnnotationRevision is of a trade's."""

    note = models.ForeignKey(DayNote, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    by = models.CharField(max_length=200)
    old = models.JSONField()
    new = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="day_revision_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.note}"


class Screenshot(models.Model):
    """A picture of a trade (bot and trade_id) or of a day, as re-encoded by us.

    It lies in the database itself, so that a backup of the journal is a backup of one file.
    A removed one stays, with who removed it; it is not shown.
    """

    bot = models.CharField(max_length=200, blank=True)
    trade_id = models.CharField(max_length=200, blank=True)
    day = models.DateField(null=True, db_index=True)
    image = models.BinaryField()  # WebP
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)  # sha256 of the image
    added_at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="screenshots"
    )
    by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True)
    removed_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    removed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["bot", "trade_id"], name="screenshot_of_trade")]

    def __str__(self) -> str:
        return f"screenshot {self.pk}"
