"""The account's page: enrolling a second factor, recovery codes, ending other sessions."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.services import second_factor

pytestmark = pytest.mark.django_db
PASSWORD = "a password of the account"


@pytest.fixture
def known(owner: User) -> Client:
    owner.set_password(PASSWORD)
    owner.save()
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, path: str, **fields: str) -> Any:
    html = client.get("/account/").content.decode()
    token = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return client.post(f"/account/{path}/", {**fields, "csrfmiddlewaretoken": token})


def code_of(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key, device.step, device.t0, device.digits):06d}"


def enrol(client: Client) -> list[str]:
    post(client, "begin", password=PASSWORD)
    response = post(client, "confirm", code=code_of(TOTPDevice.objects.get()))
    return list(re.findall(r"<code>([0-9a-f]{10})</code>", response.content.decode()))


def test_the_secret_is_shown_for_the_password_alone(known: Client) -> None:
    refused = post(known, "begin", password="wrong")
    assert (refused.status_code, b"data:image/svg" in refused.content) == (403, False)
    shown = post(known, "begin", password=PASSWORD)
    assert (shown.status_code, b"data:image/svg" in shown.content) == (200, True)


def test_the_secret_is_not_shown_again(known: Client) -> None:
    post(known, "begin", password=PASSWORD)
    assert b"data:image/svg" not in known.get("/account/").content


def test_until_its_first_code_a_device_guards_nothing(known: Client) -> None:
    post(known, "begin", password=PASSWORD)
    refused = post(known, "confirm", code="000000")
    assert (refused.status_code, b"data:image/svg" in refused.content) == (403, False)
    assert known.get("/").status_code == 200


def test_once_confirmed_every_login_needs_a_code(known: Client, owner: User) -> None:
    enrol(known)
    assert known.get("/").status_code == 200
    other = Client()
    other.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    assert other.get("/")["Location"] == "/login/code/"


def test_a_recovery_code_opens_once(known: Client, owner: User) -> None:
    codes = enrol(known)
    assert len(codes) == second_factor.RECOVERY_CODES
    other = Client()
    other.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    assert other.post("/login/code/", {"otp_token": codes[0]}).status_code == 302
    third = Client()
    third.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    assert third.post("/login/code/", {"otp_token": codes[0]}).status_code == 403


def test_enrolling_ends_the_other_sessions(known: Client, owner: User) -> None:
    other = Client()
    other.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    enrol(known)
    assert other.get("/")["Location"].startswith("/login/?")


def test_a_wrong_code_switches_nothing_off(known: Client, owner: User) -> None:
    enrol(known)
    assert post(known, "change", code="000000", remove="1").status_code == 403
    assert second_factor.enrolled(owner) is not None


def test_switching_it_off_takes_a_code(known: Client, owner: User) -> None:
    codes = enrol(known)
    post(known, "change", code=codes[1], remove="1")
    assert second_factor.enrolled(owner) is None


def test_new_recovery_codes_replace_the_old(known: Client, owner: User) -> None:
    codes = enrol(known)
    post(known, "change", code=codes[0], renew="1")
    assert second_factor.recovery_codes_left(owner) == second_factor.RECOVERY_CODES
    assert post(known, "change", code=codes[1], renew="1").status_code == 403


def test_the_other_sessions_are_ended(known: Client, owner: User) -> None:
    other = Client()
    other.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    post(known, "end-others")
    assert other.get("/").status_code == 302
    assert known.get("/").status_code == 200
