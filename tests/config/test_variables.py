import pytest
from django.core.exceptions import ImproperlyConfigured

from config import variables


def test_a_flag_takes_yes_and_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOTTER_HTTPS", "yes")
    assert variables.flag("BLOTTER_HTTPS")


def test_a_flag_that_is_neither_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOTTER_HTTPS", "maybe")
    with pytest.raises(ImproperlyConfigured, match="BLOTTER_HTTPS='maybe'"):
        variables.flag("BLOTTER_HTTPS")


@pytest.mark.parametrize("value", ["0", "65536", "-1", "x", "1.5", "²"])
def test_a_number_out_of_bounds_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BLOTTER_PORT", value)
    with pytest.raises(ImproperlyConfigured, match="BLOTTER_PORT"):
        variables.number("BLOTTER_PORT", 8765, least=1, most=65535)


def test_words_drop_what_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOTTER_HOSTS", "a.example, ,b.example,")
    assert variables.words("BLOTTER_HOSTS") == ["a.example", "b.example"]
