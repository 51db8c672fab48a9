"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from config.api import urls as api_urls

urlpatterns = [
    path("", include("dashboard.urls")),
    path("api/", api_urls),
    path("admin/", admin.site.urls),
]
