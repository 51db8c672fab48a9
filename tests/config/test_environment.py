"""The environment is made once, made anew when it is half made or outdated, and never touched
where it is somebody else's.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import environment
from config.environment import DEVELOPMENT, ROOT, RUNTIME, Needed

BASE = getattr(sys, "_base_executable", sys.executable)

# Enters an environment that needs nothing, then says where it is.
SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from config import environment
here = Path(__file__).parent
needed = environment.Needed(here / ".venv", here / "locked.txt", here / "asked.in")
environment.RUNTIME = environment.DEVELOPMENT = needed
environment.enter(needed, sys.argv)
print(sys.prefix, *sys.argv[1:])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "script.py").write_text(SCRIPT.format(root=str(ROOT)))
    (tmp_path / "locked.txt").write_text("")
    (tmp_path / "asked.in").write_text("")
    return tmp_path


def started(
    project: Path, *, python: str = BASE, **variables: str
) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "CONDA_PREFIX"}
    return subprocess.run(
        [python, str(project / "script.py"), "an", "argument"],
        env=inherited | variables,
        capture_output=True,
        text=True,
    )


def needed(project: Path) -> Needed:
    return Needed(project / ".venv", project / "locked.txt", project / "asked.in")


def test_a_fresh_clone_goes_on_in_an_environment_of_its_own(project: Path) -> None:
    done = started(project)
    assert done.stdout.split() == [str(project / ".venv"), "an", "argument"], done.stderr


def test_an_environment_is_made_once(project: Path) -> None:
    started(project)
    assert "First start" not in started(project).stderr


def test_who_starts_while_it_is_made_waits_and_then_uses_it(project: Path) -> None:
    with environment._making(needed(project)):
        second = subprocess.Popen(
            [BASE, str(project / "script.py")],
            env={name: value for name, value in os.environ.items() if name != "CONDA_PREFIX"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        environment._make(needed(project))
        assert second.poll() is None
    said, trouble = second.communicate(timeout=60)
    assert (said.strip(), trouble) == (str(project / ".venv"), "")


def test_a_lock_left_by_one_that_died_keeps_nobody_waiting(project: Path) -> None:
    (project / ".venv.lock").touch()
    assert started(project).stdout.split()[0] == str(project / ".venv")


def test_one_that_was_made_half_is_made_anew(project: Path) -> None:
    started(project)
    (project / ".venv" / "blotter-stamp").unlink()
    (project / ".venv" / "leftover").touch()
    assert "First start" in started(project).stderr
    assert not (project / ".venv" / "leftover").exists()


def test_other_requirements_make_it_anew(project: Path) -> None:
    started(project)
    (project / "locked.txt").write_text("# something else\n")
    assert "First start" in started(project).stderr


def test_packages_that_cannot_be_had_are_one_clear_sentence(project: Path) -> None:
    (project / "locked.txt").write_text("no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    done = started(project, PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert "The packages were not installed (is the network there?)" in done.stderr
    assert not needed(project).ready()


def test_a_missing_ensurepip_is_one_clear_sentence(project: Path) -> None:
    (project / "broken").mkdir()
    (project / "broken" / "ensurepip.py").write_text("raise ImportError('not packaged')\n")
    done = started(project, PYTHONPATH=str(project / "broken"))
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


def test_an_active_environment_that_lacks_something_is_told_and_left_alone(
    project: Path,
) -> None:
    (project / "asked.in").write_text("no-such-package==1.0\npytest==1\n")
    done = started(project, python=sys.executable)
    assert done.returncode == 1
    assert "lacks no-such-package. Install locked.txt into it" in done.stderr
    assert not (project / ".venv").exists()


def test_an_active_environment_that_has_everything_is_used(project: Path) -> None:
    (project / "asked.in").write_text("pytest==1\n")
    assert started(project, python=sys.executable).stdout.split()[0] == sys.prefix


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="no environment is active here")
def test_these_tests_run_in_an_environment() -> None:
    assert sys.prefix != sys.base_prefix


@pytest.mark.parametrize("each", [RUNTIME, DEVELOPMENT], ids=["runtime", "development"])
def test_everything_asked_for_is_locked_with_hashes(each: Needed) -> None:
    locked = each.locked.read_text(encoding="utf-8").lower().replace("_", "-")
    for line in each.asked.read_text(encoding="utf-8").splitlines():
        if "==" in line:
            assert f"\n{line.lower()} " in locked, line
    assert locked.count("--hash=sha256:") >= locked.count("==")
