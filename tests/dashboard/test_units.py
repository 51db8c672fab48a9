import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import units
from dashboard.units import Unreadable


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_money_survives_the_way_through_text(amount: int) -> None:
    assert units.money(units.text(amount), "net_pnl") == amount


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0"), (150_000_000, "1.5"), (-1, "-0.00000001"), (-200_000_000, "-2")],
)
def test_money_is_written_plainly(amount: int, shown: str) -> None:
    assert units.text(amount) == shown


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "", "1,5", "abc", None, {}, "1e400"])
def test_what_is_no_amount_is_refused_with_its_name(value: object) -> None:
    with pytest.raises(Unreadable, match="net_pnl"):
        units.money(value, "net_pnl")


def test_an_amount_no_column_can_hold_is_refused() -> None:
    with pytest.raises(Unreadable, match="larger"):
        units.money("92233720368.54775808", "net_pnl")


def test_finer_digits_round_half_to_even() -> None:
    assert units.money("0.000000025", "fee") == 2


def test_a_time_survives_the_way_through_text() -> None:
    assert units.instant(units.iso(1_767_225_600_000_001), "t") == 1_767_225_600_000_001


def test_whole_seconds_have_no_fraction() -> None:
    assert units.iso(1_767_225_600_000_000) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("value", ["2026-01-01T00:00:00", "yesterday", 17, None])
def test_a_time_without_an_offset_is_refused(value: object) -> None:
    with pytest.raises(Unreadable, match="exit_time"):
        units.instant(value, "exit_time")
