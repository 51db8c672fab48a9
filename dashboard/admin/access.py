"""API tokens: seen and revoked here; made by the command `create_api_token`, shown once."""

# ruff: noqa: ARG002 - the signatures are Django's

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from dashboard.models import ApiToken
from dashboard.services.tokens import revoke


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "prefix", "user", "scope", "expires_at", "revoked_at", "last_used_at")
    list_filter = ("scope", "user")
    list_select_related = ("user",)
    search_fields = ("name", "prefix")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    readonly_fields = ("name", "prefix", "user", "scope", "created_at", "expires_at", "revoked_at")
    fields = readonly_fields
    actions = ("revoke_chosen",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Revoke: from now on these open nothing")
    def revoke_chosen(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            revoke(token)
