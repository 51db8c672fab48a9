"""Filters for the trades' list: each knows its values without looking at the trades."""

# ruff: noqa: ARG002 - the signatures are Django's

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
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


class ClosedFilter(admin.SimpleListFilter):
    """When a trade was closed (UTC), newest first: months, the days of the chosen one, and years
    for what is long ago. The days that have trades are known by row.
    """

    title = "exit (UTC)"
    parameter_name = "closed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        days = DayRollup.objects.filter(scope="all").values_list("day", flat=True).distinct()
        found = periods([str(date_of(day)) for day in days], self.value() or "")
        return [(period, "\u2003" * (len(period) > len("2026-01")) + period) for period in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Trade]) -> QuerySet[Trade]:
        try:
            first, after = bounds(self.value() or "")
        except ValueError:
            return queryset
        return queryset.filter(
            exit_time__gte=_microseconds(first), exit_time__lt=_microseconds(after)
        )


def periods(days: Sequence[str], chosen: str) -> list[str]:
    """What can be chosen of these ISO days: months, days within the chosen one, older years."""
    newest = sorted({day[:7] for day in days}, reverse=True)[:MOST_MONTHS]

    def within(period: str) -> Iterator[str]:
        yield period
        if len(period) == len("2026-01-31") or not chosen.startswith(period):
            return
        narrower = {day[: len(period) + 3] for day in days if day.startswith(period)}
        for each in sorted(narrower.difference(newest), reverse=True):
            yield from within(each)

    years = sorted({day[:4] for day in days if day[:7] not in newest}, reverse=True)
    return [each for period in [*newest, *years] for each in within(period)]


def bounds(period: str) -> tuple[date, date]:
    """Its first day and the one after its last. Raises ValueError for what is no period."""
    found = re.fullmatch(r"([12]\d{3})(?:-(\d\d))?(?:-(\d\d))?", period)
    if found is None:
        raise ValueError(f"{period!r} is no year, month or day, as 2026-01")
    first = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    if found[3]:
        return first, first + timedelta(days=1)
    if found[2]:
        return first, (first + timedelta(days=31)).replace(day=1)
    return first, date(first.year + 1, 1, 1)


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
