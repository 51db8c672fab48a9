"""check against the simulated exchange: all is tried by the real client, nothing is traded."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from trader.cli import parser
from trader.commands.check import check
from trader.domain.candle import to_milliseconds
from trader.exchange.simulated.faults import Fault, Kind
from trader.exchange.simulated.rest import Keys
from trader.exchange.simulated.server import Served, SimulatedExchange
from trader.feed import demo

CANDLES = list(islice(demo.generate(seed=5), 1200))
SOUND = Keys()


@dataclass
class Checked:
    exchange: SimulatedExchange
    address: str
    capsys: pytest.CaptureFixture[str]
    ahead: int = 0

    def run(self, *options: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
        """Exit status, and what was found: grade and text by what was tried."""
        argv = ["--symbol", demo.SYMBOL, "--binance-address", self.address, "--json", *options]
        wall = to_milliseconds(self.exchange.now) + self.ahead
        code = check(parser(), argv, lambda: wall)
        found: dict[str, list[tuple[str, str]]] = {}
        for each in json.loads(self.capsys.readouterr().out or "[]"):
            found.setdefault(each["what"], []).append((each["grade"], each["text"]))
        return code, found


@pytest.fixture
def exchange() -> SimulatedExchange:
    return SimulatedExchange(demo.RULES, demo.INTERVAL, CANDLES, cash=Decimal(1000))


@pytest.fixture
def checked(
    exchange: SimulatedExchange,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Checked]:
    for name in [name for name in os.environ if name.startswith("BLOTTER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BLOTTER_API_KEY", SOUND.key)
    monkeypatch.setenv("BLOTTER_API_SECRET", SOUND.secret)
    with Served(exchange) as served:
        yield Checked(exchange, served.address, capsys)


def allowing(exchange: SimulatedExchange, keys: Keys) -> None:
    exchange.rest.keys = keys


def test_r16_a_sound_account_passes(checked: Checked) -> None:
    code, found = checked.run()
    assert (code, {grade for each in found.values() for grade, _ in each}) == (0, {"ok"})
    assert set(found) >= {
        "clock",
        "filters",
        "balance",
        "orders",
        "fees",
        "permissions",
        "an entry",
    }


def test_it_trades_nothing(checked: Checked) -> None:
    checked.run("--live")
    assert {method for method, _ in checked.exchange.requests} == {"GET"}


def test_it_says_what_would_be_bought_and_lost(checked: Checked) -> None:
    _, found = checked.run()
    text = found["an entry"][0][1]
    lost = Decimal(text.split("would lose ")[1].split()[0])
    assert "DEMO for about" in text
    assert Decimal(0) < lost <= Decimal("10.01")  # a hundredth of 1,000


def test_r16_a_key_that_may_withdraw_is_warned_about(
    checked: Checked, exchange: SimulatedExchange
) -> None:
    allowing(exchange, replace(SOUND, can_withdraw=True))
    code, found = checked.run()
    assert code == 0
    assert [g for g, text in found["permissions"] if "WITHDRAW" in text] == ["warning"]


def test_r16_a_key_that_may_not_trade_is_a_fault(
    checked: Checked, exchange: SimulatedExchange
) -> None:
    allowing(exchange, replace(SOUND, can_trade=False))
    code, found = checked.run()
    assert (code, found["permissions"][0][0]) == (1, "fault")


def test_a_key_for_any_address_is_warned_about(
    checked: Checked, exchange: SimulatedExchange
) -> None:
    allowing(exchange, replace(SOUND, ip_restricted=False))
    assert "from any address" in checked.run()[1]["permissions"][0][1]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (replace(SOUND, key="another-key"), "may not be used from this machine's address"),
        (replace(SOUND, secret="another-secret"), "does not belong to the key"),
    ],
)
def test_a_wrong_key_is_said_with_its_cure(
    checked: Checked, exchange: SimulatedExchange, keys: Keys, said: str
) -> None:
    allowing(exchange, keys)
    code, found = checked.run()
    assert (code, found["account"][0][0], said in found["account"][0][1]) == (1, "fault", True)


@pytest.mark.parametrize(
    ("ahead", "grade", "code"), [(400, "ok", 0), (-700, "warning", 0), (5000, "fault", 1)]
)
def test_r02_a_wrong_clock_is_measured(checked: Checked, ahead: int, grade: str, code: int) -> None:
    checked.ahead = ahead
    ended, found = checked.run()
    assert (ended, found["clock"][0][0]) == (code, grade)
    assert f"{ahead:+d} ms" in found["clock"][0][1]


def test_a_wrong_clock_does_not_hide_the_rest(checked: Checked) -> None:
    checked.ahead = 3_600_000
    assert checked.run()[1]["balance"][0] == ("ok", "1000 USDT, 0 DEMO")


def test_a_symbol_that_is_not_listed_is_a_fault(checked: Checked) -> None:
    code, found = checked.run("--symbol", "NOTHERE")
    assert (code, found["symbol"][0][0]) == (1, "fault")


def test_too_little_money_for_an_entry_is_a_fault(
    checked: Checked, exchange: SimulatedExchange
) -> None:
    exchange.venue.matching.cash = Decimal("0.5")
    code, found = checked.run()
    assert (code, "under the exchange's minimum" in found["an entry"][0][1]) == (1, True)


def test_without_keys_it_is_paper(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BLOTTER_API_KEY")
    monkeypatch.delenv("BLOTTER_API_SECRET")
    code, found = checked.run()
    assert (code, "balance" in found, "paper" in found["orders go to"][0][1]) == (0, False, True)


def test_live_without_keys_is_a_fault_of_the_settings(
    checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BLOTTER_API_SECRET")
    assert checked.run("--live")[0] == 2


@pytest.mark.parametrize("kind", [Kind.ERROR_503, Kind.HTML_502, Kind.RESET, Kind.LIMIT_429])
def test_one_thing_that_cannot_be_asked_does_not_hide_the_rest(
    checked: Checked, exchange: SimulatedExchange, kind: Kind
) -> None:
    exchange.faults.on("GET", "/account", Fault(kind))
    code, found = checked.run()
    assert (code, found["account"][0][0]) == (1, "fault")
    assert "an entry" in found


def test_no_finding_holds_a_key_or_a_signature(
    checked: Checked, exchange: SimulatedExchange
) -> None:
    for path in ("/account", "/openOrders", "/commission", "/apiRestrictions"):
        exchange.faults.on("GET", path, Fault(Kind.RESET))
    said = json.dumps(checked.run()[1])
    assert not any(word in said for word in (SOUND.key, SOUND.secret, "signature"))


def test_a_place_that_does_not_answer_is_said(checked: Checked) -> None:
    code, found = checked.run("--binance-address", "http://127.0.0.1:1/api")
    assert (code, found["clock"][0][0]) == (1, "fault")


def test_people_are_told_that_nothing_was_traded(checked: Checked) -> None:
    wall = to_milliseconds(checked.exchange.now)
    argv = ["--symbol", demo.SYMBOL, "--binance-address", checked.address]
    assert check(parser(), argv, lambda: wall) == 0
    assert "Faults: 0, warnings: 0. Nothing was traded." in checked.capsys.readouterr().out


def test_the_candle_that_is_open_is_not_looked_at(checked: Checked) -> None:
    checked.exchange.now = CANDLES[900].open_time + timedelta(minutes=3)
    text = checked.run()[1]["candles"][0][1]
    assert f"{CANDLES[899].close_time:%Y-%m-%d %H:%M}" in text


def test_settings_may_come_from_a_file(checked: Checked, tmp_path: Path) -> None:
    file = tmp_path / "bot.env"
    file.write_text("BLOTTER_INTERVAL=15m\n")
    assert checked.run("--settings-file", str(file))[0] == 0
