"""The other records, to read: bots, checkpoints, annotations with their revisions."""

# ruff: noqa: ARG002 - the signatures are Django's

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from dashboard.admin.reading import ReadOnlyAdmin, time_cell
from dashboard.models import (
    Annotation,
    AnnotationRevision,
    Bot,
    Checkpoint,
    DayNote,
    DayNoteRevision,
    Screenshot,
)


@admin.register(Bot)
class BotAdmin(ReadOnlyAdmin):
    list_display = ("bot", "version", "mode", "strategy", "symbol", "heard", "worth")

    @admin.display(description="last heard of (UTC)")
    def heard(self, bot: Bot) -> str:
        return time_cell(bot.last_recorded_at)

    @admin.display(description="equity")
    def worth(self, bot: Bot) -> str:
        return "–" if bot.equity is None else f"{bot.equity / 10**8:,.2f}"


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    list_display = ("stream", "seq", "unreadable", "last_problem")


class RevisionInline(admin.TabularInline):  # type: ignore[type-arg]
    model = AnnotationRevision
    fields = readonly_fields = ("number", "at", "user", "by", "old", "new")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Annotation)
class AnnotationAdmin(ReadOnlyAdmin):
    """Found here, written on the trade's own page."""

    list_display = (
        "trade_id",
        "bot",
        "tags",
        "setup",
        "mistake",
        "rating",
        "followed_plan",
        "updated_at",
    )
    list_filter = ("mistake", "setup", "rating", "followed_plan", "bot")
    date_hierarchy = "updated_at"
    ordering = ("-updated_at",)
    search_fields = ("trade_id", "note", "tags", "setup", "mistake")
    inlines = (RevisionInline,)


class DayRevisionInline(RevisionInline):
    model = DayNoteRevision  # type: ignore[assignment]


@admin.register(DayNote)
class DayNoteAdmin(ReadOnlyAdmin):
    """Found here, written on the journal's page."""

    list_display = ("day", "rating", "tags", "updated_at")
    list_filter = ("rating",)
    search_fields = ("note", "tags")
    date_hierarchy = "day"
    ordering = ("-day",)
    inlines = (DayRevisionInline,)


@admin.register(Screenshot)
class ScreenshotAdmin(ReadOnlyAdmin):
    """Who added and who removed which picture; the pictures stand on the pages."""

    list_display = ("id", "trade_id", "day", "size", "added_at", "user", "removed_at")
    list_select_related = ("user",)
    search_fields = ("trade_id",)
    date_hierarchy = "added_at"
    ordering = ("-id",)
    exclude = ("image",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("image")
