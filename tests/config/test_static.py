"""Scripts and styles over HTTP, compressed for those who take it so; pages and figures never."""

import gzip
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client
from waitress.server import create_server

from config.static import takes_gzip

SHEET = "/static/dashboard/site.css"
PLAIN = Path(settings.BASE_DIR, "dashboard", SHEET[1:]).read_bytes()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.effective_port
    server.asyncore.close_all(server._map)  # its loop ends when it has nothing left
    thread.join(10)
    server.task_dispatcher.shutdown()


def ask(
    port: int, path: str = SHEET, method: str = "GET", **headers: str
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=named)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_a_browser_is_sent_the_file_compressed(port: int) -> None:
    response, body = ask(port, accept_encoding="gzip, deflate, br")
    assert response.getheader("Content-Encoding") == "gzip"
    assert response.getheader("Content-Length") == str(len(body))
    assert gzip.decompress(body) == PLAIN
    assert len(body) < len(PLAIN) / 3


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "*;q=0"])
def test_who_does_not_take_gzip_is_sent_the_file_as_it_is(port: int, accepted: str) -> None:
    response, body = ask(port, accept_encoding=accepted)
    assert response.getheader("Content-Encoding") is None
    assert body == PLAIN


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_caches_are_told_that_the_answer_varies(port: int, accepted: str) -> None:
    response, _ = ask(port, accept_encoding=accepted)
    assert response.getheader("Vary") == "Accept-Encoding"
    assert response.getheader("Cache-Control") == "max-age=60, public"


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_what_the_browser_has_is_not_sent_again(port: int, accepted: str) -> None:
    first, _ = ask(port, accept_encoding=accepted)
    etag = first.getheader("ETag", "")
    again, body = ask(port, accept_encoding=accepted, if_none_match=etag)
    assert (again.status, body) == (304, b"")
    assert (again.getheader("ETag"), again.getheader("Vary")) == (etag, "Accept-Encoding")


def test_the_two_forms_have_etags_of_their_own(port: int) -> None:
    etags = [ask(port, accept_encoding=each)[0].getheader("ETag", "") for each in ("gzip", "br")]
    assert etags[0] != etags[1]
    response, _ = ask(port, accept_encoding="gzip", if_none_match=etags[1])
    assert response.status == 200


def test_a_head_request_tells_the_length_without_the_body(port: int) -> None:
    _, whole = ask(port, accept_encoding="gzip")
    response, body = ask(port, method="HEAD", accept_encoding="gzip")
    assert (response.getheader("Content-Length"), body) == (str(len(whole)), b"")


def test_a_part_is_of_the_file_as_it_is(port: int) -> None:
    response, body = ask(port, accept_encoding="gzip", range="bytes=10-19")
    assert (response.status, body) == (206, PLAIN[10:20])
    assert response.getheader("Content-Encoding") is None


def test_the_admins_styles_are_compressed_too(port: int) -> None:
    response, _ = ask(port, "/static/admin/css/base.css", accept_encoding="gzip")
    assert response.getheader("Content-Encoding") == "gzip"


@pytest.mark.parametrize("path", ["/login/", "/", "/admin/", "/api/status", "/api/health"])
def test_what_holds_a_token_or_figures_is_never_compressed(page: Client, path: str) -> None:
    response = page.get(path, headers={"accept-encoding": "gzip"})
    assert response.status_code in {200, 302}
    assert not response.has_header("Content-Encoding")


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [("gzip", True), ("br, GZIP ;q=0.5", True), ("gzip; q=0.0", False), ("x-gzip", False)],
)
def test_accept_encoding_is_read_as_it_is_meant(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes
