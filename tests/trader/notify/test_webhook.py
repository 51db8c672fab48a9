"""A webhook goes to the open internet over TLS, or nowhere."""

import ipaddress
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.notify import Notice, NotSent
from trader.notify.webhook import BadWebhook, Webhook, checked, is_public

NOTICE = Notice("halt", "No more entries", "because")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/x",
        "ftp://hooks.example.com",
        "https://",
        "https://user:secret@hooks.example.com/",
        "https://hooks.example.com:99999/",
        "file:///etc/passwd",
        "//hooks.example.com",
    ],
)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    with pytest.raises(BadWebhook) as wrong:
        checked(url)
    assert "secret" not in str(wrong.value)


INSIDE = [
    "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "::",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "149.154.167.220", "2606:4700::1111"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_makes_it_no_more_public(address: ipaddress.IPv4Address) -> None:
    wrapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_public(wrapped) == is_public(address)


@pytest.mark.parametrize("mixed", [["1.1.1.1", "127.0.0.1"], ["10.0.0.1"], []])
def test_one_address_inside_is_enough_to_refuse(mixed: list[str]) -> None:
    found = [ipaddress.ip_address(text) for text in mixed]
    hook = Webhook("https://hooks.example.com/x", "paper", resolve=lambda *_: found)
    with pytest.raises(NotSent, match="private network") as trouble:
        hook.send(NOTICE)
    assert trouble.value.final


def test_a_literal_address_inside_is_refused() -> None:
    with pytest.raises(NotSent, match="private network"):
        Webhook("https://127.0.0.1/x", "paper").send(NOTICE)


_OPENSSL = [
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
    "-batch",
    "-subj",
    "/CN=hooks.example.com",
    "-addext",
    "subjectAltName=DNS:hooks.example.com",
]


class Hook(BaseHTTPRequestHandler):
    seen: list[tuple[str, str, bytes]] = []
    status = 200

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Host"], content))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A server with a certificate for hooks.example.com, and who trusts it."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    try:
        made = [*_OPENSSL, "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(made, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl here to make a certificate with")
    server = HTTPServer(("127.0.0.1", 0), Hook)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=str(certificate))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    Hook.seen, Hook.status = [], 200
    yield server.server_port, trusting
    server.shutdown()
    server.server_close()
    thread.join()


def hook(served: tuple[int, ssl.SSLContext], *, name: str = "hooks.example.com") -> Webhook:
    """One that takes this machine for the open internet."""
    port, trusting = served
    loopback = ipaddress.ip_address("127.0.0.1")
    return Webhook(
        f"https://{name}:{port}/in?key=1",
        "paper",
        resolve=lambda *_: [loopback],
        allowed=lambda _: True,
        tls=trusting,
    )


def test_a_notice_is_posted_to_the_checked_address_under_its_name(
    served: tuple[int, ssl.SSLContext],
) -> None:
    hook(served).send(NOTICE)
    path, host, content = Hook.seen[0]
    assert (path, host) == ("/in?key=1", f"hooks.example.com:{served[0]}")
    assert b'"kind":"halt"' in content.replace(b" ", b"")


def test_a_certificate_of_another_name_is_refused(served: tuple[int, ssl.SSLContext]) -> None:
    with pytest.raises(NotSent):
        hook(served, name="other.example.com").send(NOTICE)
    assert Hook.seen == []


def test_a_redirect_is_not_followed(served: tuple[int, ssl.SSLContext]) -> None:
    Hook.status = 302
    with pytest.raises(NotSent, match="it answered 302"):
        hook(served).send(NOTICE)
    assert len(Hook.seen) == 1


def test_no_proxy_of_the_environment_is_used(
    served: tuple[int, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    hook(served).send(NOTICE)
    assert len(Hook.seen) == 1
