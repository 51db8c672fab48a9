"""Static files, served from where they lie, each compressed once and kept in memory.

Nothing is collected and nothing written: after a `git pull` a new start is all there is to do.
Only these files are compressed. A page that holds a form's token, or an answer that holds figures,
tells by its compressed length what it holds to whoever can make a browser ask for it (BREACH).
"""

import gzip
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, StaticFile

TEXT = frozenset({".css", ".js", ".json", ".map", ".svg", ".txt"})


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # it ships no types
    """WhiteNoise, with text compressed for those who take it so."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        found = super().get_static_file(path, url, stat_cache)
        return Compressible(path, found) if Path(path).suffix in TEXT else found

    def add_cache_headers(self, headers: Headers, path: str, url: str) -> None:
        super().add_cache_headers(headers, path, url)
        if Path(path).suffix in TEXT:
            headers["Vary"] = "Accept-Encoding"


class Compressible:
    """A file that answers as it is, or compressed: what WhiteNoise keeps for an address."""

    def __init__(self, path: str, plain: StaticFile) -> None:
        self._path, self._plain = path, plain
        self._etag = f'{plain.etag[:-1]}-gzip"'

    def get_response(self, method: str, request: Mapping[str, str]) -> Response:
        """The answer to a request with these WSGI variables.

        Each form has an ETag of its own, since the bytes differ; a part is of the file as it is.
        """
        if (
            method not in {"GET", "HEAD"}
            or "HTTP_RANGE" in request
            or not takes_gzip(request.get("HTTP_ACCEPT_ENCODING", ""))
        ):
            return self._plain.get_response(method, request)
        if "HTTP_IF_NONE_MATCH" in request:
            same = request["HTTP_IF_NONE_MATCH"] == self._etag
            request = {**request, "HTTP_IF_NONE_MATCH": self._plain.etag if same else ""}
        found = self._plain.get_response("HEAD", request)
        headers = Headers(list(found.headers))
        headers["ETag"] = self._etag
        if found.status != HTTPStatus.OK:
            return Response(found.status, headers.items(), None)
        body = _compressed(self._path)
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        return Response(found.status, headers.items(), BytesIO(body) if method == "GET" else None)


def takes_gzip(accepted: str) -> bool:
    """Whether this Accept-Encoding names gzip, and not to refuse it."""
    for each in accepted.lower().split(","):
        coding, _, weight = (part.strip() for part in each.partition(";"))
        if coding == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


@cache
def _compressed(path: str) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)
