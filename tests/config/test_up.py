"""`up` as a user starts it: a process of its own, on a data folder of its own."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from config.environment import ROOT
from trader.domain.candle import to_milliseconds
from trader.feed.demo import generate

PASSWORD = "a long enough pass phrase"
CANDLES = 900


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BLOTTER_", "DJANGO_"))}
    return kept | {"PYTHONUNBUFFERED": "1"} | more


def command(data: Path, port: int, *options: str | Path) -> list[str]:
    given = ["--data", data, "--port", port, *options]
    return [sys.executable, str(ROOT / "manage.py"), "up", *map(str, given)]


class Running:
    """An `up` that has said where to go, with what it said until then."""

    def __init__(self, data: Path, *options: str | Path, **variables: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        apart: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
        self.process = subprocess.Popen(
            command(data, self.port, *options),
            env=environment(**variables),
            cwd=data.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **apart,
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if "Blotter is at" in line:
                break
        self._browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def log_in(self, password: str = PASSWORD) -> None:
        with self._browser.open(self.address) as page:
            login, html = page.geturl(), page.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
        assert token is not None
        form = {"username": "admin", "password": password, "csrfmiddlewaretoken": token[1]}
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(login, data, headers={"Referer": login})
        self._browser.open(request).close()

    def get(self, path: str) -> Any:
        with self._browser.open(self.address + path) as answer:
            return json.load(answer)

    def ctrl_c(self) -> int:
        """One Ctrl-C, as a terminal sends it; answers the exit status."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=60)
        self.said += out
        return int(self.process.returncode)


pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a console's Ctrl-C cannot be sent from a test"
)


@pytest.fixture(scope="module")
def candle_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("candles") / "BTCUSDT_15m.csv"
    rows = (
        f"{to_milliseconds(c.open_time)},{c.open},{c.high},{c.low},{c.close},{c.volume}\n"
        for c in islice(generate(seed=7), CANDLES)
    )
    path.write_text("open_time,open,high,low,close,volume\n" + "".join(rows))
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up") / "data"


@pytest.fixture(scope="module")
def up(data: Path, candle_file: Path) -> Iterator[Running]:
    running = Running(data, "--feed", "replay", "--candles", candle_file, BLOTTER_PASSWORD=PASSWORD)
    running.log_in()
    projected = {"replay-BTCUSDT_15m": 0}
    while running.get("/api/status")["bots"] == [] or (
        running.get("/api/status")["bots"][0]["state"] != "finished"
    ):
        assert running.process.poll() is None, projected
    yield running
    if running.process.poll() is None:
        running.ctrl_c()


def all_trades(running: Running) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = running.get(f"/api/trades?limit=100{cursor}")
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={urllib.parse.quote(page['next_cursor'])}"


def test_it_says_where_to_go_and_who_may_log_in(up: Running) -> None:
    assert up.address in up.said
    assert "First login: admin, with the password you gave" in up.said
    assert PASSWORD not in up.said


def test_the_trades_add_up_to_the_statistics(up: Running) -> None:
    total = sum(Decimal(trade["net_pnl"]) for trade in all_trades(up))
    assert total == Decimal(up.get("/api/stats")["net_pnl"])


def test_there_are_trades(up: Running) -> None:
    assert up.get("/api/stats")["trades"] == len(all_trades(up)) > 3


def test_the_equitys_change_is_realised_plus_unrealised(up: Running) -> None:
    items = up.get("/api/equity")["items"]
    newest = max(items, key=lambda each: each["time"])
    oldest = min(items, key=lambda each: each["time"])
    change = Decimal(newest["equity"]) - Decimal(oldest["equity"])
    assert change == Decimal(newest["realised"]) + Decimal(newest["unrealised"])


def test_a_second_one_on_the_same_data_is_refused(up: Running, data: Path) -> None:
    done = subprocess.run(
        command(data, free_port()), env=environment(), capture_output=True, text=True
    )
    assert done.returncode != 0
    assert f"already running on {data} (process {up.process.pid})" in done.stderr


def test_a_taken_port_is_refused_in_one_sentence(up: Running, tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path / "data", up.port), env=environment(), capture_output=True, text=True
    )
    assert done.returncode != 0
    assert f"Port {up.port} of 127.0.0.1 cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_ctrl_c_stops_everything_and_the_same_again_appends_nothing(
    up: Running, data: Path, candle_file: Path
) -> None:
    before = up.get("/api/status")["checkpoints"]
    assert up.ctrl_c() == 0, up.said
    assert "Stopped." in up.said
    again = Running(data, "--feed", "replay", "--candles", candle_file)
    again.log_in()
    after = again.get("/api/status")["checkpoints"]
    assert "First login" not in again.said
    assert (again.ctrl_c(), after) == (0, before)


def test_a_folder_that_cannot_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        command(tmp_path / "file" / "data", free_port()),
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "cannot be written to" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "variables", "said"),
    [
        (["--feed", "replay"], {}, "A replay needs a candle file"),
        (["--feed", "replay", "--candles", "none.csv"], {}, "There is no candle file"),
        (["--no-bot"], {"BLOTTER_PASSWORD": "short"}, "too weak for the first login"),
    ],
)
def test_what_cannot_be_started_says_why(
    tmp_path: Path, options: list[str], variables: dict[str, str], said: str
) -> None:
    done = subprocess.run(
        command(tmp_path / "data", free_port(), *options),
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_bot_and_without_a_password_one_is_made_up_and_printed(tmp_path: Path) -> None:
    running = Running(tmp_path / "data", "--no-bot")
    shown = re.search(r"First login: admin, password (\S{20}) \(shown this once\)", running.said)
    try:
        assert shown is not None, running.said
        running.log_in(shown[1])
        assert running.get("/api/status")["bots"] == []
    finally:
        assert running.ctrl_c() == 0
