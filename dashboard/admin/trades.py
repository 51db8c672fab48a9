"""Trades: read-only facts with the trader's own annotation beside them."""

# ruff: noqa: ARG002 - the signatures are Django's

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard import events
from dashboard.admin.bulk import annotate_chosen
from dashboard.admin.lists import (
    BookFilter,
    ClosedFilter,
    CountedFilter,
    MistakeFilter,
    rollup_filter,
)
from dashboard.admin.reading import ReadOnlyAdmin, money_cell, time_cell
from dashboard.api.trade_answers import trade_link
from dashboard.models import Annotation, AnnotationRevision, Trade
from dashboard.services.journal import FIELDS as ANNOTATED
from dashboard.services.journal import annotate
from dashboard.units import iso

FACTS = (
    "trade_id",
    "bot",
    "version",
    "symbol",
    "side",
    "entered",
    "exited",
    "entry_price",
    "exit_price",
    "quantity",
    "money",
    "fees",
    "risked",
    "worst",
    "best",
    "exit_reason",
    "stop_loss_price",
    "take_profit_price",
    "book",
    "source",
    "standing",
)


class TradeForm(forms.ModelForm):  # type: ignore[type-arg]
    """The annotation's fields on the trade's page; the trade itself has no field to change."""

    note = Annotation._meta.get_field("note").formfield()
    tags = Annotation._meta.get_field("tags").formfield()
    setup = Annotation._meta.get_field("setup").formfield()
    mistake = Annotation._meta.get_field("mistake").formfield()
    rating = forms.TypedChoiceField(
        choices=[("", "–"), *((n, str(n)) for n in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="1 (poor) to 5 (as planned)",
    )
    followed_plan = forms.TypedChoiceField(
        label="Followed the plan",
        choices=[("", "–"), ("yes", "Yes"), ("no", "No")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )

    class Meta:
        model = Trade
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Annotation.objects.filter(
            bot=self.instance.bot, trade_id=self.instance.trade_id
        ).first()
        if own is not None:
            self.initial.update({name: getattr(own, name) for name in ANNOTATED})
            plan = {True: "yes", False: "no", None: ""}
            self.initial["followed_plan"] = plan[own.followed_plan]


@admin.register(Trade)
class TradeAdmin(ReadOnlyAdmin):
    form = TradeForm
    change_list_template = "admin/dashboard/trade/change_list.html"
    change_form_template = "admin/dashboard/trade/change_form.html"
    list_display = (
        "exited",
        "symbol",
        "money",
        "side",
        "version",
        "exit_reason",
        "quantity",
        "entry_price",
        "exit_price",
        "standing",
        "trade_id",
    )
    list_display_links = ("exited", "trade_id")
    list_select_related = ("book",)
    list_filter = (
        CountedFilter,
        ClosedFilter,
        BookFilter,
        rollup_filter("version"),
        rollup_filter("symbol"),
        rollup_filter("bot"),
        "side",
        rollup_filter("exit_reason"),
        MistakeFilter,
    )
    actions = ("annotate_many",)
    ordering = ("-exit_time", "-id")
    sortable_by = ()
    search_fields = ("trade_id",)
    readonly_fields = FACTS
    fieldsets = (
        (
            "Your annotation",
            {"fields": ("note", ("tags", "setup", "mistake"), ("rating", "followed_plan"))},
        ),
        (
            "The trade",
            {
                "fields": (
                    ("trade_id", "bot", "version"),
                    ("symbol", "side", "quantity"),
                    ("entered", "exited", "exit_reason"),
                    ("entry_price", "exit_price", "money"),
                    ("stop_loss_price", "take_profit_price", "fees"),
                    ("risked", "worst", "best"),
                    ("book", "source", "standing"),
                )
            },
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The annotation may be written; every fact of the trade is shown as text."""
        return bool(request.user.is_staff)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Trade], search_term: str
    ) -> tuple[QuerySet[Trade], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        # A range, not LIKE: it walks the index.
        return queryset.filter(trade_id__gte=term, trade_id__lt=term + "\U0010ffff"), False

    def save_model(self, request: HttpRequest, obj: Trade, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ANNOTATED}
        annotate(obj.bot, obj.trade_id, values, user=request.user, by="admin")  # type: ignore[arg-type]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return super().changelist_view(request, {"title": "Trades", **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        trade = Trade.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        extra = {
            "told": _told(trade),
            "revisions": _revisions(trade),
            "title": "Trade",
            "page": trade_link(trade) if trade else None,
        }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    @admin.action(description="Annotate: the same words for all chosen")
    def annotate_many(self, request: HttpRequest, chosen: QuerySet[Trade]) -> HttpResponse | None:
        return annotate_chosen(self, request, chosen)

    @admin.display(description="entered (UTC)")
    def entered(self, trade: Trade) -> str:
        return time_cell(trade.entry_time)

    @admin.display(description="closed (UTC)")
    def exited(self, trade: Trade) -> str:
        return time_cell(trade.exit_time)

    @admin.display(description="net PnL")
    def money(self, trade: Trade) -> str:
        return money_cell(trade.net_pnl)

    @admin.display(description="fee")
    def fees(self, trade: Trade) -> str:
        if trade.fee is None:
            return "not recorded"
        return f"{trade.fee / 10**8:,.8f}".rstrip("0").rstrip(".")

    @admin.display(description="initial risk")
    def risked(self, trade: Trade) -> str:
        return "–" if trade.initial_risk is None else f"{trade.initial_risk / 10**8:,.2f}"

    @admin.display(description="worst on the way (MAE)")
    def worst(self, trade: Trade) -> str:
        return _with_source(money_cell(trade.mae), trade.excursions_from)

    @admin.display(description="best on the way (MFE)")
    def best(self, trade: Trade) -> str:
        return _with_source(money_cell(trade.mfe), trade.excursions_from)

    @admin.display(description="standing")
    def standing(self, trade: Trade) -> str:
        if trade.voided:
            return "voided"
        if trade.pending:
            return "import not finished"
        if not trade.counted:
            return "duplicate of a better record"
        return "counted, corrected" if trade.corrected else "counted"


def _with_source(shown: SafeString | str, interval: str) -> SafeString | str:
    """What a backfill derived says so."""
    if not interval:
        return shown
    return format_html("{} (derived from {} candles, at least)", shown, interval)


def _told(trade: Trade | None) -> list[dict[str, str]]:
    """The trade's own events in order: what the bot did and knew, and when."""
    if trade is None:
        return []
    try:
        found = events.about(trade.stream, trade.trade_id, limit=200)
    except events.StreamUnreadable:
        return []
    return [
        {
            "time": iso(event.occurred_at)[:19].replace("T", " "),
            "kind": event.kind,
            "seq": str(event.seq),
            "body": ", ".join(f"{name} {value}" for name, value in event.body.items()),
        }
        for event in found
    ]


def _revisions(trade: Trade | None) -> QuerySet[AnnotationRevision]:
    own = AnnotationRevision.objects.select_related("user")
    if trade is None:
        return own.none()
    return own.filter(annotation__bot=trade.bot, annotation__trade_id=trade.trade_id)
