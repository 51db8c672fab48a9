"""What every test of following has: a log in a folder, and a follower of it."""

from pathlib import Path

import pytest

from tests.dashboard.follow.harness import Following


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder / "trades.csv"


@pytest.fixture
def following(log: Path) -> Following:
    return Following(log.parent)
