"""The benchmarks and fault runs: each still works, its times judged by nobody here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Run by tests of what they are about, in smaller doses than their --quick.
RUN_ELSEWHERE = {"tests.faults.kill", "tests.faults.power_loss", "tests.faults.backfilling"}


def modules() -> list[str]:
    """Those that can be run: they take --quick."""
    files = [*ROOT.glob("tests/benchmarks/*.py"), *ROOT.glob("tests/faults/*.py")]
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in files
        if '"--quick"' in path.read_text("utf-8") and not path.name.startswith("test_")
    }
    return sorted(names - RUN_ELSEWHERE)


@pytest.mark.parametrize("module", modules())
def test_its_quick_form_ends_with_its_result(module: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", module, "--quick"],
        cwd=ROOT,
        env={**os.environ, "BLOTTER_DB": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    # 1 is a bar that does not hold: on a busy machine, no news.
    assert ended.returncode in (0, 1), ended.stderr
    result = json.loads(ended.stdout.splitlines()[-1])
    assert (f"tests.{module.split('.')[1]}.{result['name']}", result["quick"]) == (module, True)
    assert result["figures"]
    assert result["ok"] == all(bar["ok"] for bar in result["bars"])
