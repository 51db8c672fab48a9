"""Filters for the trades' list: each knows its values without looking at the trades."""

# ruff: noqa: ARG002 - the signatures are Django's

import re
from datetime import UTC, date, datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from dashboard.models import Book, DayRollup, Trade
from dashboard.performance.equity import date_of
from dashboard.selectors.choices import words
from dashboard.selectors.scope import Filters
from dashboard.selectors.trades import said
from dashboard.units import EPOCH, MICROSECOND

MOST_MONTHS = 36


class CountedFilter(admin.SimpleListFilter):
    """The ledger shows what counts; duplicates, voided and unfinished records on request."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "Every record"), ("not", "Not counted")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "Counted"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trade]) -> QuerySet[Trade]:
        if self.value() == "all":
            return queryset
        return queryset.filter(counted=self.value() != "not")


class MonthFilter(admin.SimpleListFilter):
    """The month of the exit (UTC), newest first: the days that have trades are known by row."""

    title = "month closed"
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        days = DayRollup.objects.filter(scope="all").values_list("day", flat=True).distinct()
        months = sorted({f"{date_of(day):%Y-%m}" for day in days}, reverse=True)
        return [(month, month) for month in months[:MOST_MONTHS]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trade]) -> QuerySet[Trade]:
        found = re.fullmatch(r"([1-9]\d{3})-(0[1-9]|1[0-2])", self.value() or "")
        if found is None:
            return queryset
        year, month = int(found[1]), int(found[2])
        after = date(year + month // 12, month % 12 + 1, 1) if year < 9999 else date.max
        return queryset.filter(
            exit_time__gte=_microseconds(date(year, month, 1)), exit_time__lt=_microseconds(after)
        )


class RollupFilter(admin.SimpleListFilter):
    """Values known from the day rollups: a DISTINCT over a million trades takes seconds."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = DayRollup.objects.filter(scope=self.parameter_name).order_by("value")
        return [(value, value) for value in rows.values_list("value", flat=True).distinct()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trade]) -> QuerySet[Trade]:
        if self.value() is None:
            return queryset
        return queryset.filter(**{str(self.parameter_name): self.value()})


def rollup_filter(name: str) -> type[RollupFilter]:
    """The filter of one field that has day rows."""
    return type(f"{name}Filter", (RollupFilter,), {"title": name, "parameter_name": name})


class MistakeFilter(admin.SimpleListFilter):
    """Trades whose annotation names a mistake."""

    title = "mistake"
    parameter_name = "mistake"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(word, word) for word in words("mistake")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trade]) -> QuerySet[Trade]:
        conditions = said(Filters(mistake=self.value()))
        return queryset if conditions is None else queryset.filter(*conditions)


class BookFilter(admin.SimpleListFilter):
    """Mode, quote asset and account."""

    title = "money"
    parameter_name = "book"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(book.pk), str(book)) for book in Book.objects.order_by("-last_recorded_at")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trade]) -> QuerySet[Trade]:
        value = self.value() or ""
        return queryset.filter(book=int(value)) if value.isdecimal() else queryset


def _microseconds(day: date) -> int:
    return (datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // MICROSECOND
