"""The account's page: the second factor, its recovery codes, and the way out of every session."""

from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST
from django_otp import login as otp_login
from django_otp import match_token

from dashboard.services import second_factor

WRONG = "The password was not right. Nothing has changed."
NO_CODE = "This code was not accepted. A code works once; wait for the next one."


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """What guards this login."""
    return _page(request)


@sensitive_post_parameters("password")
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Show a new device's secret: only to whoever knows the password, so that a stolen session
    cannot put its own device before the owner's login."""
    if not _knows_password(request):
        return _page(request, refused=WRONG, status=403)
    return _page(request, device=second_factor.begin(_user(request)))


@sensitive_post_parameters("code")
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The first code: from now on every login needs one. The recovery codes are shown once."""
    device = second_factor.begun(_user(request))
    if device is None:
        return redirect("account")
    if not second_factor.confirm(device, request.POST.get("code", "").strip()):
        return _page(request, refused=NO_CODE, status=403)
    otp_login(request, device)
    second_factor.end_other_sessions(_user(request), request.session.session_key)
    return _page(request, codes=second_factor.new_recovery_codes(_user(request)))


@sensitive_post_parameters("code")
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """New recovery codes, or back to the password alone; either takes a code."""
    user = _user(request)
    if match_token(user, request.POST.get("code", "").strip()) is None:
        return _page(request, refused=NO_CODE, status=403)
    if "remove" in request.POST:
        second_factor.remove(user)
        messages.info(request, "The second factor is off: the password alone opens this login.")
        return redirect("account")
    return _page(request, codes=second_factor.new_recovery_codes(user))


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Log out everywhere else."""
    count = second_factor.end_other_sessions(_user(request), request.session.session_key)
    messages.info(request, f"{count} other {'session' if count == 1 else 'sessions'} ended.")
    return redirect("account")


def _user(request: HttpRequest) -> Any:
    return request.user


def _knows_password(request: HttpRequest) -> bool:
    """Asked as a login would ask, so that wrong tries are counted and locked out alike."""
    name = _user(request).get_username()
    password = request.POST.get("password", "")
    return authenticate(request, username=name, password=password) == request.user


def _page(
    request: HttpRequest,
    *,
    refused: str = "",
    device: Any = None,
    codes: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = _user(request)
    context: dict[str, Any] = {
        "here": "account",
        "filters": (),
        "enrolled": second_factor.enrolled(user) is not None,
        "waiting": second_factor.begun(user) is not None,
        "left": second_factor.recovery_codes_left(user),
        "refused": refused,
        "codes": codes,
    }
    if device is not None:  # shown this once, to whoever has just given the password
        picture = segno.make(device.config_url, error="m")
        context["picture"] = picture.svg_data_uri(scale=5, border=4, light="white", dark="black")
        context["secret"] = _spaced(device.config_url)
    return render(request, "dashboard/account.html", context, status=status)


def _spaced(url: str) -> str:
    """The secret in groups of four, to be typed where nothing can be scanned."""
    secret = url.split("secret=")[1].split("&")[0]
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
