"""What all read-only lists share: no way to change a row, and no counting of a million."""

# ruff: noqa: ARG002 - the signatures are Django's

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.units import iso, text

MOST = 10_000  # rows a list counts, and pages through; beyond that one filters


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than MOST: a full count of a million rows takes longer than the page."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return len(rows.order_by().values_list("pk", flat=True)[:MOST])


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A projection's list: what is here was recorded, and is changed by events alone."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    actions: Any = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def time_cell(microseconds: int | None) -> str:
    """A time to the second, UTC."""
    return "–" if microseconds is None else iso(microseconds)[:19].replace("T", " ")


def money_cell(units: int | None) -> SafeString | str:
    """Signed money to two decimals, coloured by its sign."""
    if units is None:
        return "–"
    shown = f"{abs(units) / 10**8:,.2f}"
    sign, name = ("+", "gain") if units > 0 else ("−", "loss") if units < 0 else ("", "")
    return format_html('<span class="{}" title="{}">{}{}</span>', name, text(units), sign, shown)
