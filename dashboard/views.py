"""The pages. Each is a shell that the browser fills from the API."""

from itertools import chain

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods
from django_otp import login as otp_login
from django_otp import match_token
from pydantic import ValidationError

from dashboard import importing
from dashboard.api.filters import PastIn
from dashboard.models import Screenshot
from dashboard.selectors.exporting import as_csv, as_json
from dashboard.selectors.scope import Unknown, choose

MONEY = (("mode", "Mode"), ("bot", "Bot"))
WHICH = (("version", "Version"), ("symbol", "Symbol"), ("side", "Side"))
SAID = (
    ("tag", "Tag"),
    ("setup", "Setup"),
    ("mistake", "Mistake"),
    ("rating", "Rating"),
    ("followed_plan", "Followed the plan"),
)
JOURNAL_GROUPS = (
    ("mistake", "mistake"),
    ("setup", "setup"),
    ("tag", "tag"),
    ("rating", "rating"),
    ("plan", "plan followed"),
)
PERIOD = (("period", "Period"),)
LARGEST_NUMBER = 2**63 - 1


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The one page of the figures."""
    return _page(
        request,
        "overview",
        (*MONEY, *WHICH, *SAID, *PERIOD),
        chart_url=settings.CHART_URL,
        chart_integrity=settings.CHART_INTEGRITY,
        quarantined=importing.quarantined(),
    )


@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """The versions, and two of them compared: ?a=8.02&b=8.03."""
    return _page(request, "versions", (*MONEY, WHICH[1], *SAID, *PERIOD))


@require_GET
def trades(request: HttpRequest) -> HttpResponse:
    """The ledger, newest first; the filters and the place in it stand in the address."""
    return _page(request, "trades", (*MONEY, *WHICH, *SAID, *PERIOD))


@require_GET
def trade(request: HttpRequest) -> HttpResponse:
    """One trade: ?bot=demo&trade_id=8.03-00042."""
    return _page(request, "trade", (), here="trades")


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """What was written about trades and days, and what each mistake has cost."""
    return _page(request, "journal", (*MONEY, *WHICH, *SAID, *PERIOD), groups=JOURNAL_GROUPS)


@require_GET
def screenshot(_: HttpRequest, number: int) -> HttpResponse:
    """A picture of our own encoding. Whatever it were, a browser would only ever draw it."""
    if number > LARGEST_NUMBER:
        raise Http404
    shot = get_object_or_404(Screenshot, pk=number, removed_at=None)
    response = HttpResponse(bytes(shot.image), content_type="image/webp")
    response["Content-Disposition"] = f'inline; filename="screenshot-{number}.webp"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _page(
    request: HttpRequest,
    name: str,
    filters: tuple[tuple[str, str], ...],
    *,
    here: str = "",
    **more: object,
) -> HttpResponse:
    known = {"here": here or name, "filters": filters}
    return render(request, f"dashboard/{name}.html", {**known, **more})


@require_GET
def trades_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """Every trade that passes the API's filters, as a file, a batch at a time."""
    try:
        scope = choose(PastIn.model_validate(request.GET.dict()).filters())
    except (ValidationError, Unknown) as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=400)
    if form == "json":
        answer = StreamingHttpResponse(as_json(scope), content_type="application/json")
    else:
        # Excel takes a CSV without the mark for one in the system's old encoding.
        pieces = chain(["\ufeff"], as_csv(scope))
        answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="trades.{form}"'
    return answer


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """The imported files, and what to do about the lines set aside."""
    return _page(request, "imports", (), **importing.page())


class Login(LoginView):
    """Name and password. Whoever is logged in already goes straight on."""

    form_class = AuthenticationForm
    redirect_authenticated_user = True


@sensitive_post_parameters("otp_token")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code from a device, for a login that has one."""
    if request.method == "GET":
        return render(request, "registration/second_factor.html")
    # Tries every device of the login; each slows down after wrong codes and takes a code once.
    device = match_token(request.user, request.POST.get("otp_token", "").strip())
    if device is None:
        return render(request, "registration/second_factor.html", {"refused": True}, status=403)
    otp_login(request, device)
    return redirect("overview")
