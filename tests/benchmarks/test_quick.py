"""The benchmarks and fault runs: each still works, its times judged by nobody here."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

Ending = Future[subprocess.CompletedProcess[str]]

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


@pytest.fixture(scope="module")
def endings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Ending]]:
    """Those that are asked for, by name: two at a time, since nobody judges how long they take."""
    wanted = [str(item.callspec.params["module"]) for item in request.session.items
              if item.path == request.path and isinstance(item, pytest.Function)]  # fmt: skip
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {name: pool.submit(_run, name, tmp_path_factory.mktemp("data")) for name in wanted}


def _run(module: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, "--quick"],
        cwd=ROOT,
        env={**os.environ, "BLOTTER_DB": str(data), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("module", modules())
def test_its_quick_form_ends_with_its_result(module: str, endings: dict[str, Ending]) -> None:
    ended = endings[module].result()
    # 1 is a bar that does not hold: on a busy machine, no news.
    assert ended.returncode in (0, 1), ended.stderr
    result = json.loads(ended.stdout.splitlines()[-1])
    assert (f"tests.{module.split('.')[1]}.{result['name']}", result["quick"]) == (module, True)
    assert result["figures"]
    assert result["ok"] == all(bar["ok"] for bar in result["bars"])
