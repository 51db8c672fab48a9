"""A body is written in one walk as the redactor and json would write it in two."""

import json
from collections import OrderedDict
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trader.store.json_writer import JsonWriter
from trader.store.redact import MAX_DEPTH, ORDINARY, REDACTED, Redactor

AT = datetime(2024, 1, 1, 12, 30, tzinfo=UTC)
LONG = "Zq7Xw2Lm9Tb5Vd8KqRs3Wx6Y"  # looks like a credential, unless its name says it is an id


class Side(StrEnum):
    BUY = "buy"
    DRAWN = LONG


class Level(IntEnum):
    TWO = 2


class Pair(NamedTuple):
    first: object
    second: object


names = st.sampled_from(
    ["a", "price", "100%s", 'a"b', "é", "trade_id", "sha256", "api_key", "token", LONG, "", "path"]
)
texts = st.text(max_size=9) | st.sampled_from(
    [LONG, "x" * 70, "BTCUSDT", "password: hunter22", "%s", "\ud800", "2024-01-01T00:00:00Z"]
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    texts,
    st.sampled_from([*Side, *Level, np.float64(1.5), np.float32(0.5), np.int64(7)]),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])),
)
bodies = st.recursive(
    values,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.builds(Pair, inner, inner)
        | st.dictionaries(names, inner, max_size=4)
        | st.dictionaries(names, inner, max_size=2).map(OrderedDict)
        | st.dictionaries(st.integers(), inner, max_size=2)
    ),
    max_leaves=20,
)
WRITER = JsonWriter(Redactor())


def written(write: object, *given_: object) -> object:
    try:
        return write(*given_)  # type: ignore[operator]
    except (ValueError, TypeError):
        return "refused"


@given(st.dictionaries(names, bodies, max_size=6))
def test_the_short_way_writes_what_the_long_one_does(body: dict[str, object]) -> None:
    """By one writer for all bodies, so that what it has kept of others is there too."""
    assert written(WRITER.event, "a", body) == written(WRITER.other, body, ORDINARY)


def test_a_text_that_is_clean_as_an_id_is_not_clean_for_that_under_another_name() -> None:
    writer = JsonWriter(Redactor())
    for _ in range(2):
        found = json.loads(writer.event("a", {"trade_id": LONG, "note": LONG, "side": Side.DRAWN}))
        assert found == {"trade_id": LONG, "note": REDACTED, "side": REDACTED}


@pytest.mark.parametrize("nest", [lambda inner: {"a": inner}, lambda inner: [inner]])
def test_what_is_nested_too_deep_is_refused(nest: object) -> None:
    value: object = 1
    for _ in range(MAX_DEPTH):
        value = nest(value)  # type: ignore[operator]
    writer = JsonWriter(Redactor())
    assert json.loads(writer.event("a", {"a": value}))
    with pytest.raises(ValueError, match="nested over 60 levels deep"):
        writer.event("a", {"a": nest(value)})  # type: ignore[operator]


def test_names_that_never_repeat_leave_nothing_behind() -> None:
    writer = JsonWriter(Redactor())
    for number in range(1000):
        writer.event("a", {f"n{number}": number})
    assert len(writer._shapes) <= 200


def test_the_same_moment_in_two_zones_is_one_text() -> None:
    writer, far = JsonWriter(Redactor()), AT.astimezone(timezone(timedelta(hours=9)))
    assert writer.event("a", {"t": far}) == writer.event("a", {"t": AT})
    assert writer.event("a", {"t": AT}) == '{"t":"2024-01-01T12:30:00Z"}'
