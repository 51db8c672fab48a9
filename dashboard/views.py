"""The pages. Each is a shell that the browser fills from the API."""

from itertools import chain

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods
from django_otp import login as otp_login
from django_otp import match_token
from pydantic import ValidationError

from dashboard.api.filters import PastIn
from dashboard.selectors.exporting import as_csv, as_json
from dashboard.selectors.scope import Unknown, choose


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The one page of the figures."""
    return render(
        request,
        "dashboard/overview.html",
        {"chart_url": settings.CHART_URL, "chart_integrity": settings.CHART_INTEGRITY},
    )


@require_GET
def versions(request: HttpRequest) -> HttpResponse:
    """The versions, and two of them compared: ?a=8.02&b=8.03."""
    return render(request, "dashboard/versions.html")


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
