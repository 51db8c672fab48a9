"""The site's addresses, and a view that does nothing behind the same middleware and login."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as of_the_site


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing, for whoever is logged in."""
    return HttpResponse(status=204)


urlpatterns = [path("empty/", empty), *of_the_site]
