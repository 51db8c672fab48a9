"""Imports and what they could not take: read here, mended in an editor, imported again."""

# ruff: noqa: ARG002 - the signatures are Django's

import tempfile
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from dashboard.admin.reading import BoundedPaginator, ReadOnlyAdmin, time_cell
from dashboard.legacy.mending import meaning, remedy
from dashboard.models import Batch, Quarantined
from dashboard.selectors import imports, quarantine

SHOWN = 240  # characters of a line in the list
FILES = 200  # offered in the filter, the newest
IN_MEMORY = 1 << 20


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = (
        "began", "batch", "path", "state", "records", "trades", "duplicates", "set_aside",
        "refused",
    )  # fmt: skip
    list_display_links = ("batch",)
    ordering = ("-started_at", "-id")
    sortable_by = ()
    search_fields = ("batch", "path", "sha256")
    fields = readonly_fields = (
        "batch", "path", "sha256", "bot", "mode", "state", "began", "ended", "records", "trades",
        "imported", "duplicates", "set_aside", "refused", "versions", "segments",
    )  # fmt: skip

    @admin.display(description="began (UTC)")
    def began(self, batch: Batch) -> str:
        return time_cell(batch.started_at)

    @admin.display(description="finished (UTC)")
    def ended(self, batch: Batch) -> str:
        return time_cell(batch.finished_at)

    @admin.display(description="state")
    def state(self, batch: Batch) -> str:
        return imports.state(batch)

    @admin.display(description="quarantined")
    def refused(self, batch: Batch) -> SafeString | str:
        """How many lines, with the way to them."""
        if not batch.quarantined:
            return "–" if batch.quarantined is None else "0"
        link = f"{reverse('admin:dashboard_quarantined_changelist')}?file={batch.pk}&standing=all"
        return format_html('<a href="{}">{}</a>', link, f"{batch.quarantined:,}")

    @admin.display(description="by version")
    def versions(self, batch: Batch) -> SafeString:
        rows = ((name, told["trades"], told["net_pnl"]) for name, told in batch.by_version.items())
        return format_html_join("", "<div>{}: {} trades, net PnL {}</div>", rows)

    @admin.display(description="read as")
    def segments(self, batch: Batch) -> SafeString:
        rows = (
            (
                each.get("first_line"), each.get("last_line"), each.get("layout"),
                ", ".join(name or "–" for name in each.get("columns") or []),
            )
            for each in batch.layout.get("segments") or []
        )  # fmt: skip
        return format_html_join("", "<div>lines {} to {}: {} ({})</div>", rows)


class FileFilter(admin.SimpleListFilter):
    title = "file"
    parameter_name = "file"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = Batch.objects.filter(quarantined__gt=0).order_by("-started_at", "-id")[:FILES]
        return [(str(each.pk), f"{each.path} ({each.quarantined:,})") for each in found]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Quarantined]
    ) -> QuerySet[Quarantined]:
        key = _number(self.value())
        return queryset if key is None else queryset.filter(batch=key)


class ReasonFilter(admin.SimpleListFilter):
    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        counted = imports.by_reason(Batch.objects.only("reasons"))
        return [(reason, reason.replace("_", " ")) for reason, _ in counted]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Quarantined]
    ) -> QuerySet[Quarantined]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


class StandingFilter(admin.SimpleListFilter):
    """Lines of undone and unfinished imports on request only."""

    title = "import"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "Undone and unfinished too")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "Those that count"}, *others]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Quarantined]
    ) -> QuerySet[Quarantined]:
        gone = [] if self.value() == "all" else imports.not_standing()
        return queryset.exclude(batch__in=gone) if gone else queryset


class KnownPaginator(Paginator):  # type: ignore[type-arg]
    """Told how many rows there are: nothing is counted."""

    known = 0

    @cached_property
    def count(self) -> int:
        return self.known


@admin.register(Quarantined)
class QuarantinedAdmin(ReadOnlyAdmin):
    show_facets = admin.ShowFacets.NEVER  # each would count every line
    list_max_show_all = 0
    change_list_template = "admin/dashboard/quarantined/change_list.html"
    list_display = ("place", "line", "why", "text")
    list_display_links = ("line",)
    list_filter = (FileFilter, ReasonFilter, StandingFilter)
    ordering = ("-batch", "line", "id")
    sortable_by = ()
    search_fields = ("raw",)
    search_help_text = "Text in the line, to the letter, or in what was seen wrong."
    actions = ("export_chosen",)
    fields = readonly_fields = (
        "place", "line", "offset", "reason_told", "what_to_do", "detail", "text_whole", "bytes",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quarantined]:
        # One more question for the page's files: a join would be made for every row skipped.
        found: QuerySet[Quarantined] = super().get_queryset(request).prefetch_related("batch")
        return found

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # A field beside the filters is no way in: bytes cannot be asked for by a text.
        return lookup in {each.parameter_name for each in self.list_filter}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Quarantined], search_term: str
    ) -> tuple[QuerySet[Quarantined], bool]:
        term = search_term.strip()
        return (quarantine.search(queryset, term) if term else queryset), False

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The imports themselves say how many lines they refused; only a search must count."""
        if request.GET.get("q", "").strip():
            return BoundedPaginator(*args, **kwargs)
        paginator = KnownPaginator(*args, **kwargs)
        paginator.known = _count(request)
        return paginator

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "export/", self.admin_site.admin_view(self.export), name="dashboard_quarantined_export"
        )
        return [own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        asked = request.GET.copy()
        asked.pop("p", None)
        shared = {"title": "Quarantined lines", "asked": asked.urlencode()}
        return super().changelist_view(request, {**shared, **(extra_context or {})})

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Every line that the list's filters leave, exactly as it was read."""
        if request.method != "GET" or not self.has_view_permission(request):
            return HttpResponse(status=405 if request.method != "GET" else 403)
        found = self.get_changelist_instance(request).get_queryset(request)
        return _download(found)

    @admin.action(description="Export the chosen lines, exactly as they were read")
    def export_chosen(self, request: HttpRequest, lines: QuerySet[Quarantined]) -> HttpResponseBase:
        return _download(lines)

    @admin.display(description="file")
    def place(self, line: Quarantined) -> str:
        return line.batch.path

    @admin.display(description="reason")
    def why(self, line: Quarantined) -> SafeString:
        return format_html('<span title="{}">{}</span>', meaning(line.reason), line.reason)

    @admin.display(description="the line, and what was seen")
    def text(self, line: Quarantined) -> SafeString:
        whole = self._text(line)
        cut = whole if len(whole) <= SHOWN else f"{whole[:SHOWN]} …"
        return format_html('<code>{}</code><div class="quiet">{}</div>', cut, line.detail[:SHOWN])

    @admin.display(description="reason")
    def reason_told(self, line: Quarantined) -> str:
        return f"{line.reason}: {meaning(line.reason)}"

    @admin.display(description="what to do")
    def what_to_do(self, line: Quarantined) -> str:
        return remedy(line.reason)

    @admin.display(description="the line")
    def text_whole(self, line: Quarantined) -> SafeString:
        return format_html("<code>{}</code>", self._text(line))

    @admin.display(description="its bytes")
    def bytes(self, line: Quarantined) -> str:
        kept = f"{len(line.raw):,} bytes, exactly as read"
        if line.whole:
            return kept
        return (
            f"{len(line.raw):,} bytes, not all of them: a line's end beyond 64 KiB is not kept, "
            "and what looks like a secret is not recorded. Take the line from the file itself."
        )

    @staticmethod
    def _text(line: Quarantined) -> str:
        return quarantine.shown(bytes(line.raw), str(line.batch.body.get("encoding") or ""))


def _count(request: HttpRequest) -> int:
    batches = Batch.objects.only("reasons")
    key = _number(request.GET.get("file"))
    if key is not None:
        batches = batches.filter(pk=key)
    if request.GET.get("standing") != "all":
        batches = batches.exclude(pk__in=imports.not_standing())
    counted = dict(imports.by_reason(batches))
    reason = request.GET.get("reason")
    return counted.get(reason, 0) if reason else sum(counted.values())


def _number(text: str | None) -> int | None:
    """Digits as a row's key; longer ones are no key of ours."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def _download(lines: QuerySet[Quarantined]) -> HttpResponseBase:
    """One file's lines as a text file, those of several as a zip."""
    batches = quarantine.batches_of(lines)
    if len(batches) == 1:
        (batch,) = batches.values()
        answer: HttpResponseBase = StreamingHttpResponse(
            quarantine.export(batch, lines), content_type="application/octet-stream"
        )
        name = quarantine.file_name(batch)
    else:
        packed = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the answer closes it
        quarantine.export_all(lines, batches, packed)
        packed.seek(0)
        answer = FileResponse(packed, content_type="application/zip")
        name = "quarantined.zip"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
