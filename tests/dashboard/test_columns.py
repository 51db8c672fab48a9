"""A column says what its values say one by one, or refuses as they do."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.columns import decimal_texts, instants, moneys, price_keys
from dashboard.units import Unreadable, decimal_text, instant, money, price_key

NUMBERS = st.decimals(-(10**12), 10**12, places=8).map(str) | st.integers(0, 99).map(str)
TEXTS = ["", "-", ".", "-.", ".5", "-.5", "5.", "1-2", ".-5", "+1", " 1", "1_0", "1\n2", "٣", "1e3"]
TEXTS += ["1.123456789", "0.000000005", "1e99", "9" * 11, "9" * 40, "NaN", "100", "1.2.3", "--1"]
ODD = st.sampled_from(TEXTS)
JUNK = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))
TIMES = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
ODD_TIMES = st.sampled_from(["2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00+02:00", "no"])


def columns(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what is usual; a few values again and again; now and then something odd."""
    few = st.lists(usual, min_size=1, max_size=2).flatmap(
        lambda known: st.lists(st.sampled_from(known), min_size=8, max_size=20)
    )
    mixed = st.lists(usual | odd | JUNK, min_size=1, max_size=3)
    return st.one_of(
        st.lists(usual | odd, min_size=1, max_size=3), few, mixed, st.tuples(few, mixed).map(sum_of)
    )


def sum_of(lists: tuple[list[Any], list[Any]]) -> list[Any]:
    return [*lists[0], *lists[1]]


def answer(
    read: Callable[[Any, str], Any], values: Sequence[Any], *, each: bool = False
) -> Sequence[Any] | None:
    """What is read of a column, or of each of its values by itself; None where it is refused."""
    try:
        return [read(one, "fee") for one in values] if each else list(read(values, "fee"))
    except Unreadable:
        return None


def optional(read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    return lambda value, name: None if value is None else read(value, name)


@given(columns(NUMBERS, ODD))
def test_money(values: list[Any]) -> None:
    assert answer(moneys, values) == answer(optional(money), values, each=True)


@pytest.mark.parametrize("text", TEXTS)
def test_an_odd_text_among_others_is_read_as_by_itself(text: str) -> None:
    for values in ([text], [text, "1.5"], ["1.5", text]):
        assert answer(moneys, values) == answer(money, values, each=True)
        assert answer(decimal_texts, values) == answer(decimal_text, values, each=True)


@given(columns(TIMES, ODD_TIMES))
def test_times(values: list[Any]) -> None:
    assert answer(instants, values) == answer(optional(instant), values, each=True)


@given(columns(NUMBERS.map(lambda number: number.lstrip("-")), ODD))
def test_prices_and_quantities(values: list[Any]) -> None:
    assert answer(decimal_texts, values) == answer(decimal_text, values, each=True)


@given(st.lists(st.decimals(0, 10**6, places=12).map(str) | st.integers(0, 10**6).map(str)))
def test_keys_of_prices(values: list[str]) -> None:
    assert price_keys(values) == list(map(price_key, values))


def test_what_is_wrong_is_named_as_ever() -> None:
    with pytest.raises(Unreadable, match="fee='much' is not a finite decimal number"):
        moneys(["1.5", "much"], "fee")
