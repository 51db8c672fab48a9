"""A site of its own: the real server as a process, a real login, the page's requests at once."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "dashboard/static/dashboard/overview.js"
ADDRESS = re.compile(r"`(/api/[a-z/]+)\$\{query\((?:\{ (\w+): \"(\d+)\" \})?\)\}`")
PATIENCE = 60  # seconds


def addresses() -> list[str]:
    """What the page asks for at every refresh, read from the page's own script."""
    found = ADDRESS.findall(PAGE.read_text("utf-8"))
    if len(found) < 8:
        raise RuntimeError(f"only {len(found)} addresses in {PAGE.name}: mend ADDRESS")
    return [f"{path}?{name}={value}" if name else path for path, name, value in found]


def environment(folder: Path) -> dict[str, str]:
    """For a process of ours on this data folder."""
    return {
        **os.environ,
        "BLOTTER_DB": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.dashboard_settings",
        "PYTHONPATH": str(ROOT),
        "BLOTTER_LOG_LEVEL": "ERROR",
    }


class Worker:
    """`dashboard_worker` on one data folder."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.dashboard_worker"],
            env=environment(folder),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, word: str) -> dict[str, Any]:
        """Have it do its work; the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """Let it end."""
        self._process.communicate()


class Site:
    """The site on one data folder, and its one visitor."""

    def __init__(self, folder: Path, password: str) -> None:
        self._folder, self._password = folder, password
        self._asked = addresses()
        self._pool = ThreadPoolExecutor(len(self._asked))
        self._cookies: dict[str, str] = {}
        self._etags: dict[str, str] = {}
        self.bodies: dict[str, Any] = {}

    def start(self) -> None:
        """Start the server and wait until it listens; nobody has asked it anything yet."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "django", "serve", "--port", str(self.port)],
            env=environment(self._folder),
            cwd=ROOT,
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the site did not start")
            time.sleep(0.02)
        self._lines: list[HTTPConnection] = []
        self.reconnect()
        self._etags.clear()

    def reconnect(self) -> None:
        """Fresh connections: the server closes those unused for two minutes."""
        for line in self._lines:
            line.close()
        self._lines = [
            HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE) for _ in self._asked
        ]

    def stop(self) -> None:
        """End the server."""
        for line in self._lines:
            line.close()
        self._process.terminate()
        self._process.wait(PATIENCE)

    def login(self) -> None:
        """As a person does: the form, its token, name and password."""
        form = self._ask(self._lines[0], "/login/")[1].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token is not None
        fields = {"csrfmiddlewaretoken": token[1], "username": "admin", "password": self._password}
        status = self._post(self._lines[0], "/login/", fields)
        if status != 302:
            raise RuntimeError(f"logging in was answered {status}")

    def refresh(self) -> float:
        """The page's whole set of requests asked at once, as its script does; milliseconds."""
        answers = self._at_once(self._asked)
        for address, (_, body) in answers[1].items():
            if body:
                self.bodies[address] = json.loads(body)
        return answers[0]

    def nothing(self) -> float:
        """As many requests of an empty view, at once; milliseconds."""
        return self._at_once(["/empty/"] * len(self._asked))[0]

    def single(self, address: str) -> tuple[float, int]:
        """One request on its own: milliseconds, status."""
        began = time.perf_counter()
        status, _ = self._ask(self._lines[0], address)
        return (time.perf_counter() - began) * 1000, status

    def held(self) -> list[str]:
        """The addresses that answer with an ETag."""
        return [address for address in self._asked if address in self._etags]

    def memory(self) -> float | None:
        """The server's memory at its highest, MB; now, where the system tells no more."""
        pid = self._process.pid
        status = Path(f"/proc/{pid}/status")
        if status.exists():
            found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            return int(found[1]) / 1000 if found else None
        if os.name != "posix":
            return None
        shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True)
        return int(shown.stdout) / 1000 if shown.stdout.strip() else None

    def close(self) -> None:
        """End everything."""
        self.stop()
        self._pool.shutdown()

    def _at_once(self, asked: Sequence[str]) -> tuple[float, dict[str, tuple[int, bytes]]]:
        began = time.perf_counter()
        answers = list(self._pool.map(self._ask, self._lines, asked))
        spent = (time.perf_counter() - began) * 1000
        bad = [address for address, (status, _) in zip(asked, answers, strict=True) if status > 304]
        if bad:
            raise RuntimeError(f"no answer from {bad}")
        return spent, dict(zip(asked, answers, strict=True))

    def _ask(self, line: HTTPConnection, address: str) -> tuple[int, bytes]:
        headers = {"Accept": "application/json", "Cookie": self._cookie_line()}
        if address in self._etags:
            headers["If-None-Match"] = self._etags[address]
        line.request("GET", address, headers=headers)
        response = line.getresponse()
        body = response.read()
        self._keep_cookies(response)
        etag = response.getheader("ETag")
        if etag and response.status == 200 and address.startswith("/api/"):
            self._etags[address] = etag
        return response.status, body

    def _post(self, line: HTTPConnection, address: str, fields: Mapping[str, str]) -> int:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self._cookie_line(),
        }
        line.request("POST", address, urlencode(fields), headers)
        response = line.getresponse()
        response.read()
        self._keep_cookies(response)
        return response.status

    def _cookie_line(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie") or []:
            name, _, value = header.split(";", 1)[0].partition("=")
            self._cookies[name] = value
