"""Settings: every fault at once, in sentences; secrets never shown; real money only on purpose."""

import os
from pathlib import Path

import pytest

from trader.private_file import permission_fault
from trader.settings import SECRETS, SettingsTrouble, load, secret_values

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has access lists, not modes")
KEYS = {"api_key": "the-key-of-the-account", "api_secret": "the-secret-of-the-key"}
LIVE = {"feed": "binance", "symbol": "ethusdt", "live": "true", **KEYS}
PHRASE = "trade ETHUSDT with real money"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("BLOTTER_"):
            monkeypatch.delenv(name)


def faults(**options: str) -> list[str]:
    with pytest.raises(SettingsTrouble) as trouble:
        load(options)
    return str(trouble.value).splitlines()


def written(path: Path, text: str, mode: int = 0o600) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_every_fault_is_named_at_once() -> None:
    said = faults(fee_rate="7", slippage="x", live="1", testnet="1", api_key="k", losing_streak="1")
    assert [line.split()[0].rstrip(":") for line in said] == [
        "BLOTTER_FEE_RATE",
        "BLOTTER_SLIPPAGE",
        "BLOTTER_LOSING_STREAK",
        "BLOTTER_TESTNET",
        "BLOTTER_LIVE",
        "BLOTTER_API_SECRET",
    ]


def test_a_wrong_value_is_shown() -> None:
    assert faults(fee_rate="7") == ["BLOTTER_FEE_RATE is '7': Input should be less than 1."]


def test_no_fault_shows_a_secret() -> None:
    said = faults(**KEYS, fee_rate="7", telegram_token="12345:token-of-mine", telegram_chat="x")
    assert not any(secret in line for line in said for secret in ("the-", "token-of-mine"))


def test_settings_do_not_show_their_secrets() -> None:
    shown = repr(load(KEYS))
    assert not any(secret in shown for secret in KEYS.values())


def test_the_secrets_are_those_that_must_not_be_shown() -> None:
    assert {"api_key", "api_secret", "telegram_token", "webhook_url"} == SECRETS
    assert secret_values(load(KEYS)) == list(KEYS.values())


@pytest.mark.parametrize("real", ["live", "testnet"])
def test_real_orders_need_binance_and_both_keys(real: str) -> None:
    said = " ".join(faults(**{real: "1"}))
    assert all(name in said for name in ("--feed binance", "API_KEY", "API_SECRET"))


def test_a_token_without_a_chat_is_a_fault() -> None:
    assert "BLOTTER_TELEGRAM_CHAT" in faults(telegram_token="1:abc")[0]


def test_r16_real_money_needs_more_than_a_flag() -> None:
    assert PHRASE in faults(**LIVE)[0]


def test_r16_a_sentence_for_another_symbol_does_not_count() -> None:
    assert faults(**LIVE, live_confirmation="trade BTCUSDT with real money")


def test_r16_the_sentence_in_the_settings_is_enough() -> None:
    assert load(LIVE | {"live_confirmation": PHRASE}).live


def test_the_testnet_needs_no_sentence() -> None:
    assert load({"feed": "binance", "testnet": "1", **KEYS}).real_orders


def test_the_file_is_read_under_variables_and_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(
        tmp_path / "bot.env", "BLOTTER_FEE_RATE=0.1\nBLOTTER_SLIPPAGE=0.1\nBLOTTER_INTERVAL=1h\n"
    )
    monkeypatch.setenv("BLOTTER_SLIPPAGE", "0.2")
    read = load({"settings_file": file, "interval": "5m"})
    assert (str(read.fee_rate), str(read.slippage), read.interval) == ("0.1", "0.2", "5m")


def test_a_misspelt_setting_in_the_file_is_named_with_the_one_that_was_meant(
    tmp_path: Path,
) -> None:
    file = written(tmp_path / "bot.env", "BLOTTER_DAILY_LOSS_FRACTOIN=0.05\n")
    assert "; BLOTTER_DAILY_LOSS_FRACTION is" in faults(settings_file=file)[0]


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert "There is no settings file" in faults(settings_file=str(tmp_path / "bot.env"))[0]


@POSIX
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604])
def test_secrets_in_a_file_that_others_may_read_are_refused(tmp_path: Path, mode: int) -> None:
    file = written(tmp_path / "bot.env", "BLOTTER_API_KEY=abc\n", mode)
    assert "chmod 600" in faults(settings_file=file)[0]


@POSIX
def test_a_file_without_secrets_may_be_read_by_all(tmp_path: Path) -> None:
    file = written(tmp_path / "bot.env", "BLOTTER_FEE_RATE=0.1\n", 0o644)
    assert load({"settings_file": file})


@POSIX
def test_a_private_file_is_private_enough(tmp_path: Path) -> None:
    assert permission_fault(Path(written(tmp_path / "bot.env", ""))) is None


@pytest.mark.parametrize("value", ["0", "1", "-0.1", "2"])
def test_a_limit_that_limits_nothing_is_refused(value: str) -> None:
    assert faults(daily_loss_fraction=value)
