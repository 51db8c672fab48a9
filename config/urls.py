"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from config.api import api

urlpatterns = [
    path("", include("dashboard.urls")),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
]
