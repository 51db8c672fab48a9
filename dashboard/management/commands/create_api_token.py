"""`manage.py create_api_token`: a bearer token for the API, shown once."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from dashboard.models import ApiToken
from dashboard.services.tokens import create

LONGEST = 3650  # days


class Command(BaseCommand):
    help = (
        "Make an API token. Example: manage.py create_api_token --name phone --days 90; "
        "then ask with the header `Authorization: Bearer TOKEN`"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="what it is for, as in: phone")
        parser.add_argument("--user", default="admin", help="whose it is (admin)")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default="read")
        parser.add_argument("--days", type=int, default=365, help="until it expires (365)")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= LONGEST:
            raise CommandError(f"--days {options['days']} must be 1 to {LONGEST}")
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"there is no login {options['user']!r}; name one with --user")
        row, text = create(
            user,
            name=options["name"],
            scope=options["scope"],
            lifetime=timedelta(days=options["days"]),
        )
        if options["json"]:
            expires = row.expires_at.isoformat()
            self.stdout.write(json.dumps({"token": text, "scope": row.scope, "expires": expires}))
            return
        self.stdout.write(text)
        self.stderr.write(
            f"Shown this once. Scope {row.scope}, until {row.expires_at:%Y-%m-%d}; "
            "revoke it in the admin under API tokens."
        )
