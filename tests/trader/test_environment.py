"""The bot without an environment active: it enters the one that `manage.py` made, or says how."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from config.environment import ROOT
from trader.environment import STAMP

BASE = getattr(sys, "_base_executable", sys.executable)
# The bot's packages may be installed for the system, too: here they are not.
SCRIPT = """
import sys
from pathlib import Path
from trader import environment
environment.ROOT = Path.cwd()
environment._NEEDED = ("no_such_package",)
environment.enter("where")
"""


def started(folder: Path, python: str = BASE) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "CONDA_PREFIX"}
    return subprocess.run(
        [python, "-c", SCRIPT, "an", "argument"],
        env=inherited | {"PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "where.py").write_text("import sys\nprint(sys.prefix, *sys.argv[1:])\n")
    return tmp_path


def test_it_goes_on_in_the_environment_that_is_there(folder: Path) -> None:
    venv.create(folder / ".venv", symlinks=os.name != "nt")
    (folder / ".venv" / STAMP).touch()
    done = started(folder)
    assert done.stdout.split() == [str(folder / ".venv"), "an", "argument"], done.stderr


@pytest.mark.parametrize("half", [False, True], ids=["none", "half made"])
def test_where_there_is_none_it_says_how_to_make_one(folder: Path, half: bool) -> None:
    if half:
        venv.create(folder / ".venv", symlinks=os.name != "nt")
    done = started(folder)
    assert (done.returncode, "run python manage.py up once" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="no environment is active here")
def test_an_active_environment_that_lacks_something_is_told_and_left_alone(folder: Path) -> None:
    done = started(folder, sys.executable)
    assert done.returncode == 1
    assert f"The active environment {sys.prefix} lacks what the bot needs" in done.stderr
