"""The admin site: Django's own in our words, with the event log as a page of its own."""

import json
import re
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, reverse

from dashboard import events
from dashboard.units import iso

PAGE = 100  # events
APPS = {
    "dashboard": "Records",
    "auth": "Logins",
    "otp_totp": "Second factor: devices",
    "otp_static": "Second factor: recovery codes",
    "axes": "Failed logins",
}
"""In this order, and in words of ours."""


class BlotterAdmin(AdminSite):
    """The stock admin under the site's name."""

    site_header = "Blotter"
    site_title = "Blotter"
    index_title = "Records and journal"
    enable_nav_sidebar = False  # the lists need the width

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own: list[URLResolver | URLPattern] = [
            path("events/", self.admin_view(self.event_log), name="events")
        ]
        return own + super().get_urls()

    # Django's name for it has no namespace; ours lives under "admin:" like the rest.
    def event_log(self, request: HttpRequest) -> HttpResponse:
        """A stream's events, newest first, a page at a time by seq. There is no way to edit."""
        names = events.streams()
        stream = request.GET.get("stream") or (names[0] if names else "")
        if stream and stream not in names:
            raise Http404(f"there is no stream {stream!r}")
        before = request.GET.get("before", "")
        kind = request.GET.get("kind", "").strip()
        found, trouble = _newest(stream, before, kind)
        return render(
            request,
            "admin/events.html",
            {
                **self.each_context(request),
                "title": "Events",
                "streams": names,
                "stream": stream,
                "kind": kind,
                "events": [_row(event) for event in found],
                "next": found[-1].seq if len(found) == PAGE else None,
                "before": before,
                "trouble": trouble,
            },
        )

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["name"] = APPS.get(app["app_label"], app["name"])
            if app["app_label"] == "dashboard":
                url = reverse("admin:events")
                app["models"].append(
                    {
                        "name": "Events",
                        "object_name": "Event",
                        "admin_url": url,
                        "add_url": None,
                        "view_only": True,
                        "perms": {"view": True},
                    }
                )
        places = {label: place for place, label in enumerate(APPS)}
        return sorted(apps, key=lambda app: places.get(app["app_label"], len(places)))


def _newest(stream: str, before: str, kind: str) -> tuple[list[events.Event], str]:
    """A page of a stream's events, and what went wrong in reading it."""
    if not stream:
        return [], ""
    # Longer numbers are no seq; neither are digits of other scripts.
    seq = int(before) if re.fullmatch(r"[0-9]{1,18}", before) else None
    try:
        return events.newest(stream, before=seq, limit=PAGE, kind=kind or None), ""
    except events.StreamUnreadable as error:
        return [], str(error)


def _row(event: events.Event) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "time": iso(event.occurred_at)[:19].replace("T", " "),
        "kind": event.kind,
        "version": event.version,
        "mode": event.mode,
        "ref": event.ref or "",
        "body": json.dumps(event.body, ensure_ascii=False),
        "hash": event.hash.hex()[:12],
    }


class SiteAdminConfig(AdminConfig):
    default_site = "dashboard.site_admin.BlotterAdmin"
