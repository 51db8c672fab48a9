"""The pages. Each is a shell that the browser fills from the API."""

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods
from django_otp import login as otp_login
from django_otp.forms import OTPTokenForm


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The one page of the figures."""
    return render(
        request,
        "dashboard/overview.html",
        {"chart_url": settings.CHART_URL, "chart_integrity": settings.CHART_INTEGRITY},
    )


class Login(LoginView):
    """Name and password. Whoever is logged in already goes straight on."""

    form_class = AuthenticationForm
    redirect_authenticated_user = True


@sensitive_post_parameters("otp_token")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code from a device, for a login that has one."""
    form = OTPTokenForm(request.user, request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        otp_login(request, form.get_user().otp_device)
        return redirect("overview")
    return render(request, "registration/second_factor.html", {"form": form})
