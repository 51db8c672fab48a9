"""A bot of real time, wired as it is run: the simulated exchange, a local Telegram, the store."""

import re
import threading
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.trader.fakes import MemoryLog
from tests.trader.notify.playing import Played, playing
from tests.trader.plans import plan
from trader.bootstrap import plan_of
from trader.cli import leave_late
from trader.exchange.paper import PaperExchange
from trader.exchange.simulated.server import Served, SimulatedExchange
from trader.feed import demo
from trader.runner import run
from trader.settings import BotSettings, SettingsTrouble
from trader.store import Reader, verify

Told = tuple[Played, Path, list[str]]
OURS = re.compile("notify|telegram|recorder|APScheduler")
TOKEN = "123456789:AAF-token-of-this-test-that-nobody-may-see"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    exchange = SimulatedExchange(demo.RULES, demo.INTERVAL, list(islice(demo.generate(5), 1200)))
    with Served(exchange) as served:
        yield served.address


def settings(address: str, folder: Path, **more: Any) -> BotSettings:
    return BotSettings(
        feed="binance", symbol=demo.SYMBOL, binance_address=address, db=folder, **more
    )


def ran(address: str, folder: Path, **more: Any) -> None:
    """The bot for as long as it takes to say that it started."""
    stop = threading.Event()
    with plan_of(settings(address, folder, **more), stop, lambda: True) as (made, _):
        made.idle.work = None
        threading.Timer(0.1, stop.set).start()
        assert run(made, stop.is_set, lambda: None) == "interrupted"


@pytest.fixture(scope="module")
def told(address: str, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("data")
    with playing() as played:
        channel = {"telegram_address": played.address, "telegram_token": TOKEN, "telegram_chat": 7}
        ran(address, folder, **channel)
        left = [thread.name for thread in threading.enumerate() if OURS.match(thread.name)]
    return played, folder, left


def test_its_start_and_its_end_are_told(told: Told) -> None:
    titles = [text.split("\n")[0] for text in told[0].texts()]
    # The simulated exchange lives in another year, of which an alarm is due.
    assert [title for title in titles if "Alarm" not in title] == ["<b>Started</b>", "<b>Ended</b>"]


def test_r13_when_it_has_ended_nothing_of_it_runs_on(told: Told) -> None:
    assert told[2] == []


def test_the_token_is_in_no_event_and_in_no_file(told: Told) -> None:
    _, folder, _ = told
    assert verify("paper", folder=folder).ok
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert found
    assert not any(TOKEN.encode() in path.read_bytes() for path in found)


def test_the_limits_are_recorded_as_settings(told: Told) -> None:
    changed = Reader("paper", folder=told[1]).newest(limit=1, kind="settings.changed")[0]
    given = changed.body["settings"]
    assert {name: given[name] for name in LIMITS} == LIMITS


LIMITS = {
    "daily_loss_fraction": "0.05",
    "drawdown_fraction": "0.2",
    "losing_streak": 6,
    "cooldown_seconds": 0,
    "max_open_trades": 1,
}


def test_limits_that_were_given_are_taken(address: str, tmp_path: Path) -> None:
    ran(address, tmp_path, daily_loss_fraction=Decimal("0.01"))
    changed = Reader("paper", folder=tmp_path).newest(limit=1, kind="settings.changed")[0]
    assert changed.body["settings"]["daily_loss_fraction"] == "0.01"


@pytest.mark.parametrize("url", ["http://example.com/hook", "https://me:pass@example.com"])
def test_a_webhook_that_cannot_be_one_is_refused_at_start(
    address: str, tmp_path: Path, url: str
) -> None:
    given = settings(address, tmp_path, webhook_url=url)
    with (
        pytest.raises(SettingsTrouble, match="BLOTTER_WEBHOOK_URL cannot be used") as trouble,
        plan_of(given, threading.Event(), lambda: True),
    ):
        pass
    assert url not in str(trouble.value)


def test_r13_schedule_and_notices_end_after_the_last_word_and_before_the_log() -> None:
    order: list[str] = []

    class Log(MemoryLog):
        def append(self, kind: str, *args: Any, **more: Any) -> Any:
            order.append(kind)
            return super().append(kind, *args, **more)

        def __exit__(self, *_: Any) -> None:
            order.append("log closed")

    made = plan(Log(), 5)
    object.__setattr__(made, "wind_down", lambda: order.append("wound down"))
    run(made, lambda: False, lambda: None)
    assert order[-3:] == ["bot.stopped", "wound down", "log closed"]


def test_r13_a_candle_that_hangs_is_left_after_a_deadline(caplog: pytest.LogCaptureFixture) -> None:
    stop, left = threading.Event(), list[int]()
    stop.set()
    leave_late(stop, 0.0, left.append)
    assert left == [1]
    assert "stops on the exchange stay" in caplog.text


@pytest.mark.parametrize("real", ["live", "testnet"])
def test_r16_who_asks_for_real_orders_is_never_given_paper(
    address: str, tmp_path: Path, real: str
) -> None:
    keys = {"api_key": "simulated-key", "api_secret": "simulated-secret"}
    given = settings(address, tmp_path, **{real: True}, **keys)
    with plan_of(given, threading.Event(), lambda: True) as (made, _):
        assert made.market.account == real
        assert not isinstance(made.exchange(), PaperExchange)
