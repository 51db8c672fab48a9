"""The one NinjaAPI: who may ask, and errors as problem details (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError as InvalidValue
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from dashboard.api.auth import bearer, session
from dashboard.api.examples import with_examples
from dashboard.api.filters import BadParameter
from dashboard.api.journal import router as journal
from dashboard.api.routes import router
from dashboard.api.story import router as story
from dashboard.selectors.scope import Unknown
from dashboard.selectors.trades import BadCursor


class Api(NinjaAPI):
    """The API, its contract with an example of every operation."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """The OpenAPI document."""
        contract = super().get_openapi_schema(**given)
        with_examples(contract)
        return contract


api = Api(
    title="Blotter",
    version="1",
    description=(
        "Reads what the bots recorded; has no way to command one. Money is text with a decimal "
        "number, ratios are fractions, times are UTC. What is undefined is null, with its reason "
        "under `undefined`."
    ),
    auth=[bearer, session],  # a token first: it is sent by no form, so it needs no CSRF token
)
api.add_router("", router)
api.add_router("", story)
api.add_router("", journal)
# ninja answers 401 itself; Django's middleware would redirect a program to the login page.
urls = api.urls  # made anew at each asking: these are the ones served
for pattern in urls[0]:
    if isinstance(pattern, URLPattern) and pattern.name not in {
        "openapi-json",
        "openapi-view",
        "api-root",
    }:
        login_not_required(pattern.callback)


def problem(
    request: HttpRequest, status: int, title: str, detail: str = "", **more: Any
) -> HttpResponse:
    """One error in the shape of RFC 9457."""
    body = {"title": title, "status": status, "detail": detail, "instance": request.path, **more}
    response = api.create_response(request, body, status=status)
    response["Content-Type"] = "application/problem+json"
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(AuthenticationError)
def _not_authenticated(request: HttpRequest, _: AuthenticationError) -> HttpResponse:
    return problem(request, 401, "Log in, or send a valid token as Authorization: Bearer")


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, str(error))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, 404, "There is no such thing", str(error))


@api.exception_handler(Unknown)
def _unknown(request: HttpRequest, error: Unknown) -> HttpResponse:
    return problem(request, 404, "A filter names what is not there", str(error))


@api.exception_handler(BadCursor)
@api.exception_handler(BadParameter)
def _bad_cursor(request: HttpRequest, error: ValueError) -> HttpResponse:
    return problem(request, 422, "A parameter cannot be used", str(error))


@api.exception_handler(InvalidValue)
def _invalid_value(request: HttpRequest, error: InvalidValue) -> HttpResponse:
    return problem(request, 422, "A value cannot be used", "; ".join(error.messages))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"where": [str(part) for part in found.get("loc", ())], "what": _plain(found)}
        for found in error.errors
    ]
    first = errors[0] if errors else {"where": [], "what": ""}
    detail = f"{first['where'][-1] if first['where'] else 'request'}: {first['what']}"
    return problem(request, 422, "A parameter cannot be used", detail, errors=errors)


def _plain(found: Mapping[str, Any]) -> str:
    """What was wrong, without the validator's own words for a sentence of ours."""
    return str(found.get("msg", "")).removeprefix("Value error, ")
