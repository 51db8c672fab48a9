"""The site's own middleware: content policy, no-store, manners under /api/, second factor, view."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp import user_has_device

Next = Callable[[HttpRequest], HttpResponseBase]

POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' {settings.CHART_URL}",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
VIEWED_EVERY = 60.0  # seconds between two touches of the file


def content_security_policy(get_response: Next) -> Next:
    """Nothing inline, nothing evaluated, no script but ours and the one chart file."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        return response

    return middleware


def no_store(get_response: Next) -> Next:
    """Figures of an account stay out of every cache; the page keeps its own ETags."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["Cache-Control"] = "no-store"
        return response

    return middleware


def api_manners(get_response: Next) -> Next:
    """Under /api/ every error is a problem detail (RFC 9457), the framework's own too, and HEAD
    is answered as GET is, without the body."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return get_response(request)
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        response = get_response(request)
        if response.status_code >= 400 and "problem+json" not in response.get("Content-Type", ""):
            response = _problem(request, response)
        if head and isinstance(response, HttpResponse):
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response

    return middleware


def _problem(request: HttpRequest, response: HttpResponseBase) -> JsonResponse:
    """The same error, said as the API says all others."""
    status = response.status_code
    allowed = response.get("Allow")
    detail = {
        404: f"{request.path[:200]} is no address of this API; /api/openapi.json names them all",
        405: f"{request.method} cannot be asked of this address; it takes {allowed}",
    }.get(status, "")
    body = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
    }
    headers = {"Allow": allowed} if allowed else None
    return JsonResponse(
        body, status=status, content_type="application/problem+json", headers=headers
    )


def second_factor(get_response: Next) -> Next:
    """Once a login has a confirmed device, its session opens nothing before a code was given."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user: Any = request.user  # django_otp gives it is_verified
        if not user.is_authenticated or user.is_verified():
            return get_response(request)
        # No settings can open more than these two: the code's page and the way out.
        if request.path in {reverse("second_factor"), reverse("logout")}:
            return get_response(request)
        if not user_has_device(user, confirmed=True):
            return get_response(request)
        if request.path.startswith("/api/"):
            return JsonResponse(
                {"title": "A code from your device is needed", "status": 403},
                status=403,
                content_type="application/problem+json",
            )
        return redirect("second_factor")

    return middleware


def last_viewed(get_response: Next) -> Next:
    """Touch `<data>/last_viewed` when somebody looks: an unwatched demo market pauses."""
    touched = -VIEWED_EVERY

    def middleware(request: HttpRequest) -> HttpResponseBase:
        nonlocal touched
        response = get_response(request)
        seen = request.user.is_authenticated or getattr(request, "auth", None) is not None
        if seen and time.monotonic() - touched >= VIEWED_EVERY:
            touched = time.monotonic()
            (settings.DATA_FOLDER / "last_viewed").touch()
        return response

    return middleware
