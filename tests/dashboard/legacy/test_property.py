"""A bounded share of `python -m tests.faults.importing`: damaged logs against their truth."""

import pytest

from tests.faults.importing import run, summary

FILES = 196


@pytest.fixture(scope="module")
def result() -> dict[str, object]:
    return summary(run(FILES, seed=1), quick=True)


@pytest.mark.parametrize(
    "bar", ["false_rows", "wrong_pnl", "wrong_version", "unaccounted_files", "worst_recall"]
)
def test_no_made_up_number(result: dict[str, object], bar: str) -> None:
    found = {each["name"]: each for each in result["bars"]}  # type: ignore[attr-defined]
    assert found[bar]["ok"], found[bar]
