"""Each wall of the design, broken once on purpose in a copy of the source: it is caught."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.environment import ROOT

BREACHES = [
    ("config above dashboard above trader", "dashboard/units.py", "import config.settings"),
    ("The bot knows nothing of the site", "trader/risk.py", "import django"),
    ("The site enters the bot's house by one door", "dashboard/views.py", "import trader.store"),
    ("Only the adapter knows python-binance", "trader/engine.py", "import binance"),
    ("In the bot only the store knows SQLite", "trader/risk.py", "import sqlite3"),
    ("The store stands alone", "trader/store/codec.py", "import trader.domain.money"),
    (
        "Strategy, risk and engine depend on ports, never on an adapter",
        "trader/engine.py",
        "import trader.exchange.paper",
    ),
    ("The site has no lever on a bot, on no way", "dashboard/events.py", "import trader.control"),
    ("Performance is pure", "dashboard/performance/summary.py", "import django.db"),
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("source")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in ("config", "dashboard", "trader"):
        shutil.copytree(
            ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return copy


def broken_walls(source: Path) -> set[str]:
    """The names of the contracts that import-linter finds broken in a source tree."""
    code = "from importlinter.cli import lint_imports_command as c; c()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=source,
        env={"PYTHONPATH": str(source), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    lines = done.stdout.splitlines()
    found = {line.split(" BROKEN")[0] for line in lines if " BROKEN" in line}
    assert bool(found) == bool(done.returncode), done.stdout + done.stderr
    return found


def test_the_walls_stand(source: Path) -> None:
    assert broken_walls(source) == set()


@pytest.mark.parametrize(("wall", "module", "line"), BREACHES, ids=[each[0] for each in BREACHES])
def test_a_breach_is_caught(source: Path, wall: str, module: str, line: str) -> None:
    path = source / module
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        assert wall in broken_walls(source)
    finally:
        path.write_text(before, encoding="utf-8")


def imports(path: Path) -> Iterator[str]:
    """The top-level packages a module imports, relative ones left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "trader" / "store").glob("*.py")), ids=lambda path: path.name
)
def test_the_store_imports_the_standard_library_alone(path: Path) -> None:
    assert set(imports(path)) <= sys.stdlib_module_names


def test_the_recorder_loads_no_third_party_package() -> None:
    code = (
        "import sys; import trader.store;"
        "loaded = {name.partition('.')[0] for name in sys.modules} - {'trader', '__main__'};"
        "sys.exit(str(loaded - sys.stdlib_module_names) if loaded - sys.stdlib_module_names else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
