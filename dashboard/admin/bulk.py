"""The same words for many trades at once: chosen in the list, written in one transaction."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from dashboard.models import Annotation, Trade
from dashboard.services.journal import annotate_many, tag_list

MOST = 1_000  # trades at once
PLAN = {"yes": True, "no": False}


class BulkForm(forms.Form):
    """What is left empty stays as each trade has it."""

    add_tags = forms.CharField(
        max_length=400,
        required=False,
        help_text="Put beside the tags a trade has; commas part them",
    )
    setup = Annotation._meta.get_field("setup").formfield(required=False)
    mistake = Annotation._meta.get_field("mistake").formfield(required=False)
    rating = forms.TypedChoiceField(
        choices=[("", "as it is"), *((n, str(n)) for n in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    followed_plan = forms.ChoiceField(
        label="Followed the plan",
        choices=[("", "as it is"), ("yes", "Yes"), ("no", "No")],
        required=False,
    )

    def values(self) -> dict[str, Any]:
        """The fields that were filled in."""
        told = self.cleaned_data
        found = {name: told[name] for name in ("setup", "mistake", "rating") if told[name]}
        if told["followed_plan"]:
            found["followed_plan"] = PLAN[told["followed_plan"]]
        return found


def annotate_chosen(
    admin: Any, request: HttpRequest, chosen: QuerySet[Trade]
) -> HttpResponse | None:
    """The action: first the form, then, once it is sent, the words."""
    trades = list(chosen.order_by()[: MOST + 1])
    if len(trades) > MOST:
        text = f"At most {MOST:,} trades are annotated at once: filter the list, or choose fewer."
        admin.message_user(request, text, messages.WARNING)
        return None
    sent = "apply" in request.POST
    form = BulkForm(request.POST if sent else None)
    if sent and form.is_valid():
        tags = tag_list(form.cleaned_data["add_tags"])
        count = annotate_many(
            trades,
            form.values(),
            add_tags=tags,
            user=request.user,  # type: ignore[arg-type]
            by="admin, many at once",
        )
        admin.message_user(request, f"{count:,} of {len(trades):,} annotations changed.")
        return HttpResponseRedirect(request.get_full_path())
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Annotate {len(trades):,} trades",
        "opts": admin.model._meta,
        "trades": trades,
        "form": form,
        "action": "annotate_many",
    }
    return TemplateResponse(request, "admin/dashboard/trade/annotate.html", context)
