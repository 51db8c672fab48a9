"""The shared samples give exactly their truth. Skipped where they are not beside the checkout."""

import json
from decimal import Decimal
from typing import Any

import pytest

from dashboard.legacy.times import timezone_named

from .reading import SAMPLES, Reading, read

TRUTH: dict[str, Any] = (
    json.loads((SAMPLES / "truth.json").read_text()) if (SAMPLES / "truth.json").exists() else {}
)
pytestmark = pytest.mark.skipif(not TRUTH, reason=f"no samples in {SAMPLES}")
FILES = sorted(TRUTH) or ["none"]


def _read(name: str) -> Reading:
    options = TRUTH[name]["options"]
    given = dict(zip(options[::2], options[1::2], strict=True))
    return read(
        (SAMPLES / name).read_bytes(),
        name=name,
        zone=timezone_named(given["--timezone"]),
        tag=given.get("--version-tag", ""),
    )


@pytest.mark.parametrize("name", FILES)
def test_every_true_trade_is_there_to_the_last_digit(name: str) -> None:
    found = {trade.line: trade for trade in _read(name).trades}
    for line, true in TRUTH[name]["lines"].items():
        trade = found[int(line)]
        assert str(trade.net_pnl) == true["pnl"]
        assert trade.version == true["version"]
        assert trade.entry_price == Decimal(true["entry"])


@pytest.mark.parametrize("name", FILES)
def test_no_bad_line_becomes_a_trade(name: str) -> None:
    imported = {trade.line for trade in _read(name).trades}
    assert not imported & {int(line) for line in TRUTH[name]["bad"]}


@pytest.mark.parametrize("name", FILES)
def test_an_optional_line_has_its_own_pnl_or_is_quarantined(name: str) -> None:
    found = {trade.line: str(trade.net_pnl) for trade in _read(name).trades}
    for line, true in TRUTH[name]["optional"].items():
        assert found.get(int(line), true["pnl"]) == true["pnl"]


@pytest.mark.parametrize("name", FILES)
def test_every_record_is_accounted_for(name: str) -> None:
    report = _read(name).report
    aside = sum(report.set_aside.values())
    assert report.records == report.imported + report.duplicates + aside + report.quarantined


def test_the_overlap_is_told_by_its_lines() -> None:
    assert _read("trades_overlap.csv").report.duplicate_lines == list(range(32, 44))
