"""The README's bot runs as it stands; the benchmark says what it promises to say."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from trader.store import Reader

ROOT = Path(__file__).parents[3]


def test_the_readmes_bot_runs_as_it_stands(tmp_path: Path) -> None:
    """With the package alone, without anything that is installed."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    bots = [block for block in blocks if "from blotter_recorder import Recorder" in block]
    assert len(bots) == 1
    shutil.copytree(ROOT / "trader" / "store", tmp_path / "blotter_recorder")
    subprocess.run([sys.executable, "-S", "-W", "error", "-c", bots[0]], cwd=tmp_path, check=True)
    stream = next((tmp_path / "db" / "events").glob("*.sqlite3")).stem
    kinds = {event.kind for event in Reader(stream, folder=tmp_path / "db").read()}
    assert kinds == {"state.snapshot", "trade.closed"}


def test_the_benchmark_works() -> None:
    """Its times are not judged here: tests run beside it."""
    pytest.importorskip("eventsourcing")
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.recorder", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    refused = [bar for bar in told["bars"] if "refused" in bar["name"]]
    assert (told["name"], told["quick"], done.stderr) == ("recorder", True, "")
    assert len(refused) == 3
    assert all(bar["ok"] for bar in refused)
