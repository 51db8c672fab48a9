"""A secret never enters an event, whatever shape it comes in."""

import random
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.store import Reader, Recorder, backup, redact
from trader.store.redact import REDACTED, Redactor

CANARY = "c4nary-Zq7Xw2Lm9Tb5Vd8K"
Record = Callable[..., Recorder]


class Secret:
    """As pydantic's SecretStr: tells what it holds only when asked."""

    def get_secret_value(self) -> str:
        return CANARY


def shapes(chance: random.Random, depth: int = 0) -> object:
    """The canary somewhere in a nest of mappings, lists and text."""
    kind = chance.randrange(9 if depth < 5 else 4)
    if kind == 0:
        return CANARY
    if kind == 1:
        return (
            f"{chance.choice(['', 'key=', 'https://u:', 'x '])}{CANARY}{chance.choice(['', '@h'])}"
        )
    if kind == 2:
        return {CANARY: chance.random()}
    if kind == 3:
        return Secret()
    inner = shapes(chance, depth + 1)
    name = "".join(chance.choices(string.ascii_lowercase, k=5))
    if kind == 4:
        return [1, inner, None]
    if kind == 5:
        return (inner,)
    if kind == 6:
        return {"api_secret": inner, name: 1.5}
    return {name: inner, "symbol": "BTCUSDT"}


def test_a_canary_in_thousands_of_shapes_is_nowhere(record: Record, folder: Path) -> None:
    chance = random.Random(7)
    recorder = record(secrets=[CANARY])
    for number in range(3000):
        kind = "settings.changed" if number % 3 == 0 else "state.snapshot"
        recorder.append(kind, {"settings": {"feed": shapes(chance)}, "a": shapes(chance)})
    recorder.append("a", {}, ref=CANARY)
    recorder.append(CANARY, {})
    recorder.flush()
    made = backup("bot", folder=folder)
    assert recorder.health.appended >= 3000
    assert CANARY not in str(recorder.health)
    for path in [*folder.rglob("*"), made.path]:
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path


def test_a_secret_of_the_environment_is_known(
    record: Record, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_API_KEY", "plainwords only")
    recorder = record()
    recorder.append("a", {"note": "it said plainwords only, twice"})
    recorder.flush()
    assert Reader("bot", folder=folder).read()[0].body == {"note": REDACTED}


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apiKey",
        "API-KEY",
        "secret",
        "client_secret",
        "token",
        "password",
        "passphrase",
        "Authorization",
        "cookie",
        "webhook_url",
        "private_key",
        "pin",
        "telegram_bot_token",
    ],
)
def test_a_value_under_a_secrets_name_is_taken_out(name: str) -> None:
    assert Redactor().event("a", {"deep": [{name: 12345}]}) == {"deep": [{name: REDACTED}]}


@pytest.mark.parametrize(
    "text",
    [
        "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
        "123456789:AAF-abcdefghijklmnopqrstuvwxyz12345",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE",
        "Bearer abcdef123456",
        "https://user:hunter22@example.com/path",
        "https://api.example.com/order?symbol=BTC&signature=abcdef",
        "https://discord.com/api/webhooks/1/x",
        "api_key=abcd1234",
        "the password: hunter22",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==",
    ],
)
def test_what_looks_like_a_credential_is_taken_out(text: str) -> None:
    assert Redactor().event("a", {"note": text}) == {"note": REDACTED}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("symbol", "BTCUSDT"),
        ("reason", "take profit hit at 42000.10, after 3 candles"),
        ("strategy", "ema_crossover_v8_03_with_adx_filter"),
        ("trade_id", "9f86d081884c7d659a2feaa0c55ad015"),
        ("order_id", "x-R4BD3S82e9d2f7a6B1C4D5E6F7A8B9"),
        ("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("path", "/home/me/bots/logs/trades_2024-01-01_8.03.csv"),
        ("time", "2026-01-01T00:15:00.000005Z"),
        ("price", "42000.1000000000000000000000001"),
    ],
)
def test_what_a_bot_records_stays(name: str, value: str) -> None:
    assert Redactor().event("a", {name: value}) == {name: value}


def test_settings_pass_an_allow_list() -> None:
    given_settings = {"symbol": "BTCUSDT", "adx_period": 14, "risk": "0.01", "comment": "mine"}
    assert Redactor().event("settings.changed", {"settings": given_settings}) == {
        "settings": {**given_settings, "comment": REDACTED}
    }


def test_a_bot_may_allow_further_settings() -> None:
    body = {"settings": {"comment": "mine"}}
    assert Redactor(settings=["comment"]).event("settings.changed", body) == body


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(0, 9999) | st.text("abc ", max_size=7),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", max_size=3), inner),
        max_leaves=20,
    )
)
def test_a_body_without_secrets_is_the_same_object(value: object) -> None:
    body = {"a": value}
    assert Redactor().event("a", body) is body


@given(
    st.lists(
        st.sampled_from(
            [
                "AKIA",
                "ASIA",
                "AIza",
                "sk-",
                "sk_live_",
                "glpat-",
                "xoxb-",
                "ghp_",
                "github_pat_",
                "eyJ",
                ".",
                ":",
                "bearer",
                "secret=",
                "-----BEGIN",
                "PRIVATE",
                "KEY",
            ]
        )
        | st.text(string.ascii_letters + string.digits + "-", max_size=24),
        max_size=5,
    ).map("".join)
)
def test_an_id_is_clean_at_a_glance_only_where_it_has_no_known_shape(text: str) -> None:
    if redact._surely_no_key(text):
        assert not redact._KNOWN_SHAPE.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "BTCUSDT,api_secret=vmPUZE6mv9SD5VNHk4HlWF,1.5",
        "BINANCE_SECRET_KEY: vmPUZE6mv9SD5VNHk4HlWF",
        "my_password=hunter22",
        "bot_token = 12345abc",
    ],
)
def test_a_named_secret_in_a_line_of_a_file_is_taken_out(text: str) -> None:
    assert Redactor().event("a", {"raw_file": text}) == {"raw_file": REDACTED}


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "sk-abcdefghij0123456789", "glpat-x" * 5])
def test_a_key_is_taken_out_under_the_name_of_an_id_too(key: str) -> None:
    assert Redactor().event("a", {"order_id": key}) == {"order_id": REDACTED}
