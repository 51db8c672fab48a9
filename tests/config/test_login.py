import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def quick_hashes(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture
def login(owner: User) -> User:
    owner.set_password(PASSWORD)
    owner.save()
    return owner


def attempt(
    client: Client, password: str, *, path: str = "/login/", address: str = "10.0.0.1", **more: str
) -> int:
    data = {"username": "admin", "password": password}
    return client.post(path, data, REMOTE_ADDR=address, **more).status_code  # type: ignore[arg-type]


def test_the_right_password_opens(login: User) -> None:
    response = Client().post("/login/", {"username": "admin", "password": PASSWORD})
    assert response["Location"] == "/"


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_the_sixth_try_is_refused_even_with_the_right_password(login: User, path: str) -> None:
    client = Client()
    for _ in range(5):
        attempt(client, "wrong", path=path)
    assert attempt(client, PASSWORD, path=path) == 429


def test_another_address_is_not_affected(login: User) -> None:
    client = Client()
    for _ in range(6):
        attempt(client, "wrong")
    assert attempt(Client(), PASSWORD, address="10.0.0.2") == 302


def test_a_forged_address_is_no_help(login: User) -> None:
    client = Client()
    for number in range(5):
        attempt(client, "wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert attempt(client, PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.99") == 429


def test_a_try_without_the_csrf_token_is_refused(login: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert attempt(client, PASSWORD) == 403


def test_a_password_change_ends_other_sessions(login: User) -> None:
    client = Client()
    attempt(client, PASSWORD)
    login.set_password("another long password")
    login.save()
    assert client.get("/")["Location"].startswith("/login/")


def test_no_open_redirect_after_login(login: User) -> None:
    data = {"username": "admin", "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post("/login/", data)["Location"] == "/"


@pytest.fixture
def device(login: User) -> TOTPDevice:
    return TOTPDevice.objects.create(user=login, name="phone", confirmed=True)


def half_in() -> Client:
    client = Client()
    assert attempt(client, PASSWORD) == 302
    return client


def code(device: TOTPDevice) -> str:
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


@pytest.mark.parametrize("path", ["/", "/admin/", "/admin/events/", "/api/docs"])
def test_a_password_alone_opens_no_page_once_there_is_a_device(
    device: TOTPDevice, path: str
) -> None:
    response = half_in().get(path)
    assert response.status_code in {302, 403}


def test_a_password_alone_opens_no_figure_once_there_is_a_device(device: TOTPDevice) -> None:
    assert half_in().get("/api/stats").status_code == 403


def test_an_unconfirmed_device_locks_nobody_out(login: User) -> None:
    TOTPDevice.objects.create(user=login, name="phone", confirmed=False)
    assert half_in().get("/").status_code == 200


def test_the_code_opens(device: TOTPDevice) -> None:
    client = half_in()
    client.post("/login/code/", {"otp_token": code(device)})
    assert client.get("/").status_code == 200


def test_a_code_works_once(device: TOTPDevice) -> None:
    used = code(device)
    half_in().post("/login/code/", {"otp_token": used})
    again = half_in()
    again.post("/login/code/", {"otp_token": used})
    assert again.get("/").status_code == 302
