"""Warnings where two versions are not really comparable."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.performance.comparability import Facts, comparability
from dashboard.performance.equity import DAY

PLAIN = Facts(
    since=19_800 * DAY,
    until=19_900 * DAY,
    symbols=frozenset({"BTCUSDT"}),
    modes=frozenset({"paper"}),
    quote_assets=frozenset({"USDT"}),
    sources=frozenset({"bot"}),
    stake=1000.0,
    fee_rate=0.001,
)


def codes(other: Facts) -> list[str]:
    return [caution.code for caution in comparability("8.02", PLAIN, "8.03", other)]


def test_versions_in_the_same_circumstances_are_comparable() -> None:
    assert codes(PLAIN) == []


@pytest.mark.parametrize(
    ("code", "other"),
    [
        ("periods", replace(PLAIN, since=19_900 * DAY, until=20_000 * DAY)),
        ("periods", replace(PLAIN, since=19_851 * DAY)),
        ("symbols", replace(PLAIN, symbols=frozenset({"BTCUSDT", "ETHUSDT"}))),
        ("modes", replace(PLAIN, modes=frozenset({"live"}))),
        ("quote_assets", replace(PLAIN, quote_assets=frozenset({"EUR"}))),
        ("stakes", replace(PLAIN, stake=1501.0)),
        ("fees", replace(PLAIN, fee_rate=0.0005)),
        ("sources", replace(PLAIN, sources=frozenset({"import"}))),
        ("sources", replace(PLAIN, sources=frozenset({"bot", "import"}))),
    ],
)
def test_one_difference_is_one_warning(code: str, other: Facts) -> None:
    assert codes(other) == [code]


def test_what_is_unknown_is_not_warned_of() -> None:
    assert codes(replace(PLAIN, stake=None, fee_rate=None)) == []


def test_imports_alone_are_comparable_with_each_other() -> None:
    imported = replace(PLAIN, sources=frozenset({"import"}))
    assert comparability("8.02", imported, "8.03", imported) == ()


def test_the_text_says_what_differs() -> None:
    other = replace(PLAIN, since=19_900 * DAY, until=19_950 * DAY)
    (caution,) = comparability("8.02", PLAIN, "8.03", other)
    assert caution.text == (
        "They met different markets: 8.02 traded 2024-03-18 to 2024-06-26,"
        " 8.03 2024-06-26 to 2024-08-15."
    )
