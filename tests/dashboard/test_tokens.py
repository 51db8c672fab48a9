from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from dashboard.models import ApiToken
from dashboard.services.tokens import create, revoke

pytestmark = pytest.mark.django_db


def status(token: str) -> int:
    return Client().get("/api/stats", headers={"authorization": f"Bearer {token}"}).status_code


@pytest.fixture
def made(owner: User) -> tuple[ApiToken, str]:
    return create(owner, name="phone", scope="read", lifetime=timedelta(days=1))


def test_a_token_opens_the_api(made: tuple[ApiToken, str]) -> None:
    assert status(made[1]) == 200


def test_a_token_opens_no_page(made: tuple[ApiToken, str]) -> None:
    headers = {"authorization": f"Bearer {made[1]}"}
    assert Client().get("/", headers=headers).status_code == 302


def test_the_token_itself_is_kept_nowhere(made: tuple[ApiToken, str]) -> None:
    row = ApiToken.objects.values().get()
    assert made[1] not in str(row)


def test_another_token_opens_nothing(made: tuple[ApiToken, str]) -> None:
    assert status(made[1][:-1] + "x") == 401


def test_a_token_in_the_address_opens_nothing(made: tuple[ApiToken, str]) -> None:
    assert Client().get("/api/stats", {"token": made[1]}).status_code == 401


def test_a_revoked_token_opens_nothing(made: tuple[ApiToken, str]) -> None:
    revoke(made[0])
    assert status(made[1]) == 401


def test_an_expired_token_opens_nothing(made: tuple[ApiToken, str]) -> None:
    ApiToken.objects.update(expires_at=timezone.now())
    assert status(made[1]) == 401


def test_a_token_ends_with_its_login(made: tuple[ApiToken, str], owner: User) -> None:
    owner.is_active = False
    owner.save()
    assert status(made[1]) == 401


def test_the_command_prints_a_token_that_works(owner: User) -> None:
    out = StringIO()
    call_command("create_api_token", name="phone", stdout=out, stderr=StringIO())
    assert status(out.getvalue().strip()) == 200


def test_the_command_refuses_an_unknown_login(db: None) -> None:
    with pytest.raises(CommandError, match="'nobody'"):
        call_command("create_api_token", name="phone", user="nobody")
